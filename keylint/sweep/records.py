"""Findings and facts as the store keeps them: JSON, and no secret, for none ever gets into either."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from keylint.cache import fact_of
from keylint.model import Commit, Fact, Finding, Location, Reference, Suppression


class Help(NamedTuple):
    """What the findings of a rule say alike. `links` are its references, in JSON."""

    rule: str
    remediation: str
    links: str


def written(record: Finding | Fact) -> str:
    """Return a fact as JSON, or a finding without its help: every value without its name, in the order of fields."""
    values = record if isinstance(record, Fact) else (*record[:3], *record[5:])
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def help_of(found: Finding) -> Help:
    """Return what a finding says as others of its rule do."""
    return Help(found.rule, found.remediation, json.dumps(found.references, ensure_ascii=False, separators=(",", ":")))


def fact(text: str) -> Fact:
    """Return a fact that was written."""
    return _fact(json.loads(text))


def finding(text: str, told: Help) -> Finding:
    """Return a finding that was written, with its help."""
    _, severity, message, about, fingerprint, occurrences, evidence, suppression = json.loads(text)
    return Finding(
        told.rule,
        severity,
        message,
        told.remediation,
        _references(told.links),
        _fact(about),
        fingerprint,
        tuple(Location(*place) for place in occurrences),
        evidence,
        Suppression(*suppression) if suppression else None,
    )


@cache
def _references(links: str) -> tuple[Reference, ...]:
    return tuple(Reference(*reference) for reference in json.loads(links))


def _fact(described: Sequence[Any]) -> Fact:
    commit, occurrences = described[-2:]
    return fact_of(described)._replace(
        commit=Commit(*commit) if commit else None, occurrences=tuple(Location(*place) for place in occurrences)
    )
