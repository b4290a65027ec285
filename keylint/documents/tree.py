"""The values of a structured text, each with its name and its place, whatever the format."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal, NamedTuple

from keylint.documents.document import Document

Kind = Literal["mapping", "sequence", "scalar"]
Scalar = str | int | float | bool | None
Path = tuple[str | int, ...]

# What a file is called besides what it is: `config.yaml.example` is YAML.
_WRAPPINGS = "backup bak copy default dist erb example gotmpl inc j2 jinja jinja2 local old orig sample save swp"
_WRAPPINGS += " template tmpl tpl"
_WRAPPING = tuple(f"{mark}{word}" for word in _WRAPPINGS.split() for mark in ".-_")
# Endings that say nothing of what is in a file.
_VAGUE = frozenset(("", "txt", "log", "out", "dat", "data", "dump", "secret", "secrets", "key", "keys"))
_HEAD = 400
_JSON = re.compile(r"\{\s*[\"']|\[\s*[\[{\"]")


class Node(NamedTuple):
    """A value of a structured text, with the name it is bound to. Units: half-open offsets in code points.

    `name` is the key in its parent mapping and empty for items and the root. `value` is what the format reads a scalar
    as; dates stay text. `start` and `end` are the value itself, of a quoted text what stands between the quotes.
    """

    kind: Kind
    name: str
    value: Scalar
    start: int
    end: int
    name_start: int
    name_end: int
    children: tuple[Node, ...] = ()


class Tree(NamedTuple):
    """What a structured text holds.

    `format` is the name of the parser that claimed the file; `reason` is empty if it could read it, else why the
    nodes are only what single lines show: one flat mapping.
    """

    root: Node
    format: str
    reason: str = ""


class Visit(NamedTuple):
    """A node, the names and places that lead to it, and what holds it (None for the root)."""

    path: Path
    node: Node
    parent: Node | None


def tree(document: Document) -> Tree | None:
    """Return the values of a document, or None if no parser claims it. Never raises; to be asked through `once`.

    Bounded by the sizes in `builder`, not by a clock: two scans of the same file see the same.
    """
    from keylint.documents.builder import CHARACTERS, Unparsed
    from keylint.documents.parsers import parser

    name = _plain_name(document.path)
    claimed = parser(name) or (
        parser(_likely(document.text)) if name.rpartition(".")[2] in _VAGUE or "." not in name else None
    )
    if claimed is None:
        return None
    form, parse = claimed
    try:
        if len(document.text) > CHARACTERS:
            raise Unparsed(f"more than {CHARACTERS:,} characters")
        return Tree(parse(document.text), form)
    except Unparsed as error:
        from keylint.documents.fallback import lines

        return Tree(lines(document.text), form, str(error))


def walk(root: Node) -> Iterator[Visit]:
    """Yield every node in the order of the text, the root first.

    A value that the text names again (a YAML alias) comes again, at the place where it is written.
    """
    waiting = [Visit((), root, None)]
    while waiting:
        visit = waiting.pop()
        yield visit
        path, node, _ = visit
        is_named = node.kind == "mapping"
        waiting.extend(
            Visit((*path, child.name if is_named and child.name else place), child, node)
            for place, child in reversed(tuple(enumerate(node.children)))
        )


def get(node: Node, *names: str) -> Node | None:
    """Return what stands under a name, and under a name in that; of what is given twice the last, as readers do."""
    found = [node]
    for name in names:
        # A mapping may come in parts: TOML's tables, sections of INI files, blocks.
        found = [child for node in found if node.kind == "mapping" for child in node.children if child.name == name]
    return found[-1] if found else None


def at(document: Document, offset: int) -> Visit | None:
    """Return the scalar that holds an offset."""
    starts, visits = document.once(_scalars)
    place = bisect_right(starts, offset) - 1
    return visits[place] if place >= 0 and offset < visits[place].node.end else None


def _scalars(document: Document) -> tuple[list[int], list[Visit]]:
    found = document.once(tree)
    visits = [visit for visit in walk(found.root) if visit.node.kind == "scalar"] if found else []
    visits.sort(key=lambda visit: visit.node.start)
    return [visit.node.start for visit in visits], visits


def _plain_name(path: str) -> str:
    name = path.replace("!", "/").rpartition("/")[2].lower()
    while name.endswith(_WRAPPING):
        name = name[: max(name.rfind(mark) for mark in ".-_")]
    return name


def _likely(text: str) -> str:
    """Return a name such as a text of this beginning might have; no more than that is worth its time."""
    head = text[:_HEAD].lstrip()
    if head.startswith("<?xml"):
        return ".xml"
    if head.startswith(("---\n", "---\r\n", "%YAML")):
        return ".yaml"
    if _JSON.match(head):
        return ".json"
    return ""
