"""Facts and rules to findings: judged, grouped by what was seen, fingerprinted, sorted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

from keylint.model import CONFIDENCES, Fact, Finding
from keylint.policy.rule import Rule, message, verdict

# Part of every fingerprint: the escape hatch, should what goes into it ever have to change.
_VERSION = "keylint/1"


def judge(rules: Sequence[Rule], facts: Iterable[Fact]) -> tuple[Finding, ...]:
    """Return the findings, sorted by path, line, column and rule.

    The same thing under the same rule is one finding at its first place; its other places are occurrences.
    """
    places: dict[tuple[str, str], list[tuple[Rule, Fact]]] = {}
    for fact in facts:
        for rule in rules:
            if verdict(rule, fact) is not None:
                places.setdefault((rule.id, fact.identity), []).append((rule, fact))
    return tuple(sorted((_finding(group) for group in places.values()), key=_order))


def fingerprint(rule: str, path: str, identity: str) -> str:
    """Return what identifies a finding: it survives edits around it and changes with the thing found."""
    return sha256(f"{_VERSION}\0{rule}\0{path}\0{identity}".encode("utf-8", "surrogateescape")).hexdigest()


def _finding(group: list[tuple[Rule, Fact]]) -> Finding:
    # The surest place speaks for all: a key bound to a name explains its bare copies.
    group = sorted(group, key=lambda pair: (-_confidence(pair[1]), pair[1].location))
    rule, fact = group[0]
    severity = verdict(rule, fact)
    assert severity is not None  # only facts with a verdict are grouped
    others = sorted(other.location for _, other in group[1:])
    return Finding(
        rule=rule.id,
        severity=severity,
        message=message(rule, fact),
        remediation=rule.remediation,
        references=rule.references,
        fact=fact,
        fingerprint=fingerprint(rule.id, fact.location.path, fact.identity),
        occurrences=tuple(others),
    )


def _order(finding: Finding) -> tuple[str, int, int, str]:
    location = finding.fact.location
    return location.path, location.line, location.column, finding.rule


def _confidence(fact: Fact) -> int:
    value = fact.attributes.get("confidence", "high")
    return next((place for place, level in enumerate(CONFIDENCES) if level == value), len(CONFIDENCES))
