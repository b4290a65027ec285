"""pnpm-lock.yaml, whose keys are names with versions: `/ccxt/4.2.1`, `/ccxt@4.2.1`, `ccxt@4.2.1(peer@1)`.

What comes from elsewhere than the registry has its address there, or in older ones its name below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.recognition.manifests import Requirement

_PACKAGES = re.compile(r"^packages:[ \t\r]*\n(?P<body>(?:(?:[ \t][^\n]*|[ \t\r]*)(?:\n|\Z))*)", re.MULTILINE)
_ENTRY = re.compile(
    r"^ {2}[\"']?/?(?P<name>(?:@[^/\s@]{1,100}/)?[^/\s@:\"']{1,200})"
    r"(?:[@/](?P<version>\d[^\s:(_\"']{0,100})|@(?:https?|git(?:\+[a-z]+)?|ssh):)"
    r"|^ {4}name: (?P<named>[^\s:]{1,200})\r?\n {4}version: (?P<its>\d\S{0,100})",
    re.MULTILINE,
)


def read(document: Document) -> Iterator[Requirement]:
    """Yield every package that is locked."""
    for packages in _PACKAGES.finditer(document.text):
        for found in _ENTRY.finditer(document.text, *packages.span("body")):
            which = "named" if found["named"] else "name"
            version = found["version"] or found["its"] or ""
            yield Requirement("npm", found[which], version, *found.span(which), locked=True, pinned=True)
