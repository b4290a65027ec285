"""Run the pipeline over a listing: alone for little work, with worker processes for much."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from time import monotonic
from typing import NamedTuple

from keylint.model import Fact, Scanned, Skip, SkipReason
from keylint.pipeline import Lens, examine, is_wanted
from keylint.sieve import accelerate
from keylint.sources import Entry, Listing
from keylint.sources.reading import read_file

# From here on workers are worth their start: so many inputs, or so many bytes read with inputs left.
_MANY_FILES = 1000
_MANY_BYTES = 8 << 20
# Or so long a time, with inputs left: files that use the exchange are parsed. Units: seconds.
_LONG = 0.3
# Inputs a worker is handed at a time: enough to make the hand-over cheap, few enough to share evenly.
_BATCH = 128


# Told now and then. Shape: inputs done, inputs known, bytes read.
Tell = Callable[[int, int, int], None]
# Inputs examined between two tellings.
_BETWEEN = 64


class Examined(NamedTuple):
    """What a batch of inputs yielded. Units: `size` in bytes."""

    files: int
    size: int
    facts: tuple[Fact, ...]
    skipped: tuple[Skip, ...]


def scan(
    listing: Listing, through: Lens, jobs: int | None = None, tell: Tell | None = None
) -> tuple[Scanned, tuple[Fact, ...]]:
    """Return what was looked at and the facts found, in order of their places.

    `jobs` is the number of worker processes; None: one a processor, and none for little work.
    """
    count = jobs if jobs is not None else os.cpu_count() or 1
    entries: Sequence[Entry] = listing.entries
    left: Sequence[Entry] = ()
    if not hasattr(os, "fork"):
        count = 1
    if count < 2:
        if len(entries) >= _MANY_FILES:
            accelerate()
        parts = [_examine_until(entries, through, None, tell)[0]]
    elif len(entries) < _MANY_FILES:
        alone, left = _examine_until(entries, through, _MANY_BYTES, tell)
        parts = [alone]
    else:
        parts, left = [], entries
    skipped = list(listing.skipped)
    late: Sequence[Entry] = ()

    def look_late() -> None:
        """Examine what the source has found in the meantime: here if it is little, for the workers are busy."""
        nonlocal late
        if listing.late is not None:
            found = listing.late()
            skipped.extend(found.skipped)
            if len(found.entries) < _MANY_FILES:
                parts.append(examine_batch(found.entries, through))
            else:
                late = found.entries

    if left:
        parts.extend(_spread(left, through, count, look_late, tell))
    else:
        look_late()
    if late:
        parts.extend([examine_batch(late, through)] if count < 2 else _spread(late, through, count, tell=tell))
    return _collect(parts, skipped)


def _spread(
    entries: Sequence[Entry],
    through: Lens,
    count: int,
    meanwhile: Callable[[], None] | None = None,
    tell: Tell | None = None,
) -> list[Examined]:
    """Examine inputs with worker processes."""
    from keylint.workers import run

    accelerate()
    size = max(1, min(_BATCH, len(entries) // (4 * count)))
    batches = [entries[at : at + size] for at in range(0, len(entries), size)]
    work = partial(examine_batch, through=through)
    files = size_read = 0

    def done(part: Examined, inputs: int) -> None:
        nonlocal files, size_read
        files += inputs
        size_read += part.size
        if tell is not None:
            tell(files, len(entries), size_read)

    return run(work, batches, min(count, len(batches)), _lost, meanwhile=meanwhile, done=done)


def scan_bytes(path: str, data: bytes, through: Lens) -> tuple[Scanned, tuple[Fact, ...]]:
    """Return the same for one input that is in memory already."""
    try:
        found = examine(path, data, through)
    except MemoryError:
        found = (Skip(path, "unreadable", "not enough memory to decode it"),)
    return _collect([_sorted_out(path, found, len(data))], ())


def _sorted_out(path: str, found: Sequence[Fact | Skip], size: int) -> Examined:
    """Tell facts from what could not be looked at. An input that was given up midway was looked at."""
    skipped = tuple(one for one in found if isinstance(one, Skip))
    files = int(not any(skip.path == path and skip.reason in ("binary", "unreadable") for skip in skipped))
    return Examined(files, size if files else 0, tuple(one for one in found if isinstance(one, Fact)), skipped)


def examine_batch(entries: Sequence[Entry], through: Lens) -> Examined:
    """Examine inputs one by one: what a worker does."""
    return _examine_until(entries, through, None)[0]


def _examine_until(
    entries: Sequence[Entry], through: Lens, limit: int | None, tell: Tell | None = None
) -> tuple[Examined, Sequence[Entry]]:
    """Examine inputs until so many bytes are read; return what that gave and the inputs left."""
    files = size = 0
    facts: list[Fact] = []
    skipped: list[Skip] = []
    left: Sequence[Entry] = ()
    late = monotonic() + _LONG
    for place, entry in enumerate(entries):
        if limit is not None and (size > limit or monotonic() > late):
            left = entries[place:]
            break
        if tell is not None and place % _BETWEEN == 0:
            tell(place, len(entries), size)
        try:
            content = read_file(entry, is_wanted, through.marks)
        except MemoryError:
            content = Skip(entry.path, "unreadable", "not enough memory to read it")
        if content is None:
            continue
        if isinstance(content, Skip):
            skipped.append(content)
            continue
        try:
            found = examine(entry.path, content.data, through)
        except MemoryError:
            found = (Skip(entry.path, "unreadable", "not enough memory to decode it"),)
        if not found:  # nearly always
            files += 1
            size += content.size
            continue
        result = _sorted_out(entry.path, found, content.size)
        files += result.files
        size += result.size
        facts += result.facts
        skipped += result.skipped
    return Examined(files, size, tuple(facts), tuple(skipped)), left


def _lost(entries: Sequence[Entry], why: str) -> Examined:
    from keylint.workers import LATE

    reason: SkipReason = "timeout" if why == LATE else "unreadable"
    return Examined(0, 0, (), tuple(Skip(entry.path, reason, why) for entry in entries))


def _collect(parts: Iterable[Examined], skipped: Iterable[Skip]) -> tuple[Scanned, tuple[Fact, ...]]:
    parts = list(parts)
    left_out = sorted({*skipped, *(skip for part in parts for skip in part.skipped)})
    scanned = Scanned(sum(part.files for part in parts), sum(part.size for part in parts), tuple(left_out))
    found = (fact for part in parts for fact in part.facts)
    return scanned, tuple(sorted(found, key=lambda fact: (fact.location, fact.target, fact.identity)))
