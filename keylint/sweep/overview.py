"""What there is to say of a sweep: what is open, what is new and gone since the one before, what could not be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from keylint.errors import UsageError
from keylint.model import SEVERITIES, Severity, Skip
from keylint.summary import CLEAN, FOUND, NOT_COMPLETE
from keylint.sweep.results import Scan, Sweep
from keylint.sweep.store import Open, Store


class Point(NamedTuple):
    """A sweep in the course of time. `open` counts by severity what was not suppressed."""

    sweep: Sweep
    open: dict[Severity, int]
    new: int
    resolved: int


class Overview(NamedTuple):
    """A sweep beside the one before it, which is None for the first.

    `open` holds what is suppressed as well; `new` are those of it that were not open before, `resolved` what was and
    is no longer. `skips` are what was left out, by repository. `trend` are all sweeps up to this one.
    """

    sweep: Sweep
    before: Sweep | None
    scans: tuple[Scan, ...]
    open: tuple[Open, ...]
    new: tuple[Open, ...]
    resolved: tuple[Open, ...]
    skips: tuple[tuple[str, Skip], ...]
    trend: tuple[Point, ...]

    @property
    def counted(self) -> tuple[Open, ...]:
        """What is open and not suppressed."""
        return tuple(one for one in self.open if one.finding.suppression is None)

    @property
    def failed(self) -> tuple[Scan, ...]:
        return tuple(scan for scan in self.scans if scan.state == "failed")

    @property
    def incomplete(self) -> tuple[Scan, ...]:
        """The repositories of which something could not be read."""
        return tuple(scan for scan in self.scans if scan.incomplete)


def overview(store: Store, number: int | None = None, before: int | None = None) -> Overview:
    """Return what there is to say of a sweep, of the last one without a number.

    Raises: UsageError if the store holds no such sweep.
    """
    sweeps = {sweep.id: sweep for sweep in store.sweeps()}
    if not sweeps:
        raise UsageError("the store holds no sweep yet: keylint sweep TARGET … makes one")
    sweep = _one(sweeps, max(sweeps) if number is None else number)
    earlier = [one for one in sweeps.values() if one.id < sweep.id and one.finished]
    previous = _one(sweeps, before) if before is not None else earlier[-1] if earlier else None
    scans = store.scans(sweep.id)
    looked_at = {scan.target for scan in scans}
    open_ = store.findings(sweep.id)
    counted = [one for one in open_ if one.finding.suppression is None]
    ended = [] if previous is None else store.ended(previous.id, sweep.id)
    was, now = {one.key for one in ended}, {one.key for one in counted}
    # What closed and opened again in between is neither new nor gone; what stood in a repository that was not looked
    # at again is not gone for that.
    least = 0 if previous is None else previous.id
    new = [one for one in counted if one.since > least and one.key not in was]
    resolved = [one for one in ended if one.target in looked_at and one.key not in now]
    return Overview(
        sweep,
        previous,
        tuple(scans),
        tuple(open_),
        tuple(new),
        tuple(resolved),
        tuple((name, skip) for name, skip in store.skips() if name in looked_at),
        tuple(_trend(store, [one for one in sweeps.values() if one.id <= sweep.id])),
    )


def exit_code(about: Overview, fail_on: Severity | None, *, new_only: bool) -> int:
    """Return 1 for a finding that counts in a repository of this sweep, else 4 if something could not be done."""
    if fail_on is not None:
        least = SEVERITIES.index(fail_on)
        for one in about.new if new_only else about.counted:
            if SEVERITIES.index(one.finding.severity) >= least:
                return FOUND
    return NOT_COMPLETE if about.failed or about.incomplete else CLEAN


def exposed_days(one: Open, day: str) -> int:
    """Return for how many days a finding has been there: since the commit that brought it, else since it was seen."""
    return max(0, (date.fromisoformat(day) - date.fromisoformat(one.brought or one.seen)).days)


def by_severity(some: Sequence[Open]) -> dict[Severity, int]:
    """Return how many findings there are of each severity, the gravest first."""
    found = Counter(one.finding.severity for one in some)
    return {severity: found[severity] for severity in reversed(SEVERITIES)}


def _trend(store: Store, sweeps: Sequence[Sweep]) -> list[Point]:
    open_, moves = store.counts(), store.moves()
    points = []
    for sweep in sweeps:
        if sweep.finished or sweep is sweeps[-1]:
            counts = open_.get(sweep.id, {})
            graded: dict[Severity, int] = {severity: counts.get(severity, 0) for severity in reversed(SEVERITIES)}
            points.append(Point(sweep, graded, *moves.get(sweep.id, (0, 0))))
    return points


def _one(sweeps: dict[int, Sweep], number: int) -> Sweep:
    if number not in sweeps:
        raise UsageError(f"the store holds no sweep {number}; there are {min(sweeps)} to {max(sweeps)}")
    return sweeps[number]
