"""For people: what is open by repository, what is new of it, what is resolved, what could not be done."""

from __future__ import annotations

from collections.abc import Iterator

from keylint.reporters import Style
from keylint.reporters._wording import plural, size, visible
from keylint.reporters.text import Paint, painter
from keylint.sweep.overview import Overview, by_severity, exposed_days, total
from keylint.sweep.store import Open
from keylint.sweep.views import View

# Of what could not be done and of what is resolved, the rest is counted.
_MOST = 20


def render(about: Overview, style: Style) -> Iterator[str]:
    """Yield the sweep. Nothing in it can command a terminal: control characters are escaped."""
    paint = painter(style.color)
    counted = (one for one in about.listed("new" if about.new_only else "open") if one.finding.suppression is None)
    if style.quiet:
        for one in counted:
            yield f"{visible(one.target)}:{_place(one)}: {_verdict(one, paint)}\n"
        return
    target = None
    for one in counted:
        if one.target != target:
            if target is not None:
                yield "\n"
            target = one.target
            owner = f" ({visible(one.owner)})" if one.owner else ""
            yield f"{paint(visible(target), 'bold')}{owner}\n"
        yield from _lines(one, about, paint)
    if target is not None:
        yield "\n"
    if about.resolved and about.before is not None:
        yield f"{paint('Resolved', 'bold')} since sweep {about.before.id}\n"
        for one in about.listed("resolved", _MOST):
            yield f"  {visible(one.target)}:{_place(one)} {one.finding.rule}\n"
        yield _more(about.resolved)
    for title, scans in (("Failed", about.failed), ("Not complete", about.incomplete)):
        if scans:
            yield f"{paint(title, 'bold')}\n"
            for scan in scans[:_MOST]:
                why = scan.why or f"{plural(scan.incomplete, 'input')} could not be read"
                yield f"  {visible(scan.target)}: {visible(why)}\n"
            yield _more(len(scans))
    yield from _closing(about, paint)


def _lines(one: Open, about: Overview, paint: Paint) -> Iterator[str]:
    mark = paint("new ", "bold") if one.new and about.before else ""
    yield f"  {_place(one)} {mark}{_verdict(one, paint)}\n    {_since(one, about.sweep.day)}\n"
    elsewhere = [place for place in one.finding.occurrences if not place.commit][:_MOST]
    for place in elsewhere:
        yield f"    also at {visible(place.path)}:{place.line}:{place.column}\n"


def _more(count: int) -> str:
    return f"  and {count - _MOST:,} more\n\n" if count > _MOST else "\n"


def _closing(about: Overview, paint: Paint) -> list[str]:
    states = [scan.state for scan in about.scans]
    said = [f"{states.count('done'):,} examined"]
    said += [f"{states.count('unchanged'):,} unchanged"] if "unchanged" in states else []
    said += [paint(f"{states.count('failed'):,} failed", "high")] if "failed" in states else []
    found = by_severity(about.counted)
    open_ = ", ".join(f"{count:,} {severity}" for severity, count in found.items() if count) or "nothing"
    suppressed = total(about.tallies) - total(about.counted)
    count = len(about.scans)
    repositories = f"{count:,} repositor{'y' if count == 1 else 'ies'}"
    read = size(sum(scan.bytes for scan in about.scans))
    commits = plural(sum(scan.commits for scan in about.scans), "commit")
    lines = [
        f"Sweep {about.sweep.id} of {about.sweep.day}: {repositories} ({', '.join(said)}), {read}, {commits}.\n",
        f"Open: {open_}{f' ({suppressed:,} suppressed)' if suppressed else ''}.\n",
    ]
    if about.before is not None:
        lines.append(f"Since sweep {about.before.id}: {total(about.new):,} new, {about.resolved:,} resolved.\n")
    return lines


def _place(one: Open) -> str:
    place = one.finding.fact.location
    return f"{visible(place.path)}:{place.line}:{place.column}"


def _verdict(one: Open, paint: Paint) -> str:
    found = one.finding
    return f"{paint(found.severity, found.severity)} {found.rule}: {visible(found.message)}"


def _since(one: Open, day: str) -> str:
    days = exposed_days(one, day)
    return f"since {one.brought or one.seen}, {plural(days, 'day')}" + ("" if one.brought else " (first seen)")


VIEW = View(render)
