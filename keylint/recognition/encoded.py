"""Text within text: what base64 and hexadecimal of more than a bare key spell out."""

from __future__ import annotations

import re
from binascii import a2b_base64
from typing import NamedTuple

from keylint.documents.document import Document
from keylint.sieve import KEY_LENGTH, Encoding, is_hex, may_encode_text

# What stands between two lines of one base64: a line end, written or real, quotes around the lines and signs between.
_GAP = (
    r"""(?:(?:\\{1,2}[nr])+|(?:\\{1,2}[nr])*["'`]?[ \t]*[+.,&_]?[ \t]*\\?\r?\n[ \t#>*|]*(?:[+.&][ \t]*)?["'`]?[ \t]*)"""
)
_LINE = r"[A-Za-z0-9+/_-]{4,}"
_BLOCK = re.compile(rf"""{_LINE}(?:{_GAP}{_LINE}={{0,2}}(?=["'`,;)<\\]|\s|$))*={{0,2}}""")
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-"
# So much of a block is decoded first: most spell out nothing. Units: characters.
_GLANCE = 2 * KEY_LENGTH
_LINE_OF_BLOCK = re.compile(_LINE)
_STANDARD = str.maketrans("-_", "+/")
_TEXT = re.compile(rb"[\t\n\r -~\x80-\xff]+")
# How far before a run its base64 may begin: a `+` or `/` ends a run. Units: characters.
_REACH = 4096
# Of a block more than this is not decoded. Units: characters.
_LONGEST = 4 << 20
_ASCII_SHARE = 0.7
# A line of 64 digits spells out so many characters; a key takes a second line.
_SHORTEST = 48
_WHOLE = re.compile(rf"[A-Za-z0-9+/_-]{{{KEY_LENGTH + 1},}}={{0,2}}")
_MOST_TIMES = 3


class Encoded(NamedTuple):
    """A stretch of a document, and the text that it spells out; empty if none. Units: half-open offsets."""

    start: int
    end: int
    text: str
    encoding: Encoding


def encoded(document: Document, start: int, end: int) -> Encoded | None:
    """Return the text that a run of 64 alphanumerics and more is the code, or a piece of the code, of."""
    text = document.text
    run = text[start:end].encode("ascii", "replace")
    if not may_encode_text(run, 0, len(run)):
        return None
    if is_hex(run):
        return Encoded(start, end, _readable(bytes.fromhex(run.decode())) if len(run) % 2 == 0 else "", "hex")
    # A `+` or `/` ends a run, but no base64.
    reach = max(0, start - _REACH)
    first = reach + len(text[reach:start].rstrip(_DIGITS))
    block = _BLOCK.match(text, first, min(len(text), first + _LONGEST))
    if block is None:
        return None
    inner = ""
    if _readable(_from_base64(_lines(block[0][:_GLANCE]))):
        inner = _readable(_from_base64(_lines(block[0])))
    for _ in range(_MOST_TIMES - 1):  # encoded once more, as a whole
        once = inner.strip()
        if not (_WHOLE.fullmatch(once) and may_encode_text(once.encode(), 0, len(once))):
            break
        inner = _readable(_from_base64(once.rstrip("="))) or inner
    return Encoded(first, block.end(), inner, "base64")


def place_in(document: Document, within: Encoded, line: int) -> tuple[int, int]:
    """Return where a line (from 1) of a text is spelt: the lines of the stretch that it takes."""
    stretch = document.text[within.start : within.end]
    if "\n" not in stretch or within.encoding != "base64":
        return within.start, within.end
    lines = within.text.split("\n")
    before = len("".join(f"{one}\n" for one in lines[: line - 1]).encode("utf-8", "surrogateescape"))
    digit = before * 4 // 3
    for token in _LINE_OF_BLOCK.finditer(stretch):
        if digit < len(token[0]):
            return within.start + token.start(), within.start + token.end()
        digit -= len(token[0])
    return within.start, within.end


def _lines(block: str) -> str:
    """Return the digits of a block; lines after one that is shorter than the first are of something else."""
    lines = _LINE_OF_BLOCK.findall(re.sub(r"\\{1,2}[nr]", "\n", block))
    width = len(lines[0])
    whole = next((place for place, line in enumerate(lines) if len(line) != width), len(lines))
    return "".join(lines[: whole + 1] if whole < len(lines) and len(lines[whole]) < width else lines[:whole])


def _from_base64(digits: str) -> bytes:
    digits = digits.translate(_STANDARD)
    digits = digits[: len(digits) - (len(digits) % 4 == 1)]
    return a2b_base64(digits + "=" * (-len(digits) % 4))


def _readable(data: bytes) -> str:
    """Return the text that bytes begin with, if a key fits into it."""
    if data[1:8:2] == b"\0\0\0\0":
        data = data[: len(data) // 2 * 2].decode("utf-16-le", "replace").encode()
    match = _TEXT.match(data)
    if match is None or len(match[0]) < _SHORTEST:
        return ""
    written = match[0]
    if len(written.decode("ascii", "ignore")) < _ASCII_SHARE * len(written):
        return ""
    return written.decode("utf-8", "replace")
