"""Whose a host is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keylint.recognition.hosts import ADDRESS, host_of


@pytest.mark.parametrize(
    ("host", "kind", "exchange"),
    [
        ("finance.com", "other", ""),
        ("yahoofinance.com", "other", ""),
        ("binancebot.com", "other", ""),
        ("binance-docs.github.io", "other", ""),
        ("python-binance.readthedocs.io", "other", ""),
        ("dex.binance.org", "other", ""),
        ("8.8.8.8", "other", ""),
        ("xn--999999999999.com", "other", ""),
        ("localhost", "internal", ""),
        ("127.0.0.1", "internal", ""),
        ("10.1.2.3", "internal", ""),
        ("[::1]", "internal", ""),
        ("binance", "internal", ""),
        ("gateway.internal", "internal", ""),
        ("api.binance.us", "official", "binance.us"),
        ("API.BINANCE.COM.", "official", "binance.com"),
        ("testnet.binance.vision", "official", "binance.com"),
        ("api.binance-us.com", "lookalike", ""),
        ("api.binance.us.example.org", "lookalike", ""),
        ("api-binance.us.com", "lookalike", ""),
        ("binnance.com", "lookalike", ""),
        ("biannce.com", "lookalike", ""),
        ("binanc.com", "lookalike", ""),
        ("b1nance.us", "lookalike", ""),
        ("api.b\u0456nance.us", "lookalike", ""),
        ("xn--bnance-pvf.us", "lookalike", ""),
        ("binance-login.co.uk", "lookalike", ""),
        ("binanceapilogin.net", "lookalike", ""),
    ],
)
def test_host(host: str, kind: str, exchange: str) -> None:
    assert host_of(host)[:2] == (kind, exchange)


@pytest.mark.parametrize(
    ("host", "serves"), [("api.binance.us", True), ("stream.binance.us", True), ("www.binance.us", False)]
)
def test_what_programs_talk_to(host: str, serves: bool) -> None:
    assert host_of(host).serves_api is serves


@given(st.text(max_size=80))
def test_every_text_is_judged(text: str) -> None:
    assert host_of(text).kind in ("official", "lookalike", "internal", "other")


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("ftp://api.binance.us", None),
        ("https://", None),
        ("https://user:password@api.binance.us:443/x", "api.binance.us"),
        ("WSS://stream.binance.us/ws", "stream.binance.us"),
        ("http://[::1]:8080", "[::1]"),
    ],
)
def test_address(text: str, host: str | None) -> None:
    found = ADDRESS.match(text)
    assert (found["host"] if found else None) == host
