"""Secret stores by name, and which of their values are secrets."""

from __future__ import annotations

import pytest

from keylint.detectors.secret_file import DETECTOR
from keylint.documents.document import Document
from keylint.model import Fact
from keylint.policy.placeholders import expand
from keylint.recognition.secret_paths import holds_secret_store, is_secret_store, may_be_secret_store
from keylint.recognition.secret_values import is_kept, secret_values


@pytest.mark.parametrize(
    ("path", "is_store"),
    [
        *[
            (path, False)
            for path in ("environment.py", ".env.example", ".env.sample", "config/.env.template", ".env.test")
        ],
        *[
            (path, False)
            for path in (
                "remix.env.d.ts",
                "jest.env.cjs",
                "notes.env.md",
                "config.js",
                "config.json",
                "keys.py",
                "api_key.md",
                "user.cfg.example",
                "env.yaml",
            )
        ],
        *[
            (path, True)
            for path in (
                ".env",
                "http-client.env.json",
                "deploy/.env.production",
                "prod.env",
                ".envrc",
                "user.cfg",
                ".user.cfg",
            )
        ],
        *[(path, True) for path in ("api-keys.json", "keys.local.json", "SECRET-api-keys.json", "config-private.json")],
        *[
            (path, True)
            for path in ("user_data/config-live.json", "conf/connectors/binance.yml", "conf.js", "user/config.json")
        ],
        *[
            (path, True)
            for path in ("secrets.yaml", "credentials.json", "prod.tfvars", "x.auto.tfvars.json", ".mcp.json")
        ],
    ],
)
def test_is_secret_store(path: str, is_store: bool) -> None:
    assert is_secret_store(path) is is_store


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("API_KEY=\nSECRET=''\n", id="no values"),
        pytest.param("API_KEY=your-api-key\nSECRET=changeme123\nTOKEN=xxxxxxxxxxxx\n", id="placeholders"),
        pytest.param("API_KEY=${OTHER}\nSECRET=$OTHER\nTOKEN={{ vault }}\nPASSWORD=<password-here>\n", id="references"),
        pytest.param(
            "SECRET=vault:kv/bot#key\nKEY_FILE=/run/secrets/key\nAPI_KEY=op://vault/item/field\n", id="elsewhere"
        ),
        pytest.param("PORT=3000\nNODE_ENV=production\nNAME={{password:a}}\n", id="settings"),
        pytest.param(
            "API_KEY_HEADER=X-Some-Header\nTOKEN_EXPIRY=864000000\nSECRET_NAME=exchange-keys\n", id="about secrets"
        ),
        pytest.param("# API_KEY={{key:a}}\n// SECRET={{secret:a}}\n; TOKEN={{key:b}}\n", id="commented out"),
        pytest.param("value: {{{{ key:abcdefgh123 }}}}\nother: ${{secret:abcdefgh123}}\n", id="templates"),
        pytest.param("PASSWORD=postgres\nSECRET=short\n", id="words"),
    ],
)
def test_no_secrets(text: str) -> None:
    assert list(secret_values(expand(text))) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("API_KEY={{key:a}}\nexport SECRET='{{password:b}}'\n", ["API_KEY", "SECRET"], id="dotenv"),
        pytest.param(
            '{"a": {"apiKey": "{{key:a}}", "secret": "{{secret:a}}"}}', ["apiKey", "secret"], id="JSON on one line"
        ),
        pytest.param("api_key: {{key:a}}\nnested:\n  password: '{{password:a}}'\n", ["api_key", "password"], id="YAML"),
        pytest.param("[binance]\nkey = {{key:a}}\n", ["key"], id="a plain key where the exchange is named"),
    ],
)
def test_secrets(text: str, names: list[str]) -> None:
    assert [value.name for value in secret_values(expand(text))] == names


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("config.json", '{"exchange": {"key": "x"}}'),
        ("config.example.json", '{"stake_currency": "USD"}'),
        ("options.json", '{"secret": "x"}'),
        ("tox.ini", "[tox]\n"),
        ("package.json", '{"stake_currency": "USD"}'),
    ],
)
def test_a_name_that_everybody_uses_is_no_store_by_itself(path: str, text: str) -> None:
    assert not holds_secret_store(path, text)


