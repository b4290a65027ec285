"""Hide secrets in everything that is shown: at most the first 4 and the last 2 characters remain."""

from __future__ import annotations

import re

from keylint.documents.document import Document
from keylint.model import Excerpt

HEAD, TAIL = 4, 2
ELLIPSIS = "…"
# Anything in a shown line that could be a secret of its own, not only the one found: long opaque runs.
_OPAQUE = re.compile(r"[A-Za-z0-9+/=_-]{32,}")
_ARMOUR_HEADER = re.compile(r"-----BEGIN [A-Z0-9 ]+-----")
_WIDTH = 160
_BEFORE = 60


def mask(secret: str) -> str:
    """Return the secret with all but its first 4 and last 2 characters left out."""
    return secret[:HEAD] + ELLIPSIS + secret[-TAIL:] if len(secret) > 4 * (HEAD + TAIL) else ELLIPSIS


def mask_opaque(text: str) -> str:
    """Return a text with every long opaque run masked."""
    return _OPAQUE.sub(lambda match: mask(match[0]), text)


def excerpt(document: Document, start: int, end: int) -> Excerpt:
    """Return the line of a half-open span, masked and cut to a width that fits a terminal.

    The caret stands under what of the span is on its first line.
    """
    first, last = document.line_span(document.line_number(start))
    # Taken with room to spare, masked, and only then cut: a cut through a secret would show more than its mask.
    before = mask_opaque(document.text[max(first, start - 4 * _WIDTH) : start])
    value = document.text[start : min(end, last)]
    armour = _ARMOUR_HEADER.match(value)
    middle = armour[0] + ELLIPSIS if armour else mask(value)
    after = mask_opaque(document.text[end : min(last, end + 4 * _WIDTH)]) if end < last else ""
    if start - first <= 4 * _WIDTH:
        before = before.lstrip()
    if len(before) > _BEFORE:
        before = ELLIPSIS + before[-_BEFORE:]
    room = max(0, _WIDTH - len(before) - len(middle))
    if len(after) > room:
        after = after[:room] + ELLIPSIS
    return Excerpt(before + middle + after, len(before), len(middle))
