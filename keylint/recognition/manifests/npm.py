"""package.json, for npm, yarn, pnpm and bun."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.documents.tree import Node
from keylint.recognition.manifests import Requirement, entries, root, text_of

ECOSYSTEM = "npm"
_TABLES = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies", "resolutions", "overrides")
# Tables whose names may be paths to a package, with ranges: `**/ccxt`, `bot>ccxt`, `ccxt@^4`.
_PATHS = ("resolutions", "overrides")
_LAST = re.compile(r"(?P<name>(?:@[^/@>\s]+/)?[^/@>\s]+)(?:@[^>/]*)?$")
_LONGEST = 400
_ALIAS = re.compile(r"npm:(?P<name>(?:@[^/@]+/)?[^@]+)(?:@(?P<spec>.*))?")
_LOCAL = ("workspace:", "file:", "link:", "portal:", "patch:", ".", "/", "~/")
_ELSEWHERE = re.compile(r"(?:git|https?|ssh|github|gitlab|bitbucket)[:+]|[\w.-]+/[\w.-]+(?:#|$)")
_COMMIT = re.compile(r"#[0-9a-f]{40}$")


def read(document: Document) -> Iterator[Requirement]:
    """Yield what every table asks for. Raises: Malformed."""
    top = root(document)
    for name in _TABLES:
        for entry in (*entries(top, name), *entries(top, "pnpm", name)):
            if entry.kind == "scalar":
                yield from _entry(_at_end(entry) if name in _PATHS else entry, is_peer=name == "peerDependencies")


def _at_end(entry: Node) -> Node:
    """Return the entry of the package that a path ends in."""
    found = _LAST.search(entry.name) if len(entry.name) <= _LONGEST else None
    if found is None or entry.name_end - entry.name_start != len(entry.name):
        return entry
    start = entry.name_start
    return entry._replace(
        name=found["name"], name_start=start + found.start("name"), name_end=start + found.end("name")
    )


def _entry(entry: Node, *, is_peer: bool) -> Iterator[Requirement]:
    spec = text_of(entry).strip()
    if spec.startswith(_LOCAL):
        return
    name, start, end = entry.name, entry.name_start, entry.name_end
    alias = _ALIAS.fullmatch(spec)
    if alias:
        name, spec = alias["name"], alias["spec"] or ""
        start = entry.start + entry.value.find(name) if isinstance(entry.value, str) else entry.start
        end = start + len(name)
    pinned = None
    if _ELSEWHERE.match(spec):
        pinned, spec = _COMMIT.search(spec) is not None, ""
    elif is_peer or spec.startswith("catalog:") or spec[:1] == "$":
        # Who installs the package decides; the version stands elsewhere. No answer is to be had here.
        yield Requirement(ECOSYSTEM, name, "?", start, end)
        return
    yield Requirement(ECOSYSTEM, name, spec, start, end, pinned=pinned)
