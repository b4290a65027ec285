"""For people: findings by file, each with its masked line, a caret and why; then what to do and what was scanned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from keylint.model import Finding, Location, Report
from keylint.reporters import Reporter, Style
from keylint.reporters._wording import confidence, plural, size, visible, why_suppressed
from keylint.summary import counts, incomplete

Paint = Callable[[str, str], str]

_COLORS = {"critical": "1;31", "high": "31", "medium": "33", "low": "36", "dim": "2", "bold": "1", "good": "32"}
# Lines longer than this are hard to read, however wide the terminal; below the other there is no sense in wrapping.
_WIDEST, _NARROWEST = 120, 40
# More places than this of one secret, or names of inputs left out, are counted instead of listed.
_MOST_PLACES = 5
_MOST_SKIPPED = 20
# Enough of a commit's id to find it by.
_SHORT = 12


def render(report: Report, style: Style) -> str:
    """Return the report. Nothing in it can command a terminal: control characters are escaped."""
    paint = _painter(style.color)
    accepted = "".join(_accepted(finding, paint) for finding in report.findings if _is_accepted(finding))
    shown = [finding for finding in report.findings if not _is_accepted(finding)]
    if style.quiet:
        return "".join(_line(finding, paint) for finding in shown) + accepted
    blocks: list[str] = []
    path = None
    for finding in shown:
        block = _finding(finding, style, paint)
        if finding.fact.location.path != path:
            path = finding.fact.location.path
            block = f"{paint(_name(path), 'bold')}\n{block}"
        blocks.append(block)
    advice = _advice(report, style, paint)
    return "\n".join([*blocks, *([accepted] if accepted else []), *advice, _closing(report, style, paint)])


def _painter(color: bool) -> Paint:
    def paint(text: str, name: str) -> str:
        return f"\x1b[{_COLORS[name]}m{text}\x1b[0m" if color else text

    return paint


def _line(finding: Finding, paint: Paint) -> str:
    severity, grade = _severity(finding)
    place = paint(_place(finding.fact.location), "bold")
    return f"{place}: {paint(severity, grade)} {finding.rule}: {visible(finding.message)}\n"


def _finding(finding: Finding, style: Style, paint: Paint) -> str:
    fact = finding.fact
    suppression = finding.suppression
    severity, grade = _severity(finding)
    place = f"{fact.location.line}:{fact.location.column}"
    # Wrapped as plain text, painted after: what paints takes no room.
    head = _wrapped(f"{place} {severity} {finding.rule}: {visible(finding.message)}", style, "  ", "    ")
    head = head.replace(f"{place} {severity} ", f"{place} {paint(severity, grade)} ", 1)
    lines = [head.replace(f"{finding.rule}:", f"{_linked(finding, style)}:", 1)]
    source = f"{finding.evidence}, {confidence(finding)} confidence"
    if fact.commit is not None:
        first = "first " if fact.commit.first_seen else ""
        source += visible(f", {first}held by {fact.commit.id[:_SHORT]}, {fact.commit.author}, {fact.commit.date}")
    if fact.excerpt is not None:
        bar = "│" if style.unicode else "|"
        number = str(fact.location.line)
        gutter = " " * len(number)
        room = _width(style) - len(number) - 5
        text, start, width = _shown_excerpt(fact.excerpt.text, fact.excerpt.start, fact.excerpt.width, style, room)
        caret = paint("^" * max(1, width), grade)
        lines.append(f"  {paint(f'{number} {bar}', 'dim')} {text}")
        beside = start + max(1, width) + 1 + len(source) <= room
        lines.append(f"  {paint(f'{gutter} {bar}', 'dim')} {' ' * start}{caret}{_dim(source, paint) if beside else ''}")
        source = "" if beside else source
    if source:
        lines.append(paint(_wrapped(source, style, "    ", "    "), "dim"))
    if finding.occurrences:
        shown = ", ".join(_place(location) for location in finding.occurrences[:_MOST_PLACES])
        more = len(finding.occurrences) - _MOST_PLACES
        also = f"also at {shown}" + (f" and {plural(more, 'more place')}" if more > 0 else "")
        lines.append(_wrapped(also, style, "    ", "      "))
    if suppression is not None:
        lines.append(_wrapped(f"suppressed by {visible(why_suppressed(suppression))}", style, "    ", "      "))
    return "\n".join(lines) + "\n"


def _dim(text: str, paint: Paint) -> str:
    return f" {paint(text, 'dim')}"


def _severity(finding: Finding) -> tuple[str, str]:
    """Return how severe a finding is, in words, and its colour."""
    if finding.suppression is None:
        return finding.severity, finding.severity
    return f"suppressed {finding.severity}", "dim"


def _linked(finding: Finding, style: Style) -> str:
    """Return the rule's name, as a link (OSC 8) to the page that explains it where the terminal makes one."""
    url = finding.references[0].url if finding.references else ""
    if not style.links or not url.startswith("https://") or not (url.isascii() and url.isprintable()):
        return finding.rule
    return f"\x1b]8;;{url}\x1b\\{finding.rule}\x1b]8;;\x1b\\"


