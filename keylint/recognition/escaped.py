"""Values of which every character is written as an escape or a number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.sieve import KEY_LENGTH, Encoding, Run, number_lists

_CODE = r"(?:4[89]|5[0-7]|6[5-9]|[78]\d|90|9[7-9]|1[01]\d|12[0-2]|0[xX][3-7][0-9a-fA-F])"
_COUNT = f"{{{KEY_LENGTH},}}"


# What a text must hold so often to be searched, the escape, its digits and their base.
_ESCAPES: tuple[tuple[str, str, str, int, Encoding], ...] = (
    ("\\x", r"(?:\\{1,2}x[0-9a-fA-F]{2})" + _COUNT, r"x(..)", 16, "escaped"),
    ("\\u", r"(?:\\{1,2}u00[0-9a-fA-F]{2})" + _COUNT, r"u(....)", 16, "escaped"),
    ("\\u{", r"(?:\\u\{[0-9a-fA-F]{2,4}\})" + _COUNT, r"\{(\w+)", 16, "escaped"),
    ("\\", r"(?:\\[01][0-7]{2})" + _COUNT, r"\\(\d+)", 8, "escaped"),
    ("%", r"(?:%[0-9a-fA-F]{2})" + _COUNT, r"%(..)", 16, "url"),
    ("&#", r"(?:&#\d{2,3};)" + _COUNT, r"(\d+)", 10, "escaped"),
    ("&#x", r"(?:&#[xX][0-9a-fA-F]{2};)" + _COUNT, r"[xX](..)", 16, "escaped"),
    (",", rf"(?<![\w.])(?:{_CODE}\s*,\s*){{{KEY_LENGTH - 1},}}{_CODE}(?![\w.])", r"(\w+)", 0, "escaped"),
    ("chr(", rf"(?:chr\(\s*{_CODE}\s*\)[\s+.&]*)" + _COUNT, r"\(\s*(\w+)", 0, "escaped"),
)


# What makes a string of codes, and stands between a name and them.
_MAKER = re.compile(
    r"""(?:(?:\bnew\s+)?(?:[\w.]*(?:[Ss]tring|CharCode|CodePoint|bytes|bytearray|Buffer\.from|Uint8Array|pack)(?:\.from|\.of)?|"""
    r"""\b(?:byte|char|u8|int)\s*\[\]|\[\](?:byte|rune|int)|\bmap)\s*[\[({]\s*(?:chr\s*,\s*|["'`][\w*]{1,3}["'`]\s*,\s*)?"""
    r"""|["'`]{2}\.join\s*\(\s*|\[\s*|\{\s*)+$"""
)
_REACH = 160


def escaped(document: Document) -> Iterator[tuple[Run, int]]:
    """Yield the values of 64 letters and digits that are written as escapes, or as a list of their codes.

    Shape: the value, and where the expression begins that makes it.
    """
    text = document.text
    for sign, pattern, digits, base, encoding in _ESCAPES:
        if text.count(sign) < KEY_LENGTH - 1:
            continue
        search = re.compile(pattern)
        for match in _listed(document, search) if sign == "," else _signed(text, search, sign):
            value = "".join(chr(int(code, base)) for code in re.findall(digits, match[0]))
            if len(value) == KEY_LENGTH and value.isascii() and value.isalnum():
                maker = _MAKER.search(text, max(0, match.start() - _REACH), match.start())
                yield Run(*match.span(), value.encode(), encoding), maker.start() if maker else match.start()


def _listed(document: Document, search: re.Pattern[str]) -> Iterator[re.Match[str]]:
    for start, end in number_lists(document.ascii):
        yield from search.finditer(document.text, start, end + 1)  # what follows a list tells whether it ends there


def _signed(text: str, search: re.Pattern[str], sign: str) -> Iterator[re.Match[str]]:
    """Yield what is found where a sign stands: a pattern without a word in it is tried at every character."""
    start = text.find(sign)
    while start >= 0:
        is_escaped = len(sign) > 1 and text.startswith("\\\\", max(0, start - 1))
        match = search.match(text, start - is_escaped)
        if match is not None:
            yield match
        start = text.find(sign, match.end() if match is not None else start + 1)
