"""The repositories of a sweep: paths, patterns, folders of clones, URLs, organisations, and a file that names such."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import NamedTuple, TypeVar

from keylint.errors import ConfigError, KeylintError, NothingScanned, UsageError
from keylint.policy.targets_file import FORGES, TargetEntry
from keylint.sources.git import work_tree_of
from keylint.sources.paths import shown
from keylint.sweep.organisations import Listings, Organisation, Wanted, organisation
from keylint.sweep.target import Target
from keylint.sweep.urls import masked, url_of

T = TypeVar("T")

# More lie in no folder of clones; a whole disk has more.
_MOST_FOLDERS = 100_000
_GLOB_CHARACTERS = frozenset("*?[")
_BARE = ("HEAD", "objects", "refs")


class _Found(NamedTuple):
    """A repository that an entry names. `identity` is the same however it is named."""

    identity: str
    name: str
    location: str
    size: int = 0
    lacks: str = ""


class _File(NamedTuple):
    """A file of targets: `folder` is what its paths start from, as it was given."""

    folder: str
    policies: Mapping[str, str]
    entries: tuple[TargetEntry, ...]


def targets(arguments: Sequence[str], *, file: str | None, archived: bool, forks: bool) -> list[Target]:
    """Return the repositories that arguments and a file of targets name, each once, by name.

    Raises: ConfigError for the file's mistakes; UsageError and NothingScanned for what names nothing, all at once;
    SourceFailed if a forge cannot list what it has.
    """
    told = _read(file) if file is not None else _File("", {}, ())
    entries = [*((_entry(argument), "") for argument in arguments), *((entry, told.folder) for entry in told.entries)]
    gathered = _Gathered(told.policies)
    hosted: list[tuple[TargetEntry, Organisation]] = []

    def local(entry: TargetEntry, folder: str) -> Iterable[_Found]:
        if entry.place not in FORGES:
            return _local(entry, folder)
        hosted.append((entry, organisation(entry.place, entry.what)))
        return ()

    def listed(entry: TargetEntry, one: Organisation) -> Iterable[_Found]:
        takes_archived = archived if entry.archived is None else entry.archived
        takes_forks = forks if entry.forks is None else entry.forks
        wanted = Wanted(takes_archived, takes_forks, entry.match)
        found = [_of_url(hosted.url, hosted.size) for hosted in listings.of(one, wanted)]
        lacks = listings.lacking(one)
        name = f"{one.forge}:{one.server}/{one.name}"
        return [*found, _Found(name, name, "", lacks=lacks)] if lacks else found

    _each(gathered, entries, local)
    # Forges are asked once everything else is in order.
    with closing(Listings([one for _, one in hosted])) as listings:
        _each(gathered, hosted, listed)
    return sorted(gathered.targets())


def is_repository(folder: str) -> bool:
    """Tell whether a folder holds a repository, bare or not, from the file system alone."""
    if os.path.lexists(os.path.join(folder, ".git")):
        return True
    return all(os.path.exists(os.path.join(folder, name)) for name in _BARE)


class _Gathered:
    """The repositories found so far, by what they are. Later entries give the owner; tags come together."""

    def __init__(self, policies: Mapping[str, str]) -> None:
        self._policies = policies
        self._found: dict[str, Target] = {}
        self._names: set[str] = set()

    def add(self, found: _Found, entry: TargetEntry) -> None:
        known = self._found.get(found.identity)
        if known is None:
            # Two may be shown alike: a folder github.com/acme/bot, and what a URL calls so.
            name = found.name if found.name not in self._names else shown(masked(found.location))
            self._names.add(name)
            known = Target(name, found.location, lacks=found.lacks)
        self._found[found.identity] = known._replace(
            owner=entry.owner or known.owner,
            tags=tuple(dict.fromkeys((*known.tags, *entry.tags))),
            size=max(found.size, known.size),
        )

    def targets(self) -> Iterator[Target]:
        for target in self._found.values():
            configs = [config for tag, config in self._policies.items() if tag in target.tags]
            yield target._replace(config=configs[-1] if configs else None)


def _each(
    gathered: _Gathered, entries: Iterable[tuple[TargetEntry, T]], find: Callable[[TargetEntry, T], Iterable[_Found]]
) -> None:
    """Gather what entries name. Raises: one error for all that name nothing."""
    failed: list[KeylintError] = []
    for entry, where in entries:
        try:
            for found in find(entry, where):
                gathered.add(found, entry)
        except (UsageError, NothingScanned) as error:
            failed.append(type(error)(f"{entry.origin}: {error}" if entry.origin else str(error)))
    if failed:
        kind = next((type(error) for error in failed if isinstance(error, UsageError)), NothingScanned)
        raise kind("\n".join(str(error) for error in failed))


def _read(file: str) -> _File:
    from keylint.policy.config import read_text
    from keylint.policy.source_map import read
    from keylint.policy.targets_file import read_targets

    name = shown(file)
    source = read(read_text(file, name), name)
    told = read_targets(source)
    folder = os.path.dirname(file)
    named = {tag: os.path.join(folder, os.path.expanduser(config)) for tag, config in told.policies.items()}
    policies = {tag: os.path.abspath(config) for tag, config in named.items()}
    for tag, config in policies.items():
        if not os.path.isfile(config):
            source.problem(("policies", tag), f"no such file: {shown(told.policies[tag])}")
    if source.problems:
        raise ConfigError("\n".join(map(str, source.problems)))
    return _File(folder, policies, told.entries)


def _entry(argument: str) -> TargetEntry:
    """Return an argument as the entry of a file that says the same."""
    forge, colon, organisation = argument.partition(":")
    listed = bool(colon) and forge in FORGES
    place, what = (forge, organisation) if listed else ("", argument)
    return TargetEntry(place, what, "", (), None, None, (), "")


def _local(entry: TargetEntry, folder: str) -> Iterable[_Found]:
    if entry.place != "path" and not (entry.place == "" and os.path.exists(entry.what)):
        url = url_of(entry.what)
        if url is not None:
            return [_Found(url.identity, url.name, url.text)]
        if entry.place == "url":
            raise UsageError(f"{shown(entry.what)}: expected a URL; 'path' is for folders")
    return _in_folders(folder, os.path.expanduser(entry.what) if entry.place else entry.what)


def _of_url(text: str, size: int) -> _Found:
    url = url_of(text)
    assert url is not None
    return _Found(url.identity, url.name, url.text, size)


def _in_folders(folder: str, written: str) -> list[_Found]:
    """Return the repositories of a folder, or of all that a pattern matches.

    Raises: NothingScanned if there is none; UsageError for a pattern that would look everywhere.
    """
    path = os.path.join(folder, written)
    if os.path.isdir(path):
        found = list(_repositories(path))
        if not found:
            raise NothingScanned(f"{shown(written)}: no repository in this folder{_around(path)}")
        return found
    if os.path.exists(path):
        raise NothingScanned(f"{shown(written)}: expected a folder with a repository, found a file")
    if not _GLOB_CHARACTERS & set(written):
        known = ", ".join(FORGES)
        raise NothingScanned(f"{shown(written)}: no such folder, and no URL or FORGE:ORGANISATION ({known})")
    if "**" in written:
        raise UsageError(f"{shown(written)}: a folder is searched at any depth; write it without '**'")
    from glob import glob

    matches = [os.path.join(folder, match) for match in sorted(glob(written, root_dir=folder or None))]
    folders = [match for match in matches if os.path.isdir(match)]
    found = [one for match in folders for one in _repositories(match)]
    if not found:
        raise NothingScanned(f"{shown(written)}: no repository in the {len(folders)} folders that this matches")
    return found


def _around(path: str) -> str:
    top = work_tree_of(path)
    return f"; it lies in the repository {shown(top)}" if top is not None else ""


def _repositories(top: str) -> Iterator[_Found]:
    """Yield the repositories at or below a folder. A link below it counts if it leads to a repository itself.

    A folder that cannot be read is yielded as if it were one: it fails by name, instead of being left out.
    """
    pending = [top]
    visited = 0
    while pending:
        folder = pending.pop()
        visited += 1
        if visited > _MOST_FOLDERS:
            raise UsageError(f"{shown(top)}: holds more than {_MOST_FOLDERS} folders; name those with repositories")
        if is_repository(folder):
            yield _of_folder(folder)
            continue
        try:
            with os.scandir(folder) as children:
                inside = sorted(
                    child.path
                    for child in children
                    if child.is_dir(follow_symlinks=False) or (child.is_symlink() and is_repository(child.path))
                )
        except OSError:
            yield _of_folder(folder)
            continue
        pending += reversed(inside)


def _of_folder(folder: str) -> _Found:
    real = os.path.realpath(folder)
    return _Found(real, shown(os.path.normpath(folder)), real)
