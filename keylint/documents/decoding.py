"""Bytes to text: which encoding a file is in, or that it is binary."""

from __future__ import annotations

from typing import NamedTuple

from keylint.sieve import KEY_LENGTH, runs

HEAD = 8192  # git, too, looks for a NUL in the first 8,000 bytes

_UTF_8_MARK = b"\xef\xbb\xbf"
_MARKS = (  # longest first: the mark of UTF-32 LE begins with that of UTF-16 LE
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (_UTF_8_MARK, "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# White space, printable ASCII and everything that Latin-1 or UTF-8 may use; ESC for coloured logs.
_TEXT = bytes([7, 8, 9, 10, 11, 12, 13, 27, *range(32, 127), *range(128, 256)])
# A file with NULs is text if of the rest fewer bytes than this are control characters.
_CONTROL_SHARE = 1 / 50
_GLANCE = 512


_MARK_STARTS = frozenset(mark[:1] for mark, _ in _MARKS)


class Encoding(NamedTuple):
    """How a file is decoded. `mark` is the length of its byte order mark in bytes."""

    name: str
    mark: int = 0


_UTF_8 = Encoding("utf-8")
# What a document's encoding is called if NULs were dropped from it: UTF-16 lines among others, or a binary file that
# begins like a text.
MIXED = "mixed"
# The same of a binary file of which only the strings were taken.
BINARY = "binary"
# What programs begin with: ELF, Windows, macOS, Java, WebAssembly; byte code of Python shows a little later.
_PROGRAMS = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\0asm")
_BYTE_CODE = b"\r\n"
_BYTE_CODE_FLAGS = tuple(bytes([flag, 0, 0, 0]) for flag in range(4))
# A string of 64 that stands after its length, as in Python's byte code, may run into what comes next.
_COUNTED = rb"@[A-Za-z0-9]{64}(?=[A-Za-z0-9])"
_BLANKS = bytes(byte if 32 <= byte < 127 or byte in b"\t\n" else 32 for byte in range(256))


def is_plain(data: bytes) -> bool:
    """Tell, of nearly all texts, that they are bytes of UTF-8 without a NUL or a byte order mark."""
    return data[:1] not in _MARK_STARTS and b"\0" not in data


def encoding_of(data: bytes) -> Encoding | None:
    """Return the encoding that the first bytes show; None for binary."""
    if data[:1] in _MARK_STARTS:
        for mark, name in _MARKS:
            if data.startswith(mark) and not (name == "utf-8" and data.find(b"\0", 0, HEAD) >= 0):
                return Encoding(name, len(mark))
    if data.find(b"\0", 0, HEAD) < 0:
        return _UTF_8
    sample = data[len(_UTF_8_MARK) if data.startswith(_UTF_8_MARK) else 0 :][:HEAD]
    if _controls(sample[:_GLANCE].translate(None, b"\0")) > _GLANCE // 8:
        return None  # as in nearly all binary files: the rest of the head would not save it
    wide = _wide_encoding(sample)
    if wide:
        return Encoding(wide)
    # One stray NUL makes no text binary, nor do UTF-16 lines appended to another encoding.
    written = sample.translate(None, b"\0")
    return _UTF_8 if written and _controls(written) <= len(written) * _CONTROL_SHARE else None


def _controls(written: bytes) -> int:
    return len(written.translate(None, _TEXT))


def decode(data: bytes, encoding: Encoding) -> str:
    """Return the text. Never raises: a byte that does not belong becomes one character.

    A byte order mark that the rest of the file does not keep to hides nothing: a file marked as UTF-16 that
    holds 64 alphanumeric bytes in a row is read as bytes. In such files, and in others with NULs in them, the
    ASCII of UTF-16 lines becomes text and any other NUL a blank.
    """
    if encoding.name != "utf-8":
        if next(runs(data), None) is None:
            return data[encoding.mark :].decode(encoding.name, "replace")
        return _without_nuls(data).decode("latin-1")
    return _without_nuls(data[encoding.mark :]).decode("utf-8", "surrogateescape")


def is_program(head: bytes) -> bool:
    """Tell whether bytes begin like a program: a binary file that may hold what its source did."""
    return head.startswith(_PROGRAMS) or (head[2:4] == _BYTE_CODE and head[4:8] in _BYTE_CODE_FLAGS)


def strings(data: bytes) -> str:
    """Return the text of a binary file: what is printable, the rest blanks.

    Units: an offset is that of the byte, but after a string of UTF-16, or one that what follows was cut from.
    """
    import re

    if data.startswith(b"MZ"):
        data = _without_nuls(data)
    return re.sub(_COUNTED, rb"\g<0> ", data).translate(_BLANKS).decode("ascii")


def _without_nuls(data: bytes) -> bytes:
    if b"\0" not in data:
        return data
    import re

    # NULs between ASCII characters are those of UTF-16; the others end something, as a blank does.
    return re.sub(rb"(?:[\t\r\n -~]\0){8,}", lambda match: match[0][::2], data).replace(b"\0", b" ")


def _wide_encoding(sample: bytes) -> str | None:
    """Recognise UTF-16 and UTF-32 without a mark by where their NULs stand; at least a key of it."""
    if len(sample) < 2 * KEY_LENGTH:
        return None
    quarter = len(sample) // 4
    nuls = [sample[place::4].count(0) / quarter for place in range(4)]
    filled, empty = 0.3, 0.7  # share of NULs at most, at least
    pattern = "".join("0" if share >= empty else "x" if share <= filled else "?" for share in nuls)
    return {"x0x0": "utf-16-le", "0x0x": "utf-16-be", "x000": "utf-32-le", "000x": "utf-32-be"}.get(pattern)
