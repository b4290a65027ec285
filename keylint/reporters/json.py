"""One JSON document: the report format `keylint/report/1` of docs/report.md."""

from __future__ import annotations

import json

from keylint.model import Finding, Location, Report
from keylint.reporters import Reporter, Style
from keylint.summary import counts

SCHEMA = "keylint/report/1"


def render(report: Report, _style: Style) -> str:
    """Return the report; the same input gives the same bytes."""
    scanned = report.scanned
    document = {
        "schema": SCHEMA,
        "tool": {"name": "keylint", "version": report.version},
        "scanned": {
            "files": scanned.files,
            "bytes": scanned.bytes,
            "commits": scanned.commits,
            "skipped": [
                {"path": skip.path, "reason": skip.reason, **({"detail": skip.detail} if skip.detail else {})}
                for skip in scanned.skipped
            ],
        },
        "findings": [as_mapping(finding) for finding in report.findings],
        "summary": counts(report),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_mapping(finding: Finding) -> dict[str, object]:
    """Return a finding as the report format has it."""
    attributes = dict(finding.fact.attributes)
    confidence = attributes.pop("confidence", "high")
    suppression = finding.suppression
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "confidence": confidence,
        "evidence": finding.evidence,
        "message": finding.message,
        "remediation": finding.remediation,
        "references": [reference.url for reference in finding.references],
        **_where(finding.fact.location),
        "fingerprint": finding.fingerprint,
        "facts": attributes,
        "suppression": None if suppression is None else suppression._asdict(),
        "commit": None if finding.fact.commit is None else finding.fact.commit._asdict(),
        "occurrences": [_place(location) for location in finding.occurrences],
    }


def _place(location: Location) -> dict[str, object]:
    return {**_where(location), "commit": location.commit or None}


def _where(location: Location) -> dict[str, object]:
    return {name: value for name, value in location._asdict().items() if name != "commit"}


REPORTER = Reporter(render)
