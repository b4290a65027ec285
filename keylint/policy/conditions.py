"""The condition language of rules, judged in three values: true, false, or unknown (None).

A condition is a mapping: `all`, `any` and `not` combine, everything else is `attribute: {operator: operand}`
or `attribute: value` for equality; several entries of one mapping must all hold. An operator is an entry of
OPERATORS. An operand may be `$vars.name`, or `$vars.name[attribute]` to pick from a mapping by an attribute.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from keylint.model import Fact, Value
from keylint.policy.shapes import described
from keylint.policy.source_map import Path, Plain, SourceMap
from keylint.policy.targets import TARGETS, Attribute

Vars = Mapping[str, Plain]

_VARIABLE = re.compile(r"\$vars\.(?P<name>[a-z][a-z0-9_]*)(?:\[(?P<attribute>[a-z][a-z0-9_.]*)\])?")
# A pattern of a user is given this long for one value, of which it sees so much. Units: seconds, characters.
PATTERN_PATIENCE = 0.2
_PATTERN_WINDOW = 4096


class PatternTimeout(Exception):
    """A regular expression of a user ran longer than it may; the text is the pattern."""


class Variable(NamedTuple):
    """An operand that the policy's vars give: the whole of one, or the entry that an attribute names."""

    name: str
    attribute: str | None


class Leaf(NamedTuple):
    """One comparison of one attribute."""

    attribute: str
    operator: str
    operand: Plain | Variable


class Combined(NamedTuple):
    """Conditions under `all`, `any` or `not`."""

    kind: str
    parts: tuple[Condition, ...]


Condition = Leaf | Combined


class Operator(NamedTuple):
    """How an attribute is compared. `takes` names the operand, `of` the attributes that make sense."""

    holds: Callable[[Value, Plain], bool]
    takes: str
    of: frozenset[str]
    meaning: str


def _compare(holds: Callable[[float, float], bool]) -> Callable[[Value, Plain], bool]:
    def compared(value: Value, operand: Plain) -> bool:
        left, right = _number(value), _number(operand)
        return left is not None and right is not None and holds(left, right)

    return compared


def _number(value: object) -> float | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _texts(value: Value | Plain) -> set[str]:
    return {str(item) for item in value} if isinstance(value, (list, tuple)) else {str(value)}


def _same(value: Value, operand: Plain) -> bool:
    if isinstance(value, (list, tuple)):
        return isinstance(operand, list) and _texts(value) == _texts(operand)
    return (type(value) is type(operand) and value == operand) or _number(value) == _number(operand) is not None


def _contains(value: Value, operand: Plain) -> bool:
    return str(operand) in value if isinstance(value, (str, list, tuple)) else False


def _matches(value: Value, operand: Plain) -> bool:
    import regex

    try:
        found = regex.search(str(operand), str(value)[:_PATTERN_WINDOW], timeout=PATTERN_PATIENCE)
    except TimeoutError:
        raise PatternTimeout(str(operand)) from None
    return found is not None


def _glob(value: Value, operand: Plain) -> bool:
    from keylint.policy.globs import matcher

    return matcher([str(operand)])(str(value))


def _within(value: Value, operand: Plain) -> bool:
    from ipaddress import ip_network

    try:
        networks = [ip_network(text, strict=False) for text in _texts(value)]
        around = [ip_network(text, strict=False) for text in _texts(operand)]
    except ValueError:
        return False
    # Of one version each time: subnet_of cannot tell.
    return all(
        any(one.version == other.version and one.subnet_of(other) for other in around)  # type: ignore[arg-type]
        for one in networks
    )


_ALL = frozenset(("text", "number", "flag", "texts"))
_SCALAR = frozenset(("text", "number", "flag"))
_TEXTS, _NUMBER = frozenset(("texts",)), frozenset(("number",))
_WRITTEN = frozenset(("text", "texts"))

