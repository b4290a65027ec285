"""`keylint rules show`: everything about one rule. Examples keep their placeholders: no key is ever shown."""

from __future__ import annotations

import re
from collections.abc import Mapping

from keylint.commands._rules.catalogue import Known, group
from keylint.policy.policy import Policy
from keylint.policy.rule import Example, Rule
from keylint.policy.source_map import Plain
from keylint.policy.unparsed import unparsed, vars_of
from keylint.recognition.masking import ELLIPSIS, mask
from keylint.reporters._wording import dump, visible

SCHEMA = "keylint/rule/1"
_WIDTH = 100
# Placeholders hold neither; no identifier is as long.
_ARMOUR = re.compile(r"(-----BEGIN [A-Z0-9 ]{1,40}-----).*?(-----END [A-Z0-9 ]{1,40}-----)", re.DOTALL)
_LONG = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")


def as_text(known: Known, policy: Policy) -> str:
    """Return the rule for people to read."""
    rule = known.rule
    state = "on" if known.on else "off"
    lines = [
        visible(f"{rule.id}: {rule.severity}, on {rule.target}, {state} ({known.origin})"),
        visible(f"pack {known.pack.label}, group {group(known)}"),
        "",
        f"  {visible(rule.message)}",
        "",
        *_paragraph("Why", rule.rationale),
        *_paragraph("What to do", rule.remediation),
        *_paragraph("What it cannot see", rule.limits),
        "Condition",
        *_indented(condition_text(rule)),
        "",
    ]
    values = vars_of(rule)
    if values:
        lines += ["Vars", *(_variable(name, policy) for name in values), ""]
    if rule.references:
        lines += ["References", *(f"  {visible(one.title)}\n    {one.url}" for one in rule.references), ""]
    if rule.frameworks:
        lines += ["Frameworks", *(f"  {name}: {', '.join(of)}" for name, of in rule.frameworks.items()), ""]
    for heading, examples in (("Bad", rule.bad), ("Good", rule.good)):
        for example in examples:
            lines += [f"{heading}: {visible(example.name)}" + (f" (on {example.today})" if example.today else "")]
            for name, text in example.files.items():
                lines += [f"  {visible(name)}", *(f"    {line}" for line in _lines(text))]
            lines.append("")
    return "\n".join(lines[:-1]) + "\n"


def as_json(known: Known, policy: Policy) -> str:
    """Return the rule for programs."""
    rule = known.rule
    document = {
        "schema": SCHEMA,
        "id": rule.id,
        "severity": rule.severity,
        "target": rule.target,
        "pack": known.pack.label,
        "group": group(known),
        "on": known.on,
        "origin": known.origin,
        "message": rule.message,
        "rationale": rule.rationale,
        "remediation": rule.remediation,
        "limits": rule.limits or None,
        "references": [one._asdict() for one in rule.references],
        "frameworks": {name: list(of) for name, of in rule.frameworks.items()},
        "condition": condition(rule),
        "vars": {
            name: {"value": policy.vars.get(name), "origin": policy.origins.get(f"vars.{name}")}
            for name in vars_of(rule)
        },
        "examples": {"bad": [_example(one) for one in rule.bad], "good": [_example(one) for one in rule.good]},
    }
    return dump(document)


def condition(rule: Rule) -> Mapping[str, Plain]:
    """Return what the rule judges by, as its file says it."""
    parts = (("select", rule.select), ("require", rule.require), ("forbid", rule.forbid))
    found: dict[str, Plain] = {name: unparsed(part, rule.target) for name, part in parts if part is not None}
    return found if rule.on_unknown == "pass" else {**found, "on_unknown": rule.on_unknown}


def condition_text(rule: Rule) -> str:
    """Return the same as YAML."""
    import yaml

    text: str = yaml.safe_dump(condition(rule), sort_keys=False, allow_unicode=True, width=_WIDTH)
    return text


def masked(text: str) -> str:
    """Return an example's file as it is shown; a key that somebody wrote instead of a placeholder stays hidden."""
    text = _ARMOUR.sub(lambda match: f"{match[1]}{ELLIPSIS}{match[2]}", text)
    return _LONG.sub(lambda match: mask(match[0]), text)


def _example(example: Example) -> dict[str, object]:
    files = {name: masked(text) for name, text in example.files.items()}
    return {"name": example.name, "today": example.today, "files": files}


def _lines(text: str) -> list[str]:
    return [visible(line.replace("\t", "    ")) for line in masked(text).splitlines()]


def _indented(text: str) -> list[str]:
    return [f"  {line}" for line in text.splitlines()]


def _paragraph(heading: str, text: str) -> list[str]:
    from textwrap import fill

    body = fill(visible(text.replace("\n", " ")), _WIDTH, initial_indent="  ", subsequent_indent="  ")
    return [heading, body, ""] if text else []


def _variable(name: str, policy: Policy) -> str:
    from keylint.policy.shown import flow

    return f"  {name}: {flow(policy.vars.get(name))}  ({policy.origins.get(f'vars.{name}', 'not set')})"
