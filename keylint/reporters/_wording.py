"""What reporters share: the order of findings, words for suppressions, and texts that command nobody."""

from __future__ import annotations

import re
from collections.abc import Sequence

from keylint.model import SEVERITIES, Finding, RuleHelp, SkipReason, Suppression

HOMEPAGE = "https://github.com/keylint/keylint"

# What each reason for leaving an input out means.
REASONS: dict[SkipReason, str] = {
    "binary": "Holds no text.",
    "too-large": "Larger than what is scanned.",
    "unreadable": "Could not be read.",
    "undecodable": "Could not be decoded or parsed.",
    "excluded": "Excluded by the configuration.",
    "symlink": "A link; links are not followed.",
    "missing-object": "Git does not have it here.",
    "depth": "Nested too deep.",
    "timeout": "Took too long.",
}

# The runners of GitHub Actions, Azure Pipelines and TeamCity look for `##[command]`, `##vso[…]` and `##teamcity[…]`
# anywhere in a line that a step prints.
_COMMAND = re.compile(r"(##\w*)\[")


def unarmed(text: str, bracket: str) -> str:
    """Return a text in which no runner finds a command. `bracket` is how the format can also write a `[`."""
    return _COMMAND.sub(lambda match: match[1] + bracket, text) if "##" in text else text


def visible(text: str) -> str:
    """Return a text on one line in which control characters are escapes, so that a file's name commands nobody."""
    if not text.isprintable():
        text = "".join(character if character.isprintable() else _escape(character) for character in text)
    return unarmed(text, "\\x5b")


def dump(document: object, indent: int | None = 2) -> str:
    """Return a value as JSON that can be printed anywhere."""
    import json  # late: what people read needs none of it
    from io import StringIO

    if indent is None:
        text = json.dumps(document, ensure_ascii=False)
    else:
        written = StringIO()
        # `dumps` keeps millions of pieces until the end.
        json.dump(document, written, indent=indent, ensure_ascii=False)
        text = written.getvalue()
    # JSON leaves some control characters and all marks of direction as they are; a terminal may obey them.
    signs = set(text) if not text.isascii() else "\x7f" if "\x7f" in text else ""
    odd = {ord(one): json.dumps(one)[1:-1] for one in signs if one != "\n" and not one.isprintable()}
    return unarmed(text.translate(odd) if odd else text, "\\u005b") + "\n"


def gravest_first(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings as a reader with little time wants them: those that count first, the gravest of them on top."""
    return sorted(findings, key=gravity)


def gravity(finding: Finding) -> tuple[bool, int]:
    """Return what findings are sorted by for such a reader."""
    return finding.suppression is not None, -SEVERITIES.index(finding.severity)


def confidence(finding: Finding) -> str:
    return str(finding.fact.attributes.get("confidence", "high"))


def why_suppressed(suppression: Suppression) -> str:
    """Return who suppresses and why, in one line of plain text."""
    if suppression.kind == "waiver":
        return f"a waiver of {suppression.owner or 'nobody'} until {suppression.expires}: {suppression.reason}"
    return f"{'a comment' if suppression.kind == 'inline' else 'the baseline'}: {suppression.reason}"


def rules_of(rules: Sequence[RuleHelp], findings: Sequence[Finding]) -> dict[str, RuleHelp]:
    """Return the rules by id; one that only a finding knows is told by what the finding says."""
    known = {rule.id: rule for rule in rules}
    for one in findings:
        if one.rule not in known:
            known[one.rule] = RuleHelp(
                one.rule, "", one.severity, one.rule, "", one.remediation, "", one.references, {}
            )
    return dict(sorted(known.items()))


def title(rule: str) -> str:
    """Return a rule's id as words. Shape: Hardcoded API key."""
    words = rule.replace("-", " ")
    for word in ("api", "ip"):
        words = re.sub(rf"\b{word}\b", word.upper(), words)
    return words[:1].upper() + words[1:]


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def size(count: float) -> str:
    """Return a number of bytes for people."""
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
