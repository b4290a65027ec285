"""go.mod and go.sum."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.recognition.manifests import Requirement

ECOSYSTEM = "go"
_BLOCK = re.compile(r"^[ \t]*(?P<verb>require|replace)[ \t]*\(", re.MULTILINE)
_LINE = re.compile(r"^[ \t]*(?P<verb>require|replace)[ \t]+(?P<body>[^(\s][^\n]*)", re.MULTILINE)
_REQUIRED = re.compile(r"[ \t]*(?P<name>[\w.~/-]+\.[\w.~/-]+)[ \t]+(?P<version>v[\w.+-]+)")
_REPLACED = re.compile(
    r"[ \t]*(?P<name>[\w.~/-]+)(?:[ \t]+v[\w.+-]+)?[ \t]*=>[ \t]*(?P<by>\S+)(?:[ \t]+(?P<version>v[\w.+-]+))?"
)
_SUM = re.compile(r"^(?P<name>[^\s/]+\.[^\s]+)[ \t]+(?P<version>v[^\s/]+)[ \t]+h1:", re.MULTILINE)


def read(document: Document) -> Iterator[Requirement]:
    """Yield what is required, without what a folder stands in for; of go.sum the highest version of each module."""
    text = document.text
    if document.path.lower().endswith(".sum"):
        yield from _of_sums(text)
        return
    bodies = [(found["verb"], *found.span("body")) for found in _LINE.finditer(text)]
    block = _BLOCK.search(text)
    while block:
        end = text.find(")", block.end())
        bodies.append((block["verb"], block.end(), end if end >= 0 else len(text)))
        block = _BLOCK.search(text, bodies[-1][2])
    statements = [(verb, *line) for verb, start, end in bodies for line in _lines(text, start, end)]
    replaced: set[str] = set()
    for verb, start, end in statements:
        found = _REPLACED.match(text, start, end) if verb == "replace" else None
        if found:
            replaced.add(found["name"])
            if found["version"]:
                yield Requirement(ECOSYSTEM, found["by"], found["version"], *found.span("by"), pinned=True)
    for verb, start, end in statements:
        found = _REQUIRED.match(text, start, end) if verb == "require" else None
        if found and found["name"] not in replaced:
            yield Requirement(ECOSYSTEM, found["name"], found["version"], *found.span("name"), pinned=True)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        stop = text.find("\n", start, end)
        stop = stop if stop >= 0 else end
        comment = text.find("//", start, stop)
        yield start, comment if comment >= 0 else stop
        start = stop + 1


def _of_sums(text: str) -> Iterator[Requirement]:
    from keylint.recognition.packages import is_below

    highest: dict[str, Requirement] = {}
    for found in _SUM.finditer(text):
        known = highest.get(found["name"])
        if known is None or is_below(ECOSYSTEM, known.spec, found["version"]):
            span = found.span("name")
            highest[found["name"]] = Requirement(
                ECOSYSTEM, found["name"], found["version"], *span, locked=True, pinned=True
            )
    yield from highest.values()
