"""The policy in force as a text, each value with the place it comes from."""

from __future__ import annotations

from keylint.policy.policy import Policy
from keylint.policy.rule import Rule
from keylint.policy.source_map import Plain

_WIDTH = 48


def shown_policy(policy: Policy) -> str:
    """Return the policy as YAML whose comments name the origins; what is switched off is shown as off."""
    lines = ["packs:"]
    lines += [
        _line(f"  - {pack.label}", f"{pack.name} {pack.version}, {len(pack.rules)} rules") for pack in policy.packs
    ]
    lines.append("vars:")
    lines += [
        _line(f"  {name}: {flow(value)}", policy.origins[f"vars.{name}"]) for name, value in sorted(policy.vars.items())
    ]
    lines.append("rules:")
    rules = {rule.id: _setting(rule) for rule in policy.rules}
    rules.update(dict.fromkeys(policy.off, "off"))
    lines += [_line(f"  {name}: {value}", policy.origins[f"rules.{name}"]) for name, value in sorted(rules.items())]
    if policy.overrides:
        lines.append("overrides:")
        for override in policy.overrides:
            lines.append(_line(f"  - paths: {flow(list(override.paths))}", override.origin))
            lines.append("    rules:")
            for setting in override.rules:
                graded = f"{{severity: {setting.severity}}}" if setting.severity else "on"
                lines.append(_line(f"      {setting.rule}: {graded if setting.on else 'off'}", setting.origin))
    if policy.patterns:
        lines.append("patterns:")
        lines += [_line(f"  - {pattern.id}: {pattern.regex}", pattern.origin) for pattern in policy.patterns]
    if policy.clients:
        lines.append("clients:")
        lines += [_line(f"  - {one.ecosystem} {one.name}: {one.status}", one.origin) for one in policy.clients]
    lines.append(_line(f"exclude: {flow(list(policy.exclude))}", policy.origins["exclude"]))
    lines.append(_line(f"inventory: {flow(list(policy.inventory))}", policy.origins["inventory"]))
    lines.append(_line(f"trust: {flow(list(policy.trust))}", policy.origins["trust"]))
    lines.append("waivers:" if policy.waivers else "waivers: []")
    for waiver in policy.waivers:
        text = f"  - {waiver.rule}, {waiver.owner}, until {waiver.expires}: {waiver.reason}"
        lines.append(_line(text, f"{waiver.file or policy.config}:{waiver.line}:{waiver.column}"))
    return "\n".join(lines) + "\n"


def _line(text: str, origin: str) -> str:
    return f"{text:{_WIDTH}} # {origin}"


def _setting(rule: Rule) -> str:
    on_unknown = f", on_unknown: {rule.on_unknown}" if rule.on_unknown != "pass" else ""
    return f"{{severity: {rule.severity}{on_unknown}}}"


def flow(value: Plain) -> str:
    """Return a value on one line of YAML."""
    import json

    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {flow(item)}" for name, item in value.items()) + "}"
    return value if isinstance(value, str) and value.isidentifier() else json.dumps(value, ensure_ascii=False)
