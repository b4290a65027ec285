"""SARIF for each repository, for services that show findings beside its code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Generic, TypeVar

from keylint.model import Report, Scanned
from keylint.reporters import Style
from keylint.reporters.sarif import REPORTER
from keylint.sweep.overview import Overview
from keylint.sweep.views import View

T = TypeVar("T")


def files(about: Overview) -> Iterator[tuple[str, str]]:
    """Yield a file's name and a report: that of the repository, with a dash for what a file cannot be called."""
    found = _Grouped((one.target, one.finding) for one in about.listed("open"))
    left_out = _Grouped(about.skips())
    taken: set[str] = set()
    for scan in about.scans:
        findings, skips = found.of(scan.target), left_out.of(scan.target)
        if scan.state == "failed":
            continue
        scanned = Scanned(scan.files, scan.bytes, skips, scan.commits)
        report = Report(about.sweep.version, scanned, findings, (), "", about.sweep.day)
        file = _file(scan.target, taken)
        taken.add(file)
        yield file, REPORTER.render(report, Style())


class _Grouped(Generic[T]):
    """What repositories have, asked for in the order that it comes in: one repository's at a time is held."""

    def __init__(self, rows: Iterable[tuple[str, T]]) -> None:
        self._groups = groupby(rows, itemgetter(0))
        self._next = next(self._groups, None)

    def of(self, name: str) -> tuple[T, ...]:
        if self._next is None or self._next[0] != name:
            return ()
        some = tuple(one for _, one in self._next[1])
        self._next = next(self._groups, None)
        return some


def _file(name: str, taken: set[str]) -> str:
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "repository"
    file, number = f"{plain}.sarif", 2
    while file in taken:
        file, number = f"{plain}-{number}.sarif", number + 1
    return file


VIEW = View(files=files)