OPERATORS: dict[str, Operator] = {
    "eq": Operator(_same, "value", _ALL, "is the value"),
    "ne": Operator(lambda value, operand: not _same(value, operand), "value", _ALL, "is not the value"),
    "in": Operator(
        lambda value, operand: isinstance(operand, list) and any(_same(value, one) for one in operand),
        "list",
        _SCALAR,
        "is one of the list",
    ),
    "not_in": Operator(
        lambda value, operand: isinstance(operand, list) and not any(_same(value, one) for one in operand),
        "list",
        _SCALAR,
        "is none of the list",
    ),
    "lt": Operator(_compare(lambda left, right: left < right), "number", _NUMBER, "is less"),
    "lte": Operator(_compare(lambda left, right: left <= right), "number", _NUMBER, "is less or equal"),
    "gt": Operator(_compare(lambda left, right: left > right), "number", _NUMBER, "is greater"),
    "gte": Operator(_compare(lambda left, right: left >= right), "number", _NUMBER, "is greater or equal"),
    "empty": Operator(
        lambda value, operand: (value in ("", [], ())) is operand, "flag", _WRITTEN, "is an empty text or list"
    ),
    "exists": Operator(lambda value, operand: (value is not None) is operand, "flag", _ALL, "is known at all"),
    "contains": Operator(_contains, "text", _WRITTEN, "a list holds the item, a text the part"),
    "subset_of": Operator(
        lambda value, operand: _texts(value) <= _texts(operand), "list", _TEXTS, "holds nothing but these"
    ),
    "superset_of": Operator(
        lambda value, operand: _texts(value) >= _texts(operand), "list", _TEXTS, "holds all of these"
    ),
    "intersects": Operator(
        lambda value, operand: bool(_texts(value) & _texts(operand)), "list", _TEXTS, "holds one of these"
    ),
    "matches": Operator(_matches, "pattern", frozenset(("text",)), "a regular expression is found in it"),
    "glob": Operator(_glob, "glob", frozenset(("text",)), "a gitignore-style pattern matches it"),
    "within": Operator(_within, "networks", _WRITTEN, "every address lies inside one of these networks"),
}
COMBINERS = ("all", "any", "not")


def parse(source: SourceMap, path: Path, value: Plain, target: str, known_vars: Vars) -> Condition:
    """Return a condition; every mistake in it is noted on the source."""
    if not isinstance(value, dict) or not value:
        source.problem(path, f"expected a mapping of conditions, found {described(value)}")
        return Combined("all", ())
    parts: list[Condition] = []
    for key, operand in value.items():
        place = (*path, key)
        if key in ("all", "any"):
            if not isinstance(operand, list) or not operand:
                source.problem(place, f"'{key}' takes a list of conditions, found {described(operand)}")
                continue
            listed = [parse(source, (*place, at), part, target, known_vars) for at, part in enumerate(operand)]
            parts.append(Combined(key, tuple(listed)))
        elif key == "not":
            parts.append(Combined("not", (parse(source, place, operand, target, known_vars),)))
        else:
            attribute = _attribute(source, place, key, target)
            if attribute is not None:
                parts.extend(_leaves(source, place, operand, attribute, target, known_vars))
    return parts[0] if len(parts) == 1 else Combined("all", tuple(parts))


def _attribute(source: SourceMap, path: Path, key: str, target: str) -> str | None:
    prefix, _, name = key.partition(".")
    if prefix == target and name in TARGETS[target]:
        return name
    source.unknown(path, key, "attribute", (*(f"{target}.{one}" for one in TARGETS[target]), *COMBINERS))
    return None


def _leaves(  # noqa: PLR0917  what it reads, and what it may speak of
    source: SourceMap, path: Path, operand: Plain, name: str, target: str, known_vars: Vars
) -> list[Condition]:
    attribute = TARGETS[target][name]
    comparisons: dict[str, Plain] = operand if isinstance(operand, dict) else {"eq": operand}
    if not comparisons:
        source.problem(path, "expected an operator and its operand, found an empty mapping")
    leaves: list[Condition] = []
    for operator, written in comparisons.items():
        place = (*path, operator) if isinstance(operand, dict) else path
        if operator not in OPERATORS:
            source.unknown(place, operator, "operator", tuple(OPERATORS))
            continue
        if attribute.type not in OPERATORS[operator].of:
            source.problem(place, f"'{operator}' does not go with '{target}.{name}', which is {_a(attribute)}")
            continue
        variable = _variable(source, place, written, target, known_vars)
        if isinstance(variable, Variable):
            samples = _samples(source, place, variable, known_vars)
            well = [_fits(source, place, operator, sample, attribute) for sample in samples]
            if all(well):
                leaves.append(Leaf(name, operator, variable))
        elif variable is None and _fits(source, place, operator, written, attribute):
            leaves.append(Leaf(name, operator, written))
    return leaves


def _a(attribute: Attribute) -> str:
    return {"text": "a text", "number": "a number", "flag": "true or false", "texts": "a list of texts"}[attribute.type]


