"""Workflow commands of GitHub Actions: annotations on the lines of a pull request."""

from __future__ import annotations

from keylint.model import Finding, Report, Severity
from keylint.reporters import Reporter, Style
from keylint.reporters._wording import gravest_first, plural, visible
from keylint.summary import incomplete

_COMMANDS: dict[Severity, str] = {"critical": "error", "high": "error", "medium": "warning", "low": "notice"}
# GitHub shows this many of each kind a step, and drops the rest without a word.
_MOST = 10


def render(report: Report, _style: Style) -> str:
    """Return a command a finding that counts, the gravest first, as many as are shown; then how many there are more."""
    room = {"error": _MOST, "warning": _MOST, "notice": _MOST - 1}
    lines: list[str] = []
    left = 0
    missed = incomplete(report)
    if missed:
        room["error"] -= 1
        first = f"{missed[0].path}: {missed[0].reason}"
        more = f" and {len(missed) - 1:,} more" if len(missed) > 1 else ""
        lines.append(_command("error", {"title": "keylint: the scan is incomplete"}, f"Not scanned: {first}{more}"))
    for finding in gravest_first(report.findings):
        if finding.suppression is not None:
            break  # suppressed ones come last
        command = _COMMANDS[finding.severity]
        if room[command]:
            room[command] -= 1
            lines.append(_annotation(command, finding, report.base))
        else:
            left += 1
    if left:
        text = f"{plural(left, 'finding')} more in the summary"
        lines.append(_command("notice", {"title": "keylint"}, text))
    return "".join(lines)


def _annotation(command: str, finding: Finding, base: str) -> str:
    place = finding.fact.location
    properties = {"file": base + place.path, "line": str(place.line), "endLine": str(place.end_line)}
    if place.line == place.end_line:  # columns of several lines are refused
        properties.update(col=str(place.column), endColumn=str(place.end_column))
    properties["title"] = f"keylint: {finding.rule} ({finding.severity})"
    places = f" Also at {plural(len(finding.occurrences), 'more place')}." if finding.occurrences else ""
    return _command(command, properties, f"{finding.message}.{places} {finding.remediation}")


def _command(name: str, properties: dict[str, str], text: str) -> str:
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {listed}::{_data(text)}\n"


def _data(text: str) -> str:
    """Escape as the runner unescapes: the per cent sign first. What it has no escape for is made visible."""
    kept = "\n".join(visible(line) for line in text.split("\n"))
    return kept.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


REPORTER = Reporter(render)
