"""For people: each finding with its masked line, a caret and why, then what to do and what was scanned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from keylint.model import Finding, Location, Report, Suppression
from keylint.reporters import Reporter, Style
from keylint.summary import counts, incomplete

Paint = Callable[[str, str], str]

_COLORS = {"critical": "1;31", "high": "31", "medium": "33", "low": "36", "dim": "2", "bold": "1", "good": "32"}
_WIDTH = 100
# More places than this of one secret, or names of inputs left out, are counted instead of listed.
_MOST_PLACES = 5
_MOST_SKIPPED = 20
# Enough of a commit's id to find it by.
_SHORT = 12


def render(report: Report, style: Style) -> str:
    """Return the report. Nothing in it can command a terminal: control characters are escaped."""
    paint = _painter(style.color)
    accepted = "".join(_accepted(finding, paint) for finding in report.findings if _is_accepted(finding))
    blocks = [_finding(finding, style, paint) for finding in report.findings if not _is_accepted(finding)]
    if style.quiet:
        return "".join(block.split("\n", 1)[0] + "\n" for block in blocks) + accepted
    advice = _advice(report, paint)
    return "\n".join([*blocks, *([accepted] if accepted else []), *advice, _closing(report, paint)])


def visible(text: str) -> str:
    """Return a text with control characters as escapes, so that a file's name cannot command the terminal."""
    return "".join(character if character.isprintable() else _escape(character) for character in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _painter(color: bool) -> Paint:
    def paint(text: str, name: str) -> str:
        return f"\x1b[{_COLORS[name]}m{text}\x1b[0m" if color else text

    return paint


def _finding(finding: Finding, style: Style, paint: Paint) -> str:
    fact = finding.fact
    suppression = finding.suppression
    grade = finding.severity if suppression is None else "dim"
    severity = paint(finding.severity if suppression is None else f"suppressed {finding.severity}", grade)
    lines = [f"{paint(_place(fact.location), 'bold')}: {severity} {finding.rule}: {visible(finding.message)}"]
    bar = "│" if style.unicode else "|"
    if fact.excerpt is not None:
        number = str(fact.location.line)
        gutter = " " * len(number)
        text, start, width = _shown_excerpt(fact.excerpt.text, fact.excerpt.start, fact.excerpt.width, style)
        caret = paint("^" * max(1, width), grade)
        lines.append(f"  {paint(f'{number} {bar}', 'dim')} {text}")
        lines.append(f"  {paint(f'{gutter} {bar}', 'dim')} {' ' * start}{caret}")
    if fact.commit is not None:
        verb = "first held by" if fact.commit.first_seen else "held by"
        lines.append(f"  {verb} {fact.commit.id[:_SHORT]}, {visible(fact.commit.author)}, {fact.commit.date}")
    if finding.occurrences:
        shown = ", ".join(_place(location) for location in finding.occurrences[:_MOST_PLACES])
        more = len(finding.occurrences) - _MOST_PLACES
        lines.append(f"  also at {shown}" + (f" and {more} more places" if more > 0 else ""))
    if suppression is not None:
        lines.append(f"  suppressed by {_suppressor(suppression)}: {visible(suppression.reason)}")
    return "\n".join(lines) + "\n"


def _suppressor(suppression: Suppression) -> str:
    if suppression.kind == "waiver":
        return f"a waiver of {visible(suppression.owner or 'nobody')} until {suppression.expires}"
    return "a comment"


def _is_accepted(finding: Finding) -> bool:
    return finding.suppression is not None and finding.suppression.kind == "baseline"


def _accepted(finding: Finding, paint: Paint) -> str:
    """One line, for there may be a thousand: they are shown to be accounted for."""
    assert finding.suppression is not None
    more = f" and {_plural(len(finding.occurrences), 'more place')}" if finding.occurrences else ""
    place = _place(finding.fact.location) + more
    return paint(f"{place}: suppressed {finding.rule} (baseline: {visible(finding.suppression.reason)})", "dim") + "\n"


def _shown_excerpt(text: str, start: int, width: int, style: Style) -> tuple[str, int, int]:
    """Escape an excerpt and move the caret along. Tabs become blanks, so that the caret stands right anywhere."""
    parts = [text[:start], text[start : start + width], text[start + width :]]
    parts = [visible(part.replace("\t", "    ")) for part in parts]
    if not style.unicode:
        parts = [part.replace("…", "...").encode("ascii", "backslashreplace").decode("ascii") for part in parts]
    return "".join(parts), len(parts[0]), len(parts[1])


def _place(location: Location) -> str:
    commit = f" ({location.commit[:_SHORT]})" if location.commit else ""
    return f"{visible(location.path)}:{location.line}:{location.column}{commit}"


def _advice(report: Report, paint: Paint) -> list[str]:
    """What to do, once a rule, however many findings it has."""
    counted = [finding for finding in report.findings if finding.suppression is None]
    if not counted:
        return []
    from textwrap import fill

    seen: dict[str, Finding] = {finding.rule: finding for finding in reversed(counted)}
    blocks: list[str] = []
    for rule in sorted(seen):
        finding = seen[rule]
        body = fill(finding.remediation, _WIDTH, initial_indent="  ", subsequent_indent="  ")
        links = "".join(f"\n  {reference.url}" for reference in finding.references)
        blocks.append(f"{paint(f'What to do about {rule}:', 'bold')}\n{body}{links}\n")
    return blocks


def _closing(report: Report, paint: Paint) -> str:
    lines: list[str] = []
    missed = incomplete(report)
    for skip in missed[:_MOST_SKIPPED]:
        detail = f" ({skip.detail})" if skip.detail else ""
        lines.append(f"{paint('not scanned', 'medium')}: {visible(skip.path)}: {skip.reason}{visible(detail)}")
    if len(missed) > _MOST_SKIPPED:
        lines.append(f"not scanned: {len(missed) - _MOST_SKIPPED} more; --format json lists all")
    number = counts(report)
    suppressed = number.pop("suppressed")
    total = sum(number.values())
    if total:
        of_each = ", ".join(paint(f"{count} {severity}", severity) for severity, count in number.items() if count)
        verdict = f"{_plural(total, 'finding')} ({of_each})"
    else:
        verdict = paint("No findings", "medium" if missed else "good")
    if suppressed:
        verdict += f", {suppressed} suppressed"
    scanned = report.scanned
    verdict += f" in {_plural(scanned.files, 'file')} ({_size(scanned.bytes)})"
    if scanned.commits:
        verdict += f" of {_plural(scanned.commits, 'commit')}"
    if scanned.skipped:
        by_reason = Counter(skip.reason for skip in scanned.skipped)
        verdict += f"; skipped {len(scanned.skipped)}: " + ", ".join(
            f"{count} {reason}" for reason, count in sorted(by_reason.items())
        )
    if missed:
        verdict += "; the scan is incomplete"
    return "\n".join([*lines, verdict + "."]) + "\n"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _size(count: int) -> str:
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    raise AssertionError


REPORTER = Reporter(render)
