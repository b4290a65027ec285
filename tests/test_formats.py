"""The formats of platforms: read by somebody else's reader where there is one, and never able to command anybody."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import time
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import cmarkgfm  # type: ignore[import-untyped]
import pytest
from cmarkgfm.cmark import Options as Markdown  # type: ignore[import-untyped]
from conftest import ROOT, Run, git, validator, write
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, Skipped

from keylint.assessment import Options, rules_in_force
from keylint.model import Commit, Excerpt, Fact, Finding, Location, Report, Scanned, Skip, Suppression
from keylint.policy.merge import load_policy
from keylint.registry import load, names
from keylint.reporters import Reporter, Style

RULES = rules_in_force(load_policy(), Options())
HOSTILE = (
    "</script><script>window.pwned = 1</script>",
    "<img src=x onerror='window.pwned = 1'>",
    '=HYPERLINK("https://example.org")',
    "+1", "-1", "@SUM(1)", "|cmd", "\t=1", " =1", "\uff1d1",
    "::set-output name=a::b", "##[set-output name=a]b", "##vso[task.setvariable]b", "a%0A::error::b", "a\n::error::b",
    "\x1b]0;title\x07", "\x9b31m", "\u202egnp.exe", "\u2028::error::b", "\x00",
    "[click](javascript:alert(1))", "@team", "#1", "https://example.org/x", "a`b", "a | b", "<!-- ", "{{ 7 * 7 }}", "{% raw %}",
    "Ключ 鍵 🔑 é", "%s%n", "\\", '"', "'", "&amp;",
)  # fmt: skip
SEVERITIES = ("critical", "high", "medium", "low")


def render(name: str, report: Report) -> str:
    reporter = load("keylint.reporters", name, "REPORTER")
    assert isinstance(reporter, Reporter)
    return reporter.render(report, Style())


def finding(at: int = 0, text: str = "bot.py", **fields: Any) -> Finding:
    rule = RULES[at % len(RULES)]
    fact = Fact(
        "key" if at % 3 else "credential",
        Location(text, at % 7 + 1, 5, at % 7 + 1, 69),
        f"identity {at}",
        {"kind": "api_key", "confidence": "medium", "name": text, "id": f"key {at}", "age_days": at * 40},
        Excerpt(f'key = "abcd…yz"  # {text}', 7, 7),
    )
    made = Finding(rule.id, rule.severity, f"Key {text} is bad", rule.remediation, rule.references, fact, f"{at:064x}")
    commit = fields.pop("commit", None)
    return made._replace(**fields)._replace(fact=fact._replace(commit=commit))


def report(*findings: Finding, skipped: tuple[Skip, ...] = (), rules: bool = True, base: str = "") -> Report:
    return Report("1.2.3", Scanned(2, 1500, skipped), findings, RULES if rules else (), base, "2026-11-22")


WAIVER = Suppression("waiver", "sandbox", "@alice", "2027-01-01")
MIXED = report(
    *(finding(at, text) for at, text in enumerate(HOSTILE)),
    finding(40, suppression=WAIVER),
    finding(41, suppression=Suppression("inline", "it's revoked")),
    finding(42, suppression=Suppression("baseline", "accepted at adoption")),
    finding(43, occurrences=tuple(Location(f"x/{place}.py", place, 1, place, 2) for place in range(1, 150))),
    finding(44, commit=Commit("0123456789" * 4, "Алиса <a@example.org>", "2026-11-01", True)),
    finding(45, evidence="attested"),
    skipped=(
        Skip("a.png", "binary"),
        Skip("b.png", "binary"),
        Skip("::error::x\x1b[31m", "unreadable", "why\n::error::y"),
        Skip("<b>", "timeout"),
    ),
)  # fmt: skip
FORMATS = names("keylint.reporters")


def test_every_format_of_the_contract_is_there() -> None:
    assert set(FORMATS) >= set("text json jsonl sarif github gitlab junit csv markdown html".split())


@pytest.mark.parametrize("name", FORMATS)
def test_silence_is_a_report_too(name: str) -> None:
    for rules in (True, False):
        shown = render(name, report(rules=rules))
        assert (shown == "") is (name in ("jsonl", "github"))


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_commands_a_terminal_or_a_runner(name: str) -> None:
    shown = render(name, MIXED)
    allowed = {"\n"}
    assert {character for character in shown if not character.isprintable()} <= allowed
    assert not re.search(r"##\w*\[", shown)
    commands = [line for line in shown.split("\n") if line.lstrip().startswith("::")]
    assert all(name == "github" and re.match(r"::(error|warning|notice) (file|title)=", line) for line in commands)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=60))
def test_no_text_whatever_commands_anybody(name: str, text: str) -> None:
    shown = render(
        name,
        report(
            finding(1, text), finding(2, suppression=Suppression("inline", text)), skipped=(Skip(text, "depth", text),)
        ),
    )
    assert {character for character in shown if not character.isprintable()} <= {"\n"}
    assert not re.search(r"##\w*\[", shown)
    lines = [line for line in shown.split("\n") if line.lstrip().startswith("::")]
    assert all(name == "github" and re.match(r"::(error|warning|notice) (file|title)=", line) for line in lines)
    if name in ("json", "sarif", "gitlab", "codequality"):
        json.loads(shown)
    if name == "junit":
        ET.fromstring(shown)  # noqa: S314  keylint's own


# SARIF


def sarif(given: Report) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(render("sarif", given))
    assert (document["version"], len(document["runs"])) == ("2.1.0", 1)
    run: dict[str, Any] = document["runs"][0]
    return run


def test_sarif_of_one_finding() -> None:
    one = finding(3, "a b/ключ.py", severity="low")
    rule = RULES[3]
    (result,) = sarif(report(one, base="sub/"))["results"]
    assert result == {
        "ruleId": rule.id,
        "ruleIndex": 3,
        "level": "note",
        "message": {"text": "Key a b/ключ.py is bad"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": "sub/a%20b/%D0%BA%D0%BB%D1%8E%D1%87.py",
                        "uriBaseId": "%SRCROOT%",
                    },
                    "region": {"startLine": 4, "startColumn": 5, "endLine": 4, "endColumn": 69},
                }
            }
        ],
        "partialFingerprints": {"keylint/v1": one.fingerprint},
        "suppressions": [],
        "properties": {"severity": "low", "confidence": "medium", "evidence": "observed"},
    }


def test_sarif_of_the_rules() -> None:
    run = sarif(report())
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == sorted(rule.id for rule in RULES)
    scores = {rule.severity: set[str]() for rule in RULES}
    by_id = {rule.id: rule for rule in RULES}
    for rule in run["tool"]["driver"]["rules"]:
        score = rule["properties"]["security-severity"]
        assert isinstance(score, str)
        scores[by_id[rule["id"]].severity].add(score)
        assert rule["help"]["text"].startswith(by_id[rule["id"]].remediation)
        assert rule["help"]["markdown"]
        assert rule["fullDescription"]["text"] == by_id[rule["id"]].rationale
        assert 1 <= len(rule["properties"]["tags"]) <= 10
    assert scores == {"critical": {"9.5"}, "high": {"8.0"}, "medium": {"5.5"}, "low": {"2.5"}}


def test_sarif_never_has_a_snippet_and_counts_in_characters() -> None:
    text = render("sarif", MIXED)
    assert '"snippet"' not in text
    assert '"contextRegion"' not in text
    assert "abcd…yz" not in text
    assert sarif(MIXED)["columnKind"] == "unicodeCodePoints"


def test_sarif_tells_suppressions() -> None:
    results = sarif(MIXED)["results"]
    assert [one["suppressions"][0] for one in results if one["suppressions"]] == [
        {"kind": "external", "status": "accepted", "justification": "a waiver of @alice until 2027-01-01: sandbox"},
        {"kind": "inSource", "status": "accepted", "justification": "a comment: it's revoked"},
        {"kind": "external", "status": "accepted", "justification": "the baseline: accepted at adoption"},
    ]
    assert all("suppressions" in one for one in results)  # all or none, says the standard


def test_sarif_tells_what_was_left_out() -> None:
    (invocation,) = sarif(MIXED)["invocations"]
    assert invocation["executionSuccessful"] is False
    assert [(one["level"], one["descriptor"]["id"]) for one in invocation["toolExecutionNotifications"]] == [
        ("error", "unreadable"), ("error", "timeout"), ("note", "binary"),
    ]  # fmt: skip
    assert invocation["toolExecutionNotifications"][2]["message"]["text"] == "2 inputs not scanned: Holds no text."
    assert sarif(report())["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_sarif_keeps_within_the_limits_of_code_scanning() -> None:
    many = report(
        *(finding(0, severity="low", fingerprint="0") for _ in range(25_010)), finding(0, severity="critical"),
        skipped=tuple(Skip(str(at), "unreadable") for at in range(1_005)),
    )  # fmt: skip
    run = sarif(many)
    assert len(run["results"]) == 25_000
    assert run["results"][-1]["properties"]["severity"] == "critical"
    notices = run["invocations"][0]["toolExecutionNotifications"]
    assert notices[0]["message"]["text"] == "11 findings left out: a run holds 25,000."
    assert notices[-1]["message"]["text"] == "5 more could not be scanned."
    assert len(notices) == 1_002
    many_places = sarif(MIXED)["results"][len(HOSTILE) + 3]
    assert len(many_places["relatedLocations"]) == 99
    assert many_places["message"]["text"].endswith(" (50 more places not listed)")


def test_sarif_has_no_links_of_strangers() -> None:
    assert not [one for one in sarif(MIXED)["results"] if re.search(r"\]\(", one["message"]["text"])]


def test_sarif_knows_a_rule_that_only_a_finding_names() -> None:
    (rule,) = sarif(report(finding(3), rules=False))["tool"]["driver"]["rules"]
    assert (rule["id"], rule["properties"]["tags"]) == (RULES[3].id, ["security"])


MULTITOOL = validator("@microsoft/sarif-multitool-linux/Sarif.Multitool")


@pytest.mark.skipif(MULTITOOL is None, reason="no Sarif.Multitool (make validators)")
@pytest.mark.parametrize(
    "given", [MIXED, report(), report(finding(1), rules=False)], ids=["mixed", "clean", "no rules"]
)
def test_microsofts_validator_finds_nothing(tmp_path: Path, given: Report) -> None:
    assert MULTITOOL is not None
    file = tmp_path / "keylint.sarif"
    file.write_text(render("sarif", given), encoding="utf-8")
    done = subprocess.run(
        [MULTITOOL, "validate", file, "--rule-kind", "Sarif;Ghas"],
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert re.findall(r"(?:error|warning) \w+: .*", done.stdout) == []
    assert (done.returncode, "Analysis completed successfully." in done.stdout) == (0, True)


# GitHub


def commands(given: Report) -> list[tuple[str, dict[str, str], str]]:
    """Read as the runner reads: cut at `::` and `,`, then unescape."""
    read = []
    for line in render("github", given).splitlines():
        match = re.fullmatch(r"::(\w+) (.*?)::(.*)", line)
        assert match
        properties = dict(one.split("=", 1) for one in match[2].split(","))
        for name, value in properties.items():
            plain = value.replace("%3A", ":").replace("%2C", ",")
            properties[name] = plain.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
        read.append((match[1], properties, match[3].replace("%0A", "\n").replace("%25", "%")))
    return read


def test_github_annotates() -> None:
    one = finding(3, "a,b:c%2C.py", severity="high")
    assert commands(report(one, base="sub/")) == [
        (
            "error",
            {
                "file": "sub/a,b:c%2C.py",
                "line": "4",
                "endLine": "4",
                "col": "5",
                "endColumn": "69",
                "title": f"keylint: {one.rule} (high)",
            },
            f"{one.message}. {one.remediation}",
        )
    ]


def test_github_gives_no_columns_over_several_lines() -> None:
    one = finding(3)
    one = one._replace(fact=one.fact._replace(location=Location("a.pem", 1, 3, 9, 2)))
    ((_, properties, _),) = commands(report(one))
    assert "col" not in properties
    assert (properties["line"], properties["endLine"]) == ("1", "9")


def test_github_keeps_within_what_is_shown_and_tells_the_rest() -> None:
    many = [finding(at, severity=severity) for severity in SEVERITIES for at in range(20)]
    kinds = [command for command, _, _ in commands(report(*many))]
    assert {kind: kinds.count(kind) for kind in kinds} == {"error": 10, "warning": 10, "notice": 10}
    assert commands(report(*many))[-1] == ("notice", {"title": "keylint"}, "51 findings more in the summary")
    assert {one["title"].rpartition(" ")[2] for kind, one, _ in commands(report(*many)) if kind == "error"} == {
        "(critical)"
    }


def test_github_leaves_out_what_is_suppressed_and_tells_what_was_not_scanned() -> None:
    given = report(finding(suppression=WAIVER), skipped=(Skip("a", "unreadable"), Skip("b", "depth")))
    assert commands(given) == [
        ("error", {"title": "keylint: the scan is incomplete"}, "Not scanned: a: unreadable and 1 more")
    ]


# GitLab


def test_gitlab_of_one_finding() -> None:
    commit = Commit("a" * 40, "Alice", "2026-11-01", True)
    one = finding(3, commit=commit)
    document = json.loads(render("gitlab", report(one, base="sub/")))
    (entry,) = document["vulnerabilities"]
    assert entry["location"] == {
        "file": "sub/bot.py",
        "start_line": 4,
        "end_line": 4,
        "commit": {"sha": "a" * 40, "author": "Alice", "date": "2026-11-01"},
    }
    assert entry["identifiers"] == [{"type": "keylint_rule", "name": f"keylint {one.rule}", "value": one.rule}]
    assert entry["severity"] == one.severity.capitalize()
    assert document["scan"]["status"] == "success"
    assert document["scan"]["start_time"] == document["scan"]["end_time"] == "2026-11-22T00:00:00"


def test_gitlab_flags_what_is_suppressed_and_tells_what_was_not_scanned() -> None:
    document = json.loads(render("gitlab", MIXED))
    assert len(document["vulnerabilities"]) == len(MIXED.findings)
    flagged = [one for one in document["vulnerabilities"] if "flags" in one]
    assert {(one["severity"], one["flags"][0]["type"]) for one in flagged} == {
        ("Info", "flagged-as-likely-false-positive")
    }
    assert len(flagged) == 3
    assert document["scan"]["status"] == "failure"
    assert [one["level"] for one in document["scan"]["messages"]] == ["warn", "warn", "info"]
    many = report(skipped=tuple(Skip(str(at), "unreadable") for at in range(150)))
    messages = json.loads(render("gitlab", many))["scan"]["messages"]
    assert (len(messages), messages[-1]["value"]) == (101, "Not scanned: 50 more")


# What the published schema 15.0.7 asks for, as far as keylint writes it.
_TOOL = {
    "type": "object",
    "required": ["id", "name", "version", "vendor"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "name": {"type": "string", "minLength": 1},
        "url": {"type": "string", "pattern": "^https?://.+"},
        "version": {"type": "string", "minLength": 1},
        "vendor": {"type": "object", "required": ["name"]},
    },
}
_LINK = {"type": "string", "pattern": "^(https?|ftp)://.+"}
SECRET_DETECTION = {
    "type": "object",
    "required": ["scan", "version", "vulnerabilities"],
    "properties": {
        "version": {"type": "string", "pattern": r"^[0-9]+\.[0-9]+\.[0-9]+$"},
        "schema": {"type": "string", "pattern": "^https?://.+"},
        "scan": {
            "type": "object",
            "required": ["analyzer", "end_time", "scanner", "start_time", "status", "type"],
            "properties": {
                "analyzer": _TOOL,
                "scanner": _TOOL,
                "type": {"const": "secret_detection"},
                "status": {"enum": ["success", "failure"]},
                "start_time": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"},
                "end_time": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"},
                "messages": {
                    "type": "array",
                    "items": {
                        "required": ["level", "value"],
                        "properties": {
                            "level": {"enum": ["info", "warn", "fatal"]},
                            "value": {"type": "string", "minLength": 1},
                        },
                    },
                },
            },
        },
        "vulnerabilities": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "identifiers", "location"],
                "properties": {
                    "id": {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
                    "name": {"type": "string", "maxLength": 255},
                    "description": {"type": "string", "maxLength": 1048576},
                    "severity": {"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
                    "solution": {"type": "string", "maxLength": 7000},
                    "identifiers": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"required": ["type", "name", "value"], "properties": {"url": _LINK}},
                    },
                    "links": {"type": "array", "items": {"required": ["url"], "properties": {"url": _LINK}}},
                    "flags": {
                        "type": "array",
                        "items": {
                            "required": ["type", "origin", "description"],
                            "properties": {"type": {"enum": ["flagged-as-likely-false-positive"]}},
                        },
                    },
                    "location": {
                        "type": "object",
                        "required": ["commit"],
                        "properties": {
                            "file": {"type": "string"},
                            "start_line": {"type": "number"},
                            "end_line": {"type": "number"},
                            "commit": {"required": ["sha"], "properties": {"sha": {"type": "string", "minLength": 1}}},
                        },
                    },
                },
            },
        },
    },
}
CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "fingerprint", "severity", "location", "check_name"],
        "properties": {
            "description": {"type": "string"},
            "fingerprint": {"type": "string"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "not": {"pattern": r"^(/|\./)"}},
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer"}}},
                },
            },
        },
    },
}
# A folder with schemas as their authors publish them, for those who have them; nothing fetched is committed.
PUBLISHED = Path(os.environ.get("KEYLINT_SCHEMAS", ROOT / "build" / "schemas"))


@pytest.mark.parametrize("given", [MIXED, report()], ids=["mixed", "clean"])
@pytest.mark.parametrize(
    ("name", "schema", "published"),
    [
        ("gitlab", SECRET_DETECTION, "secret-detection-report-format.json"),
        ("codequality", CODE_QUALITY, ""),
        ("sarif", {"required": ["version", "runs"]}, "sarif-schema-2.1.0.json"),
    ],
    ids=["gitlab", "codequality", "sarif"],
)
def test_schemas(name: str, schema: dict[str, Any], published: str, given: Report) -> None:
    from jsonschema import Draft7Validator

    document = json.loads(render(name, given))
    assert [error.message for error in Draft7Validator(schema).iter_errors(document)] == []
    if published and (PUBLISHED / published).is_file():
        whole = json.loads((PUBLISHED / published).read_text(encoding="utf-8"))
        assert [error.message for error in Draft7Validator(whole).iter_errors(document)] == []


def test_codequality_of_one_finding() -> None:
    assert json.loads(render("codequality", report(finding(3), base="sub/"))) == [
        {
            "type": "issue",
            "check_name": RULES[3].id,
            "description": "Key bot.py is bad",
            "categories": ["Security"],
            "severity": {"critical": "blocker", "high": "critical", "medium": "major", "low": "minor"}[
                RULES[3].severity
            ],
            "fingerprint": f"{3:064x}",
            "location": {"path": "sub/bot.py", "lines": {"begin": 4, "end": 4}},
        }
    ]
    (entry,) = json.loads(render("codequality", report(finding(suppression=WAIVER))))
    assert entry["severity"] == "info"
    assert entry["description"].endswith(" (suppressed by a waiver of @alice until 2027-01-01: sandbox)")


# JUnit


def test_junit_is_read_by_another_reader() -> None:
    suites = JUnitXml.fromstring(render("junit", MIXED).encode())
    cases = [case for suite in suites for case in suite]
    kinds = [type(result) for case in cases for result in case.result]
    assert (kinds.count(Failure), kinds.count(Skipped), kinds.count(Error)) == (len(MIXED.findings) - 3, 3, 2)
    assert (suites.tests, suites.failures, suites.skipped, suites.errors) == (len(cases), len(MIXED.findings) - 3, 3, 2)
    assert {suite.name for suite in suites} == {*(rule.id for rule in RULES), "scan"}


def test_junit_of_a_clean_scan_has_a_test_a_rule() -> None:
    suites = JUnitXml.fromstring(render("junit", report()).encode())
    assert (suites.tests, suites.failures, suites.errors) == (len(RULES) + 1, 0, 0)


def test_junit_names_where_to_look() -> None:
    places = tuple(Location("x.py", line, 1, line, 2) for line in range(1, 31))
    root = ET.fromstring(render("junit", report(finding(3, occurrences=places), base="sub/")))  # noqa: S314
    (case,) = root.iterfind(".//testcase[failure]")
    assert (case.get("classname"), case.get("file"), case.get("line")) == ("sub/bot.py", "sub/bot.py", "4")
    text = case.findtext("failure") or ""
    assert "\nAlso at sub/x.py:1\n" in text
    assert text.endswith("\nand 10 more places")


# CSV


def test_csv_is_read_back() -> None:
    rows = list(csv.DictReader(io.StringIO(render("csv", MIXED))))
    assert len(rows) == len(MIXED.findings)
    assert [row["fingerprint"] for row in rows] == [one.fingerprint for one in MIXED.findings]
    assert rows[-2]["commit"] == "0123456789" * 4
    assert rows[len(HOSTILE)]["suppressed"] == "a waiver of @alice until 2027-01-01: sandbox"


def test_csv_has_no_cell_that_computes() -> None:
    cells = [cell for row in csv.reader(io.StringIO(render("csv", MIXED))) for cell in row]
    assert [cell for cell in cells if cell.strip()[:1] and cell.strip()[0] in "=+-@|%\uff1d\uff0b\uff0d\uff20"] == []
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)


# Markdown


class Page(HTMLParser):
    """The elements of a text, and what they refer to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_markdown_of_strangers_is_no_markup() -> None:
    shown = render("markdown", MIXED)
    assert Page(shown).tags == {"code", "details", "summary"}
    assert Page(shown).attributes == set()
    plain = re.sub(r"<code>.*?</code>", "", shown)
    for mention in ("@team", "@alice", "#1", "https://example.org/x"):
        assert mention not in unescape(plain)
    assert "javascript:alert" not in re.sub(r"&#\d+;", "", "".join(re.findall(r"\]\(.*?\)", shown)))
    rows = [line for line in shown.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in rows} == {4, 5}


