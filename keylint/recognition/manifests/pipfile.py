"""Pipenv's Pipfile and Pipfile.lock."""

from __future__ import annotations

from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.documents.parsers import parser
from keylint.documents.tree import Node, get
from keylint.recognition.manifests import Malformed, Requirement, entries, root, text_of
from keylint.recognition.manifests.pyproject import named

ECOSYSTEM = "pypi"
_NOT_PACKAGES = ("requires", "pipenv", "scripts", "source", "_meta")


def read(document: Document) -> Iterator[Requirement]:
    """Yield the entries of every group of packages. Raises: Malformed."""
    is_lock = document.path.lower().endswith(".lock")
    top = root(document) if is_lock else _toml(document.text)
    for group in entries(top):
        if group.name in _NOT_PACKAGES:
            continue
        if not is_lock:
            yield from named(entries(group), is_poetry=False)
            continue
        for entry in entries(group):
            if get(entry, "path") is not None:
                continue
            version = text_of(get(entry, "version"))
            span = entry.name_start, entry.name_end
            yield Requirement(ECOSYSTEM, entry.name, version, *span, locked=True, pinned=True)


def _toml(text: str) -> Node:
    from keylint.documents.builder import Unparsed

    claimed = parser("pipfile.toml")
    assert claimed is not None
    try:
        return claimed[1](text)
    except Unparsed as error:
        raise Malformed(str(error)) from None