@pytest.mark.parametrize(
    ("path", "text", "names"),
    [
        ("config.json", '{"stake_currency": "USD", "exchange": {"name": "binanceus", "key": "{{key:a}}"}}', ["key"]),
        ("user_data/config.json", '{"exchange": {"name": "binance", // live\n"key": "{{key:a}}",}}', ["key"]),
        ("config-private.json", '{"exchange": {"name": "binance", "apiKey": "{{key:a}}"}}', ["apiKey"]),
        ("conf/connectors/binance.yml", "binance_api_key: {{key:a}}\n", ["binance_api_key"]),
        ("user/config.json", '{"exchanges": {"binance": {"api-key": "{{key:a}}"}}}', ["api-key"]),
        ("user/config.json", '{"exchanges": {"binance": {"api-key": "gAAAAABnx2"}}}', []),
        ("SECRET-api-keys.json", '{"binance": {"key": "{{key:a}}"}}', ["key"]),
        ("conf.js", "c.binanceus.secret = '{{secret:a}}'\n", ["c.binanceus.secret"]),
        ("user.cfg", "[binance_user_config]\napi_secret_key={{secret:a}}\n", ["api_secret_key"]),
        ("api-keys.json", '{"main": {"exchange": "binance", "secret": "{{secret:a}}"}}', ["secret"]),
        ("Launcher/config.json", '{"binanceus-api-secret": "{{secret:a}}"}', ["binanceus-api-secret"]),
        ("lean.json", '{"binanceus-api-key": "{{key:a}}"}', ["binanceus-api-key"]),
        ("keys.local.json", '{"binance": {"apiKey": "{{key:a}}"}}', ["apiKey"]),
        ("options.json", '{"APIKEY": "{{key:a}}", "APISECRET": "{{secret:a}}"}', ["APIKEY", "APISECRET"]),
        ("dali.ini", "[dali.plugin.input.rest.binance_com us]\napi_key = {{key:a}}\n", ["api_key"]),
        (
            ".cursor/mcp.json",
            '{"mcpServers": {"b": {"env": {"BINANCE_US_API_KEY": "{{key:a}}"}}}}',
            ["BINANCE_US_API_KEY"],
        ),
        (".env", "API_KEY={{key:a}} # live\nAPI_SECRET='{{secret:a}}' # live\n", ["API_KEY", "API_SECRET"]),
        (".envrc", "export API_KEY={{key:a}}; export API_SECRET={{secret:a}}\t# live\n", ["API_KEY", "API_SECRET"]),
        ("prod.tfvars", 'binance_api_key = "{{key:a}}" # live\n', ["binance_api_key"]),
    ],
)
def test_the_files_that_tools_keep_their_keys_in(path: str, text: str, names: list[str]) -> None:
    assert may_be_secret_store(path)
    assert holds_secret_store(path, expand(text))
    assert [value.name for value in secret_values(expand(text))] == names


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        pytest.param("DB_PASSWORD=admin123", False, id="words and digits"),
        pytest.param("JWT_SECRET=superStrongToken99!", False, id="words run together"),
        pytest.param("JWT_SECRET=not-for-production-use-only-1", False, id="says so"),
        pytest.param("NEXT_PUBLIC_FIREBASE_API_KEY={{key:a}}", False, id="built into a page"),
        pytest.param("NEXT_PUBLIC_BINANCE_API_KEY={{key:a}}", True, id="built into a page and the exchange's"),
        pytest.param("REACT_APP_CLIENT_SECRET={{key:a}}", True, id="built into a page and secret"),
        pytest.param("DB_PASSWORD={{password:a}}", True, id="a password"),
        pytest.param("DB_PASSWORD=Heidelberg1998", True, id="a word of somebody's own"),
        pytest.param("API_KEY={{key:a}}", True, id="a key"),
    ],
)
def test_what_somebody_keeps(line: str, kept: bool) -> None:
    text = expand(line)
    assert [is_kept(value.name, text[value.start : value.end]) for value in secret_values(text)] == [kept]


@pytest.mark.parametrize(
    ("path", "text", "confidence", "names"),
    [
        pytest.param("testdata/.env.prod", "DB_PASSWORD={{password:a}}", "low", "`DB_PASSWORD`", id="of a test"),
        pytest.param("examples/bot/.env", "DB_PASSWORD={{password:a}}", "low", "`DB_PASSWORD`", id="of an example"),
        pytest.param(".env", "A_KEY=\nJWT_SECRET=dev-secret-1", "low", "`JWT_SECRET`", id="made up"),
        pytest.param(
            ".env",
            "JWT_SECRET=dev-secret-1\nDB_PASSWORD={{password:a}}",
            "high",
            "`DB_PASSWORD`",
            id="one is not made up",
        ),
    ],
)
def test_confidence_in_a_store(path: str, text: str, confidence: str, names: str) -> None:
    (fact,) = DETECTOR.find(Document(path, expand(text)))
    assert isinstance(fact, Fact)
    assert (fact.attributes["confidence"], fact.attributes["names"]) == (confidence, names)
