"""Source code as detectors read it here: what cannot be parsed in time is read by lines."""

from __future__ import annotations

from keylint.documents.code import code, language_of, read_code
from keylint.documents.code.values import Code
from keylint.documents.document import Document

_LATE = "parsing took too long"


def program(document: Document) -> Code | None:
    """Return what a source file holds; None if it is none. To be asked through `once`."""
    try:
        return document.once(code)
    except ValueError:  # what tree-sitter raises if it is told to stop
        language = language_of(document.path, document.text)
        return _by_lines(document.text, language) if language else None


def script(text: str) -> Code:
    """Return what a shell script holds."""
    try:
        return read_code(text, "shell")
    except ValueError:
        return _by_lines(text, "shell")


def _by_lines(text: str, language: str) -> Code:
    from keylint.documents.code.fallback import scan

    return scan(text, language, _LATE)
