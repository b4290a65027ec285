"""How old a key is, how long it was not used, how long nobody looked at it."""

from __future__ import annotations

from collections.abc import Mapping

from keylint.model import Value


def ages(attributes: Mapping[str, Value], today: str) -> dict[str, Value]:
    """Return the days that have passed since each day that is known; one in the future has been no days ago.

    A key that was never reviewed was last looked at when it was created.
    """
    found = {
        "age_days": _days(attributes.get("created"), today),
        "idle_days": _days(attributes.get("last_used"), today),
        "reviewed_days": _days(attributes.get("reviewed") or attributes.get("created"), today),
    }
    platforms = attributes.get("platforms")
    if isinstance(platforms, (list, tuple)):
        found["platform_count"] = len(platforms)
    return {name: days for name, days in found.items() if days is not None}


def _days(day: Value, today: str) -> int | None:
    from datetime import date

    if not isinstance(day, str):
        return None
    try:
        return max(0, (date.fromisoformat(today) - date.fromisoformat(day)).days)
    except ValueError:
        return None
