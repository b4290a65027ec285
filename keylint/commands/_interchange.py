"""keylint baseline import and export: secrets that detect-secrets knows by a hash of its own, and keylint's entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from keylint.baseline import Entry
from keylint.commands.scan import Options, lens_of
from keylint.documents.document import Witness
from keylint.errors import BaselineError
from keylint.files import read_whole
from keylint.findings import fingerprint
from keylint.model import Fact, Skip
from keylint.pipeline import Lens, examine, is_wanted
from keylint.secrets_baseline import (
    COMMON_TYPES,
    PLUGIN_TYPE,
    PRIVATE_KEY_TYPE,
    Known,
    as_one_line,
    digest_of,
    parse,
    render,
)
from keylint.sources import Entry as Input
from keylint.sources.reading import read_file
from keylint.sources.worktree import list_paths

# The reason of an imported entry, by what the audit said of it.
_REASONS = {
    False: "detect-secrets: audited as no secret",
    True: "detect-secrets: audited as a secret",
    None: "detect-secrets: in its baseline, not audited",
}


def read_foreign(file: str) -> tuple[Known, ...]:
    """Return the secrets of another tool's baseline. Raises: BaselineError if it cannot be read or is wrong."""
    try:
        return parse(read_whole(file), file)
    except OSError as error:
        raise BaselineError(f"{file}: cannot be read: {error.strerror}") from None


def taken(
    secrets: Sequence[Known], there: Collection[Entry], options: Options, *, everything: bool
) -> tuple[set[Entry], list[str]]:
    """Return those of the entries there are that accept what an audit cleared, and what to tell of the rest."""
    inputs = _inputs(options, {secret.path for secret in secrets})
    by_mark = {entry.fingerprint: entry for entry in there}
    rules = {entry.rule for entry in there}
    known: dict[tuple[str, str], set[Entry]] = {}

    def note(fact: Fact, text: str, secret: str) -> None:
        path = fact.location.path
        for entry in _entries(by_mark, rules, fact):
            for form in (text, secret, as_one_line(text)[0]):
                known.setdefault((path, digest_of(form)), set()).add(entry)

    through = lens_of(options)
    for one in inputs:
        _look(one, through, note)
    new: dict[str, Entry] = {}
    matched, missing = 0, Counter[str]()
    left = 0
    paths = {one.path for one in inputs}
    # What an audit cleared comes last, and so gives the reason.
    for secret in sorted(secrets, key=lambda secret: secret.is_secret is False):
        entries = known.get((secret.path, secret.digest))
        if entries is None:
            missing[_why(secret, paths)] += 1
            continue
        matched += 1
        if secret.is_secret is not False and not everything:
            left += 1
            continue
        new.update({entry.fingerprint: entry._replace(reason=_REASONS[secret.is_secret]) for entry in entries})
    told = [f"{len(secrets)} in the file of detect-secrets: {matched} matched, {len(secrets) - matched} not"]
    if left:
        told.append(f"not taken: {left} matched, but not audited as no secret; --all takes them")
    told.extend(f"not matched: {count} {why}" for why, count in sorted(missing.items()))
    return set(new.values()), told


def exported(entries: Sequence[Entry], options: Options, plugin: str) -> tuple[str, str]:
    """Return a baseline for detect-secrets with keylint's plugin, and what to tell of it."""
    by_mark = {entry.fingerprint: entry for entry in entries}
    rules = {entry.rule for entry in entries}
    done: set[str] = set()
    first: dict[tuple[str, str], Known] = {}

    def note(fact: Fact, text: str, _secret: str) -> None:
        path = fact.location.path
        for entry in _entries(by_mark, rules, fact):
            done.add(entry.fingerprint)
            written, below = as_one_line(text)
            audited = False if entry.reason == _REASONS[False] else None
            secret = Known(path, fact.location.line + below, digest_of(written), PLUGIN_TYPE, audited)
            key = (path, secret.digest)
            first[key] = min(first.get(key, secret), secret, key=lambda one: one.line)

    through = lens_of(options)
    for one in _inputs(options, {entry.path for entry in entries}):
        _look(one, through, note)
    told = f"{len(first)} written"
    if len(done) < len(entries):
        told += f"; {len(entries) - len(done)} left out: stale, or of a rule about something else than a secret"
    return render(first.values(), plugin), told


def _why(secret: Known, paths: Collection[str]) -> str:
    if secret.path not in paths:
        return "in files that are gone, or not scanned"
    if secret.type == PRIVATE_KEY_TYPE:
        return "private keys, which detect-secrets knows by their first line alone"
    if secret.type in COMMON_TYPES:
        return "no longer there, or not a finding of keylint"
    return f"of a kind that keylint does not look for ({secret.type})"


def _inputs(options: Options, paths: Collection[str]) -> list[Input]:
    """Return those of the files of a scan that have one of the paths."""
    listing = list_paths(options.paths, use_git=not options.no_gitignore)
    late = listing.late().entries if listing.late is not None else ()
    return [one for one in (*listing.entries, *late) if one.path in paths]


def _look(one: Input, through: Lens, note: Witness) -> None:
    content = read_file(one, is_wanted, through.marks)
    if content is not None and not isinstance(content, Skip):
        examine(one.path, content.data, through, note)


def _entries(by_mark: Mapping[str, Entry], rules: Collection[str], fact: Fact) -> list[Entry]:
    """Return the entries that stand for a fact."""
    marks = (fingerprint(rule, fact.location.path, fact.identity) for rule in rules)
    return [by_mark[mark] for mark in marks if mark in by_mark]
