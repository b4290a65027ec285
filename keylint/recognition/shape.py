"""What a value of 64 alphanumerics looks like by itself.

Figures: random base62 of 64 characters has 5.16 bits a character (99.9 % of values over 4.81), 40
distinct characters and 39 changes of class between neighbours; the wordiest identifier met in 170
repositories has 4.62 bits (docs/detection.md).
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import log2
from typing import Literal

Shape = Literal["random", "hex", "uniform", "words", "repetitive", "prefixed-hex"]

_LOG = [0.0, *(count * log2(count) for count in range(1, 129))]
_CLASSES = bytes(
    0 if 48 <= byte < 58 else 1 if 65 <= byte < 91 else 2 if 97 <= byte < 123 else 3 for byte in range(256)
)
_PREFIXED_HEX = re.compile(r"0[xX][0-9a-fA-F]+")
_HEX = re.compile(r"[0-9a-fA-F]+")
_NUMBER = re.compile(r"\d+")
# Five letters and more, in any case: by chance in 64 random letters and digits less than once in 100,000.
_FILLERS = (
    "example placeholder dummy sample replace insert change secret binance apikey testnet fakekey redacted "
    "xxxxx aaaaa 00000 12345 abcde"
).split()
_YOURS = ("your", "Your", "YOUR")

# A value with less is words, a table or a filler; one in 10,000 random values falls below any of them.
_LEAST_BITS = 4.6
_LEAST_DISTINCT = 20
_LEAST_CHANGES = 22
_LEAST_CHANGES_OF_NUMBERED = 26
_MOST_IN_SEQUENCE = 12


@lru_cache(64)  # a candidate's is asked for to dismiss it, and again to judge it
def shape(value: str) -> Shape:
    """Return what 64 alphanumerics look like: `random` is what the exchange issues."""
    if _HEX.fullmatch(value):
        return "repetitive" if bits_per_character(value) < 3 else "hex"
    if _PREFIXED_HEX.fullmatch(value):
        return "prefixed-hex"
    if value.islower() or value.isupper() or value.isalpha() or value.isdigit():
        return "uniform" if not is_filler(value) else "repetitive"
    if is_filler(value):
        return "repetitive"
    changes = class_changes(value)
    if bits_per_character(value) < _LEAST_BITS or changes < _LEAST_CHANGES:
        return "words"
    # An identifier with a number in it: `AddColumnSymbolToTable1725159112099`.
    if changes < _LEAST_CHANGES_OF_NUMBERED and len(_NUMBER.findall(value)) <= 2:
        return "words"
    return "random"


def is_filler(value: str) -> bool:
    """Tell a placeholder: few distinct characters, a period, a keyboard walk, or a word such as `your`."""
    if len(set(value)) < _LEAST_DISTINCT and not _HEX.fullmatch(value):
        return True
    doubled = (value + value).find(value, 1)
    if doubled < len(value):
        return True
    codes = value.encode("ascii", "replace")
    steps = list(map(int.__sub__, codes[1:], codes))
    if steps.count(0) + steps.count(1) > _MOST_IN_SEQUENCE or any(word in value for word in _YOURS):
        return True
    lowered = value.lower()
    return any(word in lowered for word in _FILLERS)


def bits_per_character(value: str) -> float:
    """Return the entropy of the value's own letter frequencies, in bits a character."""
    length = len(value)
    return log2(length) - sum(map(_LOG.__getitem__, map(value.count, set(value)))) / length


def class_changes(value: str) -> int:
    """Count the neighbours of different class (digit, upper, lower): words have few."""
    classes = value.encode("ascii", "replace").translate(_CLASSES)
    return sum(map(int.__ne__, classes, classes[1:]))
