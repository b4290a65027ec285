"""Which names are bound to a key itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keylint.recognition.key_names import KEYISH, is_key_name, is_signed_name, keyish_places

WORDS = st.sampled_from(
    ["api", "api_key", "api-sec", "secret", "private", "privatekey", "access_key", "x-mbx", "binance", "key", "_", " "]
)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        *[(name, False) for name in ("key", "secret_manager", "secrets", "apiKeyForm", "api_key_path", "has_api_key")],
        *[(name, False) for name in ("API_KEY_NAME", "public_key", "publicKey", "missing_secrets", "apiKeys.length")],
        *[(name, False) for name in ("JWT_SECRET", "telegram_token", "cache_key", "listenKey", "masked_api_key", "")],
        *[(name, False) for name in ("KRAKEN_API_KEY", "api_key_service", "secret_name", "sort_key", "signature")],
        *[
            (name, True)
            for name in ("api_key", "apiKey", "APIKEY", "$BINANCE_API_KEY", "self.api_secret", "cfg.ApiKey")
        ],
        *[(name, True) for name in ("secret", "secret_key", "API_KEY_US", "api_key_str", "private_key", "BINANCE_KEY")],
        *[(name, True) for name in ("api_key_2", "binance-api-secret", "apiKeys", "headers.X-MBX-APIKEY")],
    ],
)
def test_is_key_name(name: str, is_one: bool) -> None:
    assert is_key_name(name) is is_one


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("function_signature_help", False),
        ("signer", False),
        ("signature", True),
        ("params.signature", True),
        ("signedUrl", True),
    ],
)
def test_is_signed_name(name: str, is_one: bool) -> None:
    assert is_signed_name(name) is is_one


def test_no_place_without_a_word() -> None:
    assert keyish_places("api, key, binance, access to the public key") == []


@given(st.lists(st.one_of(WORDS, st.text("apikeysecrt_- ", max_size=6)), max_size=12).map("".join))
def test_every_word_is_found_where_it_begins(lowered: str) -> None:
    assert keyish_places(lowered) == [place for place in range(len(lowered)) if KEYISH.match(lowered, place)]