def test_markdown_is_what_it_is_meant_to_be_for_githubs_own_parser() -> None:
    shown = cmarkgfm.github_flavored_markdown_to_html(render("markdown", MIXED), Markdown.CMARK_OPT_UNSAFE)
    root = ET.fromstring(f"<body>{shown}</body>")  # noqa: S314  keylint's own
    cells = [len(row) for row in root.iterfind(".//tbody/tr")]
    assert cells == [4] * (len(MIXED.findings) - 3) + [3] * 3
    assert {link.get("href", "").partition(":")[0] for link in root.iter("a")} == {"https"}
    assert {element.tag for element in root.iter()}.isdisjoint({"script", "img", "h1", "hr", "pre", "em", "del"})


def test_markdown_fits_a_comment() -> None:
    long = "é" * 5_000
    many = report(
        *(finding(at, f"{at}{long}") for at in range(3_000)),
        *(finding(at, suppression=WAIVER._replace(reason=long)) for at in range(300)),
        skipped=tuple(Skip(f"{at}{long}", "unreadable", long) for at in range(300)),
    )
    shown = render("markdown", many)
    assert len(shown) <= 60_000
    assert re.search(r"\n\d[\d,]+ findings more in the other reports\.\n", shown)
    assert "**The scan is incomplete.**" in shown
    assert shown.count("<details>") == shown.count("</details>") == 3


