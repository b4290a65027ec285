"""Reports: the shape that the contract promises, counts, and what people see."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import Run, write

from keylint.model import Excerpt, Fact, Finding, Location, Reference, Report, Scanned, Skip, Suppression
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
