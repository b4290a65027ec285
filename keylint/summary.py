"""What a report comes to: counts by severity, what was left out, the exit code."""

from __future__ import annotations

from collections import Counter

from keylint.model import INCOMPLETE, SEVERITIES, Report, Severity, Skip

CLEAN, FOUND, NOT_COMPLETE, FAULT = 0, 1, 4, 5


def counts(report: Report) -> dict[str, int]:
    """Return the unsuppressed findings of each severity, gravest first, and the suppressed ones."""
    found = Counter(finding.severity for finding in report.findings if finding.suppression is None)
    suppressed = sum(finding.suppression is not None for finding in report.findings)
    return {**{severity: found[severity] for severity in reversed(SEVERITIES)}, "suppressed": suppressed}


def incomplete(report: Report) -> list[Skip]:
    """Return what could not be read, decoded or finished; what the user's policy leaves out is none of it."""
    return [skip for skip in report.scanned.skipped if skip.reason in INCOMPLETE]


def exit_code(report: Report, fail_on: Severity | None) -> int:
    """Return 1 for a finding that counts, else 5 for a fault of keylint's own, 4 for an incomplete scan, 0."""
    if fail_on is not None:
        least = SEVERITIES.index(fail_on)
        for finding in report.findings:
            if finding.suppression is None and SEVERITIES.index(finding.severity) >= least:
                return FOUND
    if report.scanned.faults:
        return FAULT
    return NOT_COMPLETE if incomplete(report) else CLEAN
