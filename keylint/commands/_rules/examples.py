"""A rule's examples, run through the whole tool: a bad one must give a finding of the rule, a good one none."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, NamedTuple

from keylint.assessment import Options, report_of
from keylint.commands._rules.reasons import probing, reasons
from keylint.errors import KeylintError, RuleError, UsageError
from keylint.model import INVENTORY_FILE, Finding, Report
from keylint.policy.config import find_config
from keylint.policy.merge import load_policy
from keylint.policy.placeholders import expand
from keylint.policy.policy import Pack, Policy
from keylint.policy.rule import Example, Rule
from keylint.policy.shipped import BUILT_IN
from keylint.policy.source_map import Plain
from keylint.sources.git import work_tree_of
from keylint.sources.paths import shown
from keylint.summary import incomplete

Verdict = Literal["bad", "good"]


class Bench(NamedTuple):
    """What a pack's rules are tested under: the packs loaded with it, and nothing of any configuration.

    A rule is proved on the defaults of its own pack and of those it builds on; what a configuration sets
    does not make a rule wrong.
    """

    packs: tuple[Pack, ...]


class Outcome(NamedTuple):
    """What became of one example. `trouble` tells why it could not be judged, `why` of what did not fire."""

    rule: Rule
    verdict: Verdict
    example: Example
    findings: tuple[Finding, ...]
    trouble: str
    passed: bool
    why: tuple[str, ...] = ()


def examples(rule: Rule) -> list[tuple[Verdict, Example]]:
    """Return a rule's examples with what each has to give."""
    return [*(("bad", one) for one in rule.bad), *(("good", one) for one in rule.good)]


def run(rule: Rule, bench: Bench, *, explain: bool = True) -> list[Outcome]:
    """Return what each example of a rule gives. Raises: RuleError where one cannot be written to disk."""
    return [run_example(rule, verdict, example, bench, explain=explain) for verdict, example in examples(rule)]


def run_example(rule: Rule, verdict: Verdict, example: Example, bench: Bench, *, explain: bool = True) -> Outcome:
    """Return what one example gives; `explain` asks why nothing fires where something has to."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="keylint-") as folder:
        # Files of a work tree would be untracked in it; those of a plain folder count as tracked.
        if work_tree_of(folder) is not None:
            raise UsageError(f"examples are tried out in {folder}, which lies in a git work tree; set TMPDIR elsewhere")
        if example.past is not None:
            _write(folder, rule, example, example.past)
            _commit(folder, rule, example)
            for name in example.past:
                os.unlink(os.path.join(folder, name))
        _write(folder, rule, example, example.files)
        if example.past is not None:
            _commit(folder, rule, example)
        try:
            policy = _policy(folder, rule, bench)
            report = _scan(folder, example, policy, rule.id)
        except KeylintError as error:
            text = str(error).replace(folder + os.sep, "")
            return Outcome(rule, verdict, example, (), text, passed=False)
        trouble = "; ".join(f"{skip.path} was not scanned: {skip.reason}" for skip in incomplete(report))
        fires = any(finding.suppression is None for finding in report.findings)
        passed = fires if verdict == "bad" else not report.findings and not trouble
        why: tuple[str, ...] = ()
        if explain and verdict == "bad" and not passed:
            probed = _scan(folder, example, probing(policy))
            why = reasons(rule, report.findings, [finding.fact for finding in probed.findings], policy.vars)
        return Outcome(rule, verdict, example, report.findings, trouble, passed, why)


def _policy(folder: str, rule: Rule, bench: Bench) -> Policy:
    """Return the policy of an example: its own configuration's, if it brings one; the rule is on in any case."""
    config = find_config(folder)
    policy = _of_packs(bench) if config is None else load_policy(config, [_label(pack) for pack in bench.packs])
    others = {one.id: one for one in policy.rules}
    if config is not None and rule.id in others:
        given = others[rule.id]
        rule = rule._replace(severity=given.severity, on_unknown=given.on_unknown)
    return policy._replace(
        rules=(*(one for one in policy.rules if one.id != rule.id), rule),
        off=tuple(name for name in policy.off if name != rule.id),
        vars={**_vars(bench), **policy.vars},
    )


def _of_packs(bench: Bench) -> Policy:
    return Policy(
        packs=bench.packs,
        rules=tuple(rule for pack in bench.packs for rule in pack.rules),
        off=(),
        vars=_vars(bench),
        overrides=(),
        exclude=(),
        patterns=tuple(pattern for pack in bench.packs for pattern in pack.settings.patterns),
        clients=tuple(client for pack in bench.packs for client in pack.settings.clients),
        inventory=(INVENTORY_FILE,),
        waivers=(),
        config=None,
        origins={},
    )


def _vars(bench: Bench) -> dict[str, Plain]:
    return {name: value for pack in bench.packs for name, value in pack.settings.vars.items()}


def _label(pack: Pack) -> str:
    return pack.label if pack.label.startswith(BUILT_IN) else pack.folder


def _scan(folder: str, example: Example, policy: Policy, rule: str | None = None) -> Report:
    """Scan as `keylint scan` does; without a rule, for every fact however unsure."""
    options = Options(
        paths=() if example.past is not None else (folder,),
        no_gitignore=example.past is None,
        history=example.past is not None,
        jobs=1 if example.past is not None else 0,
        rule=() if rule is None else (rule,),
        min_confidence="low" if rule is None else Options().min_confidence,
        today=example.today,
    )
    if example.past is None:
        return report_of(options, policy=policy)[0]
    here = os.getcwd()
    os.chdir(folder)  # a history is that of where one is
    try:
        return report_of(options, policy=policy)[0]
    finally:
        os.chdir(here)


def _commit(folder: str, rule: Rule, example: Example) -> None:
    """Commit what is in a folder, as nobody in particular and by nobody's configuration."""
    import subprocess

    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for who in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{who}_NAME": "keylint", f"GIT_{who}_EMAIL": "keylint@example.org"}
    for command in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-q", "--allow-empty", "-m", example.name]):
        try:
            subprocess.run(["git", *command], cwd=folder, env=environment, check=True, capture_output=True)  # noqa: S603, S607
        except (OSError, subprocess.CalledProcessError) as error:
            raise RuleError(f"{rule.file}: example '{example.name}': git {command[0]} failed: {error}") from None


def _write(folder: str, rule: Rule, example: Example, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        file = os.path.join(folder, name)
        try:
            os.makedirs(os.path.dirname(file), exist_ok=True)
            with open(file, "xb") as stream:
                stream.write(expand(text).encode("utf-8", "backslashreplace"))
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise RuleError(f"{rule.file}: example '{example.name}': cannot write '{shown(name)}': {reason}") from None
