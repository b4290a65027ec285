"""Markdown for job summaries and pull requests: the gravest findings, as many as fit."""

from __future__ import annotations

from keylint.model import Finding, Report
from keylint.reporters import Reporter, Style
from keylint.reporters._markdown import code, plain
from keylint.reporters._wording import gravest_first, plural, rules_of, size, why_suppressed
from keylint.summary import counts, incomplete

# A comment on a pull request holds 65,536 characters; a job summary more. Units: characters.
_LONGEST = 60_000
# Left for what stands below the tables.
_TAIL = 12_000
_MOST_SUPPRESSED = 50
_MOST_SKIPPED = 50


def render(report: Report, _style: Style) -> str:
    """Return a verdict, the findings as a table, what to do, and folded what is suppressed or was not scanned."""
    counted = [finding for finding in gravest_first(report.findings) if finding.suppression is None]
    suppressed = [finding for finding in report.findings if finding.suppression is not None]
    parts = [f"## keylint\n\n{_verdict(report)}\n"]
    if counted:
        parts.append(_table(counted, report.base, _LONGEST - _TAIL))
        parts.append(_advice(report, counted))
    if suppressed:
        rows = [
            f"| {code(one.rule)} | {_place(one, report.base)} | {plain(_short(_why(one)))} |\n"
            for one in suppressed[:_MOST_SUPPRESSED]
        ]
        more = len(suppressed) - len(rows)
        parts.append(_folded(f"{len(suppressed):,} suppressed", "| rule | place | by |\n|---|---|---|\n", rows, more))
    missed = incomplete(report)
    if missed:
        rows = [f"- {code(_short(skip.path))}: {skip.reason} {plain(_short(skip.detail))}\n" for skip in missed]
        parts.append(_folded(f"{len(missed):,} not scanned", "", rows[:_MOST_SKIPPED], len(missed) - _MOST_SKIPPED))
    return _fit(parts)


def _verdict(report: Report) -> str:
    number = counts(report)
    suppressed = number.pop("suppressed")
    total = sum(number.values())
    each = ", ".join(f"{count:,} {severity}" for severity, count in number.items() if count)
    verdict = f"**{plural(total, 'finding')}** ({each})" if total else "**No findings**"
    if suppressed:
        verdict += f", {suppressed:,} suppressed,"
    verdict += f" in {plural(report.scanned.files, 'file')} ({size(report.scanned.bytes)})."
    if incomplete(report):
        verdict += " **The scan is incomplete.**"
    return verdict


def _table(findings: list[Finding], base: str, room: int) -> str:
    lines = ["\n| severity | rule | place | finding |\n|---|---|---|---|\n"]
    used = 0
    for finding in findings:
        also = f" (and {plural(len(finding.occurrences), 'more place')})" if finding.occurrences else ""
        place = _place(finding, base)
        line = f"| {finding.severity} | {code(finding.rule)} | {place} | {plain(_short(finding.message))}{also} |\n"
        used += len(line)
        if used > room:
            break
        lines.append(line)
    more = len(findings) - len(lines) + 1
    return "".join(lines) + (f"\n{plural(more, 'finding')} more in the other reports.\n" if more else "")


def _advice(report: Report, counted: list[Finding]) -> str:
    rules = rules_of(report.rules, counted)
    found = {finding.rule for finding in counted}
    rows: list[str] = []
    for rule in rules.values():
        if rule.id in found:
            links = " ".join(f"[{plain(reference.title)}]({_url(reference.url)})" for reference in rule.references)
            rows.append(f"- {code(rule.id)}: {plain(rule.remediation)} {links}\n")
    return _folded("What to do", "", rows, 0)


def _folded(summary: str, head: str, rows: list[str], more: int) -> str:
    """Return a block to unfold, at most as long as a third of the tail."""
    kept: list[str] = []
    room = _TAIL // 3
    for row in rows:
        room -= len(row)
        if room < 0:
            break
        kept.append(row)
    more = max(0, more) + len(rows) - len(kept)
    rest = f"\n{more:,} more in the other reports.\n" if more else ""
    return f"\n<details><summary>{summary}</summary>\n\n{head}{''.join(kept)}{rest}\n</details>\n"


def _fit(parts: list[str]) -> str:
    text = "".join(parts)
    assert len(text) <= _LONGEST
    return text


def _place(finding: Finding, base: str) -> str:
    place = finding.fact.location
    return code(f"{_short(base + place.path)}:{place.line}")


def _why(finding: Finding) -> str:
    assert finding.suppression is not None
    return why_suppressed(finding.suppression)


def _short(text: str) -> str:
    """Return a text that leaves room for others: the file names of strangers may be thousands of characters long."""
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"


_LONGEST_TEXT = 300


def _url(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29").replace(" ", "%20")


REPORTER = Reporter(render)
