"""What a value of 64 alphanumerics looks like by itself.

Figures: random base62 of 64 characters has 5.16 bits a character (99.9 % of values over 4.81), 40
distinct characters and 39 changes of class between neighbours; the wordiest identifier met in 170
repositories has 4.62 bits (docs/detection.md).
"""

from __future__ import annotations

import re
from itertools import pairwise
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
# Five letters and more: by chance in 64 random letters and digits less than once in 100,000.
_FILLER = re.compile(
    r"your|Your|YOUR|(?i:example|placeholder|dummy|sample|replace|insert|change|secret|binance|apikey|"
    r"testnet|fakekey|redacted|xxxxx|aaaaa|00000|12345|abcde)"
)

# A value with less is words, a table or a filler; one in 10,000 random values falls below any of them.
_LEAST_BITS = 4.6
_LEAST_DISTINCT = 20
_LEAST_CHANGES = 22
_LEAST_CHANGES_OF_NUMBERED = 26
_MOST_IN_SEQUENCE = 12


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
    sequence = sum(after - before in (0, 1) for before, after in pairwise(codes))
    return sequence > _MOST_IN_SEQUENCE or _FILLER.search(value) is not None


def bits_per_character(value: str) -> float:
    """Return the entropy of the value's own letter frequencies, in bits a character."""
    length = len(value)
    return log2(length) - sum(_LOG[value.count(letter)] for letter in set(value)) / length


def class_changes(value: str) -> int:
    """Count the neighbours of different class (digit, upper, lower): words have few."""
    classes = value.encode("ascii", "replace").translate(_CLASSES)
    return sum(before != after for before, after in pairwise(classes))
