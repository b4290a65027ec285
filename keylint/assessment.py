"""From what is asked to a report: the policy, the source, the scan, facts about the whole, the judgement."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from keylint import __version__
from keylint.errors import NothingScanned, UsageError
from keylint.model import (
    CONFIG_FILE,
    INVENTORY_FILE,
    MISNAMED_CONFIG,
    PYPROJECT,
    Confidence,
    Fact,
    Finding,
    Report,
    RuleHelp,
    Scanned,
    Severity,
    Skip,
    Suppression,
    World,
)
from keylint.pipeline import Lens, is_sure, lens, settle

if TYPE_CHECKING:
    from keylint.findings import Suppress
    from keylint.outline import Outline
    from keylint.policy.config import ConfigFile
    from keylint.policy.policy import Policy
    from keylint.sources import Entry, Listing

STDIN = "-"
_CONFIGURATIONS = (CONFIG_FILE, MISNAMED_CONFIG, PYPROJECT)


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
    no_progress: bool = False
    no_cache: bool = False
    config: str | None = None
    isolated: bool = False
    show_policy: bool = False
    no_inline: bool = False
    today: str | None = None
    baseline: str | None = None
    staged: bool = False
    range: str | None = None
    history: bool = False
    pre_push: bool = False
    unreachable: bool = False
    remote: str | None = None
    # For sweeps, of a repository's own store: the files of HEAD alone; and that these are judged as a whole, as a
    # folder's are.
    head: bool = False
    whole: bool = False

    @property
    def is_git(self) -> bool:
        """Tell whether a repository's own store is the source, not files."""
        return self.staged or self.range is not None or self.history or self.pre_push or self.head


class Seen(NamedTuple):
    """What a source gave. `whole`: a folder was scanned, so that what is missing can be told.

    `read` gives a file as the source has it, None if it is no part of it; without it files are read from disk. `paths`
    are then those of what was scanned as a whole.
    """

    scanned: Scanned
    facts: tuple[Fact, ...]
    world: World
    notices: Sequence[str]
    entries: Sequence[Entry]
    whole: bool
    read: Callable[[str], bytes | None] | None = None
    paths: Sequence[str] = ()


class Inventory(NamedTuple):
    """The files that declare keys, and the `key` facts of these."""

    files: tuple[str, ...]
    keys: tuple[Fact, ...]


def report_of(
    options: Options, otherwise: Suppress | None = None, policy: Policy | Outline | None = None
) -> tuple[Report, Seen, Sequence[str]]:
    """Scan and judge. Return the report, what the source gave, and what is to be said besides it.

    Without a policy it is the one that is configured; what is remembered of it does until something is found.
    `otherwise` is asked about places that no comment and no waiver suppresses.
    """
    policy = policy or policy_of(options)
    seen = look(options, policy)
    inventory = inventory_of(options, policy, seen)
    keys = compared(inventory, seen.facts) if inventory.files and seen.whole else inventory.keys
    return report_on(options, policy, seen._replace(facts=(*seen.facts, *keys)), otherwise)


def look(options: Options, policy: Policy | Outline | None) -> Seen:
    """Return what the source gives, its files put together where several say one thing."""
    seen = _scan(options, policy, _lens(policy))
    return seen._replace(facts=tuple(_copied(_joined(_pipelines(seen), whole=seen.whole))))


def report_on(
    options: Options, policy: Policy | Outline | None, seen: Seen, otherwise: Suppress | None = None
) -> tuple[Report, Seen, Sequence[str]]:
    """Judge what was seen. Shape as of `report_of`."""
    today = options.today or current_day()
    settled = (settle(fact, seen.world, today) for fact in seen.facts)
    facts = [fact for fact in settled if is_sure(fact, options.min_confidence)]
    if seen.whole and (facts or policy is not None):
        whole = _of_whole(options, facts, seen)
        facts += whole
        seen = seen._replace(facts=(*seen.facts, *whole))
    notices = [*seen.notices, *_malformed(seen)]
    # Without a configuration, or with one that is known to hold no mistake, rules are read only where there is
    # something to judge or a name to check: reading them costs more than a clean scan.
    known = _already_read(policy)
    if known is None and not facts and not options.rule:
        return Report(__version__, seen.scanned, (), base=_base(options), day=today), seen, notices
    policy = known or policy_of(options) or load_policy()
    findings, unjudged = _judge(options, policy, facts, seen.whole, notices, today=today, otherwise=otherwise)
    skipped = tuple(sorted({*seen.scanned.skipped, *unjudged}))
    scanned = seen.scanned._replace(skipped=skipped)
    rules = rules_in_force(policy, options)
    return Report(__version__, scanned, findings, rules, _base(options), today), seen, notices


