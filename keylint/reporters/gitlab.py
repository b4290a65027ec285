"""The secret detection report of GitLab, schema 15.0.7: artifacts:reports:secret_detection."""

from __future__ import annotations

from keylint.model import Finding, Report
from keylint.reporters import Reporter, Style
from keylint.reporters._markdown import plain
from keylint.reporters._wording import HOMEPAGE, dump, plural, title, visible, why_suppressed
from keylint.summary import incomplete

_VERSION = "15.0.7"
_SCHEMA = (
    "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/"
    f"v{_VERSION}/dist/secret-detection-report-format.json"
)
# What GitLab writes where a scan is not of one commit.
_NO_COMMIT = "0000000"
_LONGEST_SOLUTION = 7000
_MOST_MESSAGES = 100


def render(report: Report, _style: Style) -> str:
    """Return the report. Its times are the day that was judged by, so that two runs give the same bytes."""
    tool = {"id": "keylint", "name": "keylint", "url": HOMEPAGE, "vendor": {"name": "keylint"}}
    tool_and_version = {**tool, "version": report.version}
    missed = incomplete(report)
    messages = [
        {"level": "warn", "value": f"Not scanned: {visible(skip.path)}: {skip.reason}"}
        for skip in missed[:_MOST_MESSAGES]
    ]
    if len(missed) > _MOST_MESSAGES:
        messages.append({"level": "warn", "value": f"Not scanned: {len(missed) - _MOST_MESSAGES:,} more"})
    left_out = len(report.scanned.skipped) - len(missed)
    if left_out:
        messages.append({"level": "info", "value": f"{plural(left_out, 'input')} left out by policy or as binary"})
    return dump(
        {
            "version": _VERSION,
            "schema": _SCHEMA,
            "scan": {
                "analyzer": tool_and_version,
                "scanner": tool_and_version,
                "type": "secret_detection",
                "start_time": f"{report.day}T00:00:00",
                "end_time": f"{report.day}T00:00:00",
                "status": "failure" if missed else "success",
                "messages": messages,
            },
            "vulnerabilities": [_vulnerability(finding, report.base) for finding in report.findings],
        }
    )


def _vulnerability(finding: Finding, base: str) -> dict[str, object]:
    place = finding.fact.location
    suppression = finding.suppression
    commit = finding.fact.commit
    author = {} if commit is None else {"author": commit.author, "date": commit.date}
    flag = {"type": "flagged-as-likely-false-positive", "origin": "keylint"}
    return {
        "id": _uuid(finding.fingerprint),
        "category": "secret_detection",
        "name": title(finding.rule),
        "description": plain(finding.message),
        # GitLab knows no suppression: what does not count is told, flagged, as a mere remark.
        "severity": finding.severity.capitalize() if suppression is None else "Info",
        "solution": finding.remediation[:_LONGEST_SOLUTION],
        "identifiers": [
            {"type": "keylint_rule", "name": f"keylint {finding.rule}", "value": finding.rule},
        ],
        "links": [{"name": reference.title, "url": reference.url} for reference in finding.references],
        **(
            {}
            if suppression is None
            else {"flags": [{**flag, "description": f"Suppressed by {plain(why_suppressed(suppression))}"}]}
        ),
        "location": {
            "file": base + place.path,
            "start_line": place.line,
            "end_line": place.end_line,
            "commit": {"sha": _NO_COMMIT if commit is None else commit.id, **author},
        },
    }


def _uuid(fingerprint: str) -> str:
    """Return a UUID (of the kind that everybody may define) that is the same for the same finding."""
    return f"{fingerprint[:8]}-{fingerprint[8:12]}-8{fingerprint[13:16]}-8{fingerprint[17:20]}-{fingerprint[20:32]}"


REPORTER = Reporter(render)
