"""Waivers: exceptions with a reason, an owner and an end."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from keylint.model import Fact, Location, Suppression, Value
from keylint.policy.conditions import Condition, PatternTimeout, Vars, holds, parse
from keylint.policy.globs import GLOB, matcher
from keylint.policy.rule import Rule
from keylint.policy.shapes import DATE, MAPPING, TEXT, Field, is_date, list_of, record, written
from keylint.policy.source_map import Path, Plain, SourceMap
from keylint.recognition.masking import mask_keys

WAIVER_RULES = "waiver"
_FINGERPRINT = written("a finding's fingerprint, 64 hexadecimal digits", "[0-9a-f]{64}")
_PATHS = Field(list_of(GLOB, least=1), "gitignore-style patterns of the files it holds for")
_PRINT = Field(_FINGERPRINT, "the fingerprint of the finding it holds for")
_OWN = ("paths", "fingerprint")

WAIVERS = Field(
    list_of(
        record(
            {
                "rule": Field(TEXT, "the id of the rule it waives", required=True),
                "match": Field(MAPPING, "attributes of the facts it holds for, and paths or fingerprint"),
                "paths": _PATHS,
                "fingerprint": _PRINT,
                "reason": Field(TEXT, "why it is granted", required=True),
                "owner": Field(TEXT, "who answers for it", required=True),
                "created": Field(DATE, "the day it was granted", required=True),
                "expires": Field(DATE, "the day it ends", required=True),
            }
        )
    ),
    "exceptions with a reason, an owner and an end",
)


class Waiver(NamedTuple):
    """A waiver in a configuration. Units: `line` and `column` from 1; the days are ISO dates, `expires` included."""

    rule: str
    condition: Condition | None
    paths: tuple[str, ...]
    fingerprint: str | None
    reason: str
    owner: str
    created: str
    expires: str
    line: int
    column: int
    # Where it stands, if that is not the policy's own configuration.
    file: str | None = None


def read_waivers(source: SourceMap, value: Plain, rules: dict[str, Rule], vars_: Vars) -> tuple[Waiver, ...]:
    """Return the well-formed waivers; what is wrong beyond their shape is noted."""
    waivers: list[Waiver] = []
    for place, given in enumerate(value if isinstance(value, list) else ()):
        path: Path = ("waivers", place)
        if not isinstance(given, dict):
            continue
        rule = given.get("rule")
        created, expires = given.get("created"), given.get("expires")
        if is_date(created) and is_date(expires) and str(expires) < str(created):
            source.problem((*path, "expires"), f"expected a day after 'created' ({created}), found '{expires}'")
        if not isinstance(rule, str):
            continue
        if rule not in rules:
            source.unknown((*path, "rule"), rule, "rule", tuple(rules))
            continue
        if rules[rule].target == WAIVER_RULES:
            source.problem((*path, "rule"), f"'{rule}' judges waivers, and cannot be waived")
        waivers.append(_waiver(source, path, given, rules[rule].target, vars_))
    return tuple(waivers)


def _waiver(source: SourceMap, path: Path, given: dict[str, Plain], target: str, vars_: Vars) -> Waiver:
    match = given.get("match")
    attributes = dict(match) if isinstance(match, dict) else {}
    own = {name: attributes.pop(name) for name in _OWN if name in attributes}
    for name, field in zip(_OWN, (_PATHS, _PRINT), strict=True):
        if name in own and name in given:
            source.problem((*path, "match", name), f"'{name}' is given twice, here and beside 'match'")
        if name in own:
            field.shape.check(source, (*path, "match", name), own[name])
        else:
            own[name] = given.get(name)
    condition = parse(source, (*path, "match"), attributes, target, vars_) if attributes else None
    if condition is None and not own["paths"] and not own["fingerprint"]:
        source.problem(path, "expected 'match', 'paths' or 'fingerprint'; to switch a rule off, use 'rules'")
    line, column = source.place(path)
    paths = own["paths"]
    return Waiver(
        rule=str(given["rule"]),
        condition=condition,
        paths=tuple(str(glob) for glob in paths) if isinstance(paths, list) else (),
        fingerprint=own["fingerprint"] if isinstance(own["fingerprint"], str) else None,
        reason=str(given.get("reason")),
        owner=str(given.get("owner")),
        created=str(given.get("created")),
        expires=str(given.get("expires")),
        line=line,
        column=column,
    )


def covers(waiver: Waiver, rule: str, fact: Fact, fingerprint: str, vars_: Vars) -> bool:
    """Tell whether a waiver speaks of a finding, in force or not. One that cannot be judged in time does not."""
    if waiver.rule != rule or (waiver.fingerprint is not None and waiver.fingerprint != fingerprint):
        return False
    if waiver.paths and not _matcher(waiver.paths)(fact.location.path):
        return False
    try:
        return waiver.condition is None or holds(waiver.condition, fact, vars_) is True
    except PatternTimeout:
        return False


@cache
def _matcher(globs: tuple[str, ...]) -> Callable[[str], bool]:
    return matcher(globs)


def suppression(waiver: Waiver) -> Suppression:
    """Return the mark that a waiver leaves on a finding."""
    return Suppression("waiver", mask_keys(waiver.reason), mask_keys(waiver.owner), waiver.expires)


def is_expired(waiver: Waiver, today: str) -> bool:
    """Tell whether a waiver's last day is past."""
    return waiver.expires < today


def waiver_fact(waiver: Waiver, file: str, today: str, *, unused: bool | None, max_days: Plain) -> Fact:
    """Return a waiver as a fact, for the rules that judge waivers. `unused` is None where not everything was seen."""
    from datetime import date

    days = (date.fromisoformat(waiver.expires) - date.fromisoformat(waiver.created)).days
    attributes: dict[str, Value] = {
        "rule": waiver.rule,
        "owner": mask_keys(waiver.owner),
        "reason": mask_keys(waiver.reason),
        "created": waiver.created,
        "expires": waiver.expires,
        "days": days,
        "expired": is_expired(waiver, today),
        "too_long": days > max_days if isinstance(max_days, (int, float)) else None,
        "unused": unused,
    }
    location = Location(waiver.file or file, waiver.line, waiver.column, waiver.line, waiver.column)
    identity = f"waiver {waiver.rule} {waiver.owner} {waiver.created} {waiver.expires} {waiver.reason}"
    return Fact("waiver", location, identity, attributes)
