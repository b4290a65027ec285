"""Which exchange a text speaks of."""

from __future__ import annotations

import re
from typing import Literal

Exchange = Literal["binance.us", "binance.com", "binance", "unknown"]

_US = re.compile(r"binance[._-]?us\b|binanceus|tld\W{1,5}us\b|binance us\b")
_COM = re.compile(r"binance\.com|testnet\.binance|binance\.vision|tld\W{1,5}com\b")


def exchange_of(lowered: str) -> Exchange:
    """Return the exchange that a lower-case text names: Binance.US before Binance.com before either."""
    if "binance" not in lowered and "x-mbx" not in lowered:
        return "unknown"
    if _US.search(lowered):
        return "binance.us"
    return "binance.com" if _COM.search(lowered) else "binance"
