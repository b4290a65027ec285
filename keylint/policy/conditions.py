"""The condition language of rules, judged in three values: true, false, or unknown (None).

A condition is a mapping: `all`, `any` and `not` combine, everything else is `attribute: {operator: operand}`
or `attribute: value` for equality; several entries of one mapping must all hold. An operator is a function
in OPERATORS: adding one means adding one entry.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from keylint.model import Fact, Value
from keylint.policy.source_map import Path, Plain, SourceMap
from keylint.policy.targets import TARGETS

Operand = Plain


def _number(value: object) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _compare(holds: Callable[[float, float], bool]) -> Callable[[Value, Operand], bool]:
    def compared(value: Value, operand: Operand) -> bool:
        left, right = _number(value), _number(operand)
        return left is not None and right is not None and holds(left, right)

    return compared


class Operator(NamedTuple):
    """How an attribute is compared. `takes` names the operand that makes sense."""

    holds: Callable[[Value, Operand], bool]
    takes: str


OPERATORS: dict[str, Operator] = {
    "eq": Operator(lambda value, operand: value == operand, "value"),
    "ne": Operator(lambda value, operand: value != operand, "value"),
    "in": Operator(lambda value, operand: isinstance(operand, list) and value in operand, "list"),
    "not_in": Operator(lambda value, operand: isinstance(operand, list) and value not in operand, "list"),
    "lt": Operator(_compare(lambda left, right: left < right), "number"),
    "lte": Operator(_compare(lambda left, right: left <= right), "number"),
    "gt": Operator(_compare(lambda left, right: left > right), "number"),
    "gte": Operator(_compare(lambda left, right: left >= right), "number"),
}
_COMBINERS = ("all", "any", "not")


class Leaf(NamedTuple):
    """One comparison of one attribute."""

    attribute: str
    operator: str
    operand: Operand


class Combined(NamedTuple):
    """Conditions under `all`, `any` or `not`."""

    kind: str
    parts: tuple[Condition, ...]


Condition = Leaf | Combined


def parse(source: SourceMap, path: Path, value: Plain, target: str) -> Condition:
    """Return a condition; every mistake in it is noted on the source."""
    if not isinstance(value, dict) or not value:
        source.problem(path, "expected a mapping of conditions")
        return Combined("all", ())
    parts: list[Condition] = []
    for key, operand in value.items():
        place = (*path, key)
        if key in ("all", "any"):
            if not isinstance(operand, list) or not operand:
                source.problem(place, f"'{key}' takes a list of conditions")
                continue
            listed = [parse(source, (*place, index), part, target) for index, part in enumerate(operand)]
            parts.append(Combined(key, tuple(listed)))
        elif key == "not":
            parts.append(Combined("not", (parse(source, place, operand, target),)))
        else:
            parts.extend(_leaves(source, place, key, operand, target))
    return parts[0] if len(parts) == 1 else Combined("all", tuple(parts))


def _leaves(source: SourceMap, path: Path, key: str, operand: Plain, target: str) -> list[Condition]:
    prefix, _, attribute = key.partition(".")
    if prefix != target or attribute not in TARGETS[target]:
        known = (*(f"{target}.{name}" for name in TARGETS[target]), *_COMBINERS)
        source.unknown(path, key, "attribute", known)
        return []
    if not isinstance(operand, dict):
        return [Leaf(attribute, "eq", operand)]
    leaves: list[Condition] = []
    for name, value in operand.items():
        if name not in OPERATORS:
            source.unknown((*path, name), name, "operator", tuple(OPERATORS))
        elif OPERATORS[name].takes == "list" and not isinstance(value, list):
            source.problem((*path, name), f"'{name}' takes a list")
        elif OPERATORS[name].takes == "number" and _number(value) is None:
            source.problem((*path, name), f"'{name}' takes a number")
        else:
            leaves.append(Leaf(attribute, name, value))
    return leaves


def holds(condition: Condition, fact: Fact) -> bool | None:
    """Judge a fact; None where an attribute that decides is one that the fact lacks."""
    if isinstance(condition, Leaf):
        value = fact.attributes.get(condition.attribute)
        return None if value is None else OPERATORS[condition.operator].holds(value, condition.operand)
    results = [holds(part, fact) for part in condition.parts]
    if condition.kind == "not":
        return None if results[0] is None else not results[0]
    decisive = condition.kind == "any"
    if decisive in results:
        return decisive
    return None if None in results else not decisive
