"""The code quality report of GitLab, which every tier shows in merge requests: artifacts:reports:codequality."""

from __future__ import annotations

from keylint.model import Finding, Report, Severity
from keylint.reporters import Reporter, Style
from keylint.reporters._wording import dump, visible, why_suppressed

_SEVERITIES: dict[Severity, str] = {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor"}


def render(report: Report, _style: Style) -> str:
    """Return a list, an entry a finding; what is suppressed is there as a remark."""
    return dump([_entry(finding, report.base) for finding in report.findings])


def _entry(finding: Finding, base: str) -> dict[str, object]:
    place = finding.fact.location
    suppression = finding.suppression
    remark = "" if suppression is None else f" (suppressed by {why_suppressed(suppression)})"
    return {
        "type": "issue",
        "check_name": finding.rule,
        "description": visible(finding.message + remark),
        "categories": ["Security"],
        "severity": _SEVERITIES[finding.severity] if suppression is None else "info",
        "fingerprint": finding.fingerprint,
        "location": {"path": base + place.path, "lines": {"begin": place.line, "end": place.end_line}},
    }


REPORTER = Reporter(render)
