"""Jupyter notebooks: the texts within their JSON, each knowing where its characters stand in the file."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, cast

from keylint.documents.document import Document
from keylint.documents.tree import Node, get, tree

Kind = Literal["code", "markdown", "raw", "output"]

_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\[^u]")
_KINDS = ("code", "markdown", "raw")


class Cell(NamedTuple):
    """A text of a notebook: what was written, or what came out.

    `language` is that of code, in lower case. Units: `starts` and `ends` are the half-open offsets of every code point
    of `text` in the text of the file, where an escape takes more than one.
    """

    kind: Kind
    language: str
    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return a span of the text, which is not empty, as one of the file."""
        return self.starts[start], self.ends[end - 1]


def cells(document: Document) -> tuple[Cell, ...]:
    """Return the texts of a notebook in order, outputs after their code; none if it is no notebook."""
    found = document.once(tree)
    if found is None or not document.path.lower().endswith(".ipynb"):
        return ()
    language = _text(get(found.root, "metadata", "language_info", "name")) or _text(
        get(found.root, "metadata", "kernelspec", "language")
    )
    return tuple(_cells(document.text, found.root, language.lower() or "python"))


def _cells(text: str, root: Node, language: str) -> Iterator[Cell]:
    sheets = get(root, "worksheets")  # before nbformat 4
    for holder in (root, *(sheets.children if sheets else ())):
        held = get(holder, "cells")
        for cell in held.children if held else ():
            kind = _text(get(cell, "cell_type"))
            source = get(cell, "source") or get(cell, "input")
            if source:
                yield from _joined(text, cast(Kind, kind if kind in _KINDS else "raw"), language, source)
            outputs = get(cell, "outputs")
            for output in outputs.children if outputs else ():
                data = get(output, "data") or output
                for part in data.children:
                    if part.name in ("text", "traceback", "evalue", "html", "json") or part.name.startswith(
                        ("text/", "application/")
                    ):
                        yield from _joined(text, "output", "", part)


def _joined(text: str, kind: Kind, language: str, node: Node) -> Iterator[Cell]:
    """Join the lines of a list, or what is one text already."""
    lines = [line for line in node.children or (node,) if isinstance(line.value, str)]
    joined = "".join(str(line.value) for line in lines)
    starts, ends = array("L"), array("L")
    for line in lines:
        place = line.start
        for escape in _ESCAPE.finditer(text, line.start, line.end):
            starts.extend(range(place, escape.start() + 1))
            ends.extend(range(place + 1, escape.start() + 1))
            place = escape.end()
            ends.append(place)
        starts.extend(range(place, line.end))
        ends.extend(range(place + 1, line.end + 1))
    # Escapes that JSON does not have would shift what follows: such a cell is not read.
    if joined and len(starts) == len(joined):
        yield Cell(kind, language if kind == "code" else "", joined, starts, ends)


def _text(node: Node | None) -> str:
    return str(node.value) if node is not None and isinstance(node.value, str) else ""
