"""NuGet: project files, central versions, packages.config and packages.lock.json.

Versions that are properties of the same file are looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.documents.tree import Node, get, walk
from keylint.recognition.manifests import Requirement, entries, root, text_of

ECOSYSTEM = "nuget"
LOOSE = re.compile(
    r"\b(?:Include|Update|id)=\"(?P<name>[\w.-]{1,100})\""
    r"(?:[ \t]{1,9}[Vv]ersion(?:Override)?=\"(?P<value>[^\"\n]{1,60})\")?"
)
_PROPERTY = re.compile(r"\$\((\w+)\)")
_ELEMENTS = frozenset(("PackageReference", "PackageVersion", "GlobalPackageReference", "package"))


def read(document: Document) -> Iterator[Requirement]:
    """Yield every package referred to. Raises: Malformed."""
    top = root(document)
    if document.path.lower().endswith(".json"):
        yield from _of_lock(top)
        return
    properties = {
        entry.name: str(entry.value)
        for visit in walk(top)
        if visit.node.name == "PropertyGroup"
        for entry in entries(visit.node)
        if entry.kind == "scalar"
    }
    for visit in walk(top):
        if visit.node.name not in _ELEMENTS or visit.node.kind != "mapping":
            continue
        name = get(visit.node, "Include") or get(visit.node, "Update") or get(visit.node, "id")
        if name is None:
            continue
        version = get(visit.node, "Version") or get(visit.node, "VersionOverride") or get(visit.node, "version")
        written = text_of(version) or (str(version.value) if version is not None else "")
        written = _PROPERTY.sub(lambda found: properties.get(found[1], found[0]), written)
        yield Requirement(
            ECOSYSTEM, text_of(name), "?" if version is None or "$(" in written else written, name.start, name.end
        )


def _of_lock(top: Node) -> Iterator[Requirement]:
    for framework in entries(top, "dependencies"):
        for entry in entries(framework):
            if text_of(get(entry, "type")).lower() != "project":
                version = text_of(get(entry, "resolved"))
                span = entry.name_start, entry.name_end
                yield Requirement(ECOSYSTEM, entry.name, version, *span, locked=True, pinned=True)
