"""A sweep on one machine: a process for each repository at work, so that what kills one costs that one alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from keylint.pipeline import prepare
from keylint.sweep.job import Job, examine, failed
from keylint.sweep.results import Result
from keylint.workers import LATE, run

# From so many repositories on it pays to import once what most of them take. Units: repositories.
_MANY = 8


def sweep(jobs: Sequence[Job], count: int, seconds: float, done: Callable[[Job, Result], None]) -> None:
    """Examine repositories; `done` is told each result as it comes. Units: `seconds` for one repository.

    A repository whose process dies or takes too long is tried once more, and then reported as failed.
    """
    if not hasattr(os, "fork"):
        for job in jobs:
            done(job, examine(job))
        return
    lost: list[Job] = []

    def take(results: Sequence[tuple[Job, Result]]) -> None:
        for job, result in results:
            done(job, result)

    def again(batch: Sequence[Job], _why: str) -> list[tuple[Job, Result]]:
        lost.extend(batch)
        return []

    def given_up(batch: Sequence[Job], why: str) -> list[tuple[Job, Result]]:
        told = f"it took longer than {seconds:g} seconds" if why == LATE else why
        return [(job, failed(job.target.name, f"{told}, twice", seconds if why == LATE else 0.0)) for job in batch]

    _spread(jobs, count, again, seconds, take)
    _spread(tuple(lost), count, given_up, seconds, take)


def _spread(
    jobs: Sequence[Job],
    count: int,
    lost: Callable[[Sequence[Job], str], list[tuple[Job, Result]]],
    seconds: float,
    take: Callable[[Sequence[tuple[Job, Result]]], None],
) -> None:
    if not jobs:
        return

    def told(results: list[tuple[Job, Result]], _count: int) -> None:
        take(results)
        results.clear()  # of ten thousand repositories nothing is held here

    if len(jobs) >= _MANY:
        prepare()
    # What was lost is among what is returned, and was never told.
    for results in run(_all, [[job] for job in jobs], min(count, len(jobs)), lost, patience=seconds, done=told):
        take(results)


def _all(batch: Sequence[Job]) -> list[tuple[Job, Result]]:
    return [(job, examine(job)) for job in batch]
