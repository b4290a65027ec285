"""One JSON document: the format `keylint/sweep/1` of docs/sweep.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from keylint.model import Severity
from keylint.reporters import Style
from keylint.reporters._wording import dump
from keylint.reporters.json import as_mapping
from keylint.sweep.overview import Overview, by_severity, exposed_days, total
from keylint.sweep.results import Sweep
from keylint.sweep.store import Open
from keylint.sweep.views import View

SCHEMA = "keylint/sweep/1"


def render(about: Overview, _style: Style) -> Iterator[str]:
    """Yield the sweep; the same store gives the same bytes."""
    head = {
        "schema": SCHEMA,
        "tool": {"name": "keylint", "version": about.sweep.version},
        "sweep": _sweep(about.sweep),
        "before": None if about.before is None else _sweep(about.before),
        "summary": {
            **_counts(by_severity(about.counted)),
            "suppressed": total(about.tallies) - total(about.counted),
            "new": total(about.new),
            "resolved": about.resolved,
            "repositories": len(about.scans),
            "failed": len(about.failed),
            "incomplete": len(about.incomplete),
        },
    }
    lists: dict[str, Iterable[Mapping[str, object]]] = {
        "repositories": (
            {"name": scan.target, **{name: value for name, value in scan._asdict().items() if name != "target"}}
            for scan in about.scans
        ),
        "findings": ({"new": one.new, **_finding(one, about.sweep.day)} for one in about.listed("open")),
        "resolved": (_finding(one, about.sweep.day) for one in about.listed("resolved")),
        "skipped": (
            {
                "repository": name,
                "path": skip.path,
                "reason": skip.reason,
                **({"detail": skip.detail} if skip.detail else {}),
            }
            for name, skip in about.skips()
        ),
        "trend": (
            {
                "sweep": point.sweep.id,
                "day": point.sweep.day,
                **_counts(point.open),
                "new": point.new,
                "resolved": point.resolved,
            }
            for point in about.trend
        ),
    }
    yield dump(head).removesuffix("\n}\n")
    for name, rows in lists.items():
        yield f',\n  "{name}": ['
        comma = ""
        for one in rows:
            yield comma + f"\n{dump(one)[:-1]}".replace("\n", "\n    ")
            comma = ","
        yield "\n  ]" if comma else "]"
    yield "\n}\n"


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
