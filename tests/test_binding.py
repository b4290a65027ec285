"""What a literal is bound to, language by language. `KEY` marks the literal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keylint.documents.document import Document
from keylint.policy.placeholders import expand
from keylint.recognition.binding import Binding, bind, insert_column

KEY = expand("{{key:bound}}")


def bound(text: str) -> Binding:
    expanded = text.replace("KEY!", KEY)
    start = expanded.index(KEY)
    return bind(Document("file", expanded), start, start + len(KEY))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("KEY!", id="alone"),
        pytest.param("\n\nKEY!\n", id="alone on its line"),
        pytest.param("name\nKEY!", id="below a word"),
        pytest.param("f(x)\n'KEY!'", id="a statement of its own"),
        pytest.param('x = "KEY! more"', id="the beginning of a text"),
        pytest.param('a, b = "x", "y", "KEY!"', id="more values than names"),
        pytest.param("id,KEY!", id="the first row has no header"),
        pytest.param("put('JWTSECRET', 'KEY!')", id="another service's name beside"),
    ],
)
def test_bound_to_nothing(text: str) -> None:
    assert bound(text).name is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("api_key = 'KEY!'", "api_key", id="assignment"),
        pytest.param("api_key='KEY!'", "api_key", id="without blanks"),
        pytest.param("api_key: str = 'KEY!'", "api_key", id="Python annotation"),
        pytest.param("private apiKey: string | null = 'KEY!'", "apiKey", id="TypeScript annotation"),
        pytest.param('let key: Option<String> = Some("KEY!".into());', "key", id="Rust"),
        pytest.param('var secretKey string = "KEY!"', "secretKey", id="Go type after the name"),
        pytest.param('String apiKey = "KEY!";', "apiKey", id="type before the name"),
        pytest.param('char api_key[] = "KEY!";', "api_key", id="C array"),
        pytest.param('std::string key{"KEY!"};', "key", id="C++ braces"),
        pytest.param('config["api_key"] = "KEY!"', "api_key", id="subscript"),
        pytest.param("$env:API_KEY = 'KEY!'", "API_KEY", id="PowerShell environment"),
        pytest.param("worker: API_KEY=KEY! node x", "API_KEY", id="Procfile"),
        pytest.param("'apiKey' => 'KEY!'", "apiKey", id="hash rocket"),
        pytest.param(":api_secret => 'KEY!'", "api_secret", id="Ruby symbol"),
        pytest.param("api_secret <- 'KEY!'", "api_secret", id="R"),
        pytest.param("api_key := 'KEY!'", "api_key", id="walrus"),
        pytest.param("API Key: KEY!", "API Key", id="label of two words"),
        pytest.param("the secret is KEY!", "the secret", id="sentence"),
        pytest.param('{\\"apiKey\\": \\"KEY!\\"}', "apiKey", id="escaped JSON"),
        pytest.param("apiKey = &quot;KEY!&quot;", "apiKey", id="HTML entities"),
        pytest.param("api_key = '''KEY!'''", "api_key", id="triple quotes"),
        pytest.param("api_key = \\\n    'KEY!'", "api_key", id="continued line"),
        pytest.param("api_key = (\n    'KEY!'\n)", "api_key", id="parentheses"),
        pytest.param("x = process.env.API_KEY || 'KEY!'", "process.env.API_KEY", id="default by or"),
        pytest.param("x = env.API_KEY ?? 'KEY!'", "env.API_KEY", id="default by ??"),
        pytest.param("${API_KEY:-KEY!}", "API_KEY", id="shell default"),
        pytest.param("<apiKey>KEY!</apiKey>", "apiKey", id="XML element"),
        pytest.param('<add key="ApiKey" value="KEY!" />', "ApiKey", id="XML name before the value"),
        pytest.param('<add value="KEY!" key="ApiKey" />', "ApiKey", id="XML name after the value"),
        pytest.param("<key>ApiKey</key><string>KEY!</string>", "ApiKey", id="property list"),
        pytest.param('<string name="api_key">KEY!</string>', "api_key", id="XML attribute names the element"),
        pytest.param('- name: API_KEY\n  value: "KEY!"', "API_KEY", id="Kubernetes environment"),
        pytest.param('{name: A, value: x}, {name: API_KEY, value: "KEY!"}', "API_KEY", id="the nearest entry"),
        pytest.param("api_key, secret = 'KEY!', 'x'", "api_key", id="the first of two assigned"),
        pytest.param("api_key, secret = 'x', 'KEY!'", "secret", id="the second of two assigned"),
        pytest.param('key, secret := "KEY!", "x"', "key", id="two assigned in Go"),
        pytest.param("api_key: |\n  KEY!", "api_key", id="YAML block scalar"),
        pytest.param("api_key: &main KEY!", "api_key", id="YAML anchor"),
        pytest.param("option('--api-key', default='KEY!')", "api-key", id="an option's default"),
        pytest.param('variable "api_key" {\n  default = "KEY!"', "api_key", id="Terraform variable"),
        pytest.param('let key = Some(String::from(str("KEY!")));', "key", id="three wrappers"),
        pytest.param('{name: API_KEY, x: y}, {value: "KEY!"}', "value", id="not the name of the entry before"),
        pytest.param(f"{'w' * 200} api_key = 'KEY!'", "api_key", id="after a word that is cut"),
        pytest.param(f"{'w' * 201} api_key = 'KEY!'", "api_key", id="after one that is longer"),
        pytest.param(f"x {'n' * 80} = 'KEY!'", "n" * 80, id="a name as long as may be"),
    ],
)
def test_entries(text: str, name: str) -> None:
    assert bound(text)[:2] == ("entry", name)


def test_a_binding_is_whole() -> None:
    assert bound("api_key = 'KEY!'") == Binding("entry", "api_key", None, 0, quoted=True, owner=None)
    assert bound("['KEY!']") == Binding("element", None, None, 0, quoted=True, owner=None)


@pytest.mark.parametrize(("text", "quoted"), [('KEY!"', False), ('"KEY!', False), ("KEY!", False), ('"KEY!"', True)])
def test_quotes_stand_on_both_sides(text: str, quoted: bool) -> None:
    assert bound(text).quoted is quoted


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        pytest.param('Kraken{APIKey: "KEY!"}', "Kraken", id="a literal of a structure"),
        pytest.param("bybit:\n  name:\n  apiKey: KEY!", "bybit", id="not what stands beside it"),
        pytest.param("bybit:\n\n  apiKey: KEY!", "bybit", id="an empty line between"),
        pytest.param("api_key = 'KEY!'", None, id="nothing"),
        pytest.param("kraken: {apiKey: 'KEY!'}", "kraken", id="a mapping"),
        pytest.param('"kraken": {"apiKey": "KEY!"}', "kraken", id="JSON"),
        pytest.param("bybit:\n  apiKey: KEY!", "bybit", id="YAML"),
        pytest.param("session({secret: 'KEY!'})", "session", id="an object passed to a call"),
        pytest.param("OpenAI(api_key='KEY!')", "OpenAI", id="a keyword argument"),
    ],
)
def test_owners(text: str, owner: str | None) -> None:
    assert bound(text).owner == owner


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("bot --api-key KEY!", "api-key", id="option"),
        pytest.param('["--api-secret", "KEY!"]', "api-secret", id="option in a list"),
        pytest.param("ENV API_KEY KEY!", "API_KEY", id="Dockerfile"),
        pytest.param('#define API_KEY "KEY!"', "API_KEY", id="C macro"),
        pytest.param('setx API_KEY "KEY!"', "API_KEY", id="Windows"),
    ],
)
def test_options(text: str, name: str) -> None:
    assert bound(text)[:2] == ("option", name)


@pytest.mark.parametrize(
    ("text", "callee", "position"),
    [
        pytest.param("Client('KEY!')", "Client", 0, id="first"),
        pytest.param("Client('a', 'KEY!')", "Client", 1, id="second"),
        pytest.param("Client(\n  f(x, y),\n  'KEY!',\n)", "Client", 1, id="wrapped, after a call"),
        pytest.param("new Spot(`KEY!`)", "Spot", 0, id="constructor"),
        pytest.param('binance.NewClient("KEY!")', "binance.NewClient", 0, id="Go"),
        pytest.param('Binance::new(Some("KEY!".to_string()))', "Binance::new", 0, id="Rust"),
        pytest.param("hmac.new(b'KEY!', x)", "hmac.new", 0, id="signature"),
        pytest.param("hash_hmac('sha256', $q, 'KEY!')", "hash_hmac", 2, id="third"),
        pytest.param("sign(['KEY!'])", "sign", 0, id="a list"),
    ],
)
def test_arguments(text: str, callee: str, position: int) -> None:
    binding = bound(text)
    assert (binding.form, binding.name, binding.callee, binding.position) == ("argument", None, callee, position)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("put('apiKey', 'KEY!')", "apiKey", id="name and value"),
        pytest.param('os.getenv("API_KEY", "KEY!")', "API_KEY", id="default of a look-up"),
        pytest.param('setRequestHeader("X-MBX-APIKEY", "KEY!")', "X-MBX-APIKEY", id="header"),
        pytest.param("keys = ['KEY!']", "keys", id="list"),
        pytest.param("X-MBX-APIKEY:\n  - KEY!", "X-MBX-APIKEY", id="YAML list"),
        pytest.param("X-MBX-APIKEY:\n  - other\n  - KEY!", "X-MBX-APIKEY", id="second of a YAML list"),
        pytest.param("| API Key | `KEY!` |", "API Key", id="Markdown table"),
        pytest.param("id,api_key\n1,KEY!\n", "api_key", id="delimited file"),
        pytest.param("id\tapi_secret\n1\tKEY!\n", "api_secret", id="tabs"),
    ],
)
def test_names_beside(text: str, name: str) -> None:
    assert bound(text).name == name


@pytest.mark.parametrize(
    ("text", "column"),
    [
        pytest.param("INSERT INTO t (id, api_key) VALUES (1, 'KEY!')", "api_key", id="first row"),
        pytest.param("insert into `t` (`id`, `key`) values (1,'a'),(2,'KEY!')", "key", id="second row"),
        pytest.param("INSERT INTO t VALUES (1, 'KEY!')", None, id="columns unnamed"),
        pytest.param("VALUES (1, 'KEY!')", None, id="no statement"),
    ],
)
def test_insert_columns(text: str, column: str | None) -> None:
    expanded = text.replace("KEY!", KEY)
    assert insert_column(Document("file", expanded), expanded.index(KEY), 1) == column


@given(st.text(max_size=300), st.text(max_size=50))
def test_any_text_is_survived(before: str, after: str) -> None:
    document = Document("file", before + KEY + after)
    assert bind(document, len(before), len(before) + len(KEY)).form


@pytest.mark.parametrize(
    "filling", ["(", "[", "{", '"', "'", "\\", "=", " ", "a", "a ", "-", "- a\n", "<a ", "|a", '"a",']
)
def test_hostile_surroundings_cost_little(filling: str) -> None:
    """Not timed: the reach is bounded, so that a quadratic pattern has little to work on."""
    text = filling * 200_000
    document = Document("file", text + KEY)
    for _ in range(20):
        bind(document, len(text), len(text) + len(KEY))
