"""One HTML file for people: where a sweep stands, how it came to that, who has what, what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from keylint.assessment import Options, load_policy, rules_in_force
from keylint.model import INCOMPLETE, SEVERITIES, RuleHelp, Severity
from keylint.reporters import Style
from keylint.reporters._page import WITHOUT_SCRIPTS, Part, row, written
from keylint.reporters._wording import plural, rules_of, visible
from keylint.sweep.overview import Overview, Point, by_severity, exposed_days, total
from keylint.sweep.store import Open, Tally
from keylint.sweep.views import View

_SHARED = ("base.html.jinja", "rules.html.jinja", "page.css", "listing.js")
_PARTS: tuple[Part, ...] = (
    ("keylint.sweep.views", "page/dashboard.html.jinja"),
    *(("keylint.reporters", f"page/{name}") for name in _SHARED),
    ("keylint.sweep.views", "page/dashboard.css"),
    ("keylint.sweep.views", "page/dashboard.js"),
)
# Of all these the rest is counted. A browser takes its time over more findings than this.
_MOST_FINDINGS = 25_000
_MOST_GROUPS = 15
_MOST_OLDEST = 15
_MOST_RESOLVED = 100
_MOST_SCANS = 200
_MOST_SKIPS = 5
_MOST_SWEEPS = 40
NOBODY = "no owner"
# The picture of the trend. Units: its own, of which it is _WIDE wide; y downwards.
_WIDE, _LEFT, _TOP, _TALL, _MOVES, _BAR = 900, 76, 22, 170, 34, 56


class Group(NamedTuple):
    """What is open of one rule, owner or repository."""

    name: str
    counts: Mapping[Severity, int]
    open: int
    new: int
    bars: tuple[Bar, ...]


class Table(NamedTuple):
    """The groups that hold most. `field` is the filter of the findings that picks one; `more` are not shown."""

    title: str
    field: str
    groups: tuple[Group, ...]
    more: int


class Bar(NamedTuple):
    """A rectangle of a picture. `kind` is the severity, `new` or `resolved`."""

    kind: str
    x: float
    y: float
    width: float
    height: float


class Mark(NamedTuple):
    """A number beside a bar."""

    text: str
    y: float


class Column(NamedTuple):
    """A sweep in the trend. `label`: there is room for numbers. Units: `x` of its middle, `top` of its bars."""

    point: Point
    total: int
    x: float
    top: float
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    label: bool


class Trend(NamedTuple):
    """The picture of the trend. Shape of `ticks`: y, number. `zero` is where new and resolved begin, up and down."""

    width: int
    height: int
    left: int
    bottom: int
    zero: int
    ticks: tuple[tuple[float, int], ...]
    columns: tuple[Column, ...]
    earlier: int


def render(about: Overview, _style: Style) -> Iterator[str]:
    """Yield the page. The browser runs only the script, and takes only the style, whose hashes it names."""
    listed = list(about.listed("gravest", _MOST_FINDINGS))
    oldest = list(about.listed("oldest", _MOST_OLDEST))
    found = Counter[str]()
    for one in about.tallies:
        found[one.rule] += one.number
    rules = rules_of(_known_rules(found), [one.finding for one in (*listed, *oldest)])
    rows = [_row(one, rules, about) for one in listed]
    counted = about.counted
    tables = (
        _table("By repository", "repository", counted, lambda one: visible(one.target)),
        _table("By owner", "owner", counted, _owner),
        _table("By rule", "rule", counted, lambda one: one.rule),
    )
    states = Counter(scan.state for scan in about.scans)
    yield written(
        _PARTS,
        {
            "rows": rows,
            "rules": {
                name: {"why": rule.rationale, "remediation": rule.remediation}
                for name, rule in rules.items()
                if name in found
            },
        },
        about=about,
        verdict=_verdict(about),
        severities=tuple(reversed(SEVERITIES)),
        counts=by_severity(counted),
        added=by_severity(about.new),
        open=total(about.tallies),
        new=total(about.new),
        states=states,
        trend=_trend(about.trend),
        tables=[table for table in tables if table.groups],
        owners=sorted({_owner(one) for one in about.tallies}),
        repositories=sorted({visible(one.target) for one in about.tallies}),
        oldest=[_row(one, rules, about) for one in oldest],
        rules=[rule for rule in rules.values() if rule.id in found],
        silent=(),
        found=found,
        rows=rows[:WITHOUT_SCRIPTS],
        unlisted=total(about.tallies) - len(rows),
        resolved=[_row(one, rules, about) for one in about.listed("resolved", _MOST_RESOLVED)],
        failed=[(visible(scan.target), visible(scan.why)) for scan in about.failed[:_MOST_SCANS]],
        incomplete=_incomplete(about),
    )


def _known_rules(found: Mapping[str, int]) -> tuple[RuleHelp, ...]:
    """Return what is known of keylint's own rules; one of the organisation's is told by what its findings say."""
    return tuple(rule for rule in rules_in_force(load_policy(), Options()) if rule.id in found)


def _verdict(about: Overview) -> str:
    open_ = total(about.counted)
    findings = plural(open_, "open finding") if open_ else "No open findings"
    suppressed = total(about.tallies) - open_
    told = f" ({suppressed:,} more suppressed)" if suppressed else ""
    count = len(about.scans)
    return f"{findings}{told} in {count:,} repositor{'y' if count == 1 else 'ies'}"


def _row(one: Open, rules: Mapping[str, RuleHelp], about: Overview) -> dict[str, object]:
    """Return what the page says of a finding, without what its rule says."""
    told = row(one.finding)
    if one.finding.rule in rules and told["remediation"] == rules[one.finding.rule].remediation:
        del told["remediation"]
    told.update(
        repository=visible(one.target),
        owner=_owner(one),
        days=exposed_days(one, about.sweep.day),
        since=one.brought or one.seen,
        new=one.new and about.before is not None,
    )
    return told


def _owner(one: Open | Tally) -> str:
    return visible(one.owner) or NOBODY


def _table(title: str, field: str, some: Sequence[Tally], name_of: Callable[[Tally], str]) -> Table:
    grouped: dict[str, list[Tally]] = {}
    for one in some:
        grouped.setdefault(name_of(one), []).append(one)
    # The gravest first: one critical finding weighs more than any number of high ones.
    counts = {name: by_severity(group) for name, group in grouped.items()}
    order = sorted(grouped, key=lambda name: ([-count for count in counts[name].values()], name))[:_MOST_GROUPS]
    most = max((total(grouped[name]) for name in order), default=1)
    groups = tuple(
        Group(
            name,
            counts[name],
            total(grouped[name]),
            total(one for one in grouped[name] if one.new),
            _stacked(counts[name], most),
        )
        for name in order
    )
    return Table(title, field, groups, len(grouped) - len(groups))


def _stacked(counts: Mapping[Severity, int], most: int) -> tuple[Bar, ...]:
    """Return a bar of pieces, 100 wide where there are most."""
    bars: list[Bar] = []
    x = 0.0
    for severity, count in counts.items():
        if count:
            width = round(100 * count / most, 2)
            bars.append(Bar(severity, round(x, 2), 0, width, 6))
            x += width
    return tuple(bars)


def _incomplete(about: Overview) -> list[tuple[str, int, list[str]]]:
    """Return the repositories of which something could not be read: how much, and some of it."""
    missed: dict[str, list[str]] = {}
    for name, skip in about.skips(INCOMPLETE):
        some = missed.setdefault(name, [])
        if len(some) < _MOST_SKIPS:
            some.append(visible(f"{skip.path}: {skip.reason}" + (f", {skip.detail}" if skip.detail else "")))
    return [(visible(one.target), one.incomplete, missed.get(one.target, [])) for one in about.incomplete[:_MOST_SCANS]]


def _trend(points: Sequence[Point]) -> Trend:
    """Return open findings as stacked columns, a sweep each, and under them what was new and what was resolved."""
    shown = points[-_MOST_SWEEPS:]
    totals = [sum(point.open.values()) for point in shown]
    # What the first sweep finds is new to the store alone.
    moves = [(point.new, point.resolved) if point is not points[0] else (0, 0) for point in shown]
    step = _step(max(totals))
    most = step * max(1, -(-max(totals) // step))
    most_moved = max(1, *(max(move) for move in moves))
    room = (_WIDE - _LEFT) / len(shown)
    wide = min(_BAR, room * 0.7)
    bottom = _TOP + _TALL
    zero = bottom + 62 + _MOVES
    every = -(-len(shown) * 48 // (_WIDE - _LEFT))
    columns = []
    for at, (point, open_, (new, resolved)) in enumerate(zip(shown, totals, moves, strict=True)):
        x = _LEFT + room * (at + 0.5)
        bars: list[Bar] = []
        y = float(bottom)
        for severity in SEVERITIES:
            height = _TALL * point.open[severity] / most
            y -= height
            if height:
                bars.append(Bar(severity, round(x - wide / 2, 1), round(y, 1), round(wide, 1), round(height, 1)))
        marks: list[Mark] = []
        label = (len(shown) - 1 - at) % every == 0
        for kind, count in (("new", new), ("resolved", resolved)):
            if count:
                height = max(1.0, _MOVES * count / most_moved)
                top = zero - height if kind == "new" else zero
                bars.append(Bar(kind, round(x - wide / 2, 1), round(top, 1), round(wide, 1), round(height, 1)))
                if label:
                    said, beside = (f"+{count:,}", top - 5) if kind == "new" else (f"-{count:,}", top + height + 14)
                    marks.append(Mark(said, round(beside, 1)))
        columns.append(Column(point, open_, round(x, 1), round(y, 1), tuple(bars), tuple(marks), label))
    ticks = tuple((round(bottom - _TALL * number / most, 1), number) for number in range(0, most + 1, step))
    return Trend(
        _WIDE,
        round(zero + max(24, _MOVES * max(resolved for _, resolved in moves) / most_moved + 20)),
        _LEFT,
        bottom,
        zero,
        ticks,
        tuple(columns),
        len(points) - len(shown),
    )


def _step(most: int) -> int:
    """Return the distance of round numbers of which about four reach up to the greatest."""
    step = 1
    while most > step * 5:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    return step


VIEW = View(render)
