"""Git bundles: every version of every file of the history that one carries, by the path that it is first met under."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from keylint.archives import MOST_MEMBERS, Archive, Member, Room

_MARK = re.compile(rb"# v[23] git bundle\n")
_HEADER = 12
_KINDS = {1: "commit", 2: "tree", 3: "blob", 4: "tag"}
_OFFSET_DELTA, _NAME_DELTA = 6, 7
_TREE_OF_COMMIT = re.compile(rb"tree ([0-9a-f]+)\n")
_TREE_MODE = b"40000"
# Fed to zlib at a time: what it does not need it hands back as a copy. Units: bytes.
_PIECE = 4096


class _Object(NamedTuple):
    kind: str
    data: bytes


class _Damaged(Exception):
    """The pack is none, or is cut short."""


def members(data: bytes, room: Room) -> Iterator[Member]:
    """Yield the files of a bundle."""
    head, _, pack = data.partition(b"\n\n")
    pack_ = _Pack(pack, "sha256" if b"@object-format=sha256" in head else "sha1", room)
    try:
        pack_.read()
    except (_Damaged, IndexError, zlib.error) as error:
        yield Member("", left_out="unreadable", detail=f"no whole git bundle: {error}")
    if pack_.refusal:
        yield Member("", left_out="too-large", detail=pack_.refusal)
    paths = _paths(pack_.objects, pack_.width)
    for name, one in pack_.objects.items():
        if one.kind == "blob":
            yield Member(paths.get(name, name.hex()), one.data)


class _Pack:
    """The objects of a pack, by name. One whose base is not in the pack is of a history that the receiver has."""

    def __init__(self, data: bytes, digest: str, room: Room) -> None:
        self.data = data
        self.digest = digest
        self.width = 32 if digest == "sha256" else 20
        self.room = room
        self.refusal = ""
        self.objects: dict[bytes, _Object] = {}
        self._by_offset: dict[int, _Object] = {}

    def read(self) -> None:
        """Read object after object. Raises: _Damaged, IndexError, zlib.error."""
        if self.data[:4] != b"PACK" or len(self.data) < _HEADER:
            raise _Damaged("it has no pack")
        count = int.from_bytes(self.data[8:12], "big")
        place = _HEADER
        for _ in range(count):
            if self.room.members == 0:
                self.refusal = f"{count} objects; of an archive {MOST_MEMBERS} are unpacked"
                return
            self.room.members -= 1
            place = self._object(place)
            if self.refusal:
                return

    def _object(self, start: int) -> int:
        """Read the object at an offset; return that of the next."""
        byte = self.data[start]
        kind, size, shift, place = byte >> 4 & 7, byte & 15, 4, start + 1
        while byte & 128:
            byte = self.data[place]
            size |= (byte & 127) << shift
            shift += 7
            place += 1
        base: _Object | None = None
        if kind == _OFFSET_DELTA:
            byte = self.data[place]
            back, place = byte & 127, place + 1
            while byte & 128:
                byte = self.data[place]
                back = (back + 1 << 7) | (byte & 127)
                place += 1
            base = self._by_offset.get(start - back)
        elif kind == _NAME_DELTA:
            base = self.objects.get(self.data[place : place + self.width])
            place += self.width
        elif kind not in _KINDS:
            raise _Damaged("an object of no kind")
        data, place = self._inflated(place, size)
        if self.refusal:
            return place
        if kind in _KINDS:
            self._keep(start, _Object(_KINDS[kind], data))
        elif base is not None:
            self._keep(start, _Object(base.kind, self._applied(base.data, data)))
        return place

    def _inflated(self, place: int, size: int) -> tuple[bytes, int]:
        self.refusal = self.room.refusal(size, len(self.data) - place)
        if self.refusal:
            return b"", place
        stream = zlib.decompressobj()
        parts, length = [], 0
        while not stream.eof and place < len(self.data):
            piece = self.data[place : place + _PIECE]
            parts.append(stream.decompress(piece, size - length + 1))
            length += len(parts[-1])
            place += len(piece) - len(stream.unused_data) - len(stream.unconsumed_tail)
            if length > size:
                break
        if length != size or not stream.eof:
            raise _Damaged("an object of another size than it says")
        return b"".join(parts), place

    def _applied(self, base: bytes, delta: bytes) -> bytes:
        """Return what a delta makes of its base: pieces of it, and of its own."""
        _, place = _length(delta, 0)
        size, place = _length(delta, place)
        self.refusal = self.room.refusal(size, len(base) + len(delta))
        parts, length = [], 0
        while place < len(delta) and length <= size and not self.refusal:
            code = delta[place]
            place += 1
            if code & 128:
                numbers = []
                for bits, width in ((code & 15, 4), (code >> 4 & 7, 3)):
                    number = 0
                    for at in range(width):
                        if bits >> at & 1:
                            number |= delta[place] << 8 * at
                            place += 1
                    numbers.append(number)
                offset, count = numbers[0], numbers[1] or 0x10000
                parts.append(base[offset : offset + count])
            else:
                parts.append(delta[place : place + code])
                place += code
            length += len(parts[-1])
        return b"".join(parts)

    def _keep(self, start: int, one: _Object) -> None:
        import hashlib

        self.room.size -= len(one.data)
        self._by_offset[start] = one
        head = f"{one.kind} {len(one.data)}\0".encode()
        self.objects[hashlib.new(self.digest, head + one.data, usedforsecurity=False).digest()] = one


def _length(delta: bytes, place: int) -> tuple[int, int]:
    size = shift = 0
    while True:
        byte = delta[place]
        size |= (byte & 127) << shift
        shift += 7
        place += 1
        if not byte & 128:
            return size, place


def _paths(objects: Mapping[bytes, _Object], width: int) -> dict[bytes, str]:
    """Return the first path of every file; every folder is looked into once, however often it is in others."""
    roots = (_TREE_OF_COMMIT.match(one.data) for one in objects.values() if one.kind == "commit")
    left = [
        (bytes.fromhex(match[1].decode()), "") for match in roots if match is not None and len(match[1]) == 2 * width
    ]
    paths: dict[bytes, str] = {}
    seen: set[bytes] = set()
    while left:
        name, folder = left.pop()
        one = objects.get(name)
        if one is None or one.kind != "tree" or name in seen:
            continue
        seen.add(name)
        place = 0
        while place < len(one.data):
            end = one.data.find(b"\0", place)
            mode, _, entry = one.data[place:end].partition(b" ")
            if end < 0:
                break
            path = folder + entry.decode("utf-8", "surrogateescape")
            child = one.data[end + 1 : end + 1 + width]
            if mode == _TREE_MODE:
                left.append((child, f"{path}/"))
            else:
                paths.setdefault(child, path)
            place = end + 1 + width
    return paths


def _is_one(head: bytes) -> bool:
    return _MARK.match(head) is not None


ARCHIVE = Archive(_is_one, members)
