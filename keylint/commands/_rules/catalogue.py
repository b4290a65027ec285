"""Every rule of a policy with what is said of it: switched on or off, where that comes from, its pack."""

from __future__ import annotations

import os
from typing import NamedTuple

from keylint.assessment import bounds_of
from keylint.errors import UsageError
from keylint.policy.policy import Pack, Policy
from keylint.policy.rule import Rule


class Known(NamedTuple):
    """A rule as the policy has it. `origin` is the place that switched or graded it last."""

    rule: Rule
    pack: Pack
    on: bool
    origin: str


def policy_in_force(config: str | None, *, isolated: bool) -> Policy:
    """Return the policy of a file, or of the current folder. Raises: ConfigError, RuleError."""
    from keylint.policy.config import find_config, read_config
    from keylint.policy.merge import load_policy

    if config is not None:
        return load_policy(read_config(config, config))
    return load_policy(None if isolated else find_config(os.curdir, bounds_of(os.curdir)))


def catalogue(policy: Policy) -> dict[str, Known]:
    """Return the rules of all packs by id, those that are off as their pack has them."""
    on = {rule.id: rule for rule in policy.rules}
    found = {
        rule.id: Known(on.get(rule.id, rule), pack, rule.id in on, policy.origins[f"rules.{rule.id}"])
        for pack in policy.packs
        for rule in pack.rules
    }
    return dict(sorted(found.items()))


def named(known: dict[str, Known], name: str) -> Known:
    """Return one rule. Raises: UsageError with the nearest name."""
    if name not in known:
        from difflib import get_close_matches

        near = get_close_matches(name, known, 1)
        raise UsageError(
            f"unknown rule '{name}'; " + (f"did you mean '{near[0]}'?" if near else "keylint rules list shows all")
        )
    return known[name]


def group(known: Known) -> str:
    """Return the folder of a pack that a rule lies in, which is what it is about; the pack's name if in none."""
    folder = os.path.relpath(os.path.dirname(os.path.realpath(known.rule.file)), known.pack.folder)
    return known.pack.name if folder in (os.curdir, "") else folder.replace(os.sep, "/")


def sentence(text: str) -> str:
    """Return the first sentence of a text."""
    words = " ".join(text.split())
    end = words.find(". ")
    return words if end < 0 else words[: end + 1]
