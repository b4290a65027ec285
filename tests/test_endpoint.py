"""Endpoints: where keys travel, by which client, and whether anyone checks whom they reach."""

from __future__ import annotations

import json

import pytest
from conftest import cpu_seconds

from keylint.detectors.endpoint import find
from keylint.documents.document import Document
from keylint.model import Fact
from keylint.recognition.certificates import is_off
from keylint.recognition.clients import names_us, scene
from keylint.recognition.endpoint_settings import settings

PYTHON = "import os, requests\nfrom binance.client import Client\n"
HEADER = "headers={'X-MBX-APIKEY': key}"


def facts(path: str, text: str) -> list[Fact]:
    return [fact for fact in find(Document(path, text)) if isinstance(fact, Fact)]


def shown(path: str, text: str) -> list[tuple[object, ...]]:
    names = ("scheme", "host", "official", "receives_key", "tls_verified", "key_exchange")
    return [tuple(fact.attributes[name] for name in names) for fact in facts(path, text)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("a.py", "BASE = 'http://example.org'\n", id="no exchange"),
        pytest.param("a.py", PYTHON + "NEWS = 'https://www.binance.us/news'\n", id="page"),
        pytest.param("a.py", PYTHON + "requests.post('https://hooks.example.org', json={'text': 'x'})\n", id="no key"),
        pytest.param("a.py", PYTHON + "Client('', '')\n", id="client without a key"),
        pytest.param("a.py", PYTHON + "TOPIC = 'data.quotes.binance.ethusd'\n", id="no host"),
        pytest.param("a.py", PYTHON + "BASE = f'https://api.binance.{tld}/api'\n", id="host in a hole"),
        pytest.param("a.py", PYTHON + "session.verify = False\n", id="nothing travels"),
        pytest.param("a.py", PYTHON + "session.verify = False\nother.session = session\n", id="part of nothing known"),
        pytest.param(
            "a.py",
            PYTHON
            + "c = Client(api_key, secret)\nr = c.get_account()\n"
            + "requests.post('https://hooks.example.org', json={'text': sign(api_key)})\n",
            id="what is made of a key",
        ),
        pytest.param("Cargo.lock", "# binance verify https://api.binance.us\n", id="lock file"),
        pytest.param("a.yaml", "binance: {name: x}\n", id="settings without addresses"),
        pytest.param("a.yaml", "binance: {docs_url: 'https://docs.binance.us', api_key: x}\n", id="page in settings"),
        pytest.param("a.yaml", "binance: {api_key: x, webhook_url: 'https://hooks.example.org'}\n", id="webhook"),
        pytest.param("a.yaml", "binance: {api_key: x}\nother: {base_url: 'https://x.example.org'}\n", id="other block"),
        pytest.param("a.yaml", "note: binance verify\nserver: {verify: false}\n", id="check of another server"),
        pytest.param("a.txt", "binance https://api.binance.us\n", id="no structure"),
    ],
)
def test_silent(path: str, text: str) -> None:
    assert [fact for fact in shown(path, text) if not (fact[2] and fact[4])] == []


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param(
            "a.py",
            PYTHON + "c = Client(os.environ['BINANCE_US_API_KEY'], s)\n",
            [("https", "api.binance.com", True, True, True, "binance.us")],
            id="by default",
        ),
        pytest.param(
            "a.py",
            PYTHON + "c = Client(os.environ['BINANCE_US_API_KEY'], s)\nc.API_URL = 'https://api.binance.us/api'\n",
            [("https", "api.binance.us", True, True, True, "binance.us")],
            id="told afterwards",
        ),
        pytest.param(
            "a.py",
            "class A:\n    BASE = 'http://api.binance.us'\n    def f(self, key):\n"
            f"        return requests.get(self.BASE + '/api/v3/account', {HEADER})\n",
            [("http", "api.binance.us", True, True, True, "unknown")],
            id="address of the class",
        ),
        pytest.param(
            "a.py",
            f"requests.get('http://10.0.0.7/api/v3/account', {HEADER})\n",
            [("http", "10.0.0.7", False, True, True, "unknown")],
            id="one's own network",
        ),
        pytest.param(
            "a.py",
            PYTHON + "body = {'key': os.environ['BINANCE_KEY']}\nrequests.post('https://x.example.org', json=body)\n",
            [("https", "x.example.org", False, True, True, "unknown")],
            id="in a body",
        ),
        pytest.param(
            "a.js",
            "const host = 'api.binance-us.com';\n",
            [("", "api.binance-us.com", False, True, True, "unknown")],
            id="host alone",
        ),
        pytest.param(
            ".env",
            "BINANCE_US_API_KEY=x\nBINANCE_US_URL=https://api.binance.com\nNODE_TLS_REJECT_UNAUTHORIZED=0\n",
            [
                ("https", "api.binance.com", True, True, True, "binance.us"),
                ("https", "", None, True, False, "binance.us"),
            ],
            id="dotenv",
        ),
        pytest.param(
            "a.json",
            '{"exchange": {"name": "binance", "key": "x", "verify": false, "api_url": "https://gate.example.org"}}',
            [("https", "", None, True, False, "unknown")],
            id="a block that names the exchange",
        ),
    ],
)  # fmt: skip
def test_endpoint(path: str, text: str, expected: list[tuple[object, ...]]) -> None:
    assert shown(path, text) == expected


