"""Lock files of Poetry, PDM, uv, pip (PEP 751) and Cargo, by their lines: they are longer than what is parsed.

A block that begins with `[[package]]` names a package and its version first. What the project itself is has no source,
or one on disk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.recognition.manifests import Requirement

_BLOCK = re.compile(r"^\[\[packages?\]\]", re.MULTILINE)
_NEXT = re.compile(r"^\[\[", re.MULTILINE)
_NAME = re.compile(r"^name[ \t]*=[ \t]*[\"'](?P<name>[^\"'\n]{1,200})[\"']", re.MULTILINE)
_VERSION = re.compile(r"^version[ \t]*=[ \t]*[\"'](?P<version>[^\"'\n]{1,100})[\"']", re.MULTILINE)
_LOCAL = re.compile(
    r"^source[ \t]*=[ \t]*\{[ \t]*(?:editable|virtual|directory|path)\b|^(?:path|directory)\b"
    r"|^type[ \t]*=[ \t]*[\"'](?:directory|file)[\"']",
    re.MULTILINE,
)
_SOURCE = re.compile(r"^source[ \t]*=", re.MULTILINE)


def read(document: Document) -> Iterator[Requirement]:
    """Yield every package that is locked."""
    text = document.text
    is_cargo = document.path.lower().endswith("cargo.lock")
    place = 0
    while block := _BLOCK.search(text, place):
        following = _NEXT.search(text, block.end())
        place = following.start() if following else len(text)
        name = _NAME.search(text, block.end(), place)
        if name is None or _LOCAL.search(text, block.end(), place):
            continue
        if is_cargo and not _SOURCE.search(text, block.end(), place):
            continue
        version = _VERSION.search(text, block.end(), place)
        yield Requirement(
            "cargo" if is_cargo else "pypi",
            name["name"],
            version["version"] if version else "",
            *name.span("name"),
            locked=True,
            pinned=True,
        )
