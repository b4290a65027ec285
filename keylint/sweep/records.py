"""Findings and facts as the store keeps them: JSON, and no secret, for none ever gets into either."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from sys import intern
from typing import Any

from keylint.cache import fact_of
from keylint.model import Commit, Fact, Finding, Location, Reference, Suppression


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
    commit, occurrences = described[-2:]
    return fact_of(described)._replace(
        commit=Commit(*commit) if commit else None, occurrences=tuple(Location(*place) for place in occurrences)
    )
