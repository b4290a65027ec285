"""The policy in force, as one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from keylint.model import Client, Pattern, Severity
from keylint.policy.globs import matcher
from keylint.policy.rule import Rule
from keylint.policy.settings import Override, Settings
from keylint.policy.source_map import Plain
from keylint.policy.waiver import Waiver


class Pack(NamedTuple):
    """A pack as loaded. `label` is what users call it, `vars` its own defaults."""

    label: str
    folder: str
    name: str
    version: str
    description: str
    rules: tuple[Rule, ...]
    settings: Settings


class Policy(NamedTuple):
    """What is judged, and how. `rules` are those that are on somewhere, by id, with severity and `on_unknown` settled.

    `off` are those that are off where no override switches them on.

    `origins` tells of every setting where it comes from: `vars.NAME`, `rules.ID`, `extends`, `inventory` …
    """

    packs: tuple[Pack, ...]
    rules: tuple[Rule, ...]
    off: tuple[str, ...]
    vars: Mapping[str, Plain]
    overrides: tuple[Override, ...]
    exclude: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    clients: tuple[Client, ...]
    inventory: tuple[str, ...]
    waivers: tuple[Waiver, ...]
    config: str | None
    origins: Mapping[str, str]
    # What of the scanned repository may suppress findings.
    trust: tuple[str, ...] = ("inline", "baseline")
    # The packs that the configuration names itself.
    extends: tuple[str, ...] = ()

    @property
    def names_inventory(self) -> bool:
        """Tell whether the configuration says which files list the keys held."""
        return self.origins.get("inventory", "default") != "default"

    def severity(self, rule: Rule, path: str) -> Severity | None:
        """Return how severe a rule is for a path; None where it is switched off."""
        severity: Severity | None = None if rule.id in self.off else rule.severity
        for override in self.overrides:
            setting = next((one for one in override.rules if one.rule == rule.id), None)
            if setting is not None and _matcher(override.paths)(path):
                severity = (setting.severity or rule.severity) if setting.on else None
        return severity


@cache
def _matcher(globs: tuple[str, ...]) -> Callable[[str], bool]:
    return matcher(globs)
