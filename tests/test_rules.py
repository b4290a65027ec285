"""Every example inside every shipped rule, through the whole tool."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import ROOT, Run, git, write

from keylint.policy.merge import load_policy
from keylint.policy.pack import COMPILED_FILE, compile_rules, read_sources
from keylint.policy.rule import Example, Rule
from keylint.policy.shipped import rules_folder

RULES = load_policy().rules
EXAMPLES = [
    pytest.param(rule, verdict, example, id=f"{rule.id}-{verdict}-{example.name}")
    for rule in RULES
    for verdict, examples in (("good", rule.good), ("bad", rule.bad))
    for example in examples
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_exchange_s_sentence_is_quoted(rule: Rule) -> None:
    """Or it is said why the rule is there without one."""
    assert re.search(r'"[^"]{15,}"', rule.rationale) or "exchange's article does not speak of" in rule.rationale


def past(folder: Path, files: Mapping[str, str]) -> None:
    """Commit what is not there any more."""
    git(folder, "init", "-q", "-b", "main")
    write(folder, files)
    commit(folder, "past")
    for name in files:
        (folder / name).unlink()


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-qm", message)


@pytest.mark.parametrize(("rule", "verdict", "example"), EXAMPLES)
def test_example(
    keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rule: Rule, verdict: str, example: Example
) -> None:
    if example.past is not None:
        past(tmp_path, example.past)
    write(tmp_path, example.files)
    source = [str(tmp_path)]
    if example.past is not None:
        commit(tmp_path, "now")
        monkeypatch.chdir(tmp_path)
        source = ["--history"]
    day = ("--today", example.today) if example.today else ()
    result = keylint("scan", *source, "--rule", rule.id, "--format", "json", "--fail-on", "low", *day)
    rules = {finding["rule"] for finding in result.report["findings"]}
    assert (rules, result.code) == (({rule.id}, 1) if verdict == "bad" else (set(), 0))


def test_rules_lie_where_their_ids_say() -> None:
    files = {path.stem: path for path in (ROOT / "rules" / "binance-us").rglob("*.yaml") if path.name != "pack.yaml"}
    assert sorted(files) == [rule.id for rule in RULES]


def test_the_checkout_reads_its_own_rules() -> None:
    assert Path(rules_folder()) == ROOT / "rules"


def test_the_compiled_rules_are_those_of_the_files(request: pytest.FixtureRequest) -> None:
    compiled = ROOT / "rules" / COMPILED_FILE
    if request.config.getoption("--rewrite"):
        compiled.write_text(compile_rules(str(ROOT / "rules")), encoding="utf-8")
    assert compiled.read_text(encoding="utf-8") == compile_rules(str(ROOT / "rules"))


def test_compiled_rules_that_are_not_of_the_files_do_not_count(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rules", tmp_path, dirs_exist_ok=True)
    rule = tmp_path / "binance-us" / "exposure" / "hardcoded-api-key.yaml"

    def severity() -> object:
        value = read_sources(str(tmp_path))[0][str(rule)].value
        return value["severity"] if isinstance(value, dict) else None

    assert severity() == "critical"
    rule.write_text(rule.read_text().replace("severity: critical", "severity: high"))
    assert severity() == "high"
    (tmp_path / COMPILED_FILE).unlink()
    assert severity() == "high"
