"""How sure, of what kind, and why: credentials through the detectors."""

from __future__ import annotations

import pytest

from keylint.documents.document import Document
from keylint.model import Fact, Value
from keylint.pipeline import examine, lens
from keylint.policy.placeholders import expand
from keylint.recognition.exchange import exchange_of
from keylint.recognition.places import context_of
from keylint.recognition.private_keys import private_keys
from keylint.recognition.public_examples import is_public_example


def facts(text: str, path: str = "file.py") -> list[Fact]:
    found = examine(path, expand(text).encode(), lens())
    return [fact for fact in found if isinstance(fact, Fact) and fact.target == "credential"]


def only(text: str, path: str = "file.py") -> dict[str, Value]:
    (fact,) = facts(text, path)
    return dict(fact.attributes)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = {{hex64:a}}", id="a digest"),
        pytest.param("binance = '{{hex64:a}}'", id="a digest of the exchange"),
        pytest.param("binance key sha256: {{hex64:a}}", id="a digest of a key"),
        pytest.param("'''\n{{base64data:64:wrapped}}\n{{key:a}}\n{{base64data:64:wrapped}}'''", id="wrapped base64"),
        pytest.param("x = '{{repeat:z:64}}'", id="a filler bound to nothing"),
        pytest.param("-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----", id="an armour of dots"),
        pytest.param(
            "binance\n-----BEGIN OPENSSH PRIVATE KEY-----\n{{base64data:70:cut}}\n...\n-----END OPENSSH PRIVATE KEY-----",
            id="an armour with most left out",
        ),
        pytest.param(
            "binance\n-----BEGIN PRIVATE KEY-----\nMII{{base64data:61:cut}}\n...\n-----END PRIVATE KEY-----",
            id="an armour of its first line",
        ),
        pytest.param(
            "binance\n-----BEGIN RSA PRIVATE KEY-----\n{{base64data:320:cut}}\n-----END RSA PRIVATE KEY-----",
            id="an armour too short",
        ),
        pytest.param("re.compile('-----BEGIN PRIVATE KEY-----|-----END PRIVATE KEY-----')", id="a pattern of armours"),
        pytest.param("-----BEGIN PRIVATE KEY-----\n{{base64data:64:cut}}", id="an armour without an end"),
    ],
)
def test_no_facts(text: str) -> None:
    assert facts(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "confidence", "because"),
    [
        pytest.param("x = '{{key:a}}'", "unknown", "low", "a random literal of 64 characters in quotes", id="bare"),
        pytest.param("x {{key:a}}", "unknown", "low", "64 random characters", id="bare, no quotes"),
        pytest.param(
            "binance\0\0 {{key:a}} ", "unknown", "low", "64 random characters in what may be a binary file", id="NULs"
        ),
        pytest.param("binance\0\0 api_key={{key:a}} ", "api_key", "high", "bound to `api_key`", id="a name among NULs"),
        pytest.param("key = '{{key:a}}'", "api_key", "medium", "bound to `key`", id="a weak name"),
        pytest.param("key: {{key:a}}", "api_key", "low", "bound to `key`", id="a weak name, no quotes"),
        pytest.param("# api key\nx = '{{key:a}}'", "unknown", "medium", "beside words for a key", id="words"),
        pytest.param(
            "binance\n\n\n\nx = '{{key:a}}'", "unknown", "medium", "in a file that names the exchange", id="exchange"
        ),
        pytest.param(
            "binance\n\n\n\nkey = '{{key:a}}'",
            "api_key",
            "high",
            "bound to `key` in a file that names the exchange",
            id="a weak name and the exchange",
        ),
        pytest.param(
            "binance\nsecret stuff: f(1, '{{key:a}}')",
            "unknown",
            "high",
            "beside words for a key, in a file that names the exchange",
            id="words and the exchange",
        ),
        pytest.param("api_key = '{{key:a}}'", "api_key", "high", "bound to `api_key`", id="a name"),
        pytest.param("secret = '{{key:a}}'", "api_secret", "high", "bound to `secret`", id="a secret"),
        pytest.param("Client('{{key:a}}')", "api_key", "high", "argument 1 of `Client`", id="a client"),
        pytest.param("Client(1, '{{key:a}}')", "api_secret", "high", "argument 2 of `Client`", id="its secret"),
        pytest.param("hmac.new(b'{{key:a}}')", "api_secret", "high", "signs a request in `hmac.new`", id="a signature"),
        pytest.param("jwt_secret = '{{key:a}}'", "unknown", "low", "`jwt_secret` names another service", id="another"),
        pytest.param(
            "listenKey = '{{key:a}}'", "unknown", "low", "`listenKey` names a digest or an identifier", id="listenKey"
        ),
        pytest.param(
            "BINANCE_API_KEY = '{{hex64:a}}'",
            "api_key",
            "medium",
            "hexadecimal, bound to `BINANCE_API_KEY` in a file that names the exchange",
            id="hexadecimal",
        ),
    ],
)
def test_verdicts(text: str, kind: str, confidence: str, because: str) -> None:
    found = only(text)
    assert (found["kind"], found["confidence"], found["because"]) == (kind, confidence, because)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("api_key: {{key:a}}", "plain"),
        ("api_key: {{base64:{{key:a}}}}", "base64"),
        ("api_key: {{hex:{{key:a}}}}", "hex"),
    ],
)
def test_the_digest_is_that_of_the_key_whatever_its_encoding(text: str, encoding: str) -> None:
    found = only(text)
    assert (found["encoding"], found["digest"]) == (encoding, only("{{key:a}}")["digest"])


