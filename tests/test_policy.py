"""Conditions, verdicts, and every mistake of a rule file told at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from keylint.errors import RuleError
from keylint.model import Fact, Location, Value
from keylint.policy.conditions import OPERATORS
from keylint.policy.load import load_rules, parse_rule
from keylint.policy.rule import Rule, message, verdict
from keylint.policy.source_map import read

HEAD = """\
id: sample
severity: high
target: file
message: "{{file.path}} holds {{file.secrets}} secrets of {{file.names}}"
rationale: because
remediation: mend it
tests:
  bad: [{name: one, files: {a: b}}]
  good: [{name: two, files: {a: b}}]
"""


def rule(rest: str) -> Rule:
    source = read(HEAD + rest, "sample.yaml")
    loaded = parse_rule(source)
    assert loaded is not None, source.problems
    return loaded


def fact(**attributes: Value) -> Fact:
    return Fact("file", Location("p", 1, 1, 1, 1), "identity", attributes)


@pytest.mark.parametrize(
    ("rest", "attributes", "expected"),
    [
        pytest.param("forbid: {file.role: a}", {"role": "b"}, None, id="forbidden value absent"),
        pytest.param("forbid: {file.role: a}", {"role": "a"}, "high", id="forbidden value"),
        pytest.param("require: {file.role: a}", {"role": "a"}, None, id="required value"),
        pytest.param("require: {file.role: a}", {"role": "b"}, "high", id="required value absent"),
        pytest.param("forbid: {file.role: {ne: a}}", {"role": "a"}, None, id="ne"),
        pytest.param("forbid: {file.role: {in: [a, b]}}", {"role": "b"}, "high", id="in"),
        pytest.param("forbid: {file.role: {not_in: [a, b]}}", {"role": "b"}, None, id="not_in"),
        pytest.param("forbid: {file.secrets: {gt: 1}}", {"secrets": 1}, None, id="gt"),
        pytest.param("forbid: {file.secrets: {gte: 1}}", {"secrets": 1}, "high", id="gte"),
        pytest.param("forbid: {file.secrets: {lt: 1}}", {"secrets": 1}, None, id="lt"),
        pytest.param("forbid: {file.secrets: {lte: 1}}", {"secrets": 1}, "high", id="lte"),
        pytest.param("forbid: {file.secrets: {gt: 1}}", {"secrets": "many"}, None, id="no number, no order"),
        pytest.param(
            "forbid: {file.secrets: {gte: 1, lt: 3}}", {"secrets": 2}, "high", id="two operators must both hold"
        ),
        pytest.param(
            "forbid: {file.role: a, file.tracked: true}", {"role": "a", "tracked": False}, None, id="all entries"
        ),
        pytest.param("forbid: {any: [{file.role: a}, {file.tracked: true}]}", {"role": "a"}, "high", id="any"),
        pytest.param(
            "forbid: {all: [{file.role: a}, {file.tracked: true}]}", {"role": "b"}, None, id="all, one known false"
        ),
        pytest.param("forbid: {not: {file.role: a}}", {"role": "b"}, "high", id="not"),
        pytest.param(
            "select: {file.role: a}\nforbid: {file.tracked: true}", {"role": "b", "tracked": True}, None, id="select"
        ),
        pytest.param(
            "select: {file.role: a}\nforbid: {file.tracked: true}", {"tracked": True}, None, id="select unknown"
        ),
        pytest.param("forbid: {file.role: a}", {}, None, id="unknown passes"),
        pytest.param("forbid: {not: {file.role: a}}", {}, None, id="not of unknown is unknown"),
        pytest.param("forbid: {file.role: a}\non_unknown: fail", {}, "high", id="unknown fails"),
        pytest.param("require: {file.role: a}\non_unknown: warn", {"role": None}, "low", id="unknown warns"),
    ],
)
def test_verdict(rest: str, attributes: dict[str, Value], expected: str | None) -> None:
    assert verdict(rule(rest), fact(**attributes)) == expected


def test_a_rule_judges_its_own_target_only() -> None:
    other = fact(role="a")._replace(target="credential")
    assert verdict(rule("forbid: {file.role: a}"), other) is None


def test_message() -> None:
    filled = message(rule("forbid: {file.role: a}"), fact(path="x", secrets=2, names=["a", "b"]))
    assert filled == "x holds 2 secrets of a, b"
    assert message(rule("forbid: {file.role: a}"), fact(path="x")) == "x holds unknown secrets of unknown"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        pytest.param("- a", ["1:1: expected a mapping with id, severity, target, message …"], id="no mapping"),
        pytest.param("", ["1:1: expected a mapping with id, severity, target, message …"], id="empty"),
        pytest.param(
            HEAD + "forbid: {file.rol: a}",
            ["10:10: unknown attribute 'file.rol'; did you mean 'file.role'?"],
            id="attribute",
        ),
        pytest.param(
            HEAD + "forbid: {credential.kind: a}",
            [
                (
                    "10:10: unknown attribute 'credential.kind'; known: all, any, file.names, file.path, file.role, "
                    "file.secrets, file.tracked, not"
                )
            ],
            id="attribute of another target",
        ),
        pytest.param(
            HEAD + "forbid:\n  file.secrets: {get: 1}",
            ["11:18: unknown operator 'get'; did you mean 'gt'?"],
            id="operator",
        ),
        pytest.param(HEAD + "forbid: {file.role: {in: a}}", ["10:22: 'in' takes a list"], id="operand of in"),
        pytest.param(HEAD + "forbid: {file.secrets: {gt: a}}", ["10:25: 'gt' takes a number"], id="operand of gt"),
        pytest.param(HEAD + "forbid: []", ["10:1: expected a mapping of conditions"], id="no condition"),
        pytest.param(HEAD + "forbid: {any: a}", ["10:10: 'any' takes a list of conditions"], id="any without a list"),
        pytest.param(HEAD, ["1:1: expected exactly one of 'require' and 'forbid'"], id="no verdict"),
        pytest.param(
            HEAD + "forbid: {file.role: a}\nforbid: {file.role: b}", ["11:1: key 'forbid' is written twice"], id="twice"
        ),
        pytest.param(
            HEAD + "forbid: {file.role: a}\nseverty: low",
            ["11:1: unknown key 'severty'; did you mean 'severity'?"],
            id="key",
        ),
        pytest.param(
            "id: other\nseverity: urgent\ntarget: fil\nmessage: 1\nforbid: {file.role: a}\non_unknown: shrug\n"
            "references: [{title: a}]\nframeworks: {cwe: 79}\ntests: {bad: [], ugly: 1}",
            [
                "1:1: 'rationale' is missing",
                "1:1: 'remediation' is missing",
                "1:1: the id 'other' must be the file's name, 'sample'",
                "2:1: unknown severity 'urgent'; known: critical, high, low, medium",
                "3:1: unknown target 'fil'; did you mean 'file'?",
                "4:1: 'message' takes a text",
                "6:1: unknown on_unknown 'shrug'; known: fail, pass, warn",
                "7:14: expected {title: …, url: https://…}",
                "8:14: expected a list of texts",
                "9:1: a rule needs at least one 'bad' test",
                "9:1: a rule needs at least one 'good' test",
                "9:18: unknown key 'ugly'; known: bad, good",
            ],
            id="every mistake at once",
        ),
        pytest.param(
            HEAD.replace("{{file.path}}", "{{file.pth}}") + "forbid: {file.role: a}",
            ["4:1: unknown attribute 'file.pth'; did you mean 'file.path'?"],
            id="message",
        ),
        pytest.param(
            HEAD.replace("{name: one, files: {a: b}}", "{name: one}, {name: two, files: {a: 1}, tody: x}")
            + "forbid: {file.role: a}\nreferences: {}\nframeworks: []",
            [
                "8:9: expected {name: …, files: {path: text}}",
                "8:34: expected a mapping of path to text",
                "8:49: unknown key 'tody'; did you mean 'today'?",
                "11:1: expected {title: …, url: https://…}",
                "12:1: expected a mapping of framework to numbers",
            ],
            id="tests",
        ),
        pytest.param(
            HEAD.partition("tests")[0] + "forbid: {file.role: a}\ntests: []",
            ["8:1: expected a mapping with 'bad' and 'good'"],
            id="tests of the wrong type",
        ),
    ],
)
def test_every_mistake_is_told_at_its_place(text: str, problems: list[str]) -> None:
    source = read(text, "sample.yaml")
    assert parse_rule(source) is None
    told = [str(problem).removeprefix("sample.yaml:") for problem in source.problems]
    assert len(told) == len(problems)
    for actual, expected in zip(told, problems, strict=True):
        assert actual.startswith(expected)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("a: [", "x.yaml:2:1: not YAML: ", id="unfinished"),
        pytest.param("a: b: c", "x.yaml:1:5: not YAML: mapping values are not allowed", id="two colons"),
        pytest.param("a: \x00", "x.yaml:1:1: not YAML: ", id="NUL"),
    ],
)
def test_what_is_no_yaml(text: str, problem: str) -> None:
    with pytest.raises(RuleError) as caught:
        read(text, "x.yaml")
    assert str(caught.value).startswith(problem)


def test_values_keep_their_types() -> None:
    text = "{a: 1, b: 1.5, c: true, d: null, e: 2026-11-22, f: 0x1F, g: '1', h: .inf, i: [x]}"
    assert read(text, "x").value == {
        "a": 1,
        "b": 1.5,
        "c": True,
        "d": None,
        "e": "2026-11-22",
        "f": 31,
        "g": "1",
        "h": ".inf",
        "i": ["x"],
    }


def test_the_mistakes_of_all_files_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("- 1")
    (tmp_path / "b.yaml").write_text("a: [")
    (tmp_path / "c.yaml").write_bytes(b"\xff\xff")
    with pytest.raises(RuleError) as caught:
        load_rules(str(tmp_path))
    assert len(str(caught.value).splitlines()) == 3


def test_a_folder_without_rules_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="holds no rules"):
        load_rules(str(tmp_path))


def test_every_operator_has_an_operand_that_makes_sense() -> None:
    assert {operator.takes for operator in OPERATORS.values()} == {"value", "list", "number"}
