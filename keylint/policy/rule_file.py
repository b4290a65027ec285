"""One rule file to a rule: every mistake in it is noted at its place."""

from __future__ import annotations

import re
from typing import cast

from keylint.model import SEVERITIES, Reference, Severity
from keylint.policy.conditions import Condition, Vars, parse
from keylint.policy.rule import TEMPLATE, Example, OnUnknown, Rule
from keylint.policy.shapes import (
    ANY_TEXT,
    DATE,
    KEBAB_CASE,
    MAPPING,
    TEXT,
    Field,
    Shape,
    choice,
    described,
    list_of,
    map_of,
    record,
    written,
)
from keylint.policy.source_map import Path, Plain, SourceMap
from keylint.policy.targets import TARGETS

# No part of a path is empty, goes up or is git's own; none means a drive.
_INSIDE = r"(?!.*(?:^|/)(?:\.{0,2}|\.[gG][iI][tT])(?:/|$))[^\\:\u0000-\u001f]+"
ON_UNKNOWN: tuple[OnUnknown, ...] = ("pass", "warn", "fail")
EVIDENCE = ("observed", "declared", "attested")


def _files(source: SourceMap, path: Path, value: Plain) -> bool:
    """Check the files of an example: they are written to a folder, and must lie in it."""
    if not _TEXTS.check(source, path, value):
        return False
    assert isinstance(value, dict)
    well = True
    for name in value:
        if not re.fullmatch(_INSIDE, name):
            source.problem(
                (*path, name), f"expected a path inside the example such as src/bot.py, found {described(name)}"
            )
            well = False
    return well


_TEXTS = map_of(ANY_TEXT, least=1)
_EXAMPLE = record(
    {
        "name": Field(TEXT, "what the example shows", required=True),
        "files": Field(
            Shape(_files, {**_TEXTS.schema, "propertyNames": {"pattern": f"^{_INSIDE}$"}}),
            "the files to scan, path to text with placeholders",
            required=True,
        ),
        "today": Field(DATE, "the day that ages are judged by"),
        "past": Field(map_of(ANY_TEXT, least=1), "the files of an earlier commit; the history is scanned then"),
    }
)
RULE = record(
    {
        "id": Field(KEBAB_CASE, "the rule's name, which is its file's", required=True),
        "severity": Field(choice("severity", SEVERITIES), "how bad it is if true", required=True),
        "target": Field(choice("target", tuple(TARGETS)), "what kind of fact it judges", required=True),
        "message": Field(TEXT, "what is wrong, with {{target.attribute}} and {{vars.name}} filled in", required=True),
        "rationale": Field(TEXT, "why it is wrong", required=True),
        "remediation": Field(TEXT, "what to do about it", required=True),
        "limits": Field(TEXT, "what the rule cannot see"),
        "references": Field(
            list_of(
                record(
                    {
                        "title": Field(TEXT, "the page's title", required=True),
                        "url": Field(written("an https:// address", r"https://\S+"), "its address", required=True),
                    }
                )
            ),
            "pages that explain it",
        ),
        "frameworks": Field(map_of(list_of(TEXT)), "numbers in frameworks such as cwe, owasp_nhi, asvs"),
        "evidence": Field(choice("evidence", EVIDENCE), "what a finding rests on (default: what the fact says)"),
        "select": Field(MAPPING, "which facts of the target it speaks of"),
        "require": Field(MAPPING, "what must hold; otherwise it is a finding"),
        "forbid": Field(MAPPING, "what must not hold; otherwise it is a finding"),
        "on_unknown": Field(choice("on_unknown", ON_UNKNOWN), "what a missing attribute comes to (default: pass)"),
        "tests": Field(
            record(
                {
                    "bad": Field(list_of(_EXAMPLE, least=1), "examples that give a finding", required=True),
                    "good": Field(list_of(_EXAMPLE, least=1), "examples that give none", required=True),
                }
            ),
            "its proof, at least one bad and one good example",
            required=True,
        ),
    }
)


def parse_rule(source: SourceMap, known_vars: Vars) -> Rule | None:
    """Return the rule of one file, or None with every mistake noted on the source.

    `known_vars` are the variables that the rule may speak of, with their defaults.
    """
    RULE.check(source, (), source.value)
    value = source.value
    if not isinstance(value, dict):
        return None
    _check_id(source, value)
    if ("require" in value) == ("forbid" in value):
        found = "both" if "require" in value else "neither"
        source.problem((), f"expected exactly one of 'require' and 'forbid', found {found}")
    conditions: dict[str, Condition | None] = dict.fromkeys(("select", "require", "forbid"))
    target = value.get("target")
    if isinstance(target, str) and target in TARGETS:
        for key in conditions:
            if isinstance(value.get(key), dict):
                conditions[key] = parse(source, (key,), value[key], target, known_vars)
        _check_message(source, value.get("message"), target, known_vars)
    if source.problems:
        source.problems.sort()
        return None
    return _rule(source.file, value, conditions)


def _check_id(source: SourceMap, value: dict[str, Plain]) -> None:
    stem = source.file.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    if isinstance(value.get("id"), str) and value["id"] != stem:
        source.problem(("id",), f"expected the file's name, '{stem}', found '{value['id']}'")


def _check_message(source: SourceMap, message: Plain, target: str, known_vars: Vars) -> None:
    known = (*(f"{target}.{name}" for name in TARGETS[target]), *(f"vars.{name}" for name in known_vars))
    for match in TEMPLATE.finditer(message if isinstance(message, str) else ""):
        if match["name"] not in known:
            source.unknown(("message",), match["name"], "attribute", known)


def _rule(file: str, value: dict[str, Plain], conditions: dict[str, Condition | None]) -> Rule:
    def text(key: str) -> str:
        return str(value.get(key, "")).strip()

    references = cast("list[dict[str, str]]", value.get("references", []))
    frameworks = cast("dict[str, list[str]]", value.get("frameworks", {}))
    tests = cast("dict[str, list[dict[str, Plain]]]", value["tests"])
    return Rule(
        id=text("id"),
        file=file,
        severity=cast(Severity, value["severity"]),
        target=text("target"),
        message=text("message"),
        rationale=text("rationale"),
        remediation=text("remediation"),
        limits=text("limits"),
        references=tuple(Reference(**reference) for reference in references),
        evidence=str(value["evidence"]) if "evidence" in value else None,
        frameworks={name: tuple(numbers) for name, numbers in frameworks.items()},
        select=conditions["select"],
        require=conditions["require"],
        forbid=conditions["forbid"],
        on_unknown=cast(OnUnknown, value.get("on_unknown", "pass")),
        bad=tuple(map(_example, tests["bad"])),
        good=tuple(map(_example, tests["good"])),
    )


def _example(value: dict[str, Plain]) -> Example:
    today = value.get("today")
    return Example(
        name=str(value["name"]),
        files=cast("dict[str, str]", value["files"]),
        today=None if today is None else str(today),
        past=cast("dict[str, str] | None", value.get("past")),
    )
