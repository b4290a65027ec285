"""One YAML statement of what must not be, as a value, and its verdict on a fact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from keylint.model import Fact, Reference, Severity
from keylint.policy.conditions import Condition, Vars, holds
from keylint.policy.targets import TARGETS, Attribute

OnUnknown = Literal["pass", "warn", "fail"]

_TEXT = Attribute("text", "")
TEMPLATE = re.compile(r"\{\{\s*(?P<name>[a-z_]+\.[a-z_0-9]+)\s*\}\}")


class Example(NamedTuple):
    """A test inside a rule: files (path to text with placeholders) on which it fires, or stays silent.

    `past` are the files of an earlier commit; with it the history is scanned instead of the files.
    """

    name: str
    files: Mapping[str, str]
    today: str | None = None
    past: Mapping[str, str] | None = None


class Rule(NamedTuple):
    """A rule as loaded: exactly one of `require` and `forbid` is set."""

    id: str
    file: str
    severity: Severity
    target: str
    message: str
    rationale: str
    remediation: str
    limits: str
    references: tuple[Reference, ...]
    frameworks: Mapping[str, tuple[str, ...]]
    evidence: str | None
    select: Condition | None
    require: Condition | None
    forbid: Condition | None
    on_unknown: OnUnknown
    bad: tuple[Example, ...]
    good: tuple[Example, ...]


def verdict(rule: Rule, fact: Fact, vars_: Vars) -> Severity | None:
    """Return how severe a fact is under a rule, or None if it is none of its business or in order.

    A fact that lacks what `select` asks for is not selected. One that lacks what the rule judges by is in
    order (`on_unknown: pass`, the default), a low finding (`warn`) or a finding (`fail`). Raises: PatternTimeout.
    """
    if fact.target != rule.target:
        return None
    if rule.select is not None and holds(rule.select, fact, vars_) is not True:
        return None
    if rule.forbid is not None:
        violated = holds(rule.forbid, fact, vars_)
    else:
        met = holds(rule.require, fact, vars_) if rule.require is not None else True
        violated = None if met is None else not met
    if violated is None:
        by_choice: dict[OnUnknown, Severity | None] = {"pass": None, "warn": "low", "fail": rule.severity}
        return by_choice[rule.on_unknown]
    return rule.severity if violated else None


def message(rule: Rule, fact: Fact, vars_: Vars) -> str:
    """Return the rule's message with the fact's attributes and the policy's vars filled in."""

    def value(match: re.Match[str]) -> str:
        kind, _, name = match["name"].partition(".")
        found = vars_.get(name) if kind == "vars" else fact.attributes.get(name)
        if found is None:
            return "an unknown number of" if TARGETS.get(kind, {}).get(name, _TEXT).type == "number" else "unknown"
        if isinstance(found, (list, tuple)):
            return ", ".join(map(str, found)) or "none"
        return str(found)

    return TEMPLATE.sub(value, rule.message)
