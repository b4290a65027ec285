"""One JSON document: the format `keylint/sweep/1` of docs/sweep.md."""

from __future__ import annotations

from collections.abc import Mapping

from keylint.model import Severity
from keylint.reporters import Style
from keylint.reporters._wording import dump
from keylint.reporters.json import as_mapping
from keylint.sweep.overview import Overview, by_severity, exposed_days
from keylint.sweep.results import Sweep
from keylint.sweep.store import Open
from keylint.sweep.views import View

SCHEMA = "keylint/sweep/1"


def render(about: Overview, _style: Style) -> str:
    """Return the sweep; the same store gives the same bytes."""
    new = {one.key for one in about.new}
    document = {
        "schema": SCHEMA,
        "tool": {"name": "keylint", "version": about.sweep.version},
        "sweep": _sweep(about.sweep),
        "before": None if about.before is None else _sweep(about.before),
        "summary": {
            **_counts(by_severity(about.counted)),
            "suppressed": len(about.open) - len(about.counted),
            "new": len(about.new),
            "resolved": len(about.resolved),
            "repositories": len(about.scans),
            "failed": len(about.failed),
            "incomplete": len(about.incomplete),
        },
        "repositories": [
            {"name": scan.target, **{name: value for name, value in scan._asdict().items() if name != "target"}}
            for scan in about.scans
        ],
        "findings": [{"new": one.key in new, **_finding(one, about.sweep.day)} for one in about.open],
        "resolved": [_finding(one, about.sweep.day) for one in about.resolved],
        "skipped": [
            {
                "repository": name,
                "path": skip.path,
                "reason": skip.reason,
                **({"detail": skip.detail} if skip.detail else {}),
            }
            for name, skip in about.skips
        ],
        "trend": [
            {
                "sweep": point.sweep.id,
                "day": point.sweep.day,
                **point.open,
                "new": point.new,
                "resolved": point.resolved,
            }
            for point in about.trend
        ],
    }
    return dump(document)


def _counts(found: Mapping[Severity, int]) -> dict[str, int]:
    return {severity: count for severity, count in found.items()}  # noqa: C416  the names are plain texts here


def _sweep(sweep: Sweep) -> dict[str, object]:
    return {"id": sweep.id, "day": sweep.day, "started": sweep.started, "finished": sweep.finished or None}


def _finding(one: Open, day: str) -> dict[str, object]:
    return {
        "repository": one.target,
        "owner": one.owner,
        "tags": list(one.tags),
        "first_seen": one.seen,
        "exposed_days": exposed_days(one, day),
        **as_mapping(one.finding),
    }


VIEW = View(render)
