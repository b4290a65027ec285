"""Operations: what calls and requests need of a key, of which exchange, with which variables."""

from __future__ import annotations

import json

import pytest
from conftest import cpu_seconds

from keylint.detectors.operation import find
from keylint.documents.document import Document
from keylint.model import Fact
from keylint.recognition.operations import path_in, request_permission, websocket_permission
from keylint.recognition.programs import program
from keylint.recognition.travel import travels

PYTHON = "import os\nfrom binance.client import Client\n"
COBOL = (
    '{"metadata": {"language_info": {"name": "cobol"}}, "cells": [{"cell_type": "code", "source": "binance /api/v3"}]}'
)
KOTLIN = """import com.binance.api.client.BinanceApiClientFactory
fun f() { val c = BinanceApiClientFactory.newInstance("k", "s").newRestClient()
 c.cancelOrder(r) }
"""
CSHARP = """class A { void F() {
 var r = new HttpRequestMessage(HttpMethod.Post, "https://api.binance.us/sapi/v1/asset/dust"); } }
"""
SHORT = """class C:
    def out(self):  # binance /sapi/v1
        return self._request_margin_api('post', 'capital/withdraw/apply', True)
"""
OFFERS = """def get_my_trades(): pass
def get_deposit_history(): pass
def create_test_order(): pass
client.withdraw(1)
"""
US = "Client(os.environ['BINANCE_US_API_KEY'], os.environ['BINANCE_US_API_SECRET'], tld='us')"


def facts(path: str, text: str) -> list[Fact]:
    return [fact for fact in find(Document(path, text)) if isinstance(fact, Fact)]


