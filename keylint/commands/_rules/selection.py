"""Which rules `keylint rules test` is asked for: those of the policy in force, of a pack, of a file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

from keylint.commands._rules.catalogue import policy_in_force
from keylint.commands._rules.examples import Bench
from keylint.errors import UsageError
from keylint.model import CONFIG_FILE, PYPROJECT
from keylint.policy.config import ConfigFile, read_config
from keylint.policy.merge import load_policy
from keylint.policy.pack import PACK_FILE
from keylint.policy.policy import Policy
from keylint.policy.rule import Rule
from keylint.policy.shipped import BUILT_IN, rules_folder
from keylint.policy.source_map import SourceMap

_CONFIGURATIONS = (CONFIG_FILE, PYPROJECT)


class Chosen(NamedTuple):
    """A rule to be tested and what it is tested under."""

    rule: Rule
    bench: Bench


def chosen(paths: Sequence[str], config: str | None, *, isolated: bool) -> list[Chosen]:
    """Return the rules that the paths name, each once. Raises: RuleError, ConfigError, UsageError."""
    found: dict[str, Chosen] = {}
    if not paths:
        for one in of_policy(policy_in_force(config, isolated=isolated)):
            found[one.rule.file] = one
    for path in paths:
        for one in _of_path(path):
            found.setdefault(os.path.realpath(one.rule.file), one)
    return sorted(found.values(), key=lambda one: (one.rule.id, one.rule.file))


def of_policy(policy: Policy) -> list[Chosen]:
    """Return every rule of a policy's packs, as its pack has it, those that are off included."""
    return [
        Chosen(rule, Bench(policy.packs[: place + 1])) for place, pack in enumerate(policy.packs) for rule in pack.rules
    ]


def _of_path(path: str) -> list[Chosen]:
    if not os.path.exists(path):
        raise UsageError(f"no such file or folder: {path}")
    if os.path.basename(path) in _CONFIGURATIONS:
        return of_policy(load_policy(read_config(path, path)))
    real = os.path.realpath(path)
    folder = real if os.path.isdir(real) else os.path.dirname(real)
    pack = _pack_around(folder)
    if pack is None:
        file = os.path.join(path, CONFIG_FILE)
        if os.path.isdir(path) and os.path.isfile(file):
            return of_policy(load_policy(read_config(file, file)))
        raise UsageError(f"{path}: expected a pack (a folder with {PACK_FILE}), a rule file of one or a {CONFIG_FILE}")
    inside = [
        one
        for one in of_policy(_policy_of(pack))
        if one.bench.packs[-1].folder == pack and (real == pack or _lies_in(os.path.realpath(one.rule.file), real))
    ]
    if not inside and not os.path.isdir(real) and os.path.basename(real) != PACK_FILE:
        raise UsageError(f"{path}: no rule file of the pack in {os.path.relpath(pack)}")
    return inside


def _pack_around(folder: str) -> str | None:
    while not os.path.isfile(os.path.join(folder, PACK_FILE)):
        folder, before = os.path.dirname(folder), folder
        if folder == before:
            return None
    return folder


def _policy_of(pack: str) -> Policy:
    """Return the policy of one pack and what it builds on."""
    root = os.path.realpath(rules_folder())
    label = BUILT_IN + os.path.basename(pack) if os.path.dirname(pack) == root else os.path.relpath(pack)
    return load_policy(ConfigFile("", os.curdir, SourceMap("", {"extends": [label]}, {})))


def _lies_in(file: str, path: str) -> bool:
    # pack.yaml stands for its pack.
    if os.path.basename(path) == PACK_FILE:
        path = os.path.dirname(path)
    return file == path or file.startswith(path + os.sep)
