"""Files of keys that are made readable for more than their owner."""

from __future__ import annotations

from collections.abc import Iterator

from keylint.detectors import Detector
from keylint.documents.document import Document
from keylint.model import Fact, Value
from keylint.sieve import holds_match, holds_word

_CHANGES = (
    holds_word(
        (
            b"chmod",
            b"defaultmode",
            b"file_permission",
            b"setposixfilepermissions",
            b"set_permissions",
            b"writefile",
            b"openfile",
        )
    ),
    holds_match(rb"\bmode\b", b"mode"),
    holds_match(rb"install\s+-", b"install"),
)
_names_file = holds_word(
    (
        b"key",
        b"secret",
        b"credential",
        b"private",
        b".env",
        b".pem",
        b".p8",
        b".pfx",
        b".p12",
        b"user.cfg",
        b".tfvars",
        b"mcp.json",
    )
)
_DOCS = (".md", ".markdown", ".rst", ".adoc", ".html", ".htm", ".txt", ".csv", ".svg", ".lock", ".patch", ".diff")


def find(document: Document) -> Iterator[Fact]:
    """Yield a `file` fact for every file of keys that a document gives a mode with which others may read it."""
    data = document.ascii
    if document.path.lower().endswith(_DOCS) or not (_names_file(data) and any(changes(data) for changes in _CHANGES)):
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


DETECTOR = Detector(find, words=(b"chmod", b"defaultmode", b"file_permission"))
