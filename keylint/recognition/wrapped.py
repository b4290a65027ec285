"""Values that a line's end cuts in two or more: mail, logs, shells, whatever was pasted from a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from keylint.documents.document import Document
from keylint.recognition.joined import Joined
from keylint.sieve import KEY_LENGTH

_HEAD = re.compile(r"(?<![A-Za-z0-9+/_=.-])(?P<piece>[A-Za-z0-9]{8,63})$|(?<==)(?P<after>[A-Za-z0-9]{8,63})$")
# What lines begin with that go on: an indent, the sign of a quotation, a comment, a diff.
_REST = re.compile(r"[ \t>#*|+]*(?P<piece>[A-Za-z0-9]+)(?P<sign>[=\\]?)")
_MOST_LINES = 8


def wrapped(document: Document, near: Sequence[tuple[int, int]]) -> Iterator[Joined]:
    """Yield the values of 64 letters and digits that go on over the ends of lines, in whole lines that are `near`."""
    for starts_at, until in near:
        yield from _in_lines(document.text[starts_at:until].split("\n"), starts_at)


def _in_lines(lines: list[str], starts_at: int) -> Iterator[Joined]:
    for number, line in enumerate(lines[:-1]):
        # Told as quickly as may be, of eight letters and digits and more before the end: a sign may follow them.
        if line[-8:-2].isalnum():
            found = _value(lines, number)
            if found is not None:
                start, value, last, until, count = found
                begin = starts_at + start
                end = starts_at + sum(len(one) + 1 for one in lines[number:last]) + until
                yield Joined(value, begin, end, begin, end, count)
        starts_at += len(line) + 1


def _value(lines: list[str], number: int) -> tuple[int, str, int, int, int] | None:
    """Return where in its line a value begins, the value, the line that it ends on, where, and its lines."""
    line = lines[number].rstrip("\r")
    soft = line[-1:] in ("=", "\\")
    match = _HEAD.search(line[:-1] if soft else line, max(0, len(line) - 128))
    if match is None:
        return None
    group = match.lastgroup or "piece"
    value = match[group]
    for place in range(number + 1, min(number + _MOST_LINES, len(lines))):
        rest = _REST.match(lines[place])
        if rest is None:
            return None
        value += rest["piece"]
        ends = rest.end("piece")
        following = lines[place][ends : ends + 1]
        if len(value) == KEY_LENGTH and following not in _GOES_ON:
            return match.start(group), value, place, ends, place - number + 1
        if len(value) >= KEY_LENGTH or lines[place][rest.end() :].strip():
            return None
    return None


_GOES_ON = frozenset("+/_-=")
