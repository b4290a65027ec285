"""Zip: also jar, war, whl, nupkg, apk, docx and whatever else is one by another name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keylint.archives import MOST_MEMBERS, Archive, Member, Room

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 1


def members(data: bytes, room: Room) -> Iterator[Member]:
    """Yield the files of an archive, in their order in it."""
    count = data.count(_ENTRY)
    if count > room.members:  # before anything is made of each
        yield Member("", left_out="too-large", detail=f"{count} members; of an archive {MOST_MEMBERS} are unpacked")
        return
    room.members -= count
    import struct
    from io import BytesIO
    from zipfile import BadZipFile, ZipFile

    try:
        archive = ZipFile(BytesIO(data))
    except (BadZipFile, NotImplementedError, OSError, ValueError, struct.error) as error:
        yield Member("", left_out="unreadable", detail=f"no whole zip archive: {error}")
        return
    with archive:
        for info in archive.infolist():
            if not info.filename.endswith("/"):
                yield _member(archive, info, room)


def _member(archive: ZipFile, info: ZipInfo, room: Room) -> Member:
    name = info.filename or "(no name)"
    if info.flag_bits & _ENCRYPTED:
        return Member(name, left_out="unreadable", detail="encrypted")
    refusal = room.refusal(info.file_size, info.compress_size)
    if refusal:
        return Member(name, left_out="too-large", detail=refusal)
    try:
        with archive.open(info) as stream:
            data = stream.read(info.file_size)
    except Exception as error:  # noqa: BLE001  each way to pack has exceptions of its own
        return Member(name, left_out="unreadable", detail=f"damaged: {type(error).__name__}")
    room.size -= len(data)
    return Member(name, data)


def _is_one(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


ARCHIVE = Archive(_is_one, members)
