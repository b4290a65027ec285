"""Which source files are worth parsing for what they say of the exchange."""

from __future__ import annotations

import pytest

from keylint.documents.document import Document
from keylint.recognition.promising import is_promising


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "from app.exchange.binance import constants\nprint(constants.NAME)\n"),
        ("python", "class BinanceClient(Base):\n    pass\n"),
        ("python", "def f(client: Client) -> None:\n    'the binance client'\n"),
        ("python", 'URL = "https://api.example.com"  # binance\n'),
        ("python", "config.order = binance\nwithdraw = 1\n"),
        ("python", '"asset/prices of binance"\n'),
        ("typescript", "interface Order {  // of binance\n  withdraw: number;\n}\n"),
        ("python", "api.get_account()  # binance, of another library\n"),
    ],
)
def test_nothing_is_expected_of_a_mention(language: str, text: str) -> None:
    assert not is_promising(Document("a", text), language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "from binance.client import Client as C\nC('a', 'b')\n"),
        ("python", "binance.Client('a', 'b')\n"),
        ("python", "await AsyncClient.create('a', 'b')\n"),
        ("python", "ccxt.binance({})\n"),
        ("python", "getattr(ccxt, 'x')\nfrom ccxt import binance as b\n"),
        ("typescript", "const { MainClient: M } = require('binance')\n"),
        ("javascript", "require('node-binance-api')\n"),
        ("ruby", "Binance::Spot.new key: 1\n"),
        ("rust", "let account: Account = Binance::new(key, secret);\n"),
        ("python", "MyBinanceApiV3(key)\n"),
        ("python", "import binance\nclient.get_account()\n"),
        ("python", "binance_client.withdraw(1)\n"),
        ("python", "client.withdrawAsync(1)\n"),
        ("javascript", "client['withdraw'](1)\n"),
        ("ruby", "binance.withdraw asset: 1\n"),
        ("python", 'get("/sapi/v1/capital/withdraw/apply")\n'),
        ("php", r'get("\/sapi\/v1\/capital\/withdraw\/apply")'),
        ("python", 'post("capital/withdraw/apply")\n'),
        ("python", '{"method": "order.place"}\n'),
        ("python", 'URL = "https://api.binance.us"\n'),
        ("python", 'HOST = "api.binance.us"\n'),
        ("python", 'URL = "https://api.blnance.com"\n'),
        ("python", 'get("https://api.example.com", headers={"X-MBX-APIKEY": a})\n'),
        ("python", 'get("http://localhost", params=binance.api_key)\n'),
        ("python", "import ccxt\nsession.verify = False\n"),
    ],
)
def test_what_may_use_the_exchange_is_read(language: str, text: str) -> None:
    assert is_promising(Document("a", text), language)
