"""A condition back to what a rule file says: the inverse of conditions.parse."""

from __future__ import annotations

from collections.abc import Iterator

from keylint.policy.conditions import Combined, Condition, Leaf, Variable
from keylint.policy.rule import TEMPLATE, Rule
from keylint.policy.source_map import Plain


def unparsed(condition: Condition, target: str) -> dict[str, Plain]:
    """Return a condition as plain values; parsed again it judges the same."""
    if isinstance(condition, Leaf):
        operand = operand_of(condition, target)
        return {
            f"{target}.{condition.attribute}": operand if condition.operator == "eq" else {condition.operator: operand}
        }
    parts = [unparsed(part, target) for part in condition.parts]
    if condition.kind == "not":
        return {"not": dict(parts[0])}
    if condition.kind == "any":
        return {"any": list(parts)}
    keys = [key for part in parts for key in part]
    # One mapping says `all`, unless two of its parts would need the same key.
    if len(set(keys)) == len(keys):
        return {key: value for part in parts for key, value in part.items()}
    return {"all": list(parts)}


def operand_of(leaf: Leaf, target: str) -> Plain:
    """Return what a leaf compares with, as it is written."""
    operand = leaf.operand
    if not isinstance(operand, Variable):
        return operand
    return f"$vars.{operand.name}" + (f"[{target}.{operand.attribute}]" if operand.attribute else "")


def leaves(condition: Condition | None) -> Iterator[Leaf]:
    """Yield every comparison of a condition."""
    if isinstance(condition, Leaf):
        yield condition
    elif isinstance(condition, Combined):
        for part in condition.parts:
            yield from leaves(part)


def vars_of(rule: Rule) -> tuple[str, ...]:
    """Return the variables that a rule speaks of, in its conditions and its message."""
    compared = (leaf.operand for condition in (rule.select, rule.require, rule.forbid) for leaf in leaves(condition))
    named = [operand.name for operand in compared if isinstance(operand, Variable)]
    for match in TEMPLATE.finditer(rule.message):
        kind, _, name = match["name"].partition(".")
        if kind == "vars":
            named.append(name)
    return tuple(sorted(set(named)))
