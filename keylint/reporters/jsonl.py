"""One finding a line, as JSON; no line where there is no finding."""

from __future__ import annotations

from keylint.model import Report
from keylint.reporters import Reporter, Style
from keylint.reporters._wording import dump
from keylint.reporters.json import as_mapping


def render(report: Report, _style: Style) -> str:
    """Return the findings, each as in the report's `findings` list."""
    return "".join(dump(as_mapping(finding), indent=None) for finding in report.findings)


REPORTER = Reporter(render)
