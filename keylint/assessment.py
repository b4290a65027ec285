"""From what is asked to a report: the policy, the source, the scan, facts about the whole, the judgement."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from keylint import __version__
from keylint.errors import NothingScanned, UsageError
from keylint.model import Confidence, Fact, Finding, Report, Scanned, Severity, Skip, Suppression, World
from keylint.pipeline import Lens, is_sure, lens, settle

if TYPE_CHECKING:
    from keylint.findings import Suppress
    from keylint.policy.config import ConfigFile
    from keylint.policy.policy import Policy
    from keylint.sources import Entry, Listing

STDIN = "-"
_INVENTORY = "keylint.keys.yaml"
_CONFIGURATIONS = (".keylint.yaml", ".keylint.yml", "pyproject.toml")


class Options(NamedTuple):
    """What `keylint scan` was asked for; the defaults are those of the command line."""

    paths: Sequence[str] = ()
    stdin_filename: str | None = None
    no_gitignore: bool = False
    format: str = "text"
    report: Sequence[str] = ()
    fail_on: Severity | Literal["never"] = "medium"
    min_confidence: Confidence = "medium"
    rule: Sequence[str] = ()
    jobs: int | None = None
    color: Literal["auto", "always", "never"] = "auto"
    quiet: bool = False
    config: str | None = None
    isolated: bool = False
    show_policy: bool = False
    no_inline: bool = False
    today: str | None = None
    baseline: str | None = None


class Seen(NamedTuple):
    """What a source gave. `whole`: a folder was scanned, so that what is missing can be told."""

    scanned: Scanned
    facts: tuple[Fact, ...]
    world: World
    notices: Sequence[str]
    entries: Sequence[Entry]
    whole: bool


def report_of(options: Options, otherwise: Suppress | None = None) -> tuple[Report, Seen, Sequence[str]]:
    """Scan and judge. Return the report, what the source gave, and what is to be said besides it.

    `otherwise` is asked about places that no comment and no waiver suppresses.
    """
    policy = policy_of(options)
    today = options.today or current_day()
    through = _lens(policy)
    seen = _scan(options, policy, through)
    seen = seen._replace(facts=(*_joined(seen), *_keys(options, policy, seen)))
    settled = (settle(fact, seen.world, today) for fact in seen.facts)
    facts = [fact for fact in settled if is_sure(fact, options.min_confidence)]
    notices = [*seen.notices, *_malformed(seen)]
    # Without a configuration rules are read only where there is something to judge or a name to check: reading them
    # costs more than a clean scan.
    if policy is None and not facts and not options.rule:
        return Report(__version__, seen.scanned, ()), seen, notices
    policy = policy or load_policy()
    findings, unjudged = _judge(options, policy, facts, seen.whole, notices, today=today, otherwise=otherwise)
    skipped = tuple(sorted({*seen.scanned.skipped, *unjudged}))
    return Report(__version__, seen.scanned._replace(skipped=skipped), findings), seen, notices


def lens_of(options: Options) -> Lens:
    """Return what inputs are looked at through under the policy that holds."""
    return _lens(policy_of(options))


def _lens(policy: Policy | None) -> Lens:
    return lens(policy.patterns, policy.clients) if policy else lens()


def load_policy(config: ConfigFile | None = None) -> Policy:
    """Return the policy of a configuration; read late, for it costs more than a clean scan."""
    from keylint.policy.merge import load_policy as load_it

    return load_it(config)


def policy_of(options: Options) -> Policy | None:
    """Return the policy that is configured; None where the recommended one holds, unread."""
    if options.config:
        from keylint.policy.config import read_config

        return load_policy(read_config(options.config, options.config))
    if options.isolated:
        return None
    root = root_of(options)
    if not any(os.path.lexists(os.path.join(root, name)) for name in _CONFIGURATIONS):
        return None
    from keylint.policy.config import find_config

    config = find_config(root)
    return load_policy(config) if config else None


def root_of(options: Options) -> str:
    if STDIN in options.paths:
        return os.curdir
    from keylint.sources.worktree import scan_root

    return scan_root(options.paths or ["."])


def _scan(options: Options, policy: Policy | None, through: Lens) -> Seen:
    paths = options.paths or ["."]
    if STDIN in paths:
        if len(paths) > 1:
            raise UsageError("'-' reads standard input and goes with no other path")
        from keylint.scanner import scan_bytes
        from keylint.sources.stdin import read_stdin, stdin_world

        content = read_stdin(options.stdin_filename)
        if isinstance(content, Skip):
            return Seen(Scanned(0, 0, (content,)), (), stdin_world(), (), (), whole=False)
        return Seen(*scan_bytes(*content, through), stdin_world(), (), (), whole=False)
    if options.stdin_filename:
        raise UsageError("--stdin-filename goes with '-' only")
    from keylint.scanner import scan
    from keylint.sources.worktree import list_paths

    listing = list_paths(paths, use_git=not options.no_gitignore)
    if policy is not None and policy.exclude:
        from keylint.policy.globs import matcher
        from keylint.sources.exclusion import without

        listing = without(listing, matcher(policy.exclude))
    entries = list(listing.entries)
    late = listing.late
    if late is not None:

        def remembered() -> Listing:
            found = late()
            entries.extend(found.entries)
            return found

        listing = listing._replace(late=remembered)
    scanned, found = scan(listing, through, options.jobs)
    if not scanned.files and not scanned.skipped:
        raise NothingScanned("nothing was scanned: every file that git tracks here is deleted")
    whole = len(paths) == 1 and os.path.isdir(paths[0])
    return Seen(scanned, found, listing.world, listing.notices, entries, whole)


def _joined(seen: Seen) -> Sequence[Fact]:
    """Return the facts, those of manifests with what locks fix; nothing is loaded where there are none."""
    if not any(fact.target == "dependency" for fact in seen.facts):
        return seen.facts
    from keylint.whole.dependencies import joined

    return joined(seen.facts, whole=seen.whole)


def _malformed(seen: Seen) -> Sequence[str]:
    if not any(fact.target == "malformed" for fact in seen.facts):
        return ()
    from keylint.whole.dependencies import malformed

    return malformed(seen.facts)


def _keys(options: Options, policy: Policy | None, seen: Seen) -> list[Fact]:
    """Return the keys of the inventory, compared with the code if all of that was seen.

    Raises: ConfigError naming every mistake of every inventory.
    """
    texts = dict(_inventories(options, policy, seen))
    if not texts:
        return []
    from keylint.documents.document import Document
    from keylint.errors import ConfigError
    from keylint.policy.inventory_file import read_inventory
    from keylint.policy.source_map import read
    from keylint.whole.keys import declared, tied, undeclared

    keys: list[Fact] = []
    problems: list[str] = []
    for name, text in texts.items():
        source = read(text, name)
        entries = read_inventory(source)
        problems += map(str, sorted(source.problems))
        keys += [] if source.problems else declared(entries, Document(name, text))
    if problems:
        raise ConfigError("\n".join(problems))
    if not seen.whole:
        return keys
    elsewhere = [fact for fact in seen.facts if fact.location.path not in texts]
    return [*tied(keys, elsewhere), *undeclared(keys, elsewhere)]


def _inventories(options: Options, policy: Policy | None, seen: Seen) -> Iterator[tuple[str, str]]:
    """Yield the inventories that were part of the scan, with their texts. Raises: ConfigError if one is missing."""
    if STDIN in options.paths:
        return
    root = root_of(options)
    paths = {entry.path for entry in seen.entries}
    for name in policy.inventory if policy is not None else (_INVENTORY,):
        is_named = policy is not None and policy.origins["inventory"] != "default"
        if (seen.whole and (is_named or os.path.lexists(os.path.join(root, name)))) or name in paths:
            from keylint.policy.config import read_text

            yield name, read_text(os.path.join(root, name), name)


def _judge(
    options: Options,
    policy: Policy,
    facts: Sequence[Fact],
    whole: bool,
    notices: list[str],
    *,
    today: str,
    otherwise: Suppress | None,
) -> tuple[tuple[Finding, ...], tuple[Skip, ...]]:
    from keylint.findings import by_place, judge
    from keylint.suppression import Suppressions

    known = [*(rule.id for rule in policy.rules), *policy.off]
    for name in options.rule:
        if name not in known:
            from difflib import get_close_matches

            near = get_close_matches(name, known, 1)
            hint = f"did you mean '{near[0]}'?" if near else "--show-policy lists those there are"
            raise UsageError(f"unknown rule '{name}'; {hint}")
    suppressions = Suppressions(policy, known, today, inline=not options.no_inline)

    def suppress(rule: str, fact: Fact, fingerprint: str) -> Suppression | None:
        suppression = suppressions.of(rule, fact, fingerprint)
        return otherwise(rule, fact, fingerprint) if suppression is None and otherwise is not None else suppression

    first = judge(policy, policy.rules, facts, suppress)
    # Every rule is judged, whatever --rule says: a waiver of another is not unused.
    second = judge(policy, policy.rules, suppressions.waiver_facts(whole=whole), suppress)
    notices += suppressions.notices()
    findings = [
        finding for finding in (*first.findings, *second.findings) if not options.rule or finding.rule in options.rule
    ]
    return tuple(sorted(findings, key=by_place)), (*first.unjudged, *second.unjudged)


def current_day() -> str:
    """Return today's date, UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime())  # datetime would take longer to import than to ask
