"""Facts and policy to findings: judged, grouped by what was seen, suppressed, fingerprinted, sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from keylint.model import CONFIDENCES, SEVERITIES, Fact, Finding, Location, Severity, Skip, Suppression
from keylint.policy.conditions import PatternTimeout, attributes_of
from keylint.policy.policy import Policy
from keylint.policy.rule import Rule, message, verdict

# Part of every fingerprint: the escape hatch, should what goes into it ever have to change.
_VERSION = "keylint/1"

# Why one place of a finding does not count, if it does not. Shape: rule id, fact, the place's fingerprint.
Suppress = Callable[[str, Fact, str], Suppression | None]


class Judged(NamedTuple):
    """What came of it. `unjudged` are facts on which a pattern of a rule ran too long."""

    findings: tuple[Finding, ...]
    unjudged: tuple[Skip, ...]


class _Place(NamedTuple):
    rule: Rule
    fact: Fact
    severity: Severity
    fingerprint: str
    suppression: Suppression | None


def judge(policy: Policy, rules: Sequence[Rule], facts: Iterable[Fact], suppress: Suppress) -> Judged:
    """Return the findings, sorted by path, line, column and rule.

    The same thing under the same rule is one finding; its further places are occurrences. It is suppressed only
    if each of its places is.
    """
    groups: dict[tuple[str, str], list[_Place]] = {}
    unjudged: list[Skip] = []
    by_target: dict[str, list[Rule]] = {}
    for rule in rules:
        by_target.setdefault(rule.target, []).append(rule)
    for fact in facts:
        for rule in by_target.get(fact.target, ()):
            place = _place(policy, rule, fact, suppress, unjudged)
            if place is not None:
                groups.setdefault((rule.id, fact.identity), []).append(place)
    findings = sorted((_finding(policy, group) for group in groups.values()), key=by_place)
    return Judged(tuple(findings), tuple(unjudged))


def by_place(finding: Finding) -> tuple[str, int, int, str, str]:
    """Return what findings are sorted by."""
    location = finding.fact.location
    return location.path, location.line, location.column, finding.rule, finding.fingerprint


def fingerprint(rule: str, path: str, identity: str) -> str:
    """Return what identifies a finding: it survives edits around it and changes with the thing found."""
    return sha256(f"{_VERSION}\0{rule}\0{path}\0{identity}".encode("utf-8", "surrogateescape")).hexdigest()


def _place(policy: Policy, rule: Rule, fact: Fact, suppress: Suppress, unjudged: list[Skip]) -> _Place | None:
    path = fact.location.path
    severity = policy.severity(rule, path)
    if severity is None:
        return None
    try:
        severity = verdict(rule._replace(severity=severity), fact, policy.vars)
    except PatternTimeout as error:
        unjudged.append(Skip(path, "timeout", f"rule {rule.id} took too long over the pattern {error}"))
        return None
    if severity is None:
        return None
    fact = _at_what_decides(rule, fact)
    print_ = fingerprint(rule.id, path, fact.identity)
    return _Place(rule, fact, severity, print_, suppress(rule.id, fact, print_))


def _at_what_decides(rule: Rule, fact: Fact) -> Fact:
    """Move a fact to the place of the first attribute that the rule judges by, if it has one of its own."""
    condition = rule.require or rule.forbid
    for attribute in attributes_of(condition) if fact.places and condition else ():
        if attribute in fact.places:
            location, excerpt = fact.places[attribute]
            return fact._replace(location=location, excerpt=excerpt)
    return fact


def _finding(policy: Policy, group: list[_Place]) -> Finding:
    # What counts speaks for what does not, the gravest and surest place for the others: a key bound to a name
    # explains its bare copies.
    group = sorted(group, key=_weight)
    rule, fact, severity, print_, suppression = group[0]
    return Finding(
        rule=rule.id,
        severity=severity,
        message=message(rule, fact, policy.vars),
        remediation=" ".join(filter(None, (rule.remediation, str(fact.attributes.get("rewriting", ""))))),
        references=rule.references,
        fact=fact,
        fingerprint=print_,
        occurrences=_occurrences(group),
        evidence=rule.evidence or str(fact.attributes.get("evidence") or "observed"),
        suppression=suppression,
    )


def _occurrences(group: list[_Place]) -> tuple[Location, ...]:
    """Return every further place, once."""
    found = {location for place in group for location in (place.fact.location, *place.fact.occurrences)}
    return tuple(sorted(found - {group[0].fact.location}))


def _weight(place: _Place) -> tuple[bool, int, bool, int, object]:
    commit = place.fact.commit
    return (
        place.suppression is not None,
        -SEVERITIES.index(place.severity),
        commit is not None and not commit.first_seen,
        -_confidence(place.fact),
        place.fact.location,
    )


def _confidence(fact: Fact) -> int:
    value = fact.attributes.get("confidence", "high")
    return next((place for place, level in enumerate(CONFIDENCES) if level == value), len(CONFIDENCES))
