"""SARIF for each repository, for services that show findings beside its code."""

from __future__ import annotations

import re
from collections.abc import Sequence

from keylint.model import Finding, Report, Scanned, Skip
from keylint.reporters import Style
from keylint.reporters.sarif import REPORTER
from keylint.sweep.overview import Overview
from keylint.sweep.views import View


def files(about: Overview) -> dict[str, str]:
    """Return a report by the name of its file: that of the repository, with a dash for what a file cannot be called."""
    found: dict[str, list[Finding]] = {}
    for one in about.open:
        found.setdefault(one.target, []).append(one.finding)
    left_out: dict[str, list[Skip]] = {}
    for name, skip in about.skips:
        left_out.setdefault(name, []).append(skip)
    result: dict[str, str] = {}
    for scan in about.scans:
        if scan.state == "failed":
            continue
        scanned = Scanned(scan.files, scan.bytes, tuple(left_out.get(scan.target, ())), scan.commits)
        report = Report(about.sweep.version, scanned, tuple(found.get(scan.target, ())), (), "", about.sweep.day)
        result[_file(scan.target, result)] = REPORTER.render(report, Style())
    return result


def _file(name: str, taken: Sequence[str] | dict[str, str]) -> str:
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "repository"
    file, number = f"{plain}.sarif", 2
    while file in taken:
        file, number = f"{plain}-{number}.sarif", number + 1
    return file


VIEW = View(files=files)
