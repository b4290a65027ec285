"""pnpm-lock.yaml, whose keys are names with versions: `/ccxt/4.2.1`, `/ccxt@4.2.1`, `ccxt@4.2.1(peer@1)`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.recognition.manifests import Requirement

_PACKAGES = re.compile(r"^packages:[ \t\r]*\n(?P<body>(?:(?:[ \t][^\n]*|[ \t\r]*)(?:\n|\Z))*)", re.MULTILINE)
_ENTRY = re.compile(
    r"^ {2}[\"']?/?(?P<name>(?:@[^/\s@]{1,100}/)?[^/\s@:\"']{1,200})[@/](?P<version>\d[^\s:(_\"']{0,100})", re.MULTILINE
)


def read(document: Document) -> Iterator[Requirement]:
    """Yield every package that is locked."""
    for packages in _PACKAGES.finditer(document.text):
        for found in _ENTRY.finditer(document.text, *packages.span("body")):
            yield Requirement("npm", found["name"], found["version"], *found.span("name"), locked=True, pinned=True)
