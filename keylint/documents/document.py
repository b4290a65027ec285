"""One decoded text, with path and line index."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import TypeVar, cast

from keylint.model import Fact, Location

Answer = TypeVar("Answer")
# Is told every credential's fact, its text as it stands and the secret that this encodes. Only who trades findings with
# another tool, which knows secrets by hashes of its own, sends one: it must keep hashes and nothing else.
Witness = Callable[[Fact, str, str], None]


class Document:
    """A text as detectors see it. Units: every offset is in code points from 0."""

    __slots__ = ("_ascii", "_line_starts", "_lowered", "_once", "encoding", "path", "text", "witness")

    def __init__(self, path: str, text: str, encoding: str = "utf-8", witness: Witness | None = None) -> None:
        self.path = path
        self.text = text
        self.encoding = encoding
        self.witness = witness
        self._ascii: bytes | None = None
        self._lowered: str | None = None
        self._line_starts: list[int] | None = None
        self._once: dict[Callable[[Document], object], object] = {}

    @property
    def ascii(self) -> bytes:
        """The text with `?` for every character outside ASCII, so that byte and code point offsets agree."""
        if self._ascii is None:
            self._ascii = self.text.encode("ascii", "replace")
        return self._ascii

    @property
    def lowered(self) -> str:
        """The text in ASCII lower case; offsets agree with `text`."""
        if self._lowered is None:
            self._lowered = self.ascii.lower().decode("ascii")
        return self._lowered

    def once(self, ask: Callable[[Document], Answer]) -> Answer:
        """Return what a function says of the whole document, asking it once: a file may hold 100,000 candidates."""
        if ask not in self._once:
            self._once[ask] = ask(self)
        return cast(Answer, self._once[ask])

    def line_number(self, offset: int) -> int:
        """Return the line that holds an offset, from 1."""
        return bisect_right(self._starts(), offset)

    def line_span(self, line: int) -> tuple[int, int]:
        """Return a line (from 1) as half-open offsets, without its line ending; empty past the ends."""
        starts = self._starts()
        if not 1 <= line <= len(starts):
            return len(self.text), len(self.text)
        start = starts[line - 1]
        end = starts[line] - 1 if line < len(starts) else len(self.text)
        if end > start and self.text[end - 1] == "\r":
            end -= 1
        return start, end

    def location(self, start: int, end: int) -> Location:
        """Return a half-open span as lines and columns, both from 1."""
        starts = self._starts()
        line, end_line = self.line_number(start), self.line_number(max(start, end - 1))
        return Location(self.path, line, start - starts[line - 1] + 1, end_line, end - starts[end_line - 1] + 1)

    def span(self, location: Location) -> tuple[int, int]:
        """Return the half-open span of one of its locations."""
        starts = self._starts()
        return starts[location.line - 1] + location.column - 1, starts[location.end_line - 1] + location.end_column - 1

    def _starts(self) -> list[int]:
        if self._line_starts is None:
            # A text without a single line feed is one of old Macintosh lines, or one line.
            ending = "\n" if "\n" in self.text else "\r"
            self._line_starts = [0, *(found.end() for found in re.finditer(ending, self.text))]
        return self._line_starts