def rules_in_force(policy: Policy, options: Options) -> tuple[RuleHelp, ...]:
    """Return what reports say of the rules that were judged."""
    return tuple(
        RuleHelp(
            rule.id,
            rule.file.rpartition("/")[0].rpartition("/")[2],
            rule.severity,
            rule.message,
            rule.rationale,
            rule.remediation,
            rule.limits,
            rule.references,
            rule.frameworks,
        )
        for rule in policy.rules
        if not options.rule or rule.id in options.rule
    )


def lens_of(options: Options) -> Lens:
    """Return what inputs are looked at through under the policy that holds."""
    return _lens(policy_of(options))


def _lens(policy: Policy | Outline | None) -> Lens:
    return lens(policy.patterns, policy.clients) if policy else lens()


def load_policy(config: ConfigFile | None = None) -> Policy:
    """Return the policy of a configuration; read late, for it costs more than a clean scan."""
    from keylint.policy.merge import load_policy as load_it

    return load_it(config)


def policy_of(options: Options) -> Policy | None:
    """Return the policy that is configured; None where the recommended one holds, unread."""
    if options.config:
        from keylint.policy.config import read_config

        policy = load_policy(read_config(options.config, options.config))
        return _with_waivers(policy, options) if "waivers" in policy.trust and not options.isolated else policy
    if options.isolated:
        return None
    root = _configured_root(options)
    if root is None or not _is_configured(root):
        return None
    from keylint.policy.config import find_config

    config = find_config(root, bounds_of(root))
    return load_policy(config) if config else None


def known_policy_of(options: Options) -> Policy | Outline | None:
    """Return what `policy_of` does, or what is remembered of it, which does until something is found."""
    if (options.isolated and not options.config) or options.no_cache or options.rule:
        return policy_of(options)
    root = _configured_root(options)
    folder = root or os.curdir
    if not options.config and not (root and _is_configured(root)):
        return None
    from keylint.outline import key_of, outline_of, remember

    key = key_of(folder, bounds_of(folder), options.config)
    known = outline_of(key) if key else None
    if known is not None:
        return known
    policy = policy_of(options)
    # Somebody may have saved another configuration meanwhile.
    if key and policy is not None and key == key_of(folder, bounds_of(folder), options.config):
        remember(key, policy)
    return policy


def _already_read(policy: Policy | Outline | None) -> Policy | None:
    """Return a policy that is one already, not what is remembered of it."""
    if policy is None:
        return None
    from keylint.outline import Outline

    return None if isinstance(policy, Outline) else policy


def bounds_of(root: str) -> str:
    """Return the folder that nothing a scanned repository says may lead out of.

    Without git that is what the user is in, if it holds the scan root: packs may lie beside projects.
    """
    from keylint.policy.bounds import is_inside
    from keylint.sources.git import work_tree_of

    here = os.getcwd()
    return work_tree_of(root) or (here if is_inside(root, here) else root)


def _with_waivers(policy: Policy, options: Options) -> Policy:
    """Return a caller's policy with the waivers of the scanned repository, which it trusts."""
    from keylint.policy.config import find_config
    from keylint.policy.merge import with_waivers

    root = _configured_root(options)
    theirs = find_config(root, bounds_of(root)) if root is not None else None
    return with_waivers(policy, theirs) if theirs else policy


def _is_configured(root: str) -> bool:
    return any(os.path.lexists(os.path.join(root, name)) for name in _CONFIGURATIONS)


def _configured_root(options: Options) -> str | None:
    """Return where a configuration is looked for. A bare repository has none of its own."""
    if options.is_git:
        from keylint.sources.repository import root_around

        return root_around()
    return root_of(options)


