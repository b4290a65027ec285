"""package-lock.json and npm-shrinkwrap.json of every version, by their text: they are longer than what is parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.recognition.manifests import Requirement

# Only what is locked has a version right after its brace; a link into the workspace has none.
_ENTRY = re.compile(
    r"\"(?:[^\"\n]{0,400}node_modules/)?(?P<name>(?:@[^/\"\n]{1,100}/)?[^/@\"\n]{1,200})\"\s{0,9}:\s{0,9}\{\s{0,40}"
    r"(?:\"name\"\s{0,9}:\s{0,9}\"(?P<alias>[^\"\n]{1,200})\",\s{0,40})?"
    r"\"version\"\s{0,9}:\s{0,9}\"(?P<version>[^\"\n]{1,200})\""
)
_ALIAS = re.compile(r"npm:(?P<name>(?:@[^/@]+/)?[^@]+)@(?P<version>.+)")


def read(document: Document) -> Iterator[Requirement]:
    """Yield every package that is locked."""
    for found in _ENTRY.finditer(document.text):
        version, name, span = found["version"], found["name"], found.span("name")
        if found["alias"]:
            name, span = found["alias"], found.span("alias")
        alias = _ALIAS.fullmatch(version)
        if alias:
            start = found.start("version") + len("npm:")
            name, version, span = alias["name"], alias["version"], (start, start + len(alias["name"]))
        if version.startswith("file:"):
            continue
        yield Requirement("npm", name, version if version[:1].isdigit() else "", *span, locked=True, pinned=True)
