"""What there is to say of a sweep: what is open, new and resolved since the one before, and could not be done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from keylint.errors import UsageError
from keylint.model import SEVERITIES, Severity, Skip, SkipReason
from keylint.summary import CLEAN, FOUND, NOT_COMPLETE
from keylint.sweep.results import Scan, Sweep
from keylint.sweep.store import Listing, Open, Store, Tally

Listed = Callable[..., Iterable[Open]]
Skips = Callable[..., Iterable[tuple[str, Skip]]]


class Point(NamedTuple):
    """A sweep in the course of time. `open` counts by severity what was not suppressed."""

    sweep: Sweep
    open: dict[Severity, int]
    new: int
    resolved: int


class Overview(NamedTuple):
    """A sweep beside the one before it, which is None for the first.

    `tallies` count what is open, suppressed or not, and `resolved` what was open before and is no longer. `listed` and
    `skips` give the findings and what was left out, by repository, read from the store as they are asked for. `trend`
    are all sweeps up to this one. `new_only`: nothing but what is new is of interest.
    """

    sweep: Sweep
    before: Sweep | None
    scans: tuple[Scan, ...]
    tallies: tuple[Tally, ...]
    resolved: int
    listed: Listed
    skips: Skips
    trend: tuple[Point, ...]
    new_only: bool = False

    @property
    def counted(self) -> tuple[Tally, ...]:
        """What is open and not suppressed."""
        return tuple(one for one in self.tallies if not one.suppressed)

    @property
    def new(self) -> tuple[Tally, ...]:
        return tuple(one for one in self.tallies if one.new)

    @property
    def failed(self) -> tuple[Scan, ...]:
        return tuple(scan for scan in self.scans if scan.state == "failed")

    @property
    def incomplete(self) -> tuple[Scan, ...]:
        """The repositories of which something could not be read."""
        return tuple(scan for scan in self.scans if scan.incomplete)


def overview(store: Store, number: int | None = None, before: int | None = None, *, new_only: bool = False) -> Overview:
    """Return what there is to say of a sweep, of the last one without a number, as long as the store is open.

    Raises: UsageError if the store holds no such sweep.
    """
    sweeps = {sweep.id: sweep for sweep in store.sweeps()}
    if not sweeps:
        raise UsageError("the store holds no sweep yet: keylint sweep TARGET … makes one")
    sweep = _one(sweeps, max(sweeps) if number is None else number)
    earlier = [one for one in sweeps.values() if one.id < sweep.id and one.finished]
    previous = _one(sweeps, before) if before is not None else earlier[-1] if earlier else None
    least = 0 if previous is None else previous.id
    tallies = tuple(store.tallies(sweep.id, least))
    resolved = store.resolved(sweep.id, least)

    def listed(what: Listing, most: int | None = None) -> Iterator[Open]:
        return store.listed(what, sweep.id, least, most)

    def skips(only: Collection[SkipReason] | None = None) -> Iterator[tuple[str, Skip]]:
        return store.skips(sweep.id, only)

    points = [Point(sweeps[number], *ends) for number, ends in store.ends().items() if number <= sweep.id]
    if not sweep.finished:
        now = by_severity([one for one in tallies if not one.suppressed])
        points.append(Point(sweep, now, total(one for one in tallies if one.new), resolved))
    return Overview(
        sweep, previous, tuple(store.scans(sweep.id)), tallies, resolved, listed, skips, tuple(points), new_only
    )


def exit_code(about: Overview, fail_on: Severity | None) -> int:
    """Return 1 for a finding that counts in a repository of this sweep, else 4 if something could not be done."""
    if fail_on is not None:
        least = SEVERITIES.index(fail_on)
        if any(SEVERITIES.index(one.severity) >= least for one in (about.new if about.new_only else about.counted)):
            return FOUND
    return NOT_COMPLETE if about.failed or about.incomplete else CLEAN


def exposed_days(one: Open, day: str) -> int:
    """Return for how many days a finding has been there: since the commit that brought it, else since it was seen."""
    return max(0, (date.fromisoformat(day) - date.fromisoformat(one.brought or one.seen)).days)


def total(some: Iterable[Tally]) -> int:
    return sum(one.number for one in some)


def by_severity(some: Iterable[Tally]) -> dict[Severity, int]:
    """Return how many findings there are of each severity, the gravest first."""
    found: dict[Severity, int] = dict.fromkeys(reversed(SEVERITIES), 0)
    for one in some:
        found[one.severity] += one.number
    return found


def _one(sweeps: dict[int, Sweep], number: int) -> Sweep:
    if number not in sweeps:
        raise UsageError(f"the store holds no sweep {number}; there are {min(sweeps)} to {max(sweeps)}")
    return sweeps[number]
