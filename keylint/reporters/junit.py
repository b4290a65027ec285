"""JUnit XML, for what shows tests: a rule is a suite, a finding a failed test, a silent rule one that passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import Finding, Report
from keylint.reporters import Reporter, Style
from keylint.reporters._wording import rules_of, unarmed, visible, why_suppressed
from keylint.summary import incomplete

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MOST_PLACES = 20


def render(report: Report, _style: Style) -> str:
    """Return the document. A suppressed finding is a skipped test, an input that could not be scanned an error."""
    from xml.etree import (
        ElementTree as ET,
    )  # it only writes; control characters, which XML cannot hold, are made visible

    suites = ET.Element("testsuites", name="keylint")
    by_rule: dict[str, list[Finding]] = {rule: [] for rule in rules_of(report.rules, report.findings)}
    for finding in report.findings:
        by_rule[finding.rule].append(finding)
    for rule, findings in by_rule.items():
        suite = _suite(suites, rule, report.day)
        for finding in findings:
            _case(suite, finding, report.base)
        if not findings:
            ET.SubElement(suite, "testcase", classname="keylint", name=rule, time="0")
        _count(suite)
    scan = _suite(suites, "scan", report.day)
    missed = incomplete(report)
    for skip in missed:
        case = ET.SubElement(scan, "testcase", classname="scan", name=visible(skip.path), time="0")
        ET.SubElement(case, "error", type=skip.reason, message=visible(f"Not scanned: {skip.detail or skip.reason}"))
    if not missed:
        ET.SubElement(scan, "testcase", classname="keylint", name="everything could be scanned", time="0")
    _count(scan)
    for name in ("tests", "failures", "errors", "skipped"):
        suites.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    ET.indent(suites)
    return f"<?xml version='1.0' encoding='UTF-8'?>\n{unarmed(ET.tostring(suites, encoding='unicode'), '&#91;')}\n"


def _suite(suites: Element, name: str, day: str) -> Element:
    from xml.etree import ElementTree as ET

    return ET.SubElement(suites, "testsuite", name=name, time="0", timestamp=f"{day}T00:00:00")


def _case(suite: Element, finding: Finding, base: str) -> None:
    from xml.etree import ElementTree as ET

    place = finding.fact.location
    path = visible(base + place.path)
    case = ET.SubElement(
        suite, "testcase", classname=path, name=f"{finding.rule} {path}:{place.line}:{place.column}", time="0"
    )
    case.set("file", path)
    case.set("line", str(place.line))
    if finding.suppression is not None:
        ET.SubElement(case, "skipped", message=visible(f"Suppressed by {why_suppressed(finding.suppression)}"))
        return
    failure = ET.SubElement(case, "failure", type=finding.severity, message=visible(finding.message))
    also = "".join(
        f"\nAlso at {visible(base + other.path)}:{other.line}" for other in finding.occurrences[:_MOST_PLACES]
    )
    more = len(finding.occurrences) - _MOST_PLACES
    failure.text = f"{visible(finding.remediation)}{also}" + (f"\nand {more:,} more places" if more > 0 else "")


def _count(suite: Element) -> None:
    suite.set("tests", str(len(suite)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in suite)))


REPORTER = Reporter(render, explains=True)
