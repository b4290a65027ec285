"""Files that tools keep secrets in, and how many of their values are literal secrets.

Low confidence where the values are those of tests or examples, by the folder, or nobody would keep them to themselves.
"""

from __future__ import annotations

from collections.abc import Iterator

from keylint.detectors import Detector
from keylint.documents.document import Document
from keylint.model import Fact
from keylint.recognition.secret_paths import holds_secret_store, may_be_secret_store

# More names than this in a message help nobody.
_MOST_NAMES = 5


def find(document: Document) -> Iterator[Fact]:
    """Yield a `file` fact for a secret store, standing at its first secret."""
    if not may_be_secret_store(document.path) or not holds_secret_store(document.path, document.text):
        return
    from keylint.recognition.masking import mask_opaque, printable
    from keylint.recognition.places import context_of_folder
    from keylint.recognition.secret_values import is_kept, secret_values

    found = list(secret_values(document.text))
    kept = [value for value in found if is_kept(value.name, document.text[value.start : value.end])]
    values = kept or found
    context = context_of_folder(document.path)
    names = list(dict.fromkeys(printable(mask_opaque(value.name))[:60] for value in values))
    shown = ", ".join(f"`{name}`" for name in names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    first = values[0] if values else None
    yield Fact(
        target="file",
        location=document.location(first.start, first.end) if first else document.location(0, 0),
        identity=f"secret-store {document.path}",
        attributes={
            "path": document.path,
            "role": "secret-store",
            "secrets": len(found),
            "names": shown + (f" and {more} more" if more > 0 else ""),
            "confidence": "low" if context != "config" or (found and not kept) else "high",
            "context": context,
        },
    )


DETECTOR = Detector(find, wants=may_be_secret_store, past=True)
