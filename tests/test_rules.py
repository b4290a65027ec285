"""Every example inside every shipped rule, through the whole tool."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT, Run, write

from keylint.policy.load import load_rules, rules_folder
from keylint.policy.rule import Example, Rule

RULES = load_rules(str(ROOT / "rules"))
EXAMPLES = [
    pytest.param(rule, verdict, example, id=f"{rule.id}-{verdict}-{example.name}")
    for rule in RULES
    for verdict, examples in (("good", rule.good), ("bad", rule.bad))
    for example in examples
]


@pytest.mark.parametrize(("rule", "verdict", "example"), EXAMPLES)
def test_example(keylint: Run, tmp_path: Path, rule: Rule, verdict: str, example: Example) -> None:
    write(tmp_path, example.files)
    result = keylint("scan", str(tmp_path), "--rule", rule.id, "--format", "json", "--fail-on", "low")
    rules = {finding["rule"] for finding in result.report["findings"]}
    assert (rules, result.code) == (({rule.id}, 1) if verdict == "bad" else (set(), 0))


def test_rules_lie_where_their_ids_say() -> None:
    files = {path.stem: path for path in (ROOT / "rules" / "binance-us").rglob("*.yaml") if path.name != "pack.yaml"}
    assert sorted(files) == [rule.id for rule in RULES]


def test_the_checkout_reads_its_own_rules() -> None:
    assert Path(rules_folder()) == ROOT / "rules"