@pytest.mark.parametrize(
    ("path", "code"),
    [
        pytest.param("a.py", f"requests.get(URL, {HEADER}, verify=False)", id="requests"),
        pytest.param("a.py", f"s.verify = False\ns.get(URL, {HEADER})", id="session"),
        pytest.param(
            "a.py",
            PYTHON + "s.verify = False\nc = Client(api_key, api_secret)\nc.session = s",
            id="session of a client",
        ),
        pytest.param(
            "a.py",
            f"ssl._create_default_https_context = ssl._create_unverified_context\nget(URL, {HEADER})",
            id="urllib",
        ),
        pytest.param(
            "a.py", f"ctx = ssl._create_unverified_context()\nurlopen(URL, {HEADER}, context=ctx)", id="context"
        ),
        pytest.param("a.py", f"session.get(URL, {HEADER}, ssl=False)", id="aiohttp"),
        pytest.param("a.py", f"ssl_init(TrustAll)\nget(URL, {HEADER}, verify=0)", id="zero"),
        pytest.param("a.sh", 'curl --insecure -H "X-MBX-APIKEY: $K" $URL', id="curl"),
        pytest.param("a.sh", 'wget --no-check-certificate --header "X-MBX-APIKEY: $K" $URL', id="wget"),
        pytest.param(
            "a.rb",
            "http.verify_mode = OpenSSL::SSL::VERIFY_NONE\nhttp.request(URL, 'X-MBX-APIKEY' => key)",
            id="ruby",
        ),
    ],
)
def test_unverified(path: str, code: str) -> None:
    equals = "=" if path.endswith(".sh") else " = "
    found = facts(path, f"URL{equals}'https://api.binance.us'\n{code}\n")
    assert "high" in [fact.attributes["confidence"] for fact in found if fact.attributes["tls_verified"] is False]


@pytest.mark.parametrize(
    ("name", "value", "names", "off"),
    [
        ("verify", True, (), False),
        ("verify", "proxy.pem", (), False),
        ("timeout", False, (), False),
        ("verify_mode", None, ("ssl.CERT_REQUIRED",), False),
        ("verify", False, (), True),
        ("rejectUnauthorized", "false", (), True),
        ("InsecureSkipVerify", True, (), True),
        ("verify_mode", None, ("ssl.CERT_NONE",), True),
    ],
)
def test_is_off(name: str, value: str | bool | None, names: tuple[str, ...], off: bool) -> None:
    assert is_off(name, value, names) is off


@pytest.mark.parametrize(
    ("name", "us"),
    [
        ("BINANCE_USDT_KEY", False),
        ("BINANCE_USER_KEY", False),
        ("BINANCE_API_KEY", False),
        ("BINANCE_US_API_KEY", True),
        ("binanceUsKey", True),
        ("BINANCEUS_API_KEY", True),
    ],
)
def test_names_us(name: str, us: bool) -> None:
    assert names_us(name) is us


def test_a_notebook_has_endpoints() -> None:
    source = [PYTHON, "c = Client(os.environ['BINANCE_US_API_KEY'], s)\n"]
    text = json.dumps({"cells": [{"cell_type": "code", "source": source}], "metadata": {}})
    assert [row[1] for row in shown("a.ipynb", text)] == ["api.binance.com"]


def test_no_excerpt_holds_a_secret() -> None:
    secret = "aB3" * 22
    found = facts(
        "a.py", f"requests.get('https://x.example.org/?k={secret}', headers={{'X-MBX-APIKEY': '{secret}'}})\n"
    )
    assert [fact.attributes["host"] for fact in found] == ["x.example.org"]
    assert all(fact.excerpt and secret[5:-3] not in fact.excerpt.text for fact in found)


def test_what_is_no_program_has_no_scene() -> None:
    assert Document("a.yaml", "binance: {}\n").once(scene) is None
    assert list(settings(Document("a.yaml", "binance: {}\n"))) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("a.py", PYTHON + "[" * 100_000, id="brackets"),
        pytest.param("a.json", '{"binance": "https://api.binance.us", "key": ' + "[" * 100_000, id="json"),
        pytest.param("a.yaml", "binance: https://api.binance.us " * 150_000, id="a line of 5 MB"),
        pytest.param(
            "a.py", PYTHON + "".join(f"u{n} = 'http://api.binance.us/{n}'\n" for n in range(2_000)), id="many"
        ),
    ],
)
def test_hostile_texts_end(path: str, text: str) -> None:
    start = cpu_seconds()
    facts(path, text)
    assert cpu_seconds() - start < 20