def _wrapped(text: str, style: Style, first: str, then: str) -> str:
    """Wrap at blanks alone: a path is not cut."""
    if len(first) + len(text) <= _width(style):
        return first + text
    from textwrap import fill

    return fill(
        text,
        _width(style),
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _width(style: Style) -> int:
    return max(_NARROWEST, min(_WIDEST, style.width))


def _is_accepted(finding: Finding) -> bool:
    return finding.suppression is not None and finding.suppression.kind == "baseline"


def _accepted(finding: Finding, paint: Paint) -> str:
    """One line, for there may be a thousand: they are shown to be accounted for."""
    assert finding.suppression is not None
    more = f" and {plural(len(finding.occurrences), 'more place')}" if finding.occurrences else ""
    place = _place(finding.fact.location) + more
    return paint(f"{place}: suppressed {finding.rule} (baseline: {visible(finding.suppression.reason)})", "dim") + "\n"


def _shown_excerpt(text: str, start: int, width: int, style: Style, room: int) -> tuple[str, int, int]:
    """Escape an excerpt, cut it to the room there is, and move the caret along. Units: in the result, columns.

    Tabs become blanks, so that the caret stands right anywhere.
    """
    ellipsis = "…" if style.unicode else "..."
    parts = [text[:start], text[start : start + width], text[start + width :]]
    parts = [visible(part.replace("\t", "    ")) for part in parts]
    if not style.unicode:
        parts = [part.replace("…", "...").encode("ascii", "backslashreplace").decode("ascii") for part in parts]
    before, at, after = parts
    most = max(0, room - _columns(at) - 2 * len(ellipsis))
    if _columns(before) > most:
        before = ellipsis + _cut(before[::-1], most)[::-1]
    left = room - _columns(before) - _columns(at)
    if _columns(after) > left:
        after = _cut(after, left - len(ellipsis)) + ellipsis
    return before + at + after, _columns(before), _columns(at)


def _cut(text: str, columns: int) -> str:
    """Return as much of a text as has room."""
    while _columns(text) > max(0, columns):
        text = text[: max(0, len(text) - max(1, (_columns(text) - columns) // 2))]
    return text


def _columns(text: str) -> int:
    """Return how many columns a terminal gives a text: two for each wide character, none for one that combines."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(one) else 2 if east_asian_width(one) in "WF" else 1 for one in text)


def _name(path: str) -> str:
    """Return a path that can begin a line: one that begins with `::` is a command to the runner of GitHub Actions."""
    shown = visible(path)
    return f"./{shown}" if shown.lstrip().startswith("::") else shown


def _place(location: Location) -> str:
    commit = f" ({location.commit[:_SHORT]})" if location.commit else ""
    return f"{_name(location.path)}:{location.line}:{location.column}{commit}"


def _advice(report: Report, style: Style, paint: Paint) -> list[str]:
    """What to do, once a rule, however many findings it has."""
    counted = [finding for finding in report.findings if finding.suppression is None]
    seen: dict[str, Finding] = {finding.rule: finding for finding in reversed(counted)}
    blocks: list[str] = []
    for rule in sorted(seen):
        finding = seen[rule]
        body = _wrapped(visible(finding.remediation), style, "  ", "  ")
        links = "".join(f"\n  {visible(reference.url)}" for reference in finding.references)
        blocks.append(f"{paint(f'What to do about {rule}:', 'bold')}\n{body}{links}\n")
    return blocks


def _closing(report: Report, style: Style, paint: Paint) -> str:
    lines: list[str] = []
    missed = incomplete(report)
    for skip in missed[:_MOST_SKIPPED]:
        detail = f" ({skip.detail})" if skip.detail else ""
        told = _wrapped(f"not scanned: {visible(skip.path)}: {skip.reason}{visible(detail)}", style, "", "  ")
        lines.append(told.replace("not scanned", paint("not scanned", "medium"), 1))
    if len(missed) > _MOST_SKIPPED:
        lines.append(f"not scanned: {len(missed) - _MOST_SKIPPED:,} more; --format json lists all")
    number = counts(report)
    suppressed = number.pop("suppressed")
    total = sum(number.values())
    if total:
        of_each = ", ".join(f"{count} {severity}" for severity, count in number.items() if count)
        verdict = f"{plural(total, 'finding')} ({of_each})"
    else:
        verdict = "No findings"
    if suppressed:
        verdict += f", {suppressed} suppressed"
    scanned = report.scanned
    verdict += f" in {plural(scanned.files, 'file')} ({size(scanned.bytes)})"
    if scanned.commits:
        verdict += f" of {plural(scanned.commits, 'commit')}"
    if scanned.skipped:
        by_reason = Counter(skip.reason for skip in scanned.skipped)
        verdict += f"; skipped {len(scanned.skipped)}: " + ", ".join(
            f"{count} {reason}" for reason, count in sorted(by_reason.items())
        )
    if missed:
        verdict += "; the scan is incomplete"
    # Wrapped as plain text, painted after: what paints takes no room.
    verdict = _wrapped(f"{verdict}.", style, "", "  ")
    for severity, count in number.items():
        verdict = verdict.replace(f"{count} {severity}", paint(f"{count} {severity}", severity), 1)
    if not total:
        verdict = verdict.replace("No findings", paint("No findings", "medium" if missed else "good"), 1)
    return "\n".join([*lines, verdict]) + "\n"


REPORTER = Reporter(render)