def shown(path: str, text: str) -> list[tuple[object, ...]]:
    names = ("permission", "name", "library", "exchange", "confidence")
    return [tuple(fact.attributes[name] for name in names) for fact in facts(path, text)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("a.py", "client.withdraw(1)\n", id="no exchange"),
        pytest.param("a.md", "`client.withdraw()` of python-binance\n", id="prose"),
        pytest.param("a.py", PYTHON + "# client.withdraw()\n", id="comment"),
        pytest.param("a.py", PYTHON + "class A(Client):\n    def withdraw(self):\n        pass\n", id="definition"),
        pytest.param("a.py", PYTHON + "class A:\n    def f(self):\n        self.withdraw()\n", id="one's own method"),
        pytest.param("a.py", PYTHON + "savings.withdraw(1)\nqueue.cancel()\nfood.order()\n", id="other receivers"),
        pytest.param("a.py", PYTHON + "client.get_klines()\n", id="public"),
        pytest.param("a.py", "URL = 'https://api.binance.us/api/v3/ping'\nrequests.get(URL)\n", id="public path"),
        pytest.param("a.py", "x = 'see /api/v3/order of binance for more'\n", id="path in prose"),
        pytest.param("a.ipynb", '{"cells": [], "metadata": {}, "x": "binance /sapi/v1/"}', id="empty notebook"),
        pytest.param("a.ipynb", COBOL, id="no language"),
    ],
)  # fmt: skip
def test_silent(path: str, text: str) -> None:
    assert facts(path, text) == []


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param(
            "a.py",
            PYTHON + f"client = {US}\nclient.get_withdraw_history()\nclient.order_limit_buy(symbol='X')\n",
            [
                ("read", "client.get_withdraw_history", "python-binance", "binance.us", "high"),
                ("spot_trade", "client.order_limit_buy", "python-binance", "binance.us", "high"),
            ],
            id="client",
        ),
        pytest.param(
            "a.py",
            PYTHON + "def f(client):\n    client.withdraw(1)\n",
            [("withdraw", "client.withdraw", "python-binance", "unknown", "medium")],
            id="client by its name",
        ),
        pytest.param(
            "a.py",
            PYTHON + "def connect():\n    return Client(k, s)\ndef f():\n    c = connect()\n    c.withdraw(1)\n",
            [("withdraw", "c.withdraw", "python-binance", "binance.com", "high")],
            id="client of a function",
        ),
        pytest.param(
            "a.py",
            PYTHON + "Client(k, s, testnet=True).create_order(1)\n",
            [("spot_trade", "Client().create_order", "python-binance", "unknown", "high")],
            id="where it is built, on a test network",
        ),
        pytest.param(
            "a.py",
            "from binance.spot import Spot\nSpot(k, s, base_url='https://api.binance.us').new_order(1)\n",
            [("spot_trade", "Spot().new_order", "binance-connector", "binance.us", "high")],
            id="by address",
        ),
        pytest.param(
            "a.py",
            "class A:\n    def f(self):\n        client = BinanceUSClient(key)\n        client.withdraw(1)\n",
            [("withdraw", "client.withdraw", "unknown", "binance.us", "medium")],
            id="a client of one's own",
        ),
        pytest.param(
            "a.rb",
            "require 'binance'\nBinance::Api::Order.create!(symbol: 'X')\n",
            [("spot_trade", "Binance.Api.Order.create!", "binance-ruby", "unknown", "medium")],
            id="ruby",
        ),
        pytest.param(
            "A.kt",
            KOTLIN,
            [("spot_trade", "c.cancelOrder", "binance-java-api", "binance.com", "high")],
            id="kotlin",
        ),
        pytest.param(
            "a.php",
            "<?php $api = new Binance\\API($k, $s); $api->withdraw('BTC', $to, 1);\n",
            [("withdraw", "api.withdraw", "php-binance-api", "binance.com", "high")],
            id="php",
        ),
        pytest.param(
            "a.rs",
            'use binance::account::*;\nfn f() { let a: Account = Binance::new(k, s); a.market_buy("X", 1); }\n',
            [("spot_trade", "a.market_buy", "binance-rs", "binance.com", "high")],
            id="rust",
        ),
        pytest.param(
            "a.ts",
            "ws.send(JSON.stringify({ id: 1, method: 'order.place' }));  // binance /api/v3\n",
            [("spot_trade", "order.place", "REST", "unknown", "medium")],
            id="websocket",
        ),
        pytest.param(
            "a.py",
            "url = 'https://api.binance.us/api/v3/order'\nrequests.delete(url, headers=h)\n",
            [("spot_trade", "DELETE /api/v3/order", "REST", "binance.us", "high")],
            id="address under a name",
        ),
        pytest.param(
            "a.py",
            "PATHS = {'out': '/sapi/v1/capital/withdraw/apply', 'order': '/api/v3/order'}\n",
            [
                ("withdraw", "/sapi/v1/capital/withdraw/apply", "REST", "unknown", "medium"),
                ("spot_trade", "/api/v3/order", "REST", "unknown", "low"),
            ],
            id="without a method",
        ),
        pytest.param(
            "a.js",
            "const call = { method: 'GET', path: '/api/v3/order' }; // binance\n",
            [("read", "GET /api/v3/order", "REST", "unknown", "medium")],
            id="method beside the path",
        ),
        pytest.param(
            "a.sh",
            'curl -d x=1 -H "X-MBX-APIKEY: $K" https://api.binance.us/api/v3/order/test\n',
            [("spot_trade", "POST /api/v3/order/test", "REST", "binance.us", "high")],
            id="curl with a body",
        ),
        pytest.param(
            "a.cs",
            CSHARP,
            [("spot_trade", "POST /sapi/v1/asset/dust", "REST", "binance.us", "high")],
            id="method by name",
        ),
        pytest.param(
            "a.py",
            SHORT,
            [("withdraw", "POST /sapi/v1/capital/withdraw/apply", "REST", "unknown", "high")],
            id="short path",
        ),
    ],
)  # fmt: skip
def test_operation(path: str, text: str, expected: list[tuple[object, ...]]) -> None:
    assert shown(path, text) == expected