def root_of(options: Options) -> str:
    if options.is_git:
        return _configured_root(options) or os.curdir
    if STDIN in options.paths:
        return os.curdir
    from keylint.sources.worktree import scan_root

    return scan_root(options.paths or ["."])


def _base(options: Options) -> str:
    """Return the way from the current folder down to the scan root; empty if that is elsewhere."""
    root = os.path.relpath(root_of(options)).replace(os.sep, "/")
    return "" if root == os.curdir or root.partition("/")[0] == os.pardir or os.path.isabs(root) else f"{root}/"


def _scan(options: Options, policy: Policy | Outline | None, through: Lens) -> Seen:
    if options.unreachable and not options.history:
        raise UsageError("--unreachable goes with --history only")
    if options.remote and not options.pre_push:
        raise UsageError("--remote goes with --pre-push only")
    if options.is_git:
        return _scan_git(options, policy, through)
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
    if options.no_progress or options.quiet or not is_watched():
        scanned, found = scan(listing, through, options.jobs)
    else:
        from keylint.console import Progress

        progress = Progress()
        try:
            scanned, found = scan(listing, through, options.jobs, progress)
        finally:
            progress.done()
    if not scanned.files and not scanned.skipped:
        raise NothingScanned("nothing was scanned: every file that git tracks here is deleted")
    whole = len(paths) == 1 and os.path.isdir(paths[0])
    return Seen(scanned, found, listing.world, listing.notices, entries, whole)


def _of_whole(options: Options, facts: Sequence[Fact], seen: Seen) -> list[Fact]:
    """Return the facts about a folder, or a commit, that was scanned as a whole."""
    from keylint.sources.reading import as_text, read_text
    from keylint.sources.worktree import ignores_above
    from keylint.whole.repository import facts as repository_facts

    if seen.read is not None:
        read = seen.read
        return repository_facts(facts, seen.paths, lambda path: as_text(read(path)), ())
    files = {entry.path: entry for entry in seen.entries}
    return repository_facts(
        facts, sorted(files), lambda path: read_text(files.get(path)), ignores_above(root_of(options))
    )


def _scan_git(options: Options, policy: Policy | Outline | None, through: Lens) -> Seen:
    from keylint.pipeline import lens_on_the_past
    from keylint.revisions import Lenses, look
    from keylint.sources import history
    from keylint.sources.repository import common_folder, open_repository

    chosen = [
        name
        for name, is_chosen in (
            ("--staged", options.staged),
            ("--range", options.range is not None),
            ("--history", options.history),
            ("--pre-push", options.pre_push),
            ("PATH", bool(options.paths)),
            ("--no-gitignore", options.no_gitignore),
            ("--stdin-filename", options.stdin_filename is not None),
        )
        if is_chosen
    ]
    if len(chosen) > 1:
        raise UsageError(f"{' and '.join(chosen)} exclude each other: a scan has one source")
    repository = open_repository()
    if options.staged:
        selection = history.staged(repository)
    elif options.range is not None:
        selection = history.range_of(repository, options.range)
    elif options.history:
        selection = history.everything(repository, unreachable=options.unreachable)
    elif options.head:
        selection = history.at_head(repository)
    else:
        from keylint.sources.stdin import read_lines

        told = {name: value for name, value in os.environ.items() if name[:11] == "PRE_COMMIT_"}
        lines = () if "PRE_COMMIT_TO_REF" in told or "PRE_COMMIT_LOCAL_BRANCH" in told else read_lines()
        selection = history.pushed(repository, lines, options.remote, told)
    patterns = policy.patterns if policy is not None else ()
    lenses = Lenses(through, lens_on_the_past(patterns))
    cache = None
    if options.history and not options.no_cache:
        from keylint.cache import cache_of

        # Forks, and clones of one repository, have their first commit in common, and most of what they hold.
        name = selection.commits[-1] if selection.commits else os.path.realpath(common_folder(repository))
        cache = cache_of(name, repr((through.patterns, through.clients)))
    if policy is not None and policy.exclude:
        from keylint.policy.globs import matcher

        found = look(repository, selection, lenses, options.jobs, matcher(policy.exclude), cache=cache)
    else:
        found = look(repository, selection, lenses, options.jobs, cache=cache)
    paths = history.files_of(repository, selection) if options.whole else ()
    return Seen(
        found.scanned, found.facts, found.world, selection.notices, (), whole=bool(paths), read=found.read, paths=paths
    )


