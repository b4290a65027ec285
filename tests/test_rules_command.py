"""keylint rules: list, show, test, docs; what an author of rules is told, and what must never happen to them."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Run, write

from keylint.commands._rules.pages import INDEX, MARK
from keylint.commands._rules.selection import of_policy
from keylint.policy.conditions import parse
from keylint.policy.merge import load_policy
from keylint.policy.placeholders import expand
from keylint.policy.source_map import Plain, SourceMap
from keylint.policy.unparsed import unparsed, vars_of

PACK = "name: acme\nversion: '1'\ndescription: ours\nextends: [keylint:recommended]\nvars: {most: 0, named: [a]}\n"
RULE = """\
id: {id}
severity: low
target: file
message: "{{{{file.path}}}} holds {{{{file.secrets}}}} (most {{{{vars.most}}}})"
rationale: We keep none. Not one.
remediation: Take them out.
{rest}
tests:
  bad: [{{name: one, files: {{{bad}}}}}]
  good: [{{name: two, files: {{{good}}}}}]
"""
FORBID = "forbid: {file.secrets: {gt: $vars.most}}"
FULL, EMPTY = '.env: "DB_PASSWORD={{password:db}}\\n"', ".env: 'PORT=1'"


def own(folder: Path, rest: str = FORBID, bad: str = FULL, good: str = EMPTY, name: str = "own-rule") -> Path:
    """A repository with a pack of its own that holds one rule."""
    rule = RULE.format(id=name, rest=rest, bad=bad, good=good)
    files = {".keylint.yaml": "extends: [./acme]\n", "acme/pack.yaml": PACK}
    write(folder, files)
    (folder / "acme" / f"{name}.yaml").write_text(rule, encoding="utf-8")
    return folder


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# list


def test_list_says_what_is_on_and_why(keylint: Run, here: Path) -> None:
    own(here)
    (here / ".keylint.yaml").write_text("extends: [./acme]\nrules: {unused-waiver: off, own-rule: {severity: high}}\n")
    lines = {line.split()[0]: line for line in keylint("rules", "list").out.splitlines()}
    assert lines["own-rule"].split() == [
        "own-rule",
        "high",
        "file",
        "./acme",
        "on,",
        ".keylint.yaml:2:29",
        *"We keep none.".split(),
    ]
    assert " off, .keylint.yaml:2:9 " in lines["unused-waiver"]
    assert lines["expired-waiver"].split()[4] == "on"
    assert lines["RULE"].split() == ["RULE", "SEVERITY", "TARGET", "PACK", "STATE", "WHY"]


def test_list_isolated_and_with_another_configuration(keylint: Run, here: Path) -> None:
    own(here)
    write(here, {"other.yaml": "extends: [keylint:recommended]\n"})
    everything = {rule["id"] for rule in json.loads(keylint("rules", "list", "--format", "json").out)["rules"]}
    for option in (("--isolated",), ("--config", "other.yaml")):
        fewer = {rule["id"] for rule in json.loads(keylint("rules", "list", "--format", "json", *option).out)["rules"]}
        assert everything - fewer == {"own-rule"}


def test_list_for_programs(keylint: Run, here: Path) -> None:
    own(here)
    document = json.loads(keylint("rules", "list", "--format", "json").out)
    (rule,) = (rule for rule in document["rules"] if rule["id"] == "own-rule")
    assert (document["schema"], rule) == (
        "keylint/rules/1",
        {
            "id": "own-rule",
            "severity": "low",
            "target": "file",
            "pack": "./acme",
            "group": "acme",
            "on": True,
            "origin": "./acme",
            "summary": "We keep none.",
        },
    )


def test_list_fits_a_terminal(keylint: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setattr("keylint.commands.rules.is_terminal", lambda: True)
    lines = keylint("rules", "list").out.splitlines()
    assert max(map(len, lines)) == 60
    assert any(line.endswith("…") for line in lines)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_table_that_cannot_be_written_is_no_success(keylint: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        result = keylint("rules", "list")
        monkeypatch.undo()
    assert (result.code, "could not be written" in result.err) == (4, True)


# show


def test_show(keylint: Run, here: Path) -> None:
    own(here)
    assert keylint("rules", "show", "own-rule").out == (
        "own-rule: low, on file, on (./acme)\npack ./acme, group acme\n\n"
        "  {{file.path}} holds {{file.secrets}} (most {{vars.most}})\n\n"
        "Why\n  We keep none. Not one.\n\nWhat to do\n  Take them out.\n\n"
        "Condition\n  forbid:\n    file.secrets:\n      gt: $vars.most\n\n"
        "Vars\n  most: 0  (acme/pack.yaml:5:8)\n\n"
        "Bad: one\n  .env\n    DB_PASSWORD={{password:db}}\n\nGood: two\n  .env\n    PORT=1\n"
    )


def test_show_tells_the_values_in_force(keylint: Run, here: Path) -> None:
    own(here)
    (here / ".keylint.yaml").write_text(
        "extends: [./acme]\nvars: {most: 2}\nrules: {own-rule: {on_unknown: fail}, expired-waiver: off}\n"
    )
    shown = json.loads(keylint("rules", "show", "own-rule", "--format", "json").out)
    assert shown["vars"] == {"most": {"value": 2, "origin": ".keylint.yaml:2:8"}}
    assert shown["condition"] == {"forbid": {"file.secrets": {"gt": "$vars.most"}}, "on_unknown": "fail"}
    assert shown["examples"]["bad"] == [
        {"name": "one", "today": None, "files": {".env": "DB_PASSWORD={{password:db}}\n"}}
    ]
    assert (
        "expired-waiver: medium, on waiver, off (.keylint.yaml:3:39)" in keylint("rules", "show", "expired-waiver").out
    )


@pytest.mark.parametrize("name", [one.rule.id for one in of_policy(load_policy())])
@pytest.mark.parametrize("format_", ["text", "json"])
def test_show_of_every_shipped_rule_is_whole(keylint: Run, name: str, format_: str) -> None:
    result = keylint("rules", "show", name, "--isolated", "--format", format_)
    assert result.code == 0
    (rule,) = (one.rule for one in of_policy(load_policy()) if one.rule.id == name)
    for part in (*(reference.url for reference in rule.references), *(one.name for one in (*rule.bad, *rule.good))):
        assert part in result.out
    for value in vars_of(rule):
        assert value in result.out


def test_a_key_in_an_example_is_shown_nowhere(keylint: Run, here: Path) -> None:
    secret, armour = expand("{{key:shown}}"), expand("{{pem:PRIVATE KEY:shown}}")
    own(here, bad=f"a.py: 'API_KEY = \"{secret}\"', b.pem: {json.dumps(armour)}")
    rule = here / "acme" / "own-rule.yaml"
    rule.write_text(
        rule.read_text().replace("name: one", f"name: {secret}").replace("Not one.", f"{secret} is not one.")
    )
    for arguments in (("show", "own-rule"), ("show", "own-rule", "--format", "json"), ("test",), ("docs",)):
        result = keylint("rules", *arguments)
        said = result.out + result.err
        assert secret not in said
        assert armour.splitlines()[1] not in said
    page = (here / "docs" / "rules" / "own-rule.md").read_text(encoding="utf-8")
    assert (secret in page, armour.splitlines()[1] in page) == (False, False)
    assert f"{secret[:4]}…{secret[-2:]}" in page


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        pytest.param("hardcoded-api-kye", "did you mean 'hardcoded-api-key'?", id="near"),
        pytest.param("zzz", "keylint rules list shows all", id="far"),
    ],
)
def test_an_unknown_rule(keylint: Run, name: str, hint: str) -> None:
    result = keylint("rules", "show", name)
    assert (result.code, result.out, result.err) == (2, "", f"keylint: unknown rule '{name}'; {hint}\n")


@pytest.mark.parametrize("rule", [one.rule for one in of_policy(load_policy())], ids=lambda rule: rule.id)
def test_a_condition_written_and_read_again_is_the_same(rule: object) -> None:
    assert isinstance(rule, type(of_policy(load_policy())[0].rule))
    known: dict[str, Plain] = dict(load_policy().vars)
    for condition in (rule.select, rule.require, rule.forbid):
        if condition is not None:
            written = unparsed(condition, rule.target)
            source = SourceMap("", written, {})
            again = parse(source, (), written, rule.target, known)
            assert (unparsed(again, rule.target), source.problems) == (written, [])


@pytest.mark.parametrize(
    "written",
    [
        pytest.param({"key.age_days": {"gt": 1}}, id="leaf"),
        pytest.param({"key.id": "a"}, id="equality"),
        pytest.param({"key.id": "a", "key.in_use": True}, id="several"),
        pytest.param({"any": [{"key.id": "a"}, {"not": {"key.id": "b"}}]}, id="combined"),
        pytest.param({"all": [{"key.id": {"ne": "a"}}, {"key.id": {"ne": "b"}}]}, id="one attribute twice"),
        pytest.param({"key.permissions": {"subset_of": "$vars.purposes[key.purpose]"}}, id="variable by attribute"),
    ],
)
def test_a_condition_is_written_as_people_write_it(written: dict[str, Plain]) -> None:
    known: dict[str, Plain] = {"purposes": {"a": ["read"]}}
    assert unparsed(parse(SourceMap("", written, {}), (), written, "key", known), "key") == written


def test_every_action_has_help_with_examples(keylint: Run) -> None:
    for action in ("list", "show", "test", "schema", "docs"):
        result = keylint("rules", action, "--help")
        assert (result.code, "examples:\n  keylint rules list " in result.out) == (0, True)


# test


def test_every_shipped_rule_passes(keylint: Run) -> None:
    result = keylint("rules", "test", "--isolated")
    rules = [one.rule for one in of_policy(load_policy())]
    number = sum(len(rule.bad) + len(rule.good) for rule in rules)
    assert result.code == 0
    assert result.out.endswith(f"\n{len(rules)} rules, {number} examples: all passed.\n")
    assert result.err == ""


def test_a_rule_of_ones_own(keylint: Run, here: Path) -> None:
    own(here)
    assert keylint("rules", "test", "acme").out == (
        "RULE      BAD  GOOD  RESULT\nown-rule    1     1  passed\n\n1 rule, 2 examples: all passed.\n"
    )


@pytest.mark.parametrize(
    ("path", "rules"),
    [
        pytest.param("acme", ["own-rule"], id="pack"),
        pytest.param("acme/pack.yaml", ["own-rule"], id="pack file"),
        pytest.param("acme/own-rule.yaml", ["own-rule"], id="rule file"),
        pytest.param(".keylint.yaml", None, id="configuration"),
        pytest.param(".", None, id="folder with a configuration"),
    ],
)
def test_what_a_path_names(keylint: Run, here: Path, path: str, rules: list[str] | None) -> None:
    own(here)
    tested = json.loads(keylint("rules", "test", path, "--format", "json").out)["tests"]
    everything = {"own-rule", *(one.rule.id for one in of_policy(load_policy()))}
    assert {one["rule"] for one in tested} == (everything if rules is None else set(rules))


def test_a_folder_of_a_shipped_pack(keylint: Run) -> None:
    tested = json.loads(
        keylint("rules", "test", str(ROOT / "rules" / "binance-us" / "waivers"), "--format", "json").out
    )["tests"]
    assert {one["rule"] for one in tested} == {"expired-waiver", "overlong-waiver", "unused-waiver"}


def test_a_file_named_twice_is_tested_once(keylint: Run, here: Path) -> None:
    own(here)
    assert "1 rule, 2 examples" in keylint("rules", "test", "acme", "acme/own-rule.yaml", "./acme").out


@pytest.mark.parametrize(
    ("path", "said"),
    [
        pytest.param("nowhere", "no such file or folder: nowhere", id="missing"),
        pytest.param("plain", "plain: expected a pack (a folder with pack.yaml), a rule file of one", id="no pack"),
        pytest.param("acme/notes.txt", "acme/notes.txt: no rule file of the pack in acme", id="no rule"),
    ],
)
def test_a_path_that_names_no_rule(keylint: Run, here: Path, path: str, said: str) -> None:
    write(own(here), {"plain/a.txt": "", "acme/notes.txt": ""})
    result = keylint("rules", "test", path)
    assert (result.code, result.out, said in result.err) == (2, "", True)


def test_a_pack_without_rules(keylint: Run, here: Path) -> None:
    write(here, {"acme/pack.yaml": PACK})
    result = keylint("rules", "test", "acme")
    assert (result.code, result.out) == (0, "No rules to test.\n")


REASONS = [
    pytest.param(
        FORBID,
        "main.py: x = 1",
        ["no file was found in these files (found: nothing)"],
        id="nothing seen",
    ),
    pytest.param(
        FORBID,
        "main.py: 'API_KEY = \"{{key:a}}\"'",
        ["no file was found in these files (found: 1 credential)"],
        id="something else seen",
    ),
    pytest.param(
        FORBID,
        EMPTY,
        [
            "file at .env:1:1: in order, for what it forbids does not hold",
            "  forbid: file.secrets gt $vars.most: no, it is 0",
        ],
        id="in order",
    ),
    pytest.param(
        "require: {file.tracked: true}",
        FULL,
        [
            "file at .env:1:13: in order, for what it requires holds",
            "  require: file.tracked eq true: yes, it is true",
        ],
        id="required and met",
    ),
    pytest.param(
        f"select: {{file.role: key-file}}\n{FORBID}",
        FULL,
        ["file at .env:1:13: not selected", "  select: file.role eq key-file: no, it is secret-store"],
        id="not selected",
    ),
    pytest.param(
        "select: {file.role: secret-store}\nforbid: {file.secrets: {gt: 1}}",
        FULL,
        [
            "file at .env:1:13: in order, for what it forbids does not hold",
            "  forbid: file.secrets gt 1: no, it is 1",
        ],
        id="selected and in order",
    ),
    pytest.param(
        "forbid: {all: [{file.ignored: false}, {file.role: {in: [secret-store]}}]}",
        FULL,
        [
            "file at .env:1:13: unknown, and on_unknown is pass",
            "  forbid: file.ignored eq false: unknown, it is unknown",
            "  forbid: file.role in [secret-store]: yes, it is secret-store",
        ],
        id="unknown",
    ),
    pytest.param(
        "forbid: {file.path: {matches: '(x+x+)+y'}}",
        f"{'x' * 250}/{'x' * 250}/{FULL}",
        None,
        id="a pattern that takes too long",
    ),
    pytest.param(
        FORBID,
        "{}: ''".format("a/" * 6 + ".env") + "".join(f", {letter}/.env: ''" for letter in "bcdefg"),
        ["and 2 more"],
        id="many",
    ),
]


@pytest.mark.parametrize(("rest", "bad", "why"), REASONS)
def test_a_bad_example_that_does_not_fire_says_why(
    keylint: Run, here: Path, rest: str, bad: str, why: list[str] | None
) -> None:
    own(here, rest, bad=bad)
    result = keylint("rules", "test", "acme", "--format", "json")
    (found,) = (one for one in json.loads(result.out)["tests"] if one["verdict"] == "bad")
    assert (result.code, found["passed"], found["findings"]) == (1, False, [])
    if why is None:
        assert "timeout" in found["trouble"]
    else:
        assert found["why"][-len(why) :] == why


def test_what_failed_is_shown_as_a_difference(keylint: Run, here: Path) -> None:
    own(here, bad=EMPTY, good=FULL)
    assert keylint("rules", "test", "acme").out == (
        "RULE      BAD  GOOD  RESULT\nown-rule    1     1  2 failed\n\n"
        "acme/own-rule.yaml: bad example 'one'\n  - expected: a finding of own-rule\n  + found:    nothing\n"
        "  why: file at .env:1:1: in order, for what it forbids does not hold\n"
        "       forbid: file.secrets gt $vars.most: no, it is 0\n\n"
        "acme/own-rule.yaml: good example 'two'\n  - expected: nothing\n"
        "  + found:    .env:1:13: .env holds 1 (most 0)\n\n"
        "1 rule, 2 examples: 2 failed.\n"
    )


def test_a_suppressed_finding_proves_neither(keylint: Run, here: Path) -> None:
    allowed = 'a.py: "API_KEY = \'{{key:a}}\'  # keylint: allow[own-rule] reason=\\"x\\"\\n"'
    rest = "forbid: {credential.kind: api_key}"
    own(here, rest, bad=allowed, good=allowed)
    rule = here / "acme" / "own-rule.yaml"
    text = rule.read_text().replace("target: file", "target: credential")
    rule.write_text(text.replace("{{file.path}}", "it").replace("{{file.secrets}}", "one"))
    bad, good = json.loads(keylint("rules", "test", "acme", "--format", "json").out)["tests"]
    assert (bad["passed"], bad["why"]) == (False, ["the finding at a.py:1:12 is suppressed: x"])
    assert (good["passed"], good["findings"][0]["suppressed"]) == (False, True)
    assert "(suppressed)" in keylint("rules", "test", "acme").out


def test_a_fact_of_low_confidence_is_told_of(keylint: Run, here: Path) -> None:
    own(here, "forbid: {credential.kind: unknown}", bad="a.py: \"x = '{{key:a}}'\"")
    rule = here / "acme" / "own-rule.yaml"
    text = rule.read_text().replace("target: file", "target: credential")
    rule.write_text(text.replace("{{file.path}}", "it").replace("{{file.secrets}}", "one"))
    bad, _ = json.loads(keylint("rules", "test", "acme", "--format", "json").out)["tests"]
    assert bad["why"] == [
        "credential at a.py:1:6: its confidence is low, and such facts are judged with --min-confidence low only"
    ]


def test_rules_are_proved_on_their_own_packs_defaults(keylint: Run, here: Path) -> None:
    own(here)
    write(here, {".keylint.yaml": "extends: [./acme]\nvars: {most: 9, max_waiver_days: 3}\nrules: {own-rule: off}\n"})
    assert keylint("rules", "test").code == 0


def test_an_examples_own_configuration_holds_for_it(keylint: Run, here: Path) -> None:
    given = f".keylint.yaml: 'vars: {{most: 5}}', {FULL}"
    own(here, good=given)
    assert keylint("rules", "test", "acme").code == 0
    own(
        here,
        good=f".keylint.yaml: 'rules: {{own-rule: off}}', {EMPTY}",
        bad=f".keylint.yaml: 'rules: {{own-rule: off}}', {FULL}",
    )
    assert keylint("rules", "test", "acme").code == 0


def test_an_example_that_extends_something_else_is_still_judged_by_the_rule(keylint: Run, here: Path) -> None:
    own(here, bad=f".keylint.yaml: 'extends: [keylint:strict]', {FULL}")
    assert keylint("rules", "test", "acme").code == 0


def test_an_example_whose_configuration_is_wrong_fails_and_says_where(keylint: Run, here: Path) -> None:
    own(here, bad=f".keylint.yaml: 'exclud: []', {FULL}")
    result = keylint("rules", "test", "acme")
    assert result.code == 1
    assert "  trouble: .keylint.yaml:1:1: unknown key 'exclud'; did you mean 'exclude'?" in result.out


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        pytest.param("../a: b", "expected a path inside the example", id="above"),
        pytest.param("/etc/a: b", "expected a path inside the example", id="absolute"),
        pytest.param("a//b: c", "expected a path inside the example", id="empty part"),
        pytest.param("'C:\\a': b", "expected a path inside the example", id="drive"),
        pytest.param("a/: b", "expected a path inside the example", id="folder"),
        pytest.param("'': b", "expected a path inside the example", id="no name"),
        pytest.param("a/../../b: c", "expected a path inside the example", id="up"),
        pytest.param("'a\\n/../b': c", "expected a path inside the example", id="line break"),
        pytest.param(".Git/config: b", "expected a path inside the example", id="git's own"),
        pytest.param("a: b, a/b: c", "cannot write 'a/b'", id="file and folder"),
        pytest.param("a: '{{repeat:x:many}}'", "expected a count", id="no count"),
        pytest.param("a: '{{repeat:x:99999999}}'", "expected a count", id="too large"),
        pytest.param("a: '{{base64data:99999999:x}}'", "expected a count", id="too much data"),
    ],
)
def test_an_example_that_cannot_be_written_is_a_mistake_of_the_rule(
    keylint: Run, here: Path, bad: str, said: str
) -> None:
    own(here, bad=bad)
    result = keylint("rules", "test", "acme")
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert "acme/own-rule.yaml" in result.err


def test_a_malformed_rule_is_exit_2_with_its_place(keylint: Run, here: Path) -> None:
    own(here, "forbid: {file.secrts: 1}")
    result = keylint("rules", "test", "acme")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "keylint: acme/own-rule.yaml:7:10: unknown attribute 'file.secrts'; did you mean 'file.secrets'?\n"
    )


def test_examples_leave_nothing_behind(keylint: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own(here)
    scratch = here / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    assert keylint("rules", "test", "acme").code == 0
    assert os.listdir(scratch) == []
    (here / ".git").mkdir()
    result = keylint("rules", "test", "acme")
    assert (result.code, "set TMPDIR elsewhere" in result.err) == (2, True)


# docs


def test_the_committed_pages_are_those_of_the_rules(
    keylint: Run, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    if request.config.getoption("--rewrite"):
        assert keylint("rules", "docs", "--isolated").code == 0
    result = keylint("rules", "docs", "--isolated", "--check")
    assert (result.code, result.out, result.err) == (0, "", "")


def test_pages_are_written_once_and_go_with_their_rule(keylint: Run, here: Path) -> None:
    own(here)
    folder = here / "docs" / "rules"
    number = len(of_policy(load_policy())) + 2
    assert keylint("rules", "docs", "--check").code == 1
    assert keylint("rules", "docs").out == f"{number} pages in docs/rules, {number} changed.\n"
    assert keylint("rules", "docs").out == f"{number} pages in docs/rules, 0 changed.\n"
    write(folder, {"mine.md": "my own"})
    (here / ".keylint.yaml").unlink()
    assert keylint("rules", "docs", "--check").err == (
        "keylint: not up to date: docs/rules/README.md\nkeylint: not up to date: docs/rules/own-rule.md\n"
    )
    assert keylint("rules", "docs").out.endswith(" 2 changed.\n")
    assert not (folder / "own-rule.md").exists()
    assert (folder / "mine.md").read_text() == "my own"
    assert (folder / INDEX).read_text(encoding="utf-8").startswith(MARK)


def test_a_page_that_somebody_else_wrote_is_not_replaced(keylint: Run, here: Path) -> None:
    write(here, {"docs/rules/README.md": "mine"})
    result = keylint("rules", "docs")
    assert (result.code, result.out) == (2, "")
    assert "docs/rules/README.md was not generated by keylint" in result.err
    assert os.listdir(here / "docs" / "rules") == ["README.md"]


def test_pages_that_cannot_be_written(keylint: Run, here: Path) -> None:
    write(here, {"docs": ""})
    result = keylint("rules", "docs")
    assert (result.code, "cannot be written" in result.err) == (2, True)


def test_a_page_says_everything(keylint: Run, here: Path) -> None:
    own(here)
    rule = here / "acme" / "own-rule.yaml"
    rule.write_text(
        rule.read_text().replace(
            "tests:",
            "limits: It sees files only.\nreferences: [{title: T, url: https://example.org/a}]\n"
            "frameworks: {cwe: [CWE-1, CWE-2]}\ntests:",
        )
    )
    rule.write_text(rule.read_text().replace("'PORT=1'", '"```\\n"'))
    keylint("rules", "docs", "--output", "pages")
    page = (here / "pages" / "own-rule.md").read_text(encoding="utf-8")
    assert page == (
        f"{MARK}\n# own-rule\n\n| severity | judges | group | pack | in the policy |\n|---|---|---|---|---|\n"
        "| low | file | acme | ./acme | on |\n\n> {{file.path}} holds {{file.secrets}} (most {{vars.most}})\n\n"
        "**Why.** We keep none. Not one.\n\n**What to do.** Take them out.\n\n"
        "**What it cannot see.** It sees files only.\n\n"
        "## Condition\n\n```yaml\nforbid:\n  file.secrets:\n    gt: $vars.most\n```\n\n"
        "| var | value |\n|---|---|\n| `most` | `0` |\n\n"
        "## Bad: a finding\n\n**One**\n\n`.env`\n\n```shell\nDB_PASSWORD={{password:db}}\n```\n\n"
        "## Good: no finding\n\n**Two**\n\n`.env`\n\n````shell\n```\n````\n\n"
        "## Where a finding must stay\n\n"
        'On the line: `keylint: allow[own-rule] reason="…"` in a comment. Or, with an end, in `.keylint.yaml`:\n\n'
        '```yaml\nwaivers:\n  - rule: own-rule\n    paths: ["path/of/the/file"]\n    reason: "why it may stay"\n'
        '    owner: "@who-answers"\n    created: 2026-11-01\n    expires: 2026-12-01\n```\n\n'
        "## References\n\n- [T](https://example.org/a)\n\n"
        "## Frameworks\n\n| framework | numbers |\n|---|---|\n| cwe | CWE-1, CWE-2 |\n"
    )