def test_a_notebook_keeps_its_places() -> None:
    cells = [
        {"cell_type": "code", "source": ["!pip install python-binance\n", PYTHON, 'c = Client("k", "s", tld="us")']},
        {"cell_type": "markdown", "source": ["c.withdraw() is dangerous"]},
        {"cell_type": "code", "source": ['# "über"\n', "c.withdraw(1)"]},
    ]  # fmt: skip
    text = json.dumps({"cells": cells, "metadata": {"language_info": {"name": "python"}}}, indent=1)
    (fact,) = facts("a.ipynb", text)
    place = fact.location
    assert text.splitlines()[place.line - 1][place.column - 1 : place.end_column - 1] == "c.withdraw"
    assert (fact.attributes["exchange"], fact.attributes["context"]) == ("binance.us", "notebook")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"client = {US}\nclient.get_account()\n", ("BINANCE_US_API_KEY", "BINANCE_US_API_SECRET")),
        ("k = os.getenv('BUS')\nclient = Client(k, '')\nclient.get_account()\n", ("BUS",)),
        ("ex = Client(k, s)\nex.api_key = os.environ['A_KEY']\nex.get_account()\n", ("A_KEY",)),
        ("client = Client(api_key, secret)\nclient.get_account()\n", ()),
    ],
)
def test_key_names(text: str, expected: tuple[str, ...]) -> None:
    assert [fact.attributes["key_names"] for fact in facts("a.py", PYTHON + text)] == [expected]


@pytest.mark.parametrize(
    ("path", "text", "context"),
    [
        ("src/a.py", "c = Client(k, s)\nc.withdraw(1)\n", "code"),
        ("tests/a.py", "c = Client(k, s)\nc.withdraw(1)\n", "test"),
        ("examples/a.py", "c = Client(k, s)\nc.withdraw(1)\n", "docs"),
        ("src/a.py", OFFERS, "library"),
        ("src/a.py", f"{OFFERS}c = Client(api_key, api_secret)\n", "code"),
    ],
)  # fmt: skip
def test_context(path: str, text: str, context: str) -> None:
    assert [fact.attributes["context"] for fact in facts(path, PYTHON + text)] == [context]


def test_packages_of_a_library_offer_calls() -> None:
    text = 'package binance\nfunc f() { c.post("POST", "/sapi/v1/capital/withdraw/apply") }\n'
    assert [fact.attributes["context"] for fact in facts("withdraw.go", text)] == ["library"]
    rust = '#[cfg(test)]\nmod tests { fn f() { post("https://api.binance.us/api/v3/order"); } }\n'
    assert [fact.attributes["context"] for fact in facts("src/a.rs", rust)] == ["test"]


def test_the_excerpt_shows_the_call_and_no_secret() -> None:
    secret = "aB3" * 22
    (fact,) = facts("a.py", PYTHON + f"Client('{secret}', '').withdraw(1)\n")
    assert fact.excerpt is not None
    assert secret[5:-3] not in fact.excerpt.text
    assert ".withdraw" in fact.excerpt.text


def test_data() -> None:
    assert request_permission("GET", "/sapi/v1/capital/withdraw/history") == ("read", "", True)
    assert request_permission("POST", "/fapi/v1/order") == ("margin_futures", "binance.com", True)
    assert request_permission("", "/api/v3/order") == ("spot_trade", "", False)
    assert request_permission("GET", "/api/v3/ping") is None
    assert request_permission("", "/fapi/v1/premiumIndex") is None
    assert websocket_permission("order.place") == "spot_trade"
    assert websocket_permission("ticker.price") is None
    assert path_in("https://api.binance.us/api/v3/order?x=1") == "/api/v3/order"
    assert path_in("nothing/of/it") is None


def test_everything_is_reached_through_the_document() -> None:
    document = Document("a.py", PYTHON)
    found = document.once(program)
    assert found is not None
    assert travels(found.code, lambda _: set(), lambda _: ()).labels == {}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(PYTHON + "(" * 100_000, id="brackets"),
        pytest.param(PYTHON + "x = '" + "/api/v3/order " * 300_000, id="a line of 4 MB"),
        pytest.param(PYTHON + "client = Client(k, s\nclient.withdraw(", id="broken"),
        pytest.param(PYTHON + "a = b\nb = a\n" * 5_000 + f"a = {US}\n", id="names in a circle"),
        pytest.param(PYTHON + "".join(f"c{n} = Client(k{n}, s)\n" for n in range(2_000)), id="many clients"),
    ],
)
def test_hostile_texts_end(text: str) -> None:
    start = cpu_seconds()
    facts("a.py", text)
    assert cpu_seconds() - start < 20
