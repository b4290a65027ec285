"""Packs and a configuration to the policy in force: merged once, every mistake told at once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from keylint.errors import ConfigError, RuleError
from keylint.model import INVENTORY_FILE
from keylint.policy.config import CONFIG, ConfigFile
from keylint.policy.pack import Loader
from keylint.policy.policy import Pack, Policy
from keylint.policy.rule import Rule
from keylint.policy.settings import RuleSetting, Settings, read_settings
from keylint.policy.source_map import Plain, SourceMap
from keylint.policy.waiver import WAIVERS, Waiver, read_waivers

DEFAULT_PACK = "keylint:recommended"
_DEFAULT = "default"


def load_policy(config: ConfigFile | None = None, default: Sequence[str] = (DEFAULT_PACK,)) -> Policy:
    """Return the policy of a configuration; without `extends`, it builds on the packs that hold by default.

    Raises: ConfigError (RuleError if only packs are at fault) naming every mistake of every file.
    """
    loader = Loader(config.bounds if config else None)
    source = config.source if config else SourceMap("", {}, {})
    if config and source.value is None:
        source.value = {}  # an empty file
    CONFIG.check(source, (), source.value)
    loader.extend(source, config.folder if config else os.curdir, default=default)
    in_packs = bool(loader.problems)
    rules = loader.rules()
    settings = read_settings(source, source.file, known_vars=loader.vars(), declares=False)
    value = source.value if isinstance(source.value, dict) else {}
    waivers: tuple[Waiver, ...] = ()
    if not in_packs:
        # With a pack missing, every name of it would be called unknown.
        if value and rules:
            settings.check_rules(source, tuple(rules))
        waivers = read_waivers(source, value.get("waivers"), rules, loader.vars())
    problems = [*loader.problems, *map(str, sorted(source.problems))]
    if problems:
        error = ConfigError if source.problems else RuleError
        raise error("\n".join(dict.fromkeys(problems)))
    return _merged(tuple(loader.packs.values()), settings, value, waivers, config)


def _merged(
    packs: tuple[Pack, ...],
    settings: Settings,
    value: Mapping[str, Plain],
    waivers: tuple[Waiver, ...],
    config: ConfigFile | None,
) -> Policy:
    layers = [*(pack.settings for pack in packs), settings]
    origins: dict[str, str] = {}
    vars_: dict[str, Plain] = {}
    rules: dict[str, Rule] = {}
    off: dict[str, None] = {}
    for pack in packs:
        for rule in pack.rules:
            rules[rule.id] = rule
            origins[f"rules.{rule.id}"] = pack.label
    for layer in layers:
        vars_.update(layer.vars)
        origins.update({f"vars.{name}": origin for name, origin in layer.var_origins.items()})
        for setting in layer.rules:
            _set(rules, off, setting)
            origins[f"rules.{setting.rule}"] = setting.origin
    for key, present in (
        ("exclude", "exclude" in value),
        ("inventory", "inventory" in value),
        ("trust", "trust" in value),
    ):
        origins[key] = config.source.origin((key,)) if config and present else _DEFAULT
    overrides = tuple(override for layer in layers for override in layer.overrides)
    revived = {setting.rule for override in overrides for setting in override.rules if setting.on}
    return Policy(
        packs=packs,
        rules=tuple(rule for name, rule in sorted(rules.items()) if name not in off or name in revived),
        off=tuple(sorted(off)),
        vars=vars_,
        overrides=overrides,
        exclude=_texts(value.get("exclude")),
        patterns=tuple(pattern for layer in layers for pattern in layer.patterns),
        clients=tuple({(one.ecosystem, one.name): one for layer in layers for one in layer.clients}.values()),
        inventory=_texts(value.get("inventory")) if "inventory" in value else (INVENTORY_FILE,),
        waivers=waivers,
        config=config.name if config else None,
        origins=origins,
        trust=_texts(value["trust"]) if "trust" in value else Policy._field_defaults["trust"],
        extends=_texts(value.get("extends")),
    )


def with_waivers(policy: Policy, config: ConfigFile) -> Policy:
    """Return a caller's policy with the waivers of a scanned repository's own configuration, and nothing else of it.

    Raises: ConfigError naming every mistake in them.
    """
    source = config.source
    value = source.value.get("waivers") if isinstance(source.value, dict) else None
    if value is None:
        return policy
    WAIVERS.shape.check(source, ("waivers",), value)
    known = {rule.id: rule for pack in policy.packs for rule in pack.rules}
    waivers = read_waivers(source, value, known, policy.vars)
    if source.problems:
        raise ConfigError("\n".join(map(str, sorted(source.problems))))
    return policy._replace(waivers=(*policy.waivers, *(waiver._replace(file=config.name) for waiver in waivers)))


def _set(rules: dict[str, Rule], off: dict[str, None], setting: RuleSetting) -> None:
    if not setting.on:
        off[setting.rule] = None
        return
    off.pop(setting.rule, None)
    rule = rules[setting.rule]
    rules[setting.rule] = rule._replace(
        severity=setting.severity or rule.severity, on_unknown=setting.on_unknown or rule.on_unknown
    )


def _texts(value: Plain) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
