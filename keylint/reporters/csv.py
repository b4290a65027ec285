"""Comma-separated values, for spreadsheets: one finding a line, and no cell that a spreadsheet computes."""

from __future__ import annotations

from keylint.model import Finding, Report
from keylint.reporters import Reporter, Style
from keylint.reporters._wording import confidence, visible, why_suppressed

COLUMNS = (
    "severity",
    "rule",
    "path",
    "line",
    "column",
    "message",
    "confidence",
    "evidence",
    "suppressed",
    "occurrences",
    "commit",
    "remediation",
    "fingerprint",
)
# What makes a cell a formula, in the usual and in the full width form; some programs skip blanks before it.
_FORMULA = tuple("=+-@|%\uff1d\uff0b\uff0d\uff20")


def render(report: Report, _style: Style) -> str:
    """Return a line of names and one a finding, every cell in quotes."""
    return "".join([line(COLUMNS), *(line(cells(finding)) for finding in report.findings)])


def cells(finding: Finding) -> tuple[str, ...]:
    place = finding.fact.location
    suppression = finding.suppression
    return (
        finding.severity,
        finding.rule,
        place.path,
        str(place.line),
        str(place.column),
        finding.message,
        confidence(finding),
        finding.evidence,
        "" if suppression is None else why_suppressed(suppression),
        str(len(finding.occurrences)),
        "" if finding.fact.commit is None else finding.fact.commit.id,
        finding.remediation,
        finding.fingerprint,
    )


def line(cells: tuple[str, ...]) -> str:
    return ",".join(f'"{_cell(cell)}"' for cell in cells) + "\n"


def _cell(text: str) -> str:
    shown = visible(text).replace('"', '""')
    return f"'{shown}" if shown.lstrip().startswith(_FORMULA) else shown


REPORTER = Reporter(render)
