"""What reading a history without git could save: `python benchmarks/packs.py REPOSITORY`, once packed.

Git stores most versions of a file as differences from others. `cat-file` makes each whole and sends it through a pipe;
a reader of our own applies each difference once, families in order, and could hand on what is new alone. In one run:
the time of the processor, own and git's, of

- cat-file of all blobs, version after version, read as keylint reads them;
- the same objects by a reader of packs in Python, pieces joined with as few copies as there can be;
- that reader, and the sieve that every blob passes first: no more than the second difference can be saved by
  looking at new bytes alone.

Formats: gitformat-pack(5), version 2; differences by offset, as clones and `git gc` write them.
"""

from __future__ import annotations

import os
import resource
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from keylint.pipeline import is_marked, lens_on_the_past
from keylint.sieve import accelerate
from keylint.sources.objects import Objects
from keylint.sources.repository import open_repository

BLOB, BY_OFFSET, BY_NAME = 3, 6, 7
FAN = 8 + 4 * 256
AT_ONCE = 100


class Entry(NamedTuple):
    """An object of a pack; `base` is 0 for a whole one. Units: offsets and the inflated `size` in bytes."""

    start: int
    size: int
    base: int


def main() -> None:
    os.chdir(sys.argv[1])
    accelerate()
    names = versions()
    yardstick = spent("cat-file, by path", lambda: by_git(names), None)
    spent("packs in Python", by_packs, yardstick)
    through = lens_on_the_past()
    unmarked = lambda: sum(1 for data in blobs() if not is_marked(data, through))  # noqa: E731
    spent("packs in Python, and the sieve", unmarked, yardstick)


def spent(name: str, work: Callable[[], int], yardstick: float | None) -> float:
    """Print what some work costs, beside the yardstick. Units: seconds of the processor, git's included."""
    before = cpu()
    count = work()
    seconds = cpu() - before
    print(f"{name:32} {count:9,} blobs {seconds:7.2f} s of CPU  {seconds / (yardstick or seconds):5.2f}")
    return seconds


def cpu() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def versions() -> list[str]:
    """Return the blobs that anything leads to, the versions of a file together, as keylint asks for them."""
    listed = git("rev-list", "--objects", "--all", "--missing=allow-any")
    at = sorted((path, name) for name, _, path in (line.partition(" ") for line in listed.splitlines()) if path)
    kinds = git("cat-file", "--batch-check=%(objecttype)", feed="".join(f"{name}\n" for _, name in at)).splitlines()
    return [name for (_, name), kind in zip(at, kinds, strict=True) if kind == "blob"]


def git(*arguments: str, feed: str = "") -> str:
    return subprocess.run(["git", *arguments], input=feed, capture_output=True, text=True, check=True).stdout


def by_git(names: Sequence[str]) -> int:
    objects = Objects(open_repository())
    count = 0
    for start in range(0, len(names), AT_ONCE):
        count += sum(1 for _ in objects.read(names[start : start + AT_ONCE]))
    objects.close()
    return count


def by_packs() -> int:
    return sum(1 for _ in blobs())


def blobs() -> Iterator[bytes]:
    """Yield every blob of every pack, each after what it differs from."""
    for index in sorted(Path(git("rev-parse", "--git-path", "objects/pack").strip()).glob("*.idx")):
        yield from blobs_of(index)


def blobs_of(index: Path) -> Iterator[bytes]:
    file = os.open(index.with_suffix(".pack"), os.O_RDONLY)
    entries: dict[int, Entry] = {}
    children: dict[int, list[int]] = {}
    left: list[int] = []
    for offset in offsets(index.read_bytes()):
        kind, entry = header(os.pread(file, 48, offset), offset)
        entries[offset] = entry
        if entry.base:
            children.setdefault(entry.base, []).append(offset)
        elif kind == BLOB:
            left.append(offset)
    left.sort(reverse=True)
    held: dict[int, bytes] = {}  # each differs from the one before it
    while left:
        offset = left.pop()
        start, size, base = entries[offset]
        data = zlib.decompressobj().decompress(os.pread(file, size + (size >> 3) + 64, start), size + 1)
        while held and next(reversed(held)) != base:
            held.popitem()
        if base:
            data = applied(held[base], data)
        if offset in children:
            held[offset] = data
            left += sorted(children[offset], reverse=True)
        yield data
    os.close(file)


def offsets(index: bytes) -> list[int]:
    count = struct.unpack_from(">I", index, FAN - 4)[0]
    start = FAN + 24 * count
    near = struct.unpack_from(f">{count}I", index, start)
    far = start + 4 * count
    return [one if one < 1 << 31 else struct.unpack_from(">Q", index, far + 8 * (one - (1 << 31)))[0] for one in near]


def header(head: bytes, offset: int) -> tuple[int, Entry]:
    byte = head[0]
    kind, size, shift, place = byte >> 4 & 7, byte & 15, 4, 1
    while byte & 128:
        byte = head[place]
        size |= (byte & 127) << shift
        shift += 7
        place += 1
    if kind == BY_NAME:
        raise SystemExit("a difference by name: pack the repository anew (git repack -adf)")
    base = 0
    if kind == BY_OFFSET:
        byte = head[place]
        place += 1
        back = byte & 127
        while byte & 128:
            byte = head[place]
            place += 1
            back = back + 1 << 7 | byte & 127
        base = offset - back
    return kind, Entry(offset + place, size, base)


def applied(before: bytes, delta: bytes) -> bytes:
    place = 0
    for _ in range(2):  # both sizes
        while delta[place] & 128:
            place += 1
        place += 1
    end, base = len(delta), memoryview(before)
    pieces: list[bytes | memoryview] = []
    while place < end:
        sign = delta[place]
        place += 1
        if sign & 128:
            start = length = 0
            for bit in range(4):
                if sign >> bit & 1:
                    start |= delta[place] << 8 * bit
                    place += 1
            for bit in range(3):
                if sign >> bit & 16:
                    length |= delta[place] << 8 * bit
                    place += 1
            pieces.append(base[start : start + (length or 1 << 16)])
        else:
            pieces.append(delta[place : place + sign])
            place += sign
    return b"".join(pieces)


if __name__ == "__main__":
    main()
