"""What names promise."""

from __future__ import annotations

import pytest

from keylint.recognition.vocabulary import classify, is_client, names_exchange, signs, speaks_of_credentials, words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("apiKeyHTTPHeader", ["api", "key", "http", "header"]),
        ("BINANCE_US_API_KEY", ["binance", "us", "api", "key"]),
        ("x-mbx-apikey", ["x", "mbx", "apikey"]),
        ("key2", ["key", "2"]),
        ("", []),
    ],
)
def test_words(name: str, expected: list[str]) -> None:
    assert words(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *[(name, "none") for name in ("value", "foo", "monkey", "keyboard", "class", "description", "x")],
        *[
            (name, "digest")
            for name in ("listenKey", "secret_hash", "sha256", "signature", "clientOrderId", "keyId", "checksum")
        ],
        *[(name, "other") for name in ("JWT_SECRET", "SESSION_SECRET", "okx_api_key", "githubToken", "client_secret")],
        *[
            (name, "api_key")
            for name in ("apiKey", "API_KEY", "api-key", "X-MBX-APIKEY", "accessKey", "BINACEAPIKEY", "binance_key")
        ],
        *[
            (name, "api_secret")
            for name in ("apiSecret", "SECRET", "secretKey", "API_SECRET_KEY", "binance_jwt_secret", "hmac")
        ],
        *[(name, "key") for name in ("key", "token", "credentials")],
        *[(name, "secret") for name in ("password", "sk", "passphrase")],
    ],
)
def test_classify(name: str, expected: str) -> None:
    assert classify(name) == expected


@pytest.mark.parametrize("name", ["Binance", "BINANCE_US", "X-MBX", "binaceKey", "BNB_KEY"])
def test_names_exchange(name: str) -> None:
    assert names_exchange(name)


@pytest.mark.parametrize(
    ("callee", "client", "signature"),
    [
        ("print", False, False),
        ("assertEqual", False, False),
        ("Client", True, False),
        ("ccxt.binanceus", True, False),
        ("hmac.new", True, True),
        ("createHmac", True, True),
    ],
)
def test_callees(callee: str, client: bool, signature: bool) -> None:
    assert (is_client(callee), signs(callee)) == (client, signature)


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("turkey and monkey", False),
        ("the keyboard", False),
        ("my api key", True),
        ("x-mbx-apikey", True),
        ("secret:", True),
        ("binance_key", True),
    ],
)
def test_speaks_of_credentials(text: str, speaks: bool) -> None:
    assert speaks_of_credentials(text) is speaks
