"""Which exchange a text speaks of."""

from __future__ import annotations

import re
from typing import Literal

from keylint.documents.document import Document
from keylint.sieve import holds_word, mentions_exchange

Exchange = Literal["binance.us", "binance.com", "binance", "unknown"]

# Without one of these no key of the exchange goes anywhere: its name, the header that carries a key, its paths.
ADDRESSES = (b"binance", b"x-mbx-apikey", b"/sapi/v")

# Compiled when first asked for: every scan loads this module for the words above.
_US = r"binance[._-]?us\b|binanceus|tld\W{1,5}us\b|binance us\b"
_TEST_NETWORK = r"test[ _-]?net|futures|sandbox"
_COM = r"binance\.com|testnet\.binance|binance\.vision|tld\W{1,5}com\b"


def exchange_in(document: Document) -> Exchange:
    """Return the exchange that a document names."""
    return document.once(_exchange_in)


def is_of_test_network(document: Document) -> bool:
    """Tell whether a document speaks of a test network or of futures."""
    return document.once(_is_of_test_network)


def _exchange_in(document: Document) -> Exchange:
    return exchange_of(document.lowered)


def _is_of_test_network(document: Document) -> bool:
    return re.search(_TEST_NETWORK, document.lowered) is not None


def exchange_of(lowered: str) -> Exchange:
    """Return the exchange that a lower-case text names: Binance.US before Binance.com before either."""
    if "binance" not in lowered and "x-mbx" not in lowered:
        return "unknown"
    if re.search(_US, lowered):
        return "binance.us"
    return "binance.com" if re.search(_COM, lowered) else "binance"


_is_addressed = holds_word(ADDRESSES)


def addresses_exchange(document: Document) -> bool:
    """Tell whether a document can speak to the exchange at all; to be asked through `once`."""
    return _is_addressed(document.ascii)


def names_exchange(document: Document) -> bool:
    """Tell whether a document has the exchange's name in it; to be asked through `once`."""
    return mentions_exchange(document.ascii)
