"""What a file that users write may hold, as values: one description checks it and gives its JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from keylint.policy.source_map import Path, Plain, SourceMap

# How much of a text is looked at to name it in an error. Units: characters.
_LONGEST = 4096
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Shape(NamedTuple):
    """A kind of value. `check` notes every mistake on the source and tells whether there was none."""

    check: Callable[[SourceMap, Path, Plain], bool]
    schema: Mapping[str, object]


class Field(NamedTuple):
    """A key of a record: what it takes and what it is for."""

    shape: Shape
    purpose: str
    required: bool = False


def described(value: Plain) -> str:
    """Return how an error names what was found."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    from keylint.recognition.masking import mask_opaque

    # Masked before it is cut: of a key that is cut first, other characters than its last would be shown.
    return f"'{mask_opaque(value[:_LONGEST])[:60]}'"


def _expected(kind: str, holds: Callable[[Plain], bool], schema: Mapping[str, object]) -> Shape:
    def check(source: SourceMap, path: Path, value: Plain) -> bool:
        if holds(value):
            return True
        source.problem(path, f"expected {kind}, found {described(value)}")
        return False

    return Shape(check, schema)


def is_date(value: Plain) -> bool:
    """Tell whether a value is a day of the calendar, written as 2026-11-22."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    from datetime import date

    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_network(value: Plain) -> bool:
    if not isinstance(value, str):
        return False
    from ipaddress import ip_network

    try:
        ip_network(value, strict=False)
    except ValueError:
        return False
    return True


TEXT = _expected(
    "a text", lambda value: isinstance(value, str) and bool(value.strip()), {"type": "string", "minLength": 1}
)
ANY_TEXT = _expected("a text", lambda value: isinstance(value, str), {"type": "string"})
FLAG = _expected("true or false", lambda value: isinstance(value, bool), {"type": "boolean"})
NUMBER = _expected(
    "a number", lambda value: isinstance(value, (int, float)) and not isinstance(value, bool), {"type": "number"}
)
DATE = _expected(
    "a date such as 2026-11-22", is_date, {"type": "string", "format": "date", "pattern": f"^{_DATE.pattern}$"}
)
NETWORK = _expected(
    "an address or network such as 203.0.113.7/32",
    _is_network,
    {"type": "string", "pattern": r"^[0-9A-Fa-f:.]+(/[0-9.]+)?$"},
)
ANYTHING = Shape(lambda _source, _path, _value: True, {})
MAPPING = _expected("a mapping", lambda value: isinstance(value, dict), {"type": "object"})


def written(kind: str, pattern: str) -> Shape:
    """Return the shape of a text that a pattern matches as a whole; `kind` names it in errors."""
    compiled = re.compile(pattern)
    return _expected(
        kind,
        lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None,
        {"type": "string", "pattern": f"^(?:{pattern})$"},
    )


KEBAB_CASE = written("a name in kebab-case such as stale-key", r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def exactly(*values: str | int) -> Shape:
    """Return the shape of a value that is one of a few."""
    return _expected(
        " or ".join(str(value) for value in values),
        lambda value: not isinstance(value, bool) and value in values,
        {"enum": list(values)},
    )


def choice(kind: str, known: Sequence[str]) -> Shape:
    """Return the shape of one of several names; an error names the nearest."""

    def check(source: SourceMap, path: Path, value: Plain) -> bool:
        if isinstance(value, str) and value in known:
            return True
        if isinstance(value, str):
            source.unknown(path, value, kind, tuple(known))
        else:
            source.problem(path, f"expected one of {', '.join(known)}, found {described(value)}")
        return False

    return Shape(check, {"enum": list(known)})


def list_of(item: Shape, least: int = 0) -> Shape:
    """Return the shape of a list."""

    def check(source: SourceMap, path: Path, value: Plain) -> bool:
        if not isinstance(value, list):
            source.problem(path, f"expected a list, found {described(value)}")
            return False
        if len(value) < least:
            source.problem(path, f"expected at least {least} entr{'y' if least == 1 else 'ies'}")
            return False
        well = [item.check(source, (*path, place), entry) for place, entry in enumerate(value)]
        return all(well)

    return Shape(check, {"type": "array", "items": item.schema, **({"minItems": least} if least else {})})


def map_of(item: Shape, least: int = 0) -> Shape:
    """Return the shape of a mapping whose keys are the user's own."""

    def check(source: SourceMap, path: Path, value: Plain) -> bool:
        if not isinstance(value, dict):
            source.problem(path, f"expected a mapping, found {described(value)}")
            return False
        if len(value) < least:
            source.problem(path, "expected at least one entry")
            return False
        well = [item.check(source, (*path, key), entry) for key, entry in value.items()]
        return all(well)

    schema = {"type": "object", "additionalProperties": item.schema}
    return Shape(check, {**schema, **({"minProperties": least} if least else {})})


def record(fields: Mapping[str, Field]) -> Shape:
    """Return the shape of a mapping with known keys."""

    def check(source: SourceMap, path: Path, value: Plain) -> bool:
        if not isinstance(value, dict):
            source.problem(path, f"expected a mapping with {', '.join(fields)}, found {described(value)}")
            return False
        well = True
        for key in value:
            if key not in fields:
                source.unknown((*path, key), key, "key", tuple(fields))
                well = False
        for key, field in fields.items():
            if key in value:
                well = field.shape.check(source, (*path, key), value[key]) and well
            elif field.required:
                source.problem(path, f"'{key}' is missing: {field.purpose}")
                well = False
        return well

    return Shape(
        check,
        {
            "type": "object",
            "additionalProperties": False,
            "required": [key for key, field in fields.items() if field.required],
            "properties": {key: {**field.shape.schema, "description": field.purpose} for key, field in fields.items()},
        },
    )


def either(kind: str, *shapes: Shape) -> Shape:
    """Return the shape of a value that may take several; a mapping or list is judged by its own shape."""
    by_type = {"object": dict, "array": list}

    def check(source: SourceMap, path: Path, value: Plain) -> bool:
        quiet = SourceMap(source.file, source.value, {})
        if any(shape.check(quiet, path, value) for shape in shapes):
            return True
        for shape in shapes:
            expected = by_type.get(str(shape.schema.get("type")))
            if expected is not None and isinstance(value, expected):
                return shape.check(source, path, value)
        source.problem(path, f"expected {kind}, found {described(value)}")
        return False

    return Shape(check, {"anyOf": [shape.schema for shape in shapes]})