# All of them


def test_one_scan_writes_all(keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "r"
    write(folder, {"sub/bot.py": 'API_KEY = "{{key:a}}"\n', "sub/b.py": 'API_KEY = "{{key:b}}"\n'})
    git(folder, "init", "-q")
    monkeypatch.chdir(folder)
    wanted = [f"--report={name}={tmp_path / name}" for name in FORMATS]
    assert keylint("scan", "sub", *wanted).code == 1
    for name in ("sarif", "gitlab", "codequality", "github", "junit", "markdown", "html"):
        assert "sub/bot.py" in (tmp_path / name).read_text(encoding="utf-8"), name


@pytest.mark.parametrize("name", ["sarif", "html", "junit"])
def test_a_clean_scan_still_tells_its_rules(keylint: Run, tmp_path: Path, name: str) -> None:
    write(tmp_path, {"a.py": "import os\n"})
    out = keylint("scan", "--format", name, str(tmp_path)).out
    assert ("stale-key" in out) is (name != "html")
    one = keylint("scan", "--format", name, "--rule", "shared-key", str(tmp_path)).out
    assert "stale-key" not in one


@pytest.mark.parametrize("name", FORMATS)
def test_writing_is_linear(name: str) -> None:
    def spent(count: int) -> float:
        given = report(*(finding(at, f"f{at}.py") for at in range(count)))
        best = 1e9
        for _ in range(2):
            start = time.process_time()
            render(name, given)
            best = min(best, time.process_time() - start)
        return best

    assert spent(8_000) < 8 * max(spent(2_000), 0.02)
