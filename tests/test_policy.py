"""Conditions, verdicts, and every mistake of a rule file told at its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keylint.errors import RuleError
from keylint.model import Fact, Location, Value
from keylint.policy.conditions import OPERATORS, PatternTimeout, holds, parse
from keylint.policy.pack import Loader
from keylint.policy.rule import Rule, message, verdict
from keylint.policy.rule_file import parse_rule
from keylint.policy.source_map import Plain, read
from keylint.policy.targets import TARGETS

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

VARS: dict[str, Plain] = {"limit": 3, "roles": ["a", "b"], "of": {"x": 1, "y": 5}, "nets": ["10.0.0.0/8"]}


def rule(rest: str) -> Rule:
    source = read(HEAD + rest, "sample.yaml")
    loaded = parse_rule(source, VARS)
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
    assert verdict(rule(rest), fact(**attributes), VARS) == expected


def test_a_rule_judges_its_own_target_only() -> None:
    other = fact(role="a")._replace(target="credential")
    assert verdict(rule("forbid: {file.role: a}"), other, VARS) is None


def test_message() -> None:
    filled = message(rule("forbid: {file.role: a}"), fact(path="x", secrets=2, names=["a", "b"]), VARS)
    assert filled == "x holds 2 secrets of a, b"
    assert (
        message(rule("forbid: {file.role: a}"), fact(path="x"), VARS)
        == "x holds an unknown number of secrets of unknown"
    )


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        pytest.param("- a", ["1:1: expected a mapping with id, severity, target, message"], id="no mapping"),
        pytest.param("", ["1:1: expected a mapping with id, severity, target, message"], id="empty"),
        pytest.param(
            HEAD + "forbid: {file.rol: a}",
            ["10:10: unknown attribute 'file.rol'; did you mean 'file.role'?"],
            id="attribute",
        ),
        pytest.param(
            HEAD + "forbid: {credential.kind: a}",
            [
                "10:10: unknown attribute 'credential.kind'; known: all, any, file.because, file.confidence",
            ],
            id="attribute of another target",
        ),
        pytest.param(
            HEAD + "forbid:\n  file.secrets: {get: 1}",
            ["11:18: unknown operator 'get'; did you mean 'gt'?"],
            id="operator",
        ),
        pytest.param(
            HEAD + "forbid: {file.role: {in: a}}", ["10:22: 'in' takes a list, found 'a'"], id="operand of in"
        ),
        pytest.param(HEAD + "forbid: {file.secrets: {gt: a}}", ["10:25: 'gt' takes a number"], id="operand of gt"),
        pytest.param(HEAD + "forbid: []", ["10:1: expected a mapping, found an empty list"], id="no condition"),
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
                "1:1: 'rationale' is missing: why it is wrong",
                "1:1: 'remediation' is missing: what to do about it",
                "1:1: expected the file's name, 'sample', found 'other'",
                "2:1: unknown severity 'urgent'; known: critical, high, low, medium",
                "3:1: unknown target 'fil'; did you mean 'file'?",
                "4:1: expected a text, found the number 1",
                "6:1: unknown on_unknown 'shrug'; known: fail, pass, warn",
                "7:14: 'url' is missing: its address",
                "8:14: expected a list, found the number 79",
                "9:1: 'good' is missing: examples that give none",
                "9:9: expected at least 1 entry",
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
                "8:9: 'files' is missing: the files to scan, path to text with placeholders",
                "8:42: expected a text, found the number 1",
                "8:49: unknown key 'tody'; did you mean 'today'?",
                "11:1: expected a list, found an empty mapping",
                "12:1: expected a mapping, found an empty list",
            ],
            id="tests",
        ),
        pytest.param(
            HEAD.partition("tests")[0] + "forbid: {file.role: a}\ntests: []",
            ["8:1: expected a mapping with bad, good, found an empty list"],
            id="tests of the wrong type",
        ),
    ],
)
def test_every_mistake_is_told_at_its_place(text: str, problems: list[str]) -> None:
    source = read(text, "sample.yaml")
    assert parse_rule(source, VARS) is None
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
    (tmp_path / "pack.yaml").write_text("name: p\nversion: '1'\ndescription: d\n")
    (tmp_path / "a.yaml").write_text("- 1")
    (tmp_path / "b.yaml").write_text("a: [")
    (tmp_path / "c.yaml").write_bytes(b"\xff\xff")
    loader = Loader()
    loader.extend(read(f"extends: [{tmp_path}]", "x.yaml"), "/")
    assert len(loader.problems) == 3


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_operator_speaks_of_attributes_that_exist(operator: str) -> None:
    types = {attribute.type for attributes in TARGETS.values() for attribute in attributes.values()}
    assert OPERATORS[operator].of <= types


@pytest.mark.parametrize(
    ("condition", "attributes", "expected"),
    [
        pytest.param("key.permissions: {contains: withdraw}", {"permissions": ["read"]}, False, id="contains not"),
        pytest.param("key.permissions: {contains: read}", {"permissions": ["read"]}, True, id="contains"),
        pytest.param("key.owner: {contains: lic}", {"owner": "@alice"}, True, id="contains part"),
        pytest.param("key.permissions: {empty: true}", {"permissions": []}, True, id="empty"),
        pytest.param("key.permissions: {empty: true}", {"permissions": ["read"]}, False, id="not empty"),
        pytest.param("key.permissions: {empty: false}", {"permissions": []}, False, id="empty false"),
        pytest.param("key.permissions: {empty: true}", {}, None, id="empty of unknown"),
        pytest.param("key.owner: {exists: true}", {}, False, id="exists not"),
        pytest.param("key.owner: {exists: false}", {}, True, id="exists false"),
        pytest.param("key.owner: {exists: true}", {"owner": ""}, True, id="exists"),
        pytest.param("key.permissions: {subset_of: [a, b]}", {"permissions": ["a", "c"]}, False, id="subset not"),
        pytest.param("key.permissions: {subset_of: $vars.roles}", {"permissions": ["a"]}, True, id="subset of a var"),
        pytest.param("key.permissions: {superset_of: [a]}", {"permissions": ["b"]}, False, id="superset not"),
        pytest.param("key.permissions: {superset_of: [a]}", {"permissions": ["a", "b"]}, True, id="superset"),
        pytest.param("key.permissions: {intersects: [a]}", {"permissions": ["b"]}, False, id="intersects not"),
        pytest.param("key.permissions: {intersects: [a]}", {"permissions": ["b", "a"]}, True, id="intersects"),
        pytest.param("key.permissions: [b, a]", {"permissions": ["a", "b"]}, True, id="lists are equal as sets"),
        pytest.param("key.id: {matches: '^tax-'}", {"id": "bot-tax-1"}, False, id="matches not"),
        pytest.param("key.id: {matches: '^tax-'}", {"id": "tax-2026"}, True, id="matches"),
        pytest.param("key.stored_in: {glob: 'file:ops/**'}", {"stored_in": "file:dev/x"}, False, id="glob not"),
        pytest.param("key.stored_in: {glob: 'file:ops/**'}", {"stored_in": "file:ops/a/x"}, True, id="glob"),
        pytest.param(
            "key.ip_whitelist: {within: [10.0.0.0/8]}",
            {"ip_whitelist": ["10.1.2.3", "11.0.0.1"]},
            False,
            id="within not",
        ),
        pytest.param("key.ip_whitelist: {within: $vars.nets}", {"ip_whitelist": ["10.1.0.0/16"]}, True, id="within"),
        pytest.param("key.ip_whitelist: {within: ['::/0']}", {"ip_whitelist": ["10.1.0.0/16"]}, False, id="versions"),
        pytest.param("key.ip_whitelist: {within: ['::/0']}", {"ip_whitelist": ["somewhere"]}, False, id="no address"),
        pytest.param("key.age_days: {lte: $vars.limit}", {"age_days": 4}, False, id="a var"),
        pytest.param("key.age_days: {lte: '$vars.of[key.purpose]'}", {"age_days": 4, "purpose": "y"}, True, id="index"),
        pytest.param(
            "key.age_days: {lte: '$vars.of[purpose]'}", {"age_days": 4, "purpose": "x"}, False, id="index short"
        ),
        pytest.param("key.age_days: {lte: '$vars.of[purpose]'}", {"age_days": 4, "purpose": "z"}, None, id="no entry"),
        pytest.param("key.age_days: {lte: '$vars.of[purpose]'}", {"age_days": 4}, None, id="index unknown"),
        pytest.param("key.declared: {eq: true}", {"declared": True}, True, id="flag"),
        pytest.param("key.age_days: 1", {"age_days": True}, False, id="a flag is no number"),
    ],
)
def test_operators(condition: str, attributes: dict[str, Value], expected: bool | None) -> None:
    source = read("{" + condition + "}", "x.yaml")
    parsed = parse(source, (), source.value, "key", VARS)
    assert source.problems == []
    assert holds(parsed, fact(**attributes)._replace(target="key"), VARS) is expected


def test_a_catastrophic_pattern_costs_its_limit_and_is_told() -> None:
    source = read("{key.id: {matches: '(x+x+)+y'}}", "x.yaml")
    parsed = parse(source, (), source.value, "key", VARS)
    with pytest.raises(PatternTimeout, match=r"\(x\+x\+\)\+y"):
        holds(parsed, fact(id="x" * 3000)._replace(target="key"), VARS)


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.text(max_size=3), max_size=3)
)


@given(st.lists(VALUES, min_size=3, max_size=3))
def test_negation_is_exact_and_unknown_stays_unknown(values: list[Value]) -> None:
    text = "{any: [{key.id: a}, {all: [{key.age_days: {gt: 1}}, {key.permissions: {contains: x}}]}]}"
    plain, negated = read(text, "x"), read("{not: " + text + "}", "x")
    one = parse(plain, (), plain.value, "key", VARS)
    other = parse(negated, (), negated.value, "key", VARS)
    key = fact(id=values[0], age_days=values[1], permissions=values[2])._replace(target="key")
    first, second = holds(one, key, VARS), holds(other, key, VARS)
    assert (first, second) in {(True, False), (False, True), (None, None)}
