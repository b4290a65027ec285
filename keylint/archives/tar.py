"""Tar, compressed or not: also what `docker save` writes, whose layers are such archives themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keylint.archives import MOST_BYTES, MOST_MEMBERS, Archive, Member, Room
from keylint.archives._inflating import begins_tar, inflated, is_compressed, room_for

if TYPE_CHECKING:
    from tarfile import TarFile, TarInfo

_BLOCK = 512


def members(data: bytes, room: Room) -> Iterator[Member]:
    """Yield the files of an archive, in their order in it."""
    if is_compressed(data):
        result = inflated(data, room_for(data, room))
        if result.why:
            yield Member("", left_out="unreadable" if result.damaged else "too-large", detail=result.why)
        data = result.data
    if data:
        yield from _members(data, room)


def _members(data: bytes, room: Room) -> Iterator[Member]:
    import tarfile
    from io import BytesIO

    try:
        with tarfile.open(fileobj=BytesIO(data), mode="r:", errors="surrogateescape") as archive:
            for info in archive:
                if room.members == 0:
                    detail = f"of an archive {MOST_MEMBERS} members are unpacked"
                    yield Member("", left_out="too-large", detail=detail)
                    return
                room.members -= 1
                if info.isfile():
                    yield _member(archive, info, room)
            rest = archive.offset
    except Exception as error:  # noqa: BLE001  its headers can be wrong in more ways than it has exceptions for
        yield Member("", left_out="unreadable", detail=f"no whole tar archive: {type(error).__name__}")
        return
    # At a header that is none it stops without a word.
    if data[rest : rest + _BLOCK].strip(b"\0"):
        yield Member("", left_out="unreadable", detail=f"damaged from byte {rest} on")


def _member(archive: TarFile, info: TarInfo, room: Room) -> Member:
    name = info.name or "(no name)"
    if info.issparse():
        return Member(name, left_out="unreadable", detail="a sparse file")
    if info.size > room.size:
        return Member(name, left_out="too-large", detail=f"{info.size} bytes; of an archive {MOST_BYTES} are unpacked")
    stream = archive.extractfile(info)
    data = stream.read() if stream is not None else b""
    room.size -= len(data)
    return Member(name, data)


ARCHIVE = Archive(begins_tar, members)
