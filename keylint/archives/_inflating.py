"""Bytes out of what gzip, bzip2, xz or zstd made of them, never more than there is room for."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from keylint.archives import BOMB_BYTES, BOMB_RATIO, Room

_TAR_MARK = slice(257, 262)


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class Inflated(NamedTuple):
    """What came out; `why` tells of a rest that did not."""

    data: bytes
    why: str = ""
    damaged: bool = False


def inflated(data: bytes, most: int) -> Inflated:
    """Return what compressed bytes hold, several streams in a row included."""
    make = _decompressor(data)
    parts: list[bytes] = []
    left = most
    while make is not None and data:
        stream = make()
        try:
            parts.append(stream.decompress(data, left + 1))
        except Exception as error:  # noqa: BLE001  each way to pack has exceptions of its own
            # What follows the streams, if it is no stream itself, is padding; tar pads with NULs.
            whole = len(parts) > 0 and not data.strip(b"\0")
            return Inflated(b"".join(parts), "" if whole else f"damaged: {type(error).__name__}", not whole)
        left -= len(parts[-1])
        if left < 0:
            return Inflated(b"", f"more than {most} bytes packed into {len(data)}")
        if not stream.eof:
            return Inflated(b"".join(parts), "damaged: it ends midway", damaged=True)
        data = stream.unused_data
    return Inflated(b"".join(parts))


def room_for(data: bytes, room: Room) -> int:
    """Return how much may come out of compressed bytes: text is packed to a tenth, a bomb to a thousandth."""
    return min(room.size, max(BOMB_BYTES, len(data) * BOMB_RATIO))


def begins_tar(head: bytes) -> bool:
    """Tell whether bytes begin like a tar archive, compressed or not."""
    if _decompressor(head) is not None:
        head = _first_bytes(head)
    return head[_TAR_MARK] == b"ustar"


def is_compressed(head: bytes) -> bool:
    """Tell whether bytes begin like a stream that can be inflated here."""
    return _decompressor(head) is not None


def _first_bytes(head: bytes) -> bytes:
    make = _decompressor(head)
    try:
        return make().decompress(head, _TAR_MARK.stop) if make is not None else b""
    except Exception:  # noqa: BLE001  as above
        return b""


def _decompressor(head: bytes) -> Callable[[], _Decompressor] | None:
    if head.startswith(b"\x1f\x8b\x08"):
        import zlib

        return lambda: zlib.decompressobj(31)
    if head.startswith(b"BZh") and head[4:10] == b"1AY&SY":
        import bz2

        return bz2.BZ2Decompressor
    if head.startswith(b"\xfd7zXZ\0"):
        import lzma

        return lambda: lzma.LZMADecompressor(memlimit=_MOST_MEMORY)
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        try:
            from compression import zstd  # type: ignore[import-not-found, unused-ignore]  # since Python 3.14
        except ImportError:
            return None
        return zstd.ZstdDecompressor  # type: ignore[no-any-return, unused-ignore]
    return None


# A dictionary of xz takes up to 4 GB; its highest preset asks for 64 MiB. Units: bytes.
_MOST_MEMORY = 128 << 20
