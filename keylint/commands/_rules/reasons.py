"""Why a rule did not fire: what was found, and what of its conditions stood in the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keylint.model import CONFIDENCES, Fact, Finding
from keylint.policy.conditions import Combined, Condition, PatternTimeout, Vars, holds
from keylint.policy.policy import Policy
from keylint.policy.rule import Rule
from keylint.policy.targets import TARGETS
from keylint.policy.unparsed import leaves, operand_of

# More facts than this explain nothing.
_MOST_FACTS = 5
_ALWAYS_THERE = "repository"  # whatever the files hold
_ALWAYS = Combined("all", ())


def probing(policy: Policy) -> Policy:
    """Return a policy under which every fact is a finding, so that a scan by it shows what was seen."""
    probes = tuple(
        Rule(
            id=f"every-{target}",
            file="",
            severity="low",
            target=target,
            message="",
            rationale="",
            remediation="",
            limits="",
            evidence=None,
            references=(),
            frameworks={},
            select=None,
            require=None,
            forbid=_ALWAYS,
            on_unknown="pass",
            bad=(),
            good=(),
        )
        for target in TARGETS
    )
    return policy._replace(rules=probes, overrides=())


def reasons(rule: Rule, findings: Sequence[Finding], facts: Sequence[Fact], vars_: Vars) -> tuple[str, ...]:
    """Return why no finding of a rule counts, a line each; indented lines belong to the one before."""
    if findings:
        return tuple(
            f"the finding at {_place(finding.fact)} is suppressed: {finding.suppression.reason or 'by a comment'}"
            for finding in findings
            if finding.suppression is not None
        )
    own = [fact for fact in facts if fact.target == rule.target]
    if not own:
        others = {target: sum(fact.target == target for fact in facts) for target in TARGETS if target != _ALWAYS_THERE}
        seen = ", ".join(f"{count} {target}" for target, count in others.items() if count) or "nothing"
        return (f"no {rule.target} was found in these files (found: {seen})",)
    lines = [line for fact in own[:_MOST_FACTS] for line in _reason(rule, fact, vars_)]
    if len(own) > _MOST_FACTS:
        lines.append(f"and {len(own) - _MOST_FACTS} more")
    return tuple(lines)


def _reason(rule: Rule, fact: Fact, vars_: Vars) -> Iterator[str]:
    what = f"{fact.target} at {_place(fact)}"
    confidence = fact.attributes.get("confidence", "high")
    if confidence == CONFIDENCES[0]:
        yield f"{what}: its confidence is low, and such facts are judged with --min-confidence low only"
        return
    if rule.select is not None:
        selected = _judged(rule.select, fact, vars_)
        if selected is not True:
            yield f"{what}: not selected"
            yield from _compared("select", rule.select, fact, vars_)
            return
    name, condition = ("forbid", rule.forbid) if rule.forbid is not None else ("require", rule.require)
    assert condition is not None
    judged = _judged(condition, fact, vars_)
    if judged is None:
        yield f"{what}: unknown, and on_unknown is {rule.on_unknown}"
    else:
        yield f"{what}: in order, for what it {name}s {'holds' if judged else 'does not hold'}"
    yield from _compared(name, condition, fact, vars_)


def _compared(name: str, condition: Condition, fact: Fact, vars_: Vars) -> Iterator[str]:
    for leaf in leaves(condition):
        answer = {True: "yes", False: "no", None: "unknown"}[_judged(leaf, fact, vars_)]
        operand = _text(operand_of(leaf, fact.target))
        found = _text(fact.attributes.get(leaf.attribute))
        yield f"  {name}: {fact.target}.{leaf.attribute} {leaf.operator} {operand}: {answer}, it is {found}"


def _judged(condition: Condition, fact: Fact, vars_: Vars) -> bool | None:
    try:
        return holds(condition, fact, vars_)
    except PatternTimeout:
        return None


def _text(value: object) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_text, value)) + "]"
    return str(value)


def _place(fact: Fact) -> str:
    return f"{fact.location.path}:{fact.location.line}:{fact.location.column}"
