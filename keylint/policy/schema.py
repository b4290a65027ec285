"""JSON Schema (draft 2020-12) of the files that users write: made of the shapes that check them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from keylint.policy.conditions import OPERATORS
from keylint.policy.config import CONFIG
from keylint.policy.inventory_file import INVENTORY
from keylint.policy.pack import PACK
from keylint.policy.rule_file import RULE
from keylint.policy.shapes import Shape
from keylint.policy.targets import TARGETS, Attribute
from keylint.policy.targets_file import TARGETS_FILE

Schema = dict[str, object]

SCHEMA_URL = "https://raw.githubusercontent.com/keylint/keylint/main/docs/schema/{}.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_CONDITIONS = ("select", "require", "forbid")
_ANY = "any-target"
# `$` begins a variable and nothing else.
_TEXT: Schema = {"type": "string", "pattern": r"^(?!\$)"}
_VARIABLE: Schema = {
    "type": "string",
    "pattern": r"^\$vars\.[a-z][a-z0-9_]*(?:\[[a-z][a-z0-9_.]*\])?$",
    "description": "a variable of the policy: $vars.name, or $vars.name[attribute] to pick from a mapping",
}
_VALUES: dict[str, Schema] = {
    "text": _TEXT,
    "number": {"type": "number"},
    "flag": {"type": "boolean"},
    "texts": {"type": "array"},
}
_OPERANDS: dict[str, Schema] = {
    "list": {"type": "array"},
    "number": {"type": "number"},
    "flag": {"type": "boolean"},
    "text": _TEXT,
    "pattern": _TEXT,
    "glob": _TEXT,
    "networks": {"anyOf": [_TEXT, {"type": "array", "items": {"type": "string"}}]},
}


def schemas() -> dict[str, Schema]:
    """Return the schema of each kind of file by its name."""
    return {
        "rule": _rule(),
        "pack": _whole("pack", "A pack of keylint rules (pack.yaml)", PACK),
        "config": _config(),
        "inventory": _whole("inventory", "The keys that a team holds (keylint.keys.yaml)", INVENTORY),
        "targets": _whole("targets", "The repositories that a sweep takes (keylint sweep --targets)", TARGETS_FILE),
    }


def _whole(name: str, title: str, shape: Shape) -> Schema:
    # Through JSON: what is changed in one schema must not change the shapes, or another.
    copy: Schema = json.loads(json.dumps(shape.schema))
    return {"$schema": _DIALECT, "$id": SCHEMA_URL.format(name), "title": title, **copy}


def _rule() -> Schema:
    schema = _whole("rule", "A keylint rule (a file of a pack, named after its id)", RULE)
    by_target = [
        {
            "if": {"properties": {"target": {"const": target}}, "required": ["target"]},
            "then": {"properties": {key: {"$ref": f"#/$defs/{target}"} for key in _CONDITIONS}},
        }
        for target in TARGETS
    ]
    exactly_one = [{"required": ["require"]}, {"required": ["forbid"]}]
    return {**schema, "oneOf": exactly_one, "allOf": by_target, "$defs": _definitions(TARGETS)}


def _config() -> Schema:
    schema = _whole("config", "The configuration of keylint (.keylint.yaml)", CONFIG)
    # Which attributes a waiver can name depends on its rule, which may be the user's own: those of every target.
    definitions = _definitions(TARGETS, everything=True)
    waiver = _inside(schema, "properties", "waivers", "items")
    own = _inside(waiver, "properties")
    condition = _inside(definitions, _ANY)
    match: Schema = {
        **condition,
        "properties": {**_inside(condition, "properties"), "paths": own["paths"], "fingerprint": own["fingerprint"]},
        "description": _inside(own, "match")["description"],
    }
    own["match"] = match
    waiver["anyOf"] = [{"required": [key]} for key in ("match", "paths", "fingerprint")]
    return {**schema, "$defs": definitions}


def _inside(value: Mapping[str, object], *path: str) -> Schema:
    for key in path:
        found = value[key]
        assert isinstance(found, dict)
        value = found
    assert isinstance(value, dict)
    return value


def _definitions(targets: Mapping[str, Mapping[str, Attribute]], *, everything: bool = False) -> Schema:
    """Return the conditions of each target, or one that speaks of every target, and what they are made of."""
    conditions: Schema = (
        {_ANY: _condition(_ANY, targets)}
        if everything
        else {target: _condition(target, {target: attributes}) for target, attributes in targets.items()}
    )
    comparisons: Schema = {f"{type_}-comparison": _comparison(type_) for type_ in _VALUES}
    return {"variable": _VARIABLE, **comparisons, **conditions}


def _condition(name: str, targets: Mapping[str, Mapping[str, Attribute]]) -> Schema:
    itself = {"$ref": f"#/$defs/{name}"}
    several = {"type": "array", "minItems": 1, "items": itself}
    return {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {
            "all": {**several, "description": "every one of these holds"},
            "any": {**several, "description": "one of these holds at least"},
            "not": {**itself, "description": "this does not hold"},
            **{
                f"{target}.{attribute}": {"$ref": f"#/$defs/{of.type}-comparison", "description": of.meaning}
                for target, attributes in targets.items()
                for attribute, of in attributes.items()
            },
        },
    }


def _comparison(type_: str) -> Schema:
    operators = {
        name: {
            **_or_variable(_VALUES[type_] if one.takes == "value" else _OPERANDS[one.takes]),
            "description": one.meaning,
        }
        for name, one in OPERATORS.items()
        if type_ in one.of
    }
    record: Schema = {"type": "object", "minProperties": 1, "additionalProperties": False, "properties": operators}
    return _any_of([_VALUES[type_], {"$ref": "#/$defs/variable"}, record])


def _or_variable(schema: Schema) -> Schema:
    return _any_of([schema, {"$ref": "#/$defs/variable"}])


def _any_of(schemas: Iterable[Schema]) -> Schema:
    return {"anyOf": list(schemas)}
