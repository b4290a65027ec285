"""SARIF 2.1.0, for code scanning services. Never a snippet: what shows one shows the secret."""

from __future__ import annotations

from keylint.model import INCOMPLETE, Finding, Location, Report, RuleHelp, Severity, Skip
from keylint.reporters import Reporter, Style
from keylint.reporters._wording import (
    HOMEPAGE,
    REASONS,
    confidence,
    dump,
    gravest_first,
    plural,
    rules_of,
    title,
    why_suppressed,
)
from keylint.summary import incomplete

_LEVELS: dict[Severity, str] = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
# GitHub sorts alerts by this number, and refuses one that is no string.
_SCORES: dict[Severity, str] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.5"}
# GitHub refuses a run with more results, and keeps 10 tags of a rule and 100 places of a result.
_MOST_RESULTS = 25_000
_MOST_TAGS = 10
_MOST_PLACES = 99
_MOST_NOTICES = 1_000


def render(report: Report, _style: Style) -> str:
    """Return one run. Columns count characters, which is what `columnKind` says."""
    kept = report.findings
    if len(kept) > _MOST_RESULTS:
        chosen = {id(finding) for finding in gravest_first(kept)[:_MOST_RESULTS]}
        kept = tuple(finding for finding in kept if id(finding) in chosen)
    rules = rules_of(report.rules, kept)
    places = {rule: place for place, rule in enumerate(rules)}
    notices = _notices(report)
    if len(kept) < len(report.findings):
        left_out = f"{plural(len(report.findings) - len(kept), 'finding')} left out: a run holds {_MOST_RESULTS:,}."
        notices.insert(0, {"level": "warning", "message": {"text": left_out}})
    run = {
        "tool": {
            "driver": {
                "name": "keylint",
                "semanticVersion": report.version,
                "informationUri": HOMEPAGE,
                "rules": [_rule(rule) for rule in rules.values()],
                # GitHub wants of these what it wants of rules.
                "notifications": [
                    {
                        "id": reason,
                        "shortDescription": {"text": text},
                        "fullDescription": {"text": text},
                        "help": {"text": text},
                    }
                    for reason, text in REASONS.items()
                ],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not incomplete(report), "toolExecutionNotifications": notices}],
        "results": [_result(finding, places[finding.rule], report.base) for finding in kept],
    }
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    return dump({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _rule(rule: RuleHelp) -> dict[str, object]:
    tags = ["security", *([rule.group] if rule.group else [])]
    for framework, entries in rule.frameworks.items():
        tags += [f"external/cwe/{entry.lower()}" if framework == "cwe" else entry for entry in entries]
    links = "".join(f"\n\n{reference.title}: {reference.url}" for reference in rule.references)
    marked = "".join(f"\n- [{_label(reference.title)}]({reference.url})" for reference in rule.references)
    limits = f"\n\n{rule.limits}" if rule.limits else ""
    return {
        "id": rule.id,
        "name": "".join(word[:1].upper() + word[1:] for word in rule.id.split("-")),
        "shortDescription": {"text": f"{title(rule.id)}."},
        "fullDescription": {"text": rule.rationale or f"{title(rule.id)}."},
        **({"helpUri": rule.references[0].url} if rule.references else {}),
        "help": {
            "text": rule.remediation + limits + links,
            "markdown": f"**What to do.** {rule.remediation}{limits}\n{marked}",
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": tags[:_MOST_TAGS],
            "precision": "high",
            "problem.severity": {"note": "recommendation"}.get(_LEVELS[rule.severity], _LEVELS[rule.severity]),
            "security-severity": _SCORES[rule.severity],
        },
    }


def _result(finding: Finding, rule: int, base: str) -> dict[str, object]:
    suppression = finding.suppression
    related = [
        {"id": number, "physicalLocation": _place(location, base), "message": {"text": "The same thing"}}
        for number, location in enumerate(finding.occurrences[:_MOST_PLACES], 1)
    ]
    more = len(finding.occurrences) - len(related)
    commit = finding.fact.commit
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": _plain(finding.message) + (f" ({plural(more, 'more place')} not listed)" if more else "")},
        "locations": [{"physicalLocation": _place(finding.fact.location, base)}],
        **({"relatedLocations": related} if related else {}),
        # Not primaryLocationLineHash: GitHub's action computes that one, and warns of each that differs from its own.
        "partialFingerprints": {"keylint/v1": finding.fingerprint},
        "suppressions": []
        if suppression is None
        else [
            {
                "kind": "inSource" if suppression.kind == "inline" else "external",
                "status": "accepted",
                "justification": why_suppressed(suppression),
            }
        ],
        "properties": {
            "severity": finding.severity,
            "confidence": confidence(finding),
            "evidence": finding.evidence,
            **({} if commit is None else {"commit": commit._asdict()}),
        },
    }


def _place(location: Location, base: str) -> dict[str, object]:
    return {
        "artifactLocation": _artifact(base + location.path),
        "region": {
            "startLine": location.line,
            "startColumn": location.column,
            "endLine": location.end_line,
            "endColumn": location.end_column,
        },
    }


def _artifact(path: str) -> dict[str, object]:
    from urllib.parse import quote

    return {"uri": quote(path, safe="/!", errors="backslashreplace"), "uriBaseId": "%SRCROOT%"}


def _notices(report: Report) -> list[dict[str, object]]:
    """What was left out: one notice each where that makes the scan incomplete, one a reason where it is policy."""
    from collections import Counter

    missed = incomplete(report)
    notices = [_missed(skip, report.base) for skip in missed[:_MOST_NOTICES]]
    if len(missed) > _MOST_NOTICES:
        notices.append(
            {"level": "error", "message": {"text": f"{len(missed) - _MOST_NOTICES:,} more could not be scanned."}}
        )
    by_policy = Counter(skip.reason for skip in report.scanned.skipped if skip.reason not in INCOMPLETE)
    for reason, count in sorted(by_policy.items()):
        text = f"{plural(count, 'input')} not scanned: {REASONS[reason]}"
        notices.append({"descriptor": {"id": reason}, "level": "note", "message": {"text": text}})
    return notices


def _missed(skip: Skip, base: str) -> dict[str, object]:
    return {
        "descriptor": {"id": skip.reason},
        "level": "error",
        "message": {"text": f"Not scanned: {_plain(skip.detail) or REASONS[skip.reason]}"},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(base + skip.path)}}],
    }


def _plain(text: str) -> str:
    """Return a text in which SARIF sees no link; names in a repository are nobody's to click."""
    return text.replace("](", "] (")


def _label(text: str) -> str:
    return text.replace("[", "(").replace("]", ")")


REPORTER = Reporter(render, explains=True)
