"""The program that a file holds: a source file, or the code cells of a notebook as one text."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from keylint.documents.code.values import Code
from keylint.documents.document import Document

# Lines of a notebook that are no Python: magics and shell commands.
_MAGIC = re.compile(r"^[ \t]*[%!?]", re.MULTILINE)
_LANGUAGES = {"ir": "r", "c#": "csharp", "node": "javascript", "js": "javascript", "ts": "typescript", "bash": "shell"}


class Piece(NamedTuple):
    """A part of a program's text. Shape: its first offset there, and the offsets of its characters in the file."""

    start: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]


class Program(NamedTuple):
    """Code and its text. Without `pieces` the text is the file's."""

    code: Code
    text: str
    pieces: tuple[Piece, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return a span of the program as one of the file."""
        if not self.pieces:
            return start, end
        piece = self.pieces[bisect_right(self.pieces, start, key=lambda each: each.start) - 1]
        last = len(piece.starts) - 1
        return piece.starts[min(start - piece.start, last)], piece.ends[min(max(end - 1, start) - piece.start, last)]


def program(document: Document) -> Program | None:
    """Return the program of a document, None if it holds none; to be asked through `once`."""
    if document.path.lower().endswith(".ipynb"):
        return _notebook(document)
    from keylint.documents.code import code

    found = document.once(code)
    return Program(found, document.text) if found else None


def _notebook(document: Document) -> Program | None:
    from keylint.documents.code import known, read_code
    from keylint.documents.notebook import cells

    code_cells = [cell for cell in cells(document) if cell.kind == "code"]
    if not code_cells:
        return None
    language = _LANGUAGES.get(code_cells[0].language, code_cells[0].language)
    if language not in known():
        return None
    texts: list[str] = []
    pieces: list[Piece] = []
    at = 0
    for cell in code_cells:
        text = _MAGIC.sub(lambda match: match[0][:-1] + "#", cell.text) if language == "python" else cell.text
        pieces.append(Piece(at, tuple(cell.starts), tuple(cell.ends)))
        texts.append(text)
        at += len(text) + 1
    whole = "\n".join(texts)
    return Program(read_code(whole, language), whole, tuple(pieces))
