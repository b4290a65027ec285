"""composer.json and composer.lock."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.recognition.manifests import Requirement, entries, root, text_of

ECOSYSTEM = "packagist"
_LOCKED = re.compile(
    r"\"name\"\s{0,9}:\s{0,9}\"(?P<name>[^\"/\s]{1,100}/[^\"\s]{1,100})\",\s{0,40}\"version\"\s{0,9}:\s{0,9}\"(?P<version>[^\"\n]{1,100})\""
)


def read(document: Document) -> Iterator[Requirement]:
    """Yield what is required or locked. Raises: Malformed for a composer.json that is no JSON."""
    if document.path.lower().endswith(".lock"):
        for found in _LOCKED.finditer(document.text):
            yield Requirement(ECOSYSTEM, found["name"], found["version"], *found.span("name"), locked=True, pinned=True)
        return
    top = root(document)
    for table in ("require", "require-dev"):
        for entry in entries(top, table):
            if "/" in entry.name:  # else PHP itself, or an extension of it
                yield Requirement(ECOSYSTEM, entry.name, text_of(entry), entry.name_start, entry.name_end)
