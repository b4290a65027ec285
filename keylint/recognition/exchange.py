"""Which exchange a text speaks of."""

from __future__ import annotations

import re
from typing import Literal

from keylint.documents.document import Document

Exchange = Literal["binance.us", "binance.com", "binance", "unknown"]

_US = re.compile(r"binance[._-]?us\b|binanceus|tld\W{1,5}us\b|binance us\b")
_TEST_NETWORK = re.compile(r"test[ _-]?net|futures|sandbox")
_COM = re.compile(r"binance\.com|testnet\.binance|binance\.vision|tld\W{1,5}com\b")


def exchange_in(document: Document) -> Exchange:
    """Return the exchange that a document names."""
    return document.once(_exchange_in)


def is_of_test_network(document: Document) -> bool:
    """Tell whether a document speaks of a test network or of futures."""
    return document.once(_is_of_test_network)


def _exchange_in(document: Document) -> Exchange:
    return exchange_of(document.lowered)


def _is_of_test_network(document: Document) -> bool:
    return _TEST_NETWORK.search(document.lowered) is not None


def exchange_of(lowered: str) -> Exchange:
    """Return the exchange that a lower-case text names: Binance.US before Binance.com before either."""
    if "binance" not in lowered and "x-mbx" not in lowered:
        return "unknown"
    if _US.search(lowered):
        return "binance.us"
    return "binance.com" if _COM.search(lowered) else "binance"
