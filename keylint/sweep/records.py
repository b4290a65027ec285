"""Findings and facts as the store keeps them: JSON, and no secret, for none ever gets into either."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from sys import intern
from typing import Any

from keylint.model import Allow, Commit, Excerpt, Fact, Finding, Location, Reference, Suppression, Value


def written(record: Finding | Fact) -> str:
    """Return a finding or a fact as JSON: every value without its names, in the order of its fields."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def fact(text: str) -> Fact:
    """Return a fact that was written."""
    return _fact(json.loads(text))


def finding(text: str) -> Finding:
    """Return a finding that was written."""
    rule, severity, message, remediation, references, about, fingerprint, occurrences, evidence, suppression = (
        json.loads(text)
    )
    # Hundreds of thousands share these.
    return Finding(
        intern(rule),
        severity,
        message,
        intern(remediation),
        _references(tuple(map(tuple, references))),
        _fact(about),
        fingerprint,
        tuple(Location(*place) for place in occurrences),
        evidence,
        Suppression(*suppression) if suppression else None,
    )


@cache
def _references(told: tuple[tuple[str, str], ...]) -> tuple[Reference, ...]:
    return tuple(Reference(*reference) for reference in told)


def _fact(described: Sequence[Any]) -> Fact:
    target, location, identity, attributes, excerpt, allows, places, commit, occurrences = described
    values: dict[str, Value] = {name: tuple(one) if isinstance(one, list) else one for name, one in attributes.items()}
    return Fact(
        target,
        Location(*location),
        identity,
        values,
        Excerpt(*excerpt) if excerpt else None,
        tuple(Allow(tuple(rules), reason, line) for rules, reason, line in allows),
        {name: (Location(*at), Excerpt(*shown) if shown else None) for name, (at, shown) in places.items()},
        Commit(*commit) if commit else None,
        tuple(Location(*place) for place in occurrences),
    )
