"""Read files cheaply: no link is followed, nothing but regular files is opened, large files pass in pieces."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from typing import NamedTuple

from keylint.archives import archive_of
from keylint.documents.decoding import HEAD, encoding_of, is_program
from keylint.model import Skip, SkipReason
from keylint.sieve import OVERLAP, Interest, interest, mentions_exchange
from keylint.sources import Entry

# A FIFO must not block the scan, a link not lead out of it; Windows knows neither flag.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_NO_FOLLOW = hasattr(os, "O_NOFOLLOW")

# Files up to this size are read whole; larger ones in pieces of it, and whole only if the sieve marks them.
_PIECE = 1 << 20
# Of a file from this size on the head is read first: most large files are binary, and their head says so.
_LONG = 1 << 16
_MARK = 4  # a byte order mark is not counted to the head
# A marked file larger than this is not decoded.
LARGEST = 100 << 20


class Content(NamedTuple):
    """What was read. `data` is empty if the sieve found nothing in a large file. Units: `size` in bytes."""

    data: bytes
    size: int


def read_file(
    entry: Entry, is_wanted: Callable[[str], bool], marks: Callable[[bytes], bool] | None = None
) -> Content | Skip | None:
    """Return a file's bytes, why it was left out, or None for a file of the index that is not on disk.

    Never raises for what the file system does.

    `is_wanted` tells of a path that its file is needed whatever the sieve says, `marks` the same of some of its bytes.
    """
    try:
        if not _NO_FOLLOW and os.path.islink(entry.file):
            return Skip(entry.path, "symlink")
        descriptor = os.open(entry.file, _FLAGS)
    except (FileNotFoundError, NotADirectoryError) as error:
        return None if entry.in_index else _failed(entry, error)
    except OSError as error:
        return _failed(entry, error)
    try:
        status = os.fstat(descriptor)
        size = status.st_size
        if not stat.S_ISREG(status.st_mode):
            return Skip(entry.path, "excluded", "not a regular file")
        if size <= _PIECE:
            if size >= _LONG:
                head = os.read(descriptor, HEAD + _MARK)
                if encoding_of(head) is None and not may_hold_text(head):
                    return Skip(entry.path, "binary")
                os.lseek(descriptor, 0, os.SEEK_SET)
            data = _read_whole(descriptor, size)
            return Content(data, len(data))
        return _read_large(descriptor, entry, is_wanted(entry.path), marks)
    except OSError as error:
        return _failed(entry, error)
    finally:
        os.close(descriptor)


def may_hold_text(head: bytes) -> bool:
    """Tell of a binary file by its first bytes whether it is looked into nevertheless."""
    return is_program(head) or archive_of(head) is not None


def read_text(entry: Entry | None) -> str | None:
    """Return a small file as text; None for what is not there, no text or larger than a setting ever is."""
    if entry is None:
        return None
    content = read_file(entry, lambda _path: False)
    return as_text(content.data) if isinstance(content, Content) else None


def as_text(data: bytes | None) -> str | None:
    """Return a small file's bytes as text, None as of `read_text`."""
    return None if data is None or len(data) > _PIECE or encoding_of(data) is None else data.decode("utf-8", "replace")


def _read_whole(descriptor: int, size: int) -> bytes:
    """Read to the end. One byte more than the size asks, in the same call, whether the file has grown."""
    data = os.read(descriptor, size + 1)
    if len(data) == size:
        return data
    pieces = [data]
    while data:
        data = os.read(descriptor, _PIECE)
        pieces.append(data)
    return b"".join(pieces)


def _read_large(descriptor: int, entry: Entry, wanted: bool, marks: Callable[[bytes], bool] | None) -> Content | Skip:
    piece = os.read(descriptor, _PIECE)
    encoding = encoding_of(piece)
    if encoding is None and not may_hold_text(piece[:HEAD]):
        return Skip(entry.path, "binary")
    found = Interest(certain=wanted or encoding is None or encoding.name != "utf-8")
    size, tail = 0, b""
    while piece:
        size += len(piece)
        if not found.certain:
            found = found._replace(certain=b"\0" in piece or (marks is not None and marks(tail + piece)))
        if not found.certain:
            found = interest(tail + piece, found)
            if not (found.certain or found.exchange):
                found = found._replace(exchange=mentions_exchange(tail + piece))
        tail = piece[-OVERLAP:]
        piece = os.read(descriptor, _PIECE)
    if not (found.certain or (found.digests and found.exchange)):
        return Content(b"", size)
    if size > LARGEST:
        return Skip(entry.path, "too-large", f"{size} bytes; the limit is {LARGEST}")
    os.lseek(descriptor, 0, os.SEEK_SET)
    return Content(_read_whole(descriptor, size), size)


def _failed(entry: Entry, error: OSError) -> Skip:
    import errno

    reasons: dict[int, tuple[SkipReason, str]] = {
        errno.ELOOP: ("symlink", ""),
        errno.EMLINK: ("symlink", ""),  # FreeBSD's answer to O_NOFOLLOW
        errno.ENXIO: ("excluded", "not a regular file"),
    }
    reason, detail = reasons.get(error.errno or 0, ("unreadable", error.strerror or "cannot be read"))
    return Skip(entry.path, reason, detail)
