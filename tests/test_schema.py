"""The JSON Schemas: valid themselves, as committed, and of one mind with the shapes about every file at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import tomli
from conftest import ROOT, Run
from jsonschema import Draft202012Validator, FormatChecker

from keylint.errors import RuleError
from keylint.policy.conditions import OPERATORS
from keylint.policy.inventory_file import INVENTORY
from keylint.policy.rule_file import parse_rule
from keylint.policy.schema import SCHEMA_URL, schemas
from keylint.policy.source_map import Plain, SourceMap, read
from keylint.policy.targets import TARGETS

SCHEMAS = schemas()
FOLDER = ROOT / "docs" / "schema"
MISTAKES = ROOT / "fixtures" / "mistakes"
# Mistakes that no schema can express, and why.
BEYOND = {
    "endless-aliases": "no YAML value at all",
    "extends-itself": "about another file",
    "misnamed": "about the file's name",
    "nested": "about depth",
    "not-toml": "no TOML",
    "not-yaml": "no YAML",
    "pyproject": "rules are known only once packs are read",
    "rule-defined-already": "about another file",
    "two-configurations": "about another file",
    "unknown-pack": "about the disk",
    "unknown-rule": "rules are known only once packs are read",
    "unknown-variable": "variables are known only once packs are read",
    "written-twice": "editors' YAML says so before a schema is asked",
}
RULE: dict[str, Plain] = {
    "id": "own-rule",
    "severity": "low",
    "target": "key",
    "message": "m",
    "rationale": "r",
    "remediation": "r",
    "tests": {"bad": [{"name": "n", "files": {"a": "b"}}], "good": [{"name": "n", "files": {"a": "b"}}]},
}


def mistakes(name: str, value: object) -> list[str]:
    validator = Draft202012Validator(SCHEMAS[name], format_checker=FormatChecker())
    return [error.message for error in validator.iter_errors(value)]


def kind(path: Path) -> str:
    if path.name == "pack.yaml":
        return "pack"
    return "config" if path.name.startswith((".keylint", "pyproject")) else "rule"


def value(path: Path) -> object:
    text = path.read_text(encoding="utf-8")
    if path.name.startswith("pyproject"):
        return tomli.loads(text)["tool"]["keylint"]
    return read(text, path.name).value


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_valid_and_committed(keylint: Run, request: pytest.FixtureRequest, name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$id"] == SCHEMA_URL.format(name)
    if request.config.getoption("--rewrite"):
        assert keylint("rules", "schema", name, "--output", str(FOLDER)).code == 0
    printed = keylint("rules", "schema", name)
    assert (printed.code, printed.out) == (0, (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))


def test_without_a_name_all_are_printed(keylint: Run) -> None:
    assert json.loads(keylint("rules", "schema").out) == SCHEMAS
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.schema.json" for name in SCHEMAS}


def test_schemas_are_written_to_a_folder(keylint: Run, tmp_path: Path) -> None:
    assert keylint("rules", "schema", "--output", str(tmp_path / "new")).out == ""
    written = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in (tmp_path / "new").iterdir()}
    assert written == {f"{name}.schema.json": schema for name, schema in SCHEMAS.items()}


def test_a_folder_that_cannot_be_written_is_said(keylint: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = keylint("rules", "schema", "--output", str(tmp_path / "file"))
    assert (result.code, result.out) == (2, "")
    assert "cannot be written" in result.err


@pytest.mark.parametrize("path", sorted((ROOT / "rules").rglob("*.yaml")), ids=lambda path: path.stem)
def test_what_ships_is_valid(path: Path) -> None:
    assert mistakes(kind(path), value(path)) == []


def test_every_class_of_mistake_is_there() -> None:
    assert set(BEYOND) <= {path.name for path in MISTAKES.iterdir()}


@pytest.mark.parametrize("name", sorted({path.name for path in MISTAKES.iterdir() if path.is_dir()} - set(BEYOND)))
def test_what_the_tool_refuses_for_its_shape_the_schema_refuses(name: str) -> None:
    files = [path for path in (MISTAKES / name).rglob("*") if path.is_file()]
    assert [path for path in files if mistakes(kind(path), value(path))] != []


# Rules whose mistakes are about conditions; None: no mistake that a schema can see.
CONDITIONS: list[tuple[str, dict[str, Plain], bool]] = [
    ("equality", {"key.id": "a"}, True),
    ("comparison", {"key.age_days": {"lte": 3}}, True),
    ("two comparisons", {"key.age_days": {"lte": 3, "gt": 1}}, True),
    ("variable", {"key.age_days": {"lte": "$vars.limit"}}, True),
    ("variable by attribute", {"key.permissions": {"subset_of": "$vars.purposes[key.purpose]"}}, True),
    ("nested", {"all": [{"any": [{"key.id": "a"}]}, {"not": {"key.in_use": True}}]}, True),
    ("networks", {"key.ip_whitelist": {"within": ["10.0.0.0/8"]}}, True),
    ("one network", {"key.ip_whitelist": {"within": "10.0.0.0/8"}}, True),
    ("nothing", {}, False),
    ("attribute of another target", {"file.path": "a"}, False),
    ("attribute misspelt", {"key.permisions": {"contains": "read"}}, False),
    ("operator misspelt", {"key.age_days": {"gtt": 3}}, False),
    ("operator of another type", {"key.age_days": {"matches": "a"}}, False),
    ("text for a number", {"key.age_days": {"gt": "three"}}, False),
    ("text for a list", {"key.permissions": {"subset_of": "read"}}, False),
    ("text for a flag", {"key.in_use": "yes"}, False),
    ("no variable", {"key.id": "$var.x"}, False),
    ("no operator", {"key.id": {}}, False),
    ("empty any", {"any": []}, False),
    ("any of no list", {"any": {"key.id": "a"}}, False),
]


@pytest.mark.parametrize("place", ["require", "forbid", "select"])
@pytest.mark.parametrize(("condition", "well"), [pytest.param(*row[1:], id=row[0]) for row in CONDITIONS])
def test_a_condition_is_judged_as_the_tool_judges_it(place: str, condition: dict[str, Plain], well: bool) -> None:
    judged: dict[str, Plain] = {"forbid": {"key.id": "a"}} if place == "select" else {}
    rule: dict[str, Plain] = {**RULE, **judged, place: condition}
    known: dict[str, Plain] = {"limit": 3, "purposes": {"a": ["read"]}}
    parsed = parse_rule(SourceMap("own-rule.yaml", rule, {}), known)
    assert (mistakes("rule", rule) == [], parsed is not None) == (well, well)


def test_exactly_one_of_require_and_forbid() -> None:
    one: dict[str, Plain] = {"key.id": "a"}
    assert mistakes("rule", RULE)
    assert mistakes("rule", {**RULE, "require": one, "forbid": one})
    assert mistakes("rule", {**RULE, "require": one}) == []


def test_every_attribute_and_operator_is_in_the_schema_with_its_meaning() -> None:
    definitions: Any = SCHEMAS["rule"]["$defs"]
    for target, attributes in TARGETS.items():
        properties = definitions[target]["properties"]
        assert {f"{target}.{name}" for name in attributes} | {"all", "any", "not"} == set(properties)
        assert all(one["description"] for one in properties.values())
    compared = {
        operator
        for type_ in ("text", "number", "flag", "texts")
        for operator in definitions[f"{type_}-comparison"]["anyOf"][2]["properties"]
    }
    assert compared == set(OPERATORS)


WAIVER = {"rule": "r", "reason": "r", "owner": "o", "created": "2026-11-01", "expires": "2026-12-01"}


@pytest.mark.parametrize(
    ("rest", "well"),
    [
        pytest.param({"paths": ["a"]}, True, id="paths"),
        pytest.param({"match": {"key.id": "a", "paths": ["b"]}}, True, id="match with paths"),
        pytest.param({"match": {"any": [{"file.path": "a"}]}}, True, id="match with a condition"),
        pytest.param({}, False, id="whole rule"),
        pytest.param({"match": {"key.kid": "a"}}, False, id="unknown attribute"),
        pytest.param({"paths": ["a"], "expires": "soon"}, False, id="no date"),
        pytest.param({"paths": ["a"], "expires": "2026-02-30"}, False, id="no day of the calendar"),
    ],
)
def test_a_waiver(rest: dict[str, object], well: bool) -> None:
    assert (mistakes("config", {"waivers": [{**WAIVER, **rest}]}) == []) is well


INVENTORIES: list[tuple[str, str, bool]] = [
    ("empty", "keys: []", True),
    ("least", "keys: [{id: a}]", True),
    ("dates", "keys: [{id: a, created: 2026-10-01, last_used: 2026-11-20, reviewed: 2026-11-01}]", True),
    ("networks", "keys: [{id: a, ip_whitelist: [203.0.113.7/32, '2001:db8::/64', 10.0.0.1]}]", True),
    ("stores", "keys: [{id: a, stored_in: 'env:A'}, {id: b, stored_in: 'vault:kv/a'}]", True),
    ("nothing", "{}", False),
    ("no id", "keys: [{exchange: binance.us}]", False),
    ("unknown field", "keys: [{id: a, permision: [read]}]", False),
    ("unknown permission", "keys: [{id: a, permissions: [trade]}]", False),
    ("unknown exchange", "keys: [{id: a, exchange: binance}]", False),
    ("unknown second factor", "keys: [{id: a, two_factor: totp}]", False),
    ("no list", "keys: [{id: a, permissions: read}]", False),
    ("no date", "keys: [{id: a, created: 2026-13-01}]", False),
    ("no network", "keys: [{id: a, ip_whitelist: [office]}]", False),
    ("no fingerprint", "keys: [{id: a, fingerprint: 'sha256:abc'}]", False),
    ("no store", "keys: [{id: a, stored_in: BINANCE}]", False),
]


@pytest.mark.parametrize(("text", "well"), [pytest.param(*row[1:], id=row[0]) for row in INVENTORIES])
def test_an_inventory_is_judged_as_the_tool_judges_it(text: str, well: bool) -> None:
    source = read(text, "keylint.keys.yaml")
    assert (mistakes("inventory", source.value) == [], INVENTORY.check(source, (), source.value)) == (well, well)


def test_a_file_that_is_no_yaml_never_reaches_a_schema() -> None:
    with pytest.raises(RuleError):
        value(MISTAKES / "not-yaml" / ".keylint.yaml")
