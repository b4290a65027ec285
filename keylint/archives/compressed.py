"""A single compressed file: gzip, bzip2, xz, and zstd where Python brings it."""

from __future__ import annotations

from collections.abc import Iterator

from keylint.archives import Archive, Member, Room
from keylint.archives._inflating import begins_tar, inflated, is_compressed, room_for


def members(data: bytes, room: Room) -> Iterator[Member]:
    """Yield the one file that is compressed; it has the name of its archive, without the ending."""
    result = inflated(data, room_for(data, room))
    room.size -= len(result.data)
    room.members -= 1
    if result.data:
        yield Member("", result.data)
    if result.why:
        yield Member("", left_out="unreadable" if result.damaged else "too-large", detail=result.why)


def _is_one(head: bytes) -> bool:
    return is_compressed(head) and not begins_tar(head)


ARCHIVE = Archive(_is_one, members)
