"""`keylint rules list`: one line a rule."""

from __future__ import annotations

from collections.abc import Sequence

from keylint.commands._rules.catalogue import Known, group, sentence
from keylint.reporters._wording import dump, visible

SCHEMA = "keylint/rules/1"
_HEAD = ("RULE", "SEVERITY", "TARGET", "PACK", "STATE", "WHY")


def as_text(known: Sequence[Known], width: int | None) -> str:
    """Return a table; lines longer than the width, if there is one, are cut."""
    rows = [_HEAD, *(tuple(map(visible, _row(one))) for one in known)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD) - 1)]
    return "".join(_cut("  ".join([*map(str.ljust, row, widths), row[-1]]).rstrip(), width) + "\n" for row in rows)


def as_json(known: Sequence[Known]) -> str:
    """Return a document that programs read."""
    rules = [
        {
            "id": one.rule.id,
            "severity": one.rule.severity,
            "target": one.rule.target,
            "pack": one.pack.label,
            "group": group(one),
            "on": one.on,
            "origin": one.origin,
            "summary": sentence(one.rule.rationale),
        }
        for one in known
    ]
    return dump({"schema": SCHEMA, "rules": rules})


def _row(known: Known) -> tuple[str, ...]:
    state = "on" if known.on else "off"
    # Nobody switched a rule whose state comes from its own pack.
    origin = "" if known.origin == known.pack.label else f", {known.origin}"
    rule = known.rule
    return rule.id, rule.severity, rule.target, known.pack.label, state + origin, sentence(rule.rationale)


def _cut(line: str, width: int | None) -> str:
    return line if width is None or len(line) <= width else line[: width - 1] + "…"
