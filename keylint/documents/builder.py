"""Nodes put together from the bottom up, without recursion and within limits that hold time and memory."""

from __future__ import annotations

from keylint.documents.tree import Kind, Node, Scalar

CHARACTERS = 5_000_000  # of a text that is parsed at all
DEPTH = 200
NODES = 100_000  # less than a second, and 50 MB

Name = tuple[str, int, int]
NAMELESS: Name = ("", 0, 0)


class Unparsed(Exception):
    """Why a text was not parsed."""


def unexpected(text: str, offset: int) -> Unparsed:
    """Return the error that names a line; never what stands there."""
    line = text.count("\n", 0, offset) + 1
    return Unparsed(f"unexpected {'character' if offset < len(text) else 'end'} on line {line}")


def line_end(text: str, offset: int) -> int:
    """Return where the line ends, before its line feed."""
    end = text.find("\n", offset)
    return end if end >= 0 else len(text)


class Builder:
    """Takes the parts of a text in their order. Raises: Unparsed past the limits, or if the text ends too early."""

    def __init__(self) -> None:
        self.roots: list[Node] = []
        self.children = self.roots  # of what is open
        self.left = NODES
        self._open: list[tuple[Kind, int, Name, list[Node]]] = []

    @property
    def depth(self) -> int:
        """How many mappings and sequences are open."""
        return len(self._open)

    @property
    def kind(self) -> Kind | None:
        """What is open."""
        return self._open[-1][0] if self._open else None

    def scalar(self, value: Scalar, start: int, end: int, name: Name = NAMELESS) -> None:
        self.add(Node("scalar", name[0], value, start, end, name[1], name[2]))

    def add(self, node: Node) -> None:
        """Add a finished node."""
        self.left -= 1
        if self.left < 0:
            raise Unparsed(f"more than {NODES:,} values")
        self.children.append(node)

    def open(self, kind: Kind, start: int, name: Name = NAMELESS) -> None:
        if len(self._open) >= DEPTH:
            raise Unparsed(f"nested deeper than {DEPTH}")
        self.children = []
        self._open.append((kind, start, name, self.children))

    def close(self, end: int) -> Node:
        """Finish what was opened last, and return it."""
        kind, start, name, children = self._open.pop()
        node = Node(kind, name[0], None, start, end, name[1], name[2], tuple(children))
        self.children = self._open[-1][3] if self._open else self.roots
        self.add(node)
        return node

    def root(self, text: str) -> Node:
        """Return the one root, or a sequence of them. An empty text is an empty mapping."""
        if self._open:
            raise Unparsed("ends too early")
        if len(self.roots) == 1:
            return self.roots[0]
        return Node("sequence" if self.roots else "mapping", "", None, 0, len(text), 0, 0, tuple(self.roots))
