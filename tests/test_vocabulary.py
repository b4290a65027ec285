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
        *[(name, "none") for name in ("value", "foo", "monkey", "keyboard", "description", "x", "hotkey", "login")],
        *[(name, "none") for name in ("encoding_key_of_row", "ENCODING_KEY", "password")],
        *[(name, "digest") for name in ("listenKey", "secret_hash", "sha256", "signature", "clientOrderId", "keyId")],
        *[(name, "digest") for name in ("checksum", "cache_key", "partitionKey", "nextPageToken", "streams", "class")],
        *[(name, "other") for name in ("JWT_SECRET", "SESSION_SECRET", "okx_api_key", "githubToken", "client_secret")],
        *[(name, "other") for name in ("jwtsecret", "telegramBot.apiSecret", "SECRET_KEY_BASE", "AUTH_SECRET")],
        *[(name, "api_key") for name in ("apiKey", "API_KEY", "api-key", "X-MBX-APIKEY", "accessKey", "BINACEAPIKEY")],
        *[(name, "api_key") for name in ("binance_key", "session.api_key", "presetApiKey", "meta_gateway_api_key")],
        *[(name, "api_key") for name in ("API_KEY_ID", "confirmApiKey", "config.exchange.apiKey")],
        *[(name, "api_secret") for name in ("apiSecret", "SECRET", "secretKey", "API_SECRET_KEY", "hmac")],
        *[(name, "api_secret") for name in ("binance_jwt_secret", "withdraws_secret", "raw_secret", "hash_secret")],
        *[(name, "api_secret") for name in ("BINANCE_SIGNATURE_SECRET", "self.session.api_secret")],
        *[(name, "key") for name in ("key", "token", "credentials", "mykey", "live_key", "key1")],
        *[(name, "secret") for name in ("sk", "passphrase", "private")],
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
