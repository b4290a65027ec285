"""Cargo.toml, workspaces and targets included."""

from __future__ import annotations

from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.documents.tree import Node
from keylint.recognition.manifests import Requirement, entries, root, text_of

ECOSYSTEM = "cargo"
_TABLES = ("dependencies", "dev-dependencies", "build-dependencies")


def read(document: Document) -> Iterator[Requirement]:
    """Yield what every table of dependencies asks for. Raises: Malformed."""
    top = root(document)
    for name in _TABLES:
        for holder in (top, *entries(top, "target")):
            for entry in entries(holder, name):
                yield from _entry(entry)
    for entry in entries(top, "workspace", "dependencies"):
        yield from _entry(entry)


def _entry(entry: Node) -> Iterator[Requirement]:
    options = {child.name: child for child in entry.children} if entry.kind == "mapping" else {}
    if "path" in options or "workspace" in options:
        return
    package = options.get("package")
    span = (package.start, package.end) if package else (entry.name_start, entry.name_end)
    version = text_of(options.get("version")) if options else text_of(entry)
    pinned = bool(text_of(options.get("rev"))) if "git" in options else None
    yield Requirement(ECOSYSTEM, text_of(package) or entry.name, version, *span, pinned=pinned)
