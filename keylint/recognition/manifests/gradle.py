"""Gradle: build scripts in Groovy and Kotlin, version catalogues, lock files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.documents.tree import Node, get
from keylint.recognition.manifests import Requirement, entries, line_before, root, text_of

ECOSYSTEM = "maven"
_NOTATION = re.compile(
    r"[\"'](?P<name>[\w.-]{1,100}:[\w.-]{1,100})(?::(?P<version>[^\"'\s:@]{1,60}))?(?:[:@][^\"'\n]{0,60})?[\"']"
)
LOOSE = re.compile(r"[\"'](?P<name>[\w.-]{1,100}:[\w.-]{1,100})(?::(?P<value>[\w.+-]{1,60}))?[\"']")
_NAMED = re.compile(
    r"group[ \t]*[:=][ \t]*[\"'](?P<group>[\w.-]{1,100})[\"'][ \t]*,\s*"
    r"name[ \t]*[:=][ \t]*[\"'](?P<name>[\w.-]{1,100})[\"']"
    r"(?:[ \t]*,\s*version[ \t]*[:=][ \t]*[\"'](?P<version>[^\"'\n]{1,60})[\"'])?"
)
_COMMENT = re.compile(r"[ \t]*(?://|/?\*)")
_LOCKED = re.compile(r"^(?P<name>[\w.-]+:[\w.-]+):(?P<version>[^=\s]+)=", re.MULTILINE)
_VALUE = re.compile(r"\$\{?(?P<name>\w+)\}?")
_DEFINED = re.compile(r"\b(?P<name>\w{1,60})[ \t]*=[ \t]*[\"'](?P<version>[\w.+-]{1,60})[\"']")


def read(document: Document) -> Iterator[Requirement]:
    """Yield every module as group:artifact. Raises: Malformed for a catalogue that is no TOML."""
    name = document.path.lower()
    text = document.text
    if name.endswith(".toml"):
        yield from _of_catalogue(root(document))
    elif name.endswith(".lockfile"):
        for found in _LOCKED.finditer(text):
            yield Requirement(ECOSYSTEM, found["name"], found["version"], *found.span("name"), locked=True, pinned=True)
    else:
        defined = {found["name"]: found["version"] for found in _DEFINED.finditer(text)}
        for pattern in (_NOTATION, _NAMED):
            for found in pattern.finditer(text):
                if _COMMENT.match(line_before(text, found.start())):
                    continue
                module = f"{found['group']}:{found['name']}" if pattern is _NAMED else found["name"]
                yield Requirement(ECOSYSTEM, module, _version(found["version"], defined), *found.span("name"))


def _version(written: str | None, defined: dict[str, str]) -> str:
    if written is None:
        return "?"  # a platform says
    version = _VALUE.sub(lambda found: defined.get(found["name"], found[0]), written)
    return "?" if "$" in version else version


def _of_catalogue(top: Node) -> Iterator[Requirement]:
    versions = {entry.name: entry for entry in entries(top, "versions")}
    for entry in entries(top, "libraries"):
        if entry.kind == "scalar":
            group, _, rest = text_of(entry).partition(":")
            artifact, _, version = rest.partition(":")
            yield Requirement(ECOSYSTEM, f"{group}:{artifact}", version or "?", entry.start, entry.end)
            continue
        module, artifact_node = get(entry, "module"), get(entry, "name")
        node = module or artifact_node
        if node is None:
            continue
        name = text_of(module) or f"{text_of(get(entry, 'group'))}:{text_of(artifact_node)}"
        written = get(entry, "version")
        reference = get(entry, "version", "ref") or get(entry, "version.ref")
        if reference is not None:
            written = versions.get(text_of(reference))
        yield Requirement(ECOSYSTEM, name, _rich(written) or "?", node.start, node.end)


def _rich(node: Node | None) -> str:
    """Return a version, which may come as a table of what is strict, required or preferred."""
    if node is None or node.kind == "scalar":
        return text_of(node)
    return next((text_of(get(node, name)) for name in ("strictly", "require", "prefer") if get(node, name)), "")
