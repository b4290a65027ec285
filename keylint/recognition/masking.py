"""Hide secrets in everything that is shown: at most the first 4 and the last 2 characters remain."""

from __future__ import annotations

import re

from keylint.documents.document import Document
from keylint.model import Excerpt

HEAD, TAIL = 4, 2
ELLIPSIS = "…"
# What in a shown line could be a secret of its own, not only the one found: long opaque runs, shorter ones with
# digits, and whatever stands in an armour.
_OPAQUE_CHARACTER = re.compile(r"[A-Za-z0-9+/=_-]")
_OPAQUE = re.compile(
    r"(?P<armour>-----BEGIN [A-Z0-9 ]{1,40}-----)(?:.*?-----END [A-Z0-9 ]{1,40}-----|.*)"
    # Not a package with its version.
    r"|(?![A-Za-z_-]*==\d{1,4}(?![A-Za-z0-9+/=_-]))"
    r"(?:[A-Za-z0-9+/=_-]{32,}|(?=[A-Za-z+/=_-]*\d)[A-Za-z0-9+/=_-]{20,})"
    # A password by its looks: both cases and two digits; in quotes one will do.
    r"|(?<=[\"'`])(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])(?=[A-Za-z]*\d)[A-Za-z0-9]{10,19}(?=[\"'`])"
    r"|(?<![A-Za-z0-9])(?=[a-z0-9]*[A-Z])(?=[A-Z0-9]*[a-z])(?=[A-Za-z]*\d[A-Za-z]*\d)[A-Za-z0-9]{12,19}",
    re.DOTALL,
)
_KEY = re.compile(r"[A-Za-z0-9]{64,}")
_WIDTH = 160
_BEFORE = 60
# How much of a long line is taken to be masked and then cut.
_TAKEN = 4 * _WIDTH
# `key=` and the 8 characters of the shortest secret: less cannot hold a name and its value.
_SHORTEST_PAIR = 12
_ARMOUR_HEADER = re.compile(r"-----BEGIN [A-Z0-9 ]+-----")


def mask(secret: str) -> str:
    """Return the secret with all but its first 4 and last 2 characters left out."""
    return secret[:HEAD] + ELLIPSIS + secret[-TAIL:] if len(secret) > 4 * (HEAD + TAIL) else ELLIPSIS


def mask_opaque(text: str) -> str:
    """Return a text with every opaque run masked, and the body of every armour left out."""
    return _OPAQUE.sub(lambda match: match["armour"] + ELLIPSIS if match["armour"] else mask(match[0]), text)


def mask_keys(text: str) -> str:
    """Return a text with every run as long as a key masked, digests excepted: for file names."""
    return _KEY.sub(lambda match: match[0] if _is_digest(match[0]) else mask(match[0]), text)


def excerpt(document: Document, start: int, end: int) -> Excerpt:
    """Return the line of a half-open span, masked and cut to a width that fits a terminal.

    The caret stands under what of the span is on its first line. `quotation` is for a span that is no secret.
    """
    text = document.text
    first, last = document.line_span(document.line_number(start))
    begin, finish = _taken(text, first, last, start, end)
    value = text[start : min(end, last)]
    armour = _ARMOUR_HEADER.match(value)
    before = _hidden(text[begin:start])
    middle = armour[0] + ELLIPSIS if armour else mask(value)
    after = _hidden(text[end:finish]) if end < finish else ""
    if begin == first:
        before = before.lstrip()
    if len(before) > _BEFORE:
        before = ELLIPSIS + before[-_BEFORE:]
    room = max(0, _WIDTH - len(before) - len(middle))
    if len(after) > room:
        after = after[:room] + ELLIPSIS
    return Excerpt(before + middle + after, len(before), len(middle))


def _taken(text: str, first: int, last: int, start: int, end: int) -> tuple[int, int]:
    """Return how much of a line around a span is masked and then cut.

    No opaque run is cut before it is masked: its rest would be shown as if it were a short one.
    """
    begin, finish = max(first, start - _TAKEN), min(last, end + _TAKEN)
    while begin > first and _OPAQUE_CHARACTER.match(text, begin - 1) and _OPAQUE_CHARACTER.match(text, begin):
        begin -= 1
    while finish < last and _OPAQUE_CHARACTER.match(text, finish - 1) and _OPAQUE_CHARACTER.match(text, finish):
        finish += 1
    return begin, finish


def quotation(document: Document, start: int, end: int) -> Excerpt:
    """Return the line of a half-open span that is no secret, cut alike, with everything opaque in it masked."""
    text = document.text
    first, last = document.line_span(document.line_number(start))
    end = max(start, min(end, last))
    begin, finish = _taken(text, first, last, start, end)
    # What is masked is found in the whole line: a name on one side of the span tells of a value on the other.
    pieces: list[str] = []
    width = from_ = 0
    until = -1
    position = begin
    for shown, hidden_start, hidden_end in (*_hidden_pieces(text[begin:finish]), ("", finish - begin, finish - begin)):
        for piece, piece_start, piece_end in (
            (text[position : begin + hidden_start], position, begin + hidden_start),
            (shown, begin + hidden_start, begin + hidden_end),
        ):
            verbatim = len(piece) == piece_end - piece_start
            if piece_start <= start < piece_end or (start >= piece_end and until < 0):
                from_ = width + (len(printable(piece[: start - piece_start])) if verbatim and start < piece_end else 0)
            if piece_start < end:
                until = width + len(printable(piece[: end - piece_start] if verbatim else piece))
            width += len(printable(piece))
            pieces.append(printable(piece))
        position = begin + hidden_end
    line = "".join(pieces)
    from_, until = min(from_, len(line)), max(from_, until)
    cut = len(line) - len(line.lstrip()) if begin == first else 0
    cut = min(cut, from_)
    before, middle, after = line[cut:from_], line[from_:until], line[until:].rstrip()
    if len(before) > _BEFORE:
        before = ELLIPSIS + before[-_BEFORE:]
    room = max(0, _WIDTH - len(before))
    if len(middle) > room:
        middle, after = middle[:room] + ELLIPSIS, ""
    room = max(0, room - len(middle))
    if len(after) > room:
        after = after[:room] + ELLIPSIS
    return Excerpt(before + middle + after, len(before), len(middle))


def _hidden_pieces(text: str) -> list[tuple[str, int, int]]:
    """Return what of a text is masked, as (what is shown, start, end), in order and without overlaps."""
    from keylint.recognition.secret_values import secret_values

    found = [(mask(text[value.start : value.end]), value.start, value.end) for value in secret_values(text)]
    for match in _OPAQUE.finditer(text):
        if not any(start < match.end() and match.start() < end for _, start, end in found):
            armour = match["armour"]
            found.append((armour + ELLIPSIS if armour else mask(match[0]), *match.span()))
    return sorted(found, key=lambda piece: piece[1])


def _hidden(text: str) -> str:
    """Mask what looks like a secret, and what is bound to a name for one, such as a password."""
    if len(text) < _SHORTEST_PAIR:
        return printable(mask_opaque(text))
    from keylint.recognition.secret_values import secret_values

    pieces: list[str] = []
    shown = 0
    for value in secret_values(text):
        pieces += (text[shown : value.start], mask(text[value.start : value.end]))
        shown = value.end
    return printable(mask_opaque("".join((*pieces, text[shown:]))))


def printable(text: str) -> str:
    """Return a text that every encoding of Unicode can write: bytes that were no UTF-8 become escapes."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _is_digest(run: str) -> bool:
    return run.isalpha() or run.islower() or run.isupper() or not run.strip("0123456789abcdefABCDEF")
