"""Run the pipeline over a listing: the sieve here for little work, whatever parses a text in worker processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from time import monotonic
from typing import NamedTuple

from keylint.model import Fact, Scanned, Skip, SkipReason
from keylint.pipeline import Lens, examine, glance, is_wanted
from keylint.sieve import accelerate
from keylint.sources import Entry, Listing
from keylint.sources.reading import Content, read_file

# From here on the sieve, too, is shared among workers: so many inputs, or so many bytes read with inputs left.
_MANY_FILES = 1000
MANY_BYTES = 8 << 20
# Or so long a time, with inputs left. Units: seconds.
LONG = 0.3
# Inputs a worker is handed at a time: enough to make the hand-over cheap, few enough to share evenly.
_BATCH = 128
# So few inputs that need a closer look are not worth the start of a second worker.
_FEW = 16


# Told now and then. Shape: inputs done, inputs known, bytes read.
Tell = Callable[[int, int, int], None]
# Inputs examined between two tellings.
_BETWEEN = 64


class Examined(NamedTuple):
    """What a batch of inputs yielded, and the places in it of those that need a closer look. Units: `size` in bytes."""

    files: int
    size: int
    facts: tuple[Fact, ...]
    skipped: tuple[Skip, ...]
    close: tuple[int, ...] = ()


def scan(
    listing: Listing, through: Lens, jobs: int | None = None, tell: Tell | None = None
) -> tuple[Scanned, tuple[Fact, ...]]:
    """Return what was looked at and the facts found, in order of their places.

    What the sieve alone can tell of little work is done here, in linear time. What needs a closer look goes to a worker
    process, whatever its size: a text may be made to crash, to stall or to swell what parses it.

    `jobs` is the number of worker processes; None: one a processor; 0: none, where the texts are one's own.
    """
    apart = hasattr(os, "fork")
    count = (jobs if jobs is not None else os.cpu_count() or 1) if apart else 1
    entries: Sequence[Entry] = listing.entries
    close: Sequence[Entry] = entries
    parts: list[Examined] = []
    share = count > 1 and len(entries) >= _MANY_FILES
    if not share:
        if len(entries) >= _MANY_FILES:
            accelerate()
        alone, share = _glance_until(entries, through, MANY_BYTES if count > 1 else None, tell)
        parts.append(alone)
        close = [entries[place] for place in alone.close]
    skipped = list(listing.skipped)
    faults: list[str] = []
    late: Sequence[Entry] = ()
    share_late = False

    def look_late() -> None:
        """Glance at what the source has found in the meantime: here if it is little, for the workers are busy."""
        nonlocal late, share_late
        if listing.late is not None:
            found = listing.late()
            skipped.extend(found.skipped)
            late = found.entries
            share_late = len(late) >= _MANY_FILES
            if not share_late:
                alone = glance_batch(late, through)
                parts.append(alone)
                late = [late[place] for place in alone.close]

    if close:
        parts += _look_closely(close, through, count, faults, glance_first=share, meanwhile=look_late, tell=tell)
    else:
        look_late()
    if late:
        parts += _look_closely(late, through, count, faults, glance_first=share_late, tell=tell)
    return _collect(parts, skipped, faults)


def _look_closely(
    entries: Sequence[Entry],
    through: Lens,
    count: int,
    faults: list[str],
    *,
    glance_first: bool,
    meanwhile: Callable[[], None] | None = None,
    tell: Tell | None = None,
) -> list[Examined]:
    """Examine inputs with worker processes; where there are none, here.

    Of many inputs few need a closer look, and a worker that gives one imports for it what takes longer than most.
    """
    if len(entries) <= _FEW:
        count = min(count, 1)
    else:
        accelerate()
    if count == 0 or not hasattr(os, "fork"):
        if meanwhile is not None:
            meanwhile()
        return [examine_batch(entries, through)]
    from keylint.workers import Again, run

    size = max(1, min(_BATCH, len(entries) // (4 * count)))
    batches = [entries[at : at + size] for at in range(0, len(entries), size)]
    closely = partial(examine_batch, through=through)
    work, again = closely, None
    if glance_first:
        work, again = partial(glance_batch, through=through), Again(closely, lambda part: part.close)
    files = size_read = 0

    def done(part: Examined, inputs: int) -> None:
        nonlocal files, size_read
        files += inputs
        size_read += part.size
        if tell is not None:
            tell(files, len(entries), size_read)

    count = min(count, len(batches))
    return run(work, batches, count, _lost, again=again, meanwhile=meanwhile, done=done, faults=faults)


def scan_bytes(path: str, data: bytes, through: Lens) -> tuple[Scanned, tuple[Fact, ...]]:
    """Return the same for one input that is in memory already."""
    told = glance(path, data, through)
    if told is not None:
        return _collect([_sorted_out(path, told, len(data))], (), ())

    def look(_: Sequence[Entry]) -> Examined:
        return _sorted_out(path, _examine(path, data, through), len(data))

    entries = [Entry(path, path)]
    if not hasattr(os, "fork"):
        return _collect([look(entries)], (), ())
    from keylint.workers import run

    faults: list[str] = []
    return _collect(run(look, [entries], 1, _lost, faults=faults), (), faults)


def _sorted_out(path: str, found: Sequence[Fact | Skip], size: int) -> Examined:
    """Tell facts from what could not be looked at. An input that was given up midway was looked at."""
    skipped = tuple(one for one in found if isinstance(one, Skip))
    files = int(not any(skip.path == path and skip.reason in ("binary", "unreadable") for skip in skipped))
    return Examined(files, size if files else 0, tuple(one for one in found if isinstance(one, Fact)), skipped)


def examine_batch(entries: Sequence[Entry], through: Lens) -> Examined:
    """Examine inputs one by one: what a worker does."""
    files = size = 0
    facts: list[Fact] = []
    skipped: list[Skip] = []
    for _, entry, content in _contents(entries, through, skipped):
        if content is None:
            continue
        found = _examine(entry.path, content.data, through)
        if not found:  # nearly always
            files += 1
            size += content.size
            continue
        result = _sorted_out(entry.path, found, content.size)
        files += result.files
        size += result.size
        facts += result.facts
        skipped += result.skipped
    return Examined(files, size, tuple(facts), tuple(skipped))


def glance_batch(entries: Sequence[Entry], through: Lens) -> Examined:
    """Tell of inputs what the sieve alone can: what a worker does first."""
    return _glance_until(entries, through, None)[0]


def _glance_until(
    entries: Sequence[Entry], through: Lens, limit: int | None, tell: Tell | None = None
) -> tuple[Examined, bool]:
    """Glance at inputs until so many bytes are read, or so long a time is over; tell whether there are more.

    Those are among what needs a closer look, too.
    """
    files = size = read = 0
    skipped: list[Skip] = []
    close: list[int] = []
    late = monotonic() + LONG
    told_at = 0
    for place, entry, content in _contents(entries, through, skipped):
        if tell is not None and place >= told_at:
            tell(place, len(entries), size)
            told_at = place + _BETWEEN
        if content is not None:
            told = glance(entry.path, content.data, through)
            if told is None:
                close.append(place)
            elif told:
                skipped += told
            else:
                files += 1
                size += content.size
            read += content.size
        if limit is not None and (read > limit or monotonic() > late) and place + 1 < len(entries):
            close += range(place + 1, len(entries))
            return Examined(files, size, (), tuple(skipped), tuple(close)), True
    return Examined(files, size, (), tuple(skipped), tuple(close)), False


def _contents(
    entries: Sequence[Entry], through: Lens, skipped: list[Skip]
) -> Iterator[tuple[int, Entry, Content | None]]:
    """Yield each input with its place among all; for what cannot be read, which is added to those skipped, None."""
    for place, entry in enumerate(entries):
        try:
            content = read_file(entry, is_wanted, through.marks)
        except MemoryError:
            content = Skip(entry.path, "unreadable", "not enough memory to read it")
        if isinstance(content, Skip):
            skipped.append(content)
            content = None
        yield place, entry, content


def _examine(path: str, data: bytes, through: Lens) -> Sequence[Fact | Skip]:
    try:
        return examine(path, data, through)
    except MemoryError:
        return (Skip(path, "unreadable", "not enough memory to decode it"),)


def _lost(entries: Sequence[Entry], why: str) -> Examined:
    from keylint.workers import LATE

    reason: SkipReason = "timeout" if why == LATE else "unreadable"
    return Examined(0, 0, (), tuple(Skip(entry.path, reason, why) for entry in entries))


def _collect(
    parts: Iterable[Examined], skipped: Iterable[Skip], faults: Sequence[str]
) -> tuple[Scanned, tuple[Fact, ...]]:
    parts = list(parts)
    left_out = sorted({*skipped, *(skip for part in parts for skip in part.skipped)})
    scanned = Scanned(sum(part.files for part in parts), sum(part.size for part in parts), tuple(left_out))
    found = (fact for part in parts for fact in part.facts)
    facts = tuple(sorted(found, key=lambda fact: (fact.location, fact.target, fact.identity)))
    return scanned._replace(faults=tuple(faults)), facts
