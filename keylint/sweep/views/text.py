"""For people: what is new first, then what is open by repository, then what could not be done."""

from __future__ import annotations

from keylint.reporters import Style
from keylint.reporters._wording import plural, size, visible
from keylint.reporters.text import Paint, painter
from keylint.sweep.overview import Overview, by_severity, exposed_days
from keylint.sweep.store import Open
from keylint.sweep.views import View

# Of what could not be done and of what is gone, the rest is counted.
_MOST = 20


def render(about: Overview, style: Style) -> str:
    """Return the sweep. Nothing in it can command a terminal: control characters are escaped."""
    paint = painter(style.color)
    new = {one.key for one in about.new}
    if style.quiet:
        return "".join(f"{one.target}:{_place(one)}: {_verdict(one, paint)}\n" for one in about.counted)
    blocks: list[str] = []
    target = None
    for one in about.counted:
        if one.target != target:
            target = one.target
            owner = f" ({visible(one.owner)})" if one.owner else ""
            blocks.append(f"\n{paint(visible(target), 'bold')}{owner}\n")
        mark = paint("new ", "bold") if one.key in new and about.before else ""
        blocks.append(f"  {_place(one)} {mark}{_verdict(one, paint)}\n    {_since(one, about.sweep.day)}\n")
        elsewhere = [place for place in one.finding.occurrences if not place.commit][:_MOST]
        blocks += [f"    also at {visible(place.path)}:{place.line}:{place.column}\n" for place in elsewhere]
    if about.resolved and about.before is not None:
        blocks.append(f"\n{paint('Gone', 'bold')} since sweep {about.before.id}\n")
        blocks += [f"  {visible(one.target)}:{_place(one)} {one.finding.rule}\n" for one in about.resolved[:_MOST]]
        if len(about.resolved) > _MOST:
            blocks.append(f"  and {len(about.resolved) - _MOST:,} more\n")
    for title, scans in (("Failed", about.failed), ("Not complete", about.incomplete)):
        if scans:
            blocks.append(f"\n{paint(title, 'bold')}\n")
            for scan in scans[:_MOST]:
                why = scan.why or f"{plural(scan.incomplete, 'input')} could not be read"
                blocks.append(f"  {visible(scan.target)}: {visible(why)}\n")
            if len(scans) > _MOST:
                blocks.append(f"  and {len(scans) - _MOST:,} more\n")
    return "".join([*blocks, "\n", *_closing(about, paint)]).lstrip("\n")


def _closing(about: Overview, paint: Paint) -> list[str]:
    states = [scan.state for scan in about.scans]
    said = [f"{states.count('done'):,} examined"]
    said += [f"{states.count('unchanged'):,} unchanged"] if "unchanged" in states else []
    said += [paint(f"{states.count('failed'):,} failed", "high")] if "failed" in states else []
    found = by_severity(about.counted)
    open_ = ", ".join(f"{count:,} {severity}" for severity, count in found.items() if count) or "nothing"
    suppressed = len(about.open) - len(about.counted)
    count = len(about.scans)
    repositories = f"{count:,} repositor{'y' if count == 1 else 'ies'}"
    read = size(sum(scan.bytes for scan in about.scans))
    commits = plural(sum(scan.commits for scan in about.scans), "commit")
    lines = [
        f"Sweep {about.sweep.id} of {about.sweep.day}: {repositories} ({', '.join(said)}), {read}, {commits}.\n",
        f"Open: {open_}{f' ({suppressed:,} suppressed)' if suppressed else ''}.\n",
    ]
    if about.before is not None:
        lines.append(f"Since sweep {about.before.id}: {len(about.new):,} new, {len(about.resolved):,} gone.\n")
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
