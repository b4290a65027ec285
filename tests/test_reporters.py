"""Reports: the shape that the contract promises, counts, and what people see."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from conftest import Run, write

from keylint.model import (
    INCOMPLETE,
    Commit,
    Excerpt,
    Fact,
    Finding,
    Location,
    Reference,
    Report,
    Scanned,
    Skip,
    Suppression,
)
from keylint.registry import names
from keylint.reporters import Style
from keylint.reporters import json as json_reporter
from keylint.reporters import text as text_reporter
from keylint.summary import counts, exit_code, incomplete

FACT = Fact(
    "credential",
    Location("bot.py", 3, 7, 3, 71),
    "identity",
    {"kind": "api_key", "confidence": "high"},
    Excerpt('\tkey = "abcd…yz"', 8, 7),
)
FINDING = Finding(
    "a-rule", "critical", "A message", "Mend it.", (Reference("T", "https://example.org/"),), FACT, "f" * 64
)


def report(*findings: Finding, skipped: tuple[Skip, ...] = ()) -> Report:
    return Report("1.2.3", Scanned(2, 1500, skipped), findings)


def suppressed(finding: Finding) -> Finding:
    return finding._replace(suppression=Suppression("waiver", "because", "@alice", "2027-01-01"))


def test_json_has_the_fields_of_the_contract() -> None:
    finding = FINDING._replace(occurrences=(Location("other.py", 1, 2, 1, 66),))
    skipped = (Skip("a.png", "binary"), Skip("b", "unreadable", "why"))
    assert json.loads(json_reporter.render(report(finding, skipped=skipped), Style())) == {
        "schema": "keylint/report/1",
        "tool": {"name": "keylint", "version": "1.2.3"},
        "scanned": {
            "files": 2,
            "bytes": 1500,
            "commits": 0,
            "skipped": [
                {"path": "a.png", "reason": "binary"},
                {"path": "b", "reason": "unreadable", "detail": "why"},
            ],
        },
        "findings": [
            {
                "rule": "a-rule",
                "severity": "critical",
                "confidence": "high",
                "evidence": "observed",
                "message": "A message",
                "remediation": "Mend it.",
                "references": ["https://example.org/"],
                "path": "bot.py",
                "line": 3,
                "column": 7,
                "end_line": 3,
                "end_column": 71,
                "fingerprint": "f" * 64,
                "facts": {"kind": "api_key"},
                "suppression": None,
                "commit": None,
                "occurrences": [
                    {"path": "other.py", "line": 1, "column": 2, "end_line": 1, "end_column": 66, "commit": None}
                ],
            }
        ],
        "summary": {"critical": 1, "high": 0, "medium": 0, "low": 0, "suppressed": 0},
    }


def test_json_shows_suppressions() -> None:
    (finding,) = json.loads(json_reporter.render(report(suppressed(FINDING)), Style()))["findings"]
    assert finding["suppression"] == {"kind": "waiver", "reason": "because", "owner": "@alice", "expires": "2027-01-01"}


def test_counts_and_codes() -> None:
    both = report(FINDING, suppressed(FINDING))
    assert counts(both) == {"critical": 1, "high": 0, "medium": 0, "low": 0, "suppressed": 1}
    assert exit_code(both, "critical") == 1
    assert exit_code(both, None) == 0
    assert exit_code(report(suppressed(FINDING)), "low") == 0
    assert exit_code(report(FINDING._replace(severity="low")), "medium") == 0


@pytest.mark.parametrize(
    ("reason", "code"),
    [(reason, 4) for reason in ("unreadable", "undecodable", "missing-object", "timeout", "depth")]
    + [(reason, 0) for reason in ("binary", "too-large", "excluded", "symlink")],
)
def test_what_makes_a_scan_incomplete(reason: str, code: int) -> None:
    left_out = report(skipped=(Skip("a", reason),))  # type: ignore[arg-type]
    assert exit_code(left_out, "low") == code
    assert bool(incomplete(left_out)) is bool(code)
    assert ("the scan is incomplete" in text_reporter.render(left_out, Style())) is bool(code)


def test_text_shows_the_line_and_a_caret() -> None:
    assert text_reporter.render(report(FINDING), Style()) == (
        "bot.py\n"
        "  3:7 critical a-rule: A message\n"
        '  3 │     key = "abcd…yz"\n'
        "    │            ^^^^^^^ observed, high confidence\n"
        "\n"
        "What to do about a-rule:\n"
        "  Mend it.\n"
        "  https://example.org/\n"
        "\n"
        "1 finding (1 critical) in 2 files (1.5 kB).\n"
    )


def test_text_without_unicode() -> None:
    shown = text_reporter.render(report(FINDING), Style(unicode=False))
    assert shown.isascii()
    assert '  3 |     key = "abcd...yz"\n    |            ^^^^^^^^^ observed, high confidence\n' in shown


def test_text_counts_what_is_too_much_to_list() -> None:
    many = FINDING._replace(occurrences=tuple(Location("x", line, 1, line, 2) for line in range(1, 10)))
    skipped = tuple(Skip(f"file{place}", "unreadable", "why") for place in range(25))
    shown = text_reporter.render(report(many, skipped=skipped), Style())
    assert "also at x:1:1, x:2:1, x:3:1, x:4:1, x:5:1 and 4 more places\n" in shown
    assert "not scanned: 5 more; --format json lists all\n" in shown
    assert "; skipped 25: 25 unreadable; the scan is incomplete.\n" in shown


def test_text_counts_suppressed_findings() -> None:
    assert "No findings, 1 suppressed in 2 files" in text_reporter.render(report(suppressed(FINDING)), Style())


def test_color_changes_nothing_but_color() -> None:
    plain = text_reporter.render(report(FINDING), Style())
    colored = text_reporter.render(report(FINDING), Style(color=True))
    assert colored != plain
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == plain


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (2_500_000, "2.5 MB"), (7 * 10**12, "7000.0 GB")],
)
def test_sizes(size: int, shown: str) -> None:
    assert f"({shown})" in text_reporter.render(Report("1", Scanned(1, size, ()), ()), Style())


def test_two_runs_give_the_same_bytes(keylint: Run, tmp_path: Path) -> None:
    write(
        tmp_path, {f"{name}.py": 'API_KEY = "{{key:same}}"' for name in "cab"} | {"d/.env": "PASSWORD={{password:a}}"}
    )
    for form in names("keylint.reporters"):
        assert keylint("scan", str(tmp_path), "--format", form) == keylint("scan", str(tmp_path), "--format", form)


def shown(finding: Finding, **style: Any) -> str:
    """The block of one finding, without what to do and the closing line."""
    return text_reporter.render(report(finding), Style(**style)).partition("\n\nWhat to do")[0]


def placed(excerpt: Excerpt | None) -> Finding:
    return FINDING._replace(fact=FACT._replace(excerpt=excerpt))


def test_findings_of_a_file_stand_together() -> None:
    other = FINDING._replace(fact=FACT._replace(location=Location("bot.py", 9, 1, 9, 2), excerpt=None), severity="low")
    third = other._replace(fact=other.fact._replace(location=Location("cat.py", 1, 1, 1, 2)))
    text = text_reporter.render(report(FINDING, other, third), Style())
    assert [line for line in text.splitlines() if line.endswith(".py")] == ["bot.py", "cat.py"]
    assert "\n  9:1 low a-rule: A message\n    observed, high confidence\n\ncat.py\n  1:1 low" in text


def test_quiet_is_one_line_a_finding_that_an_editor_can_follow() -> None:
    assert text_reporter.render(report(FINDING, FINDING), Style(quiet=True)) == (
        "bot.py:3:7: critical a-rule: A message\n" * 2
    )


@pytest.mark.parametrize("width", [20, 40, 80, 100, 500])
def test_lines_keep_to_the_width(width: int) -> None:
    long = FINDING._replace(
        message="word " * 60,
        remediation="word " * 60,
        suppression=None,
        fact=FACT._replace(excerpt=Excerpt(f"{'before ' * 20}abcd…yz{' after' * 20}", 140, 7)),
        occurrences=tuple(Location("x.py", line, 1, line, 2) for line in range(1, 40)),
    )
    skipped = tuple(Skip(f"{reason}.py", reason, "why " * 40) for reason in INCOMPLETE)
    lines = text_reporter.render(report(long, skipped=skipped), Style(width=width)).splitlines()
    kept = max(40, min(120, width))
    assert max(map(len, lines)) <= kept
    at = next(number for number, line in enumerate(lines) if "^" in line)
    caret = lines[at].index("^")
    assert lines[at - 1][caret : caret + 7] == "abcd…yz"


def test_the_caret_stands_below_the_masked_secret_whatever_the_width_of_what_is_before_it() -> None:
    block = shown(placed(Excerpt('鍵é\u0301 = "abcd…yz"', 7, 7)))
    line, caret = block.splitlines()[2:4]
    # 鍵 takes two columns, the accent that combines none: one more and one less.
    assert caret.index("^") == line.index("abcd")


def test_a_path_is_never_cut() -> None:
    message = f"see {'x' * 90} there"
    assert f"\n    {'x' * 90}\n    there\n" in shown(FINDING._replace(message=message), width=60)


def test_rules_are_links_where_the_terminal_makes_them() -> None:
    link = "\x1b]8;;https://example.org/\x1b\\a-rule\x1b]8;;\x1b\\:"
    assert link in shown(FINDING, links=True)
    assert "\x1b" not in shown(FINDING)
    for url in ("http://example.org/", "https://example.org/\x1b\\", "javascript:1"):
        finding = FINDING._replace(references=(Reference("T", url),))
        assert "\x1b]8" not in shown(finding, links=True)
    assert "\x1b]8" not in shown(FINDING._replace(references=()), links=True)


def test_links_and_colours_do_not_move_what_wraps() -> None:
    finding = FINDING._replace(message="word " * 60)
    for given in (report(finding, skipped=(Skip("a.py", "unreadable", "why " * 40),)), report()):
        plain = text_reporter.render(given, Style(width=60))
        rich = text_reporter.render(given, Style(width=60, links=True, color=True))
        assert re.sub(r"\x1b(\[[\d;]*m|\]8;;[^\x1b]*\x1b\\)", "", rich) == plain
        assert rich.count("\x1b[") >= 2


def test_the_commit_that_brought_it_is_told() -> None:
    commit = Commit("0123456789abcdef", "Alice", "2026-11-01", first_seen=True)
    told = "observed, high confidence, first held by 0123456789ab, Alice, 2026-11-01"
    held = FINDING._replace(fact=FACT._replace(commit=commit))
    assert told in shown(held)
    late = FINDING._replace(fact=FACT._replace(commit=commit._replace(first_seen=False)))
    assert "confidence, held by 0123456789ab" in shown(late)
    (entry,) = json.loads(json_reporter.render(report(held), Style()))["findings"]
    assert entry["commit"] == commit._asdict()


def test_who_suppresses_is_told() -> None:
    assert "\n    suppressed by a waiver of @alice until 2027-01-01: because" in shown(suppressed(FINDING))
    inline = FINDING._replace(suppression=Suppression("inline", "why"))
    assert "\n    suppressed by a comment: why" in shown(inline)


def test_a_path_that_would_be_a_command_is_not_at_the_beginning_of_a_line() -> None:
    named = FINDING._replace(fact=FACT._replace(location=Location("::error::x", 1, 1, 1, 2)))
    for style in (Style(), Style(quiet=True)):
        text = text_reporter.render(report(named), style)
        assert text.startswith("./::error::x")