def _pipelines(seen: Seen) -> Sequence[Fact]:
    if not any(fact.target == "workflow" for fact in seen.facts):
        return seen.facts
    from keylint.whole.workflows import connected

    return connected(seen.facts)


def _joined(facts: Sequence[Fact], *, whole: bool) -> Sequence[Fact]:
    """Return the facts, those of manifests with what locks fix; nothing is loaded where there are none."""
    if not any(fact.target == "dependency" for fact in facts):
        return facts
    from keylint.whole.dependencies import joined

    return joined(facts, whole=whole)


def _copied(facts: Sequence[Fact]) -> Sequence[Fact]:
    if not any(fact.target == "exposure" for fact in facts):
        return facts
    from keylint.whole.copies import copied

    return copied(facts)


def _malformed(seen: Seen) -> Sequence[str]:
    if not any(fact.target == "malformed" for fact in seen.facts):
        return ()
    from keylint.whole.dependencies import malformed

    return malformed(seen.facts)


def inventory_of(options: Options, policy: Policy | Outline | None, seen: Seen) -> Inventory:
    """Return the keys that the inventory declares. Raises: ConfigError naming every mistake of every inventory."""
    texts = dict(_inventories(options, policy, seen))
    if not texts:
        return Inventory((), ())
    from keylint.documents.document import Document
    from keylint.errors import ConfigError
    from keylint.policy.inventory_file import read_inventory
    from keylint.policy.source_map import read
    from keylint.whole.keys import declared

    keys: list[Fact] = []
    problems: list[str] = []
    for name, text in texts.items():
        source = read(text, name)
        entries = read_inventory(source)
        problems += map(str, sorted(source.problems))
        keys += [] if source.problems else declared(entries, Document(name, text))
    if problems:
        raise ConfigError("\n".join(problems))
    return Inventory(tuple(texts), tuple(keys))


def compared(inventory: Inventory, found: Sequence[Fact]) -> list[Fact]:
    """Return the keys of an inventory with what the code says of them, and those that it names and nobody declared."""
    from keylint.whole.keys import tied, undeclared

    elsewhere = [fact for fact in found if fact.location.path not in inventory.files]
    return [*tied(inventory.keys, elsewhere), *undeclared(inventory.keys, elsewhere)]


def _inventories(options: Options, policy: Policy | Outline | None, seen: Seen) -> Iterator[tuple[str, str]]:
    """Yield the inventories that were part of the scan, with their texts. Raises: ConfigError if one is missing."""
    if STDIN in options.paths:
        return
    if seen.read is not None:
        for name in policy.inventory if policy is not None else (INVENTORY_FILE,):
            data = seen.read(name)
            if data is not None:
                from keylint.policy.config import decoded

                yield name, decoded(data, name)
        return
    root = root_of(options)
    paths = {entry.path for entry in seen.entries}
    for name in policy.inventory if policy is not None else (INVENTORY_FILE,):
        is_named = policy is not None and policy.names_inventory
        if (seen.whole and (is_named or os.path.lexists(os.path.join(root, name)))) or name in paths:
            from keylint.policy.config import check_inside, read_text

            # What the caller's configuration names may lie elsewhere; a link in the repository leads nowhere else.
            file = os.path.normpath(os.path.join(root, name))
            inside = file.startswith(root.rstrip(os.sep) + os.sep)
            check_inside(file, bounds_of(root) if inside or not options.config else None, name)
            yield name, read_text(file, name)


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

    known = sorted({*(rule.id for rule in policy.rules), *policy.off})
    for name in options.rule:
        if name not in known:
            from difflib import get_close_matches

            near = get_close_matches(name, known, 1)
            hint = f"did you mean '{near[0]}'?" if near else "--show-policy lists those there are"
            raise UsageError(f"unknown rule '{name}'; {hint}")
    suppressions = Suppressions(policy, known, today, inline=not options.no_inline and "inline" in policy.trust)

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


def is_watched() -> bool:
    """Tell whether standard error is a terminal that can write over a line."""
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def current_day() -> str:
    """Return today's date, UTC."""
    return time.strftime("%Y-%m-%d", time.gmtime())  # datetime would take longer to import than to ask
