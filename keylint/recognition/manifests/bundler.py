"""Gemfile, gemspecs and Gemfile.lock."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.recognition.manifests import Requirement

_GEM = re.compile(
    r"^[ \t]*(?:gem|\w+\.add_(?:runtime_|development_)?dependency)[ \t(]+[\"'](?P<name>[\w.-]{1,100})[\"']"
    r"(?P<rest>[^\n]{0,500})",
    re.MULTILINE,
)
_REQUIREMENT = re.compile(r"\s*,\s*[\"'](?P<spec>[^\"'\n]{1,60})[\"']")
_PATH = re.compile(r"\bpath(?::|\s*=>)")
_COMMIT = re.compile(r"\bref(?::|\s*=>)\s*[\"'][0-9a-f]{40}[\"']")
_SOURCE = re.compile(r"\b(?:git|github)(?::|\s*=>)")
_REMOTE = re.compile(r"^(?:GEM|GIT)\r?\n(?P<body>(?:[ \t][^\n]*\n?)*)", re.MULTILINE)
_LOCKED = re.compile(r"^ {4}(?P<name>[\w.-]+) \((?P<version>[^)\n]+)\)", re.MULTILINE)


def read(document: Document) -> Iterator[Requirement]:
    """Yield every gem that is asked for or locked."""
    text = document.text
    if document.path.lower().endswith((".lock", ".locked")):
        for remote in _REMOTE.finditer(text):
            for found in _LOCKED.finditer(text, *remote.span("body")):
                span = found.span("name")
                yield Requirement("rubygems", found["name"], found["version"], *span, locked=True, pinned=True)
        return
    for found in _GEM.finditer(text):
        rest = found["rest"].partition("#")[0] if "#" in found["rest"] else found["rest"]
        if _PATH.search(rest):
            continue
        specs: list[str] = []
        place = 0
        while requirement := _REQUIREMENT.match(rest, place):
            specs.append(requirement["spec"])
            place = requirement.end()
        pinned = _COMMIT.search(rest) is not None if _SOURCE.search(rest) else None
        yield Requirement("rubygems", found["name"], ", ".join(specs), *found.span("name"), pinned=pinned)
