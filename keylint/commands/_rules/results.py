"""`keylint rules test`: a table of rules, and of what failed the difference and the reason."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from keylint.commands._rules.examples import Outcome
from keylint.model import Finding
from keylint.reporters._wording import dump, visible

SCHEMA = "keylint/rule-tests/1"
_HEAD = ("RULE", "BAD", "GOOD", "RESULT")


def as_text(outcomes: Sequence[Outcome]) -> str:
    """Return the failures, the table and a closing line."""
    if not outcomes:
        return "No rules to test.\n"
    failed = [outcome for outcome in outcomes if not outcome.passed]
    rows = [_HEAD, *(_row(list(of_rule)) for _, of_rule in groupby(outcomes, key=lambda outcome: outcome.rule))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    table = [f"{row[0]:{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]}".rstrip() for row in rows]
    number = len(rows) - 1
    closing = f"{number} rule{'' if number == 1 else 's'}, {len(outcomes)} examples: "
    closing += f"{len(failed)} failed." if failed else "all passed."
    return "\n".join([*table, "", *map(_difference, failed), closing]) + "\n"


def as_json(outcomes: Sequence[Outcome]) -> str:
    """Return a document that programs read."""
    tests = [
        {
            "rule": outcome.rule.id,
            "file": outcome.rule.file,
            "verdict": outcome.verdict,
            "example": outcome.example.name,
            "passed": outcome.passed,
            "findings": [
                {"place": _place(finding), "message": finding.message, "suppressed": finding.suppression is not None}
                for finding in outcome.findings
            ],
            "trouble": outcome.trouble or None,
            "why": list(outcome.why),
        }
        for outcome in outcomes
    ]
    return dump({"schema": SCHEMA, "tests": tests})


def _row(outcomes: Sequence[Outcome]) -> tuple[str, str, str, str]:
    failed = sum(not outcome.passed for outcome in outcomes)
    rule = outcomes[0].rule
    return rule.id, str(len(rule.bad)), str(len(rule.good)), f"{failed} failed" if failed else "passed"


def _difference(outcome: Outcome) -> str:
    rule = outcome.rule
    lines = [f"{visible(rule.file)}: {outcome.verdict} example '{visible(outcome.example.name)}'"]
    lines.append("  - expected: " + (f"a finding of {rule.id}" if outcome.verdict == "bad" else "nothing"))
    found = [
        f"{_place(finding)}: {finding.message}" + (" (suppressed)" if finding.suppression is not None else "")
        for finding in outcome.findings
    ]
    lines += [f"  + found:    {visible(text)}" for text in found or ["nothing"]]
    if outcome.trouble:
        lines += [f"  trouble: {visible(line)}" for line in outcome.trouble.splitlines()]
    lines += [
        f"  why: {visible(line)}" if not line.startswith(" ") else f"     {visible(line)}" for line in outcome.why
    ]
    return "\n".join(lines) + "\n"


def _place(finding: Finding) -> str:
    location = finding.fact.location
    return f"{location.path}:{location.line}:{location.column}"
