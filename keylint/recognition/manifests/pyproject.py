"""pyproject.toml: the project's own table, dependency groups, and those of Poetry, PDM, uv and Hatch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keylint.documents.document import Document
from keylint.documents.tree import Node, get
from keylint.recognition.manifests import Requirement, entries, root, text_of
from keylint.recognition.manifests.requirements import of_text
from keylint.recognition.packages import normalised

ECOSYSTEM = "pypi"
_LISTS: tuple[tuple[str, ...], ...] = (
    ("project", "dependencies"),
    ("build-system", "requires"),
    ("tool", "uv", "dev-dependencies"),
    ("tool", "uv", "constraint-dependencies"),
    ("tool", "uv", "override-dependencies"),
)
_GROUPS: tuple[tuple[str, ...], ...] = (
    ("project", "optional-dependencies"),
    ("dependency-groups",),
    ("tool", "pdm", "dev-dependencies"),
)
_LOCAL = ("path", "workspace")


def read(document: Document) -> Iterator[Requirement]:
    """Yield what every table asks for, without what uv takes from a folder. Raises: Malformed."""
    top = root(document)
    local = {
        normalised(ECOSYSTEM, source.name)
        for source in entries(top, "tool", "uv", "sources")
        if any(get(source, name) is not None for name in _LOCAL)
    }
    for one in _asked(document, top):
        if normalised(ECOSYSTEM, one.name) not in local:
            yield one


def _asked(document: Document, top: Node) -> Iterator[Requirement]:
    for names in _LISTS:
        yield from _listed(document.text, get(top, *names))
    for names in _GROUPS:
        for group in entries(top, *names):
            yield from _listed(document.text, group)
    for environment in entries(top, "tool", "hatch", "envs"):
        for name in ("dependencies", "extra-dependencies"):
            yield from _listed(document.text, get(environment, name))
    for name in ("dependencies", "dev-dependencies"):
        yield from named(entries(top, "tool", "poetry", name), is_poetry=True)
    for group in entries(top, "tool", "poetry", "group"):
        yield from named(entries(group, "dependencies"), is_poetry=True)


def _listed(text: str, node: Node | None) -> Iterator[Requirement]:
    for item in node.children if node is not None and node.kind == "sequence" else ():
        if item.kind == "scalar" and isinstance(item.value, str):
            yield from of_text(text, item.start, item.end)


def named(table: Iterable[Node], *, is_poetry: bool) -> Iterator[Requirement]:
    """Yield the entries of a table of names with versions, as Poetry and Pipenv write them."""
    for entry in table:
        # Poetry takes a list where the version depends on the machine: the first tells as much as the others.
        stated = entry.children[0] if entry.kind == "sequence" and entry.children else entry
        options = {child.name: child for child in stated.children} if stated.kind == "mapping" else {}
        if any(name in options for name in _LOCAL) or (is_poetry and entry.name == "python"):
            continue
        version = text_of(options.get("version")) if options else text_of(entry)
        pinned = None
        if "git" in options or "url" in options:
            pinned = any(text_of(options.get(name)) for name in ("rev", "ref"))
        elif is_poetry and version[:1].isdigit() and "," not in version and "*" not in version:
            version = f"=={version}"  # to Poetry a bare version is that version
        spec = "" if version.strip() == "*" else version
        yield Requirement(ECOSYSTEM, entry.name, spec, entry.name_start, entry.name_end, pinned=pinned)
