"""Comments beside a finding that let it pass: keylint's own, with rule and reason, and detect-secrets' pragmas."""

from __future__ import annotations

import re

from keylint.documents.document import Document
from keylint.model import Allow, Fact
from keylint.recognition.masking import mask_keys

_ALLOW = re.compile(
    r"keylint:[ \t]{0,4}allow\[(?P<rules>[^\]\r\n]{0,400})\]"
    r"(?:[ \t]{1,8}reason[ \t]{0,2}=[ \t]{0,2}(?P<quote>\\?[\"'])(?P<reason>.{0,400}?)(?P=quote))?"
)
_PRAGMA = re.compile(
    r"pragma:[ \t]{0,4}(?:allow|white)list[ \t]{1,4}(?P<next>nextline[ \t]{1,4})?secret", re.IGNORECASE
)
# A line longer than this is searched no further from the finding than this. Units: characters.
_REACH = 2000


def with_allows(document: Document, fact: Fact) -> Fact:
    """Return a fact with the comments that speak of its first or last line."""
    if not document.once(_has_any):
        return fact
    lines = sorted({fact.location.line, fact.location.end_line})
    allows = [allow for line in lines for allow in _allows(document, line, fact.location.column)]
    if fact.target == "credential":
        for line in lines[:1]:
            allows += _pragmas(document, line, fact.location.column)
    return fact._replace(allows=tuple(dict.fromkeys(allows))) if allows else fact


def _has_any(document: Document) -> bool:
    return "keylint:" in document.lowered or "pragma:" in document.lowered


def _line(document: Document, line: int, column: int) -> str:
    start, end = document.line_span(line)
    middle = start + column
    return document.text[max(start, middle - _REACH) : min(end, middle + _REACH)]


def _allows(document: Document, line: int, column: int) -> list[Allow]:
    found = []
    for match in _ALLOW.finditer(_line(document, line, column)):
        rules = tuple(mask_keys(rule.strip()) for rule in match["rules"].split(",") if rule.strip())
        # Without a rule it would read as the pragma, which needs none.
        found.append(Allow(rules or ("",), mask_keys(match["reason"] or "").strip(), line))
    return found


def _pragmas(document: Document, line: int, column: int) -> list[Allow]:
    here = _PRAGMA.search(_line(document, line, column))
    if here and not here["next"]:
        return [Allow((), "pragma: allowlist secret", line)]
    above = _PRAGMA.search(_line(document, line - 1, 0)) if line > 1 else None
    return [Allow((), "pragma: allowlist nextline secret", line - 1)] if above and above["next"] else []
