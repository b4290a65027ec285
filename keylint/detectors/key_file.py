"""Files of keys that are made readable for more than their owner."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.detectors import Detector
from keylint.documents.document import Document
from keylint.model import Fact, Value

# One after the other: an alternation of them over a whole file takes twenty times as long.
_CHANGES = (
    "chmod",
    "defaultmode",
    "file_permission",
    "setposixfilepermissions",
    "set_permissions",
    "writefile",
    "openfile",
)
_WORDS = (r"mode\b(?<![a-z0-9_]mode)", r"install\s+-")
_FILES = (
    "key",
    "secret",
    "credential",
    "private",
    ".env",
    ".pem",
    ".p8",
    ".pfx",
    ".p12",
    "user.cfg",
    ".tfvars",
    "mcp.json",
)
_DOCS = (".md", ".markdown", ".rst", ".adoc", ".html", ".htm", ".txt", ".csv", ".svg", ".lock", ".patch", ".diff")


def find(document: Document) -> Iterator[Fact]:
    """Yield a `file` fact for every file of keys that a document gives a mode with which others may read it."""
    lowered = document.lowered
    if document.path.lower().endswith(_DOCS) or not (_changes(lowered) and any(word in lowered for word in _FILES)):
        return
    from keylint.recognition.file_modes import modes
    from keylint.recognition.key_names import is_about_exchange
    from keylint.recognition.masking import mask_opaque, printable, quotation
    from keylint.recognition.places import context_of

    seen = set()
    for mode in modes(document):
        if mode.start in seen:
            continue
        seen.add(mode.start)
        about = is_about_exchange(document) or "binance" in mode.path.lower()
        path = printable(mask_opaque(mode.path))[:120]
        attributes: dict[str, Value] = {
            "path": path,
            "role": "key-file",
            "mode": printable(mode.mode)[:40],
            "readable": True,
            "because": printable(mask_opaque(mode.because))[:200],
            "confidence": ("high" if mode.sure else "medium") if about else "low",
            "context": context_of(document.path),
        }
        if not about:
            attributes["confidence_near_exchange"] = "medium"
        yield Fact(
            target="file",
            location=document.location(mode.start, mode.end),
            identity=f"key-file-mode {path} {mode.mode} {document.path}",
            attributes=attributes,
            excerpt=quotation(document, mode.start, mode.end),
        )


def _changes(lowered: str) -> bool:
    return any(word in lowered for word in _CHANGES) or any(re.search(pattern, lowered) for pattern in _WORDS)


DETECTOR = Detector(find, words=(b"chmod", b"defaultmode", b"file_permission"))