def _variable(source: SourceMap, path: Path, written: Plain, target: str, known_vars: Vars) -> Variable | _Wrong | None:
    """Return the variable that an operand names; None if it names none, and a mistake noted if it names one wrongly."""
    if not isinstance(written, str) or not written.startswith("$"):
        return None
    match = _VARIABLE.fullmatch(written)
    if match is None:
        source.problem(path, f"expected $vars.name or $vars.name[attribute], found {described(written)}")
        return _WRONG
    if match["name"] not in known_vars:
        source.unknown(path, match["name"], "variable", tuple(known_vars))
        return _WRONG
    index = match["attribute"]
    if index is not None:
        index = index.removeprefix(f"{target}.")
        if index not in TARGETS[target]:
            source.unknown(path, match["attribute"], "attribute", tuple(f"{target}.{one}" for one in TARGETS[target]))
            return _WRONG
    return Variable(match["name"], index)


class _Wrong(NamedTuple):
    """What an operand that names a variable wrongly comes to; the mistake is noted."""


_WRONG = _Wrong()


def _samples(source: SourceMap, path: Path, variable: Variable, known_vars: Vars) -> list[Plain]:
    """Return the values that a variable may stand for, to be judged as operands."""
    value = known_vars[variable.name]
    if variable.attribute is None:
        return [value]
    if isinstance(value, dict):
        return list(value.values())
    source.problem(path, f"'vars.{variable.name}' is {described(value)}, and only a mapping can be indexed")
    return []


def _fits(source: SourceMap, path: Path, operator: str, operand: Plain, attribute: Attribute) -> bool:
    takes = OPERATORS[operator].takes
    wrong: str | None = None
    if takes == "list" and not isinstance(operand, list):
        wrong = "a list"
    elif takes == "number" and _number(operand) is None:
        wrong = "a number"
    elif takes == "flag" and not isinstance(operand, bool):
        wrong = "true or false"
    elif takes in ("text", "pattern", "glob") and not isinstance(operand, str):
        wrong = "a text"
    elif takes == "networks":
        wrong = None if _are_networks(operand) else "addresses or networks such as 203.0.113.0/24"
    elif takes == "value":
        wrong = _wrong_value(operand, attribute)
    elif takes == "pattern":
        wrong = _wrong_pattern(str(operand))
    if wrong is not None:
        source.problem(path, f"'{operator}' takes {wrong}, found {described(operand)}")
    return wrong is None


def _are_networks(operand: Plain) -> bool:
    from keylint.policy.shapes import NETWORK

    quiet = SourceMap("", None, {})
    return all(NETWORK.check(quiet, (), one) for one in (operand if isinstance(operand, list) else [operand]))


def _wrong_value(operand: Plain, attribute: Attribute) -> str | None:
    fits = {
        "text": isinstance(operand, str),
        "number": _number(operand) is not None,
        "flag": isinstance(operand, bool),
        "texts": isinstance(operand, list),
    }
    return None if fits[attribute.type] else _a(attribute)


def _wrong_pattern(pattern: str) -> str | None:
    import regex

    try:
        regex.compile(pattern)
    except regex.error as error:
        return f"a regular expression ({error})"
    return None


def attributes_of(condition: Condition) -> tuple[str, ...]:
    """Return the attributes that a condition reads, in the order of the file."""
    if isinstance(condition, Leaf):
        return (condition.attribute,)
    return tuple(dict.fromkeys(name for part in condition.parts for name in attributes_of(part)))


def holds(condition: Condition, fact: Fact, vars_: Vars) -> bool | None:
    """Judge a fact; None where an attribute that decides is one that the fact lacks. Raises: PatternTimeout."""
    if isinstance(condition, Leaf):
        value = fact.attributes.get(condition.attribute)
        if value is None and condition.operator != "exists":
            return None
        operand = condition.operand
        if isinstance(operand, Variable):
            found = vars_[operand.name]
            if operand.attribute is not None:
                index = fact.attributes.get(operand.attribute)
                found = found.get(str(index)) if isinstance(found, dict) else None
                if found is None:
                    return None
            operand = found
        return OPERATORS[condition.operator].holds(value, operand)
    results = [holds(part, fact, vars_) for part in condition.parts]
    if condition.kind == "not":
        return None if results[0] is None else not results[0]
    decisive = condition.kind == "any"
    if decisive in results:
        return decisive
    return None if None in results else not decisive
