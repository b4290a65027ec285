"""yarn.lock of yarn 1 and of its successors."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.recognition.manifests import Requirement

_ENTRY = re.compile(
    r"^\"?(?P<name>(?:@[^/\s\"@]{1,100}/)?[^/\s\"@]{1,200})@(?P<range>[^\n]{0,2000}):[ \t\r]*\n"
    # Yarn 1 once wrote every key in quotes, and the version after others.
    r"(?:[ \t]+\"(?!version\")[^\n]{0,2000}\n){0,4}[ \t]+\"?version\"?:?[ \t]+\"?(?P<version>[^\"\s]{1,200})",
    re.MULTILINE,
)
# The version of a package of the workspace, whatever ranges ask for it.
_OWN = "0.0.0-use.local"
_ALIAS = re.compile(r"npm:(?P<name>(?:@[^/@\s]+/)?[^@\s/:]+)@")


def read(document: Document) -> Iterator[Requirement]:
    """Yield every package that is locked; those of the workspace are the project's own."""
    for found in _ENTRY.finditer(document.text):
        wanted = found["range"]
        if found["version"] == _OWN or wanted.startswith(("workspace:", "file:", "link:", "portal:")):
            continue
        name, span = found["name"], found.span("name")
        alias = _ALIAS.match(wanted)
        if alias:
            start = found.start("range") + alias.start("name")
            name, span = alias["name"], (start, start + len(alias["name"]))
        yield Requirement("npm", name, found["version"], *span, locked=True, pinned=True)
