"""bun.lock, whose entries begin with name and version: `"ccxt": ["ccxt@4.2.1", …]`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.recognition.manifests import Requirement

_ENTRY = re.compile(
    r"\"[^\"\n]{1,400}\"\s{0,9}:\s{0,9}\[\s{0,40}\"(?P<name>(?:@[^/\"\n@]{1,100}/)?[^/@\"\n]{1,200})@"
    r"(?:(?P<version>\d[^\"\n]{0,100})|(?:git|https?|ssh|github|gitlab|bitbucket)[:+][^\"\n]{0,400})\""
)


def read(document: Document) -> Iterator[Requirement]:
    """Yield every package that is locked."""
    for found in _ENTRY.finditer(document.text):
        yield Requirement("npm", found["name"], found["version"] or "", *found.span("name"), locked=True, pinned=True)