def test_utf_16_is_said() -> None:
    found = examine("file", expand("api_key: {{key:a}}").encode("utf-16"), lens())
    (fact,) = found
    assert isinstance(fact, Fact)
    assert fact.attributes["encoding"] == "utf-16"


def test_placeholders_are_known() -> None:
    assert only("API_KEY = {{repeat:YourKey1:8}}")["placeholder"] is True


def test_names_are_shown_masked() -> None:
    (_, second) = facts('{"api_key {{key:name}}": "{{key:value}}"}')
    assert "…" in str(second.attributes["name"])


def test_public_examples_are_known() -> None:
    # Written in two halves: even a public key is not committed in one piece.
    key = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zv" + "sw0MuIgwCIPy6utIco14y7Ju91duEh8A"
    secret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP" + "1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
    for value in (key, secret):
        assert is_public_example(value)
        assert only(f"API_KEY = '{value}'")["public_example"] is True


@pytest.mark.parametrize(
    ("text", "path", "confidence", "raised"),
    [
        pytest.param("{{pem:PRIVATE KEY:a}}", "key.pem", "low", "medium", id="nothing around"),
        pytest.param("{{pem:RSA PRIVATE KEY:a}}", "tls/key.pem", "low", None, id="a server's by its folder"),
        pytest.param("{{pem:PRIVATE KEY:a}}{{pem:CERTIFICATE:a}}", "key.pem", "low", None, id="beside its certificate"),
        pytest.param("binance\n{{pem:PRIVATE KEY:a}}", "tests/key.py", "low", None, id="a test's"),
        pytest.param("{{pem:PRIVATE KEY:a}}", "binance/key.pem", "high", None, id="the exchange in the path"),
        pytest.param("binance\n{{pem:PRIVATE KEY:a}}", "key.py", "high", None, id="the exchange in the file"),
        pytest.param("binance {{ed25519:a}}", "key.py", "high", None, id="on one line"),
        pytest.param(
            "binance MIIEvQIBADANBgkqhkiG9w0BAQEFAASC{{base64data:1590:rsa}}", "key.py", "high", None, id="RSA"
        ),
    ],
)
def test_private_keys(text: str, path: str, confidence: str, raised: str | None) -> None:
    found = only(text, path)
    assert (found["kind"], found["confidence"], found["confidence_near_exchange"]) == (
        "private_key",
        confidence,
        raised,
    )


def test_encrypted_private_keys_are_known() -> None:
    assert only("{{pem:ENCRYPTED PRIVATE KEY:a}}")["encrypted"] is True
    (fact,) = private_keys_of("{{pem:RSA PRIVATE KEY:a}}".replace("}}", "}}", 1), header="Proc-Type: 4,ENCRYPTED\n\n")
    assert fact.attributes["encrypted"] is True


def private_keys_of(text: str, header: str) -> list[Fact]:
    label, _, body = expand(text).partition("\n")
    return [fact for _, _, fact in private_keys(Document("file", f"{label}\n{header}{body}"))]


def test_a_private_key_in_a_string_is_that_in_a_file() -> None:
    armoured = expand("{{pem:PRIVATE KEY:same}}")
    escaped = armoured.replace("\n", "\\n")
    assert only(f'"{escaped}"')["digest"] == only(armoured)["digest"]


@pytest.mark.parametrize(
    ("text", "exchange"),
    [
        ("kraken", "unknown"),
        ("binance", "binance"),
        ("x-mbx-apikey", "binance"),
        ("api.binance.com", "binance.com"),
        ("binance tld='com'", "binance.com"),
        ("api.binance.us", "binance.us"),
        ("ccxt.binanceus", "binance.us"),
        ("from binance import client\nclient(tld='us')", "binance.us"),
    ],
)
def test_exchange_of(text: str, exchange: str) -> None:
    assert exchange_of(text) == exchange


@pytest.mark.parametrize(
    ("path", "context"),
    [
        ("src/bot.py", "code"),
        ("tests/test_bot.py", "test"),
        ("src/bot.test.ts", "test"),
        ("cassettes/a.yaml", "test"),
        ("README.md", "docs"),
        ("docs/setup.py", "docs"),
        (".env", "config"),
        ("deploy/values.yaml", "config"),
        ("a.ipynb", "notebook"),
        ("contest.py", "code"),
    ],
)
def test_context_of(path: str, context: str) -> None:
    assert context_of(path) == context
