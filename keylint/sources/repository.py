"""The git repository around the current folder, whatever it is: a work tree, a linked one, a bare repository."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from keylint.errors import SourceFailed, UsageError
from keylint.sources.git import GitFailed, Printed, environment_of, start

# What git tells a hook of the repository that it runs for. GIT_INDEX_FILE is another file than usual during `commit -a`
# and `commit -- PATH`; a server's hook finds what is pushed in a quarantine.
_TOLD_TO_HOOKS = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "GIT_SHALLOW_FILE",
)
_SET = {
    # What is stored counts, not what a graft or a replacement shows instead.
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_LITERAL_PATHSPECS": "1",
}
# Git is silent while it walks a long history. Units: seconds.
_PATIENCE = 600.0


class Repository(NamedTuple):
    """A repository that git can be asked about. `root` is None where there is no work tree.

    `boundary` are the commits that a shallow clone ends with, `zero` is the id of nothing. Of a `partial` clone git
    ends at what is missing, for it may not fetch it.
    """

    root: str | None
    environment: Mapping[str, str]
    boundary: frozenset[str]
    zero: str
    partial: bool = False


def open_repository() -> Repository:
    """Return the repository around the current folder, or the one that git names to its hook.

    Raises: UsageError if there is none.
    """
    environment = {**environment_of(_TOLD_TO_HOOKS), **_SET}
    names = ["--is-bare-repository", "--show-object-format", "--git-path", "shallow", "--git-path", "objects/pack"]
    try:
        bare, form, shallow, packs = _lines(start(["rev-parse", *names], environment)())
    except GitFailed as error:
        raise UsageError(f"no git repository to read: {error}") from None
    root = root_around() if bare == "false" else None
    if root is not None:
        # Git is started at the root from here on, and what it told its hook is relative to where that was started.
        for name in set(_TOLD_TO_HOOKS) & environment.keys() - {"GIT_ALTERNATE_OBJECT_DIRECTORIES"}:
            environment[name] = os.path.abspath(environment[name])
        # Else the repository's core.worktree could show git another folder.
        environment["GIT_WORK_TREE"] = root
    zero = "0" * (64 if form == "sha256" else 40)
    return Repository(root, environment, _boundary(shallow), zero, _is_partial(packs))


def common_folder(repository: Repository) -> str:
    """Return where a repository keeps its objects: the same for all of its work trees."""
    folder = os.fsdecode(ask(repository, ["rev-parse", "--git-common-dir"])).removesuffix("\n")
    return os.path.abspath(os.path.join(repository.root or os.curdir, folder))


def root_around() -> str | None:
    """Return the root of the work tree around the current folder, from the file system alone; None in a bare one."""
    told = os.environ.get("GIT_WORK_TREE")
    if told:
        return os.path.realpath(told)
    here = folder = os.path.realpath(os.curdir)
    while True:
        if os.path.lexists(os.path.join(folder, ".git")):
            return folder
        if all(os.path.exists(os.path.join(folder, name)) for name in ("HEAD", "objects", "refs")):
            return None
        parent = os.path.dirname(folder)
        if parent == folder:
            # The files of a repository kept elsewhere, which only GIT_DIR tells of, lie where git was started.
            return here if "GIT_DIR" in os.environ else None
        folder = parent


def ask(repository: Repository, arguments: Sequence[str], feed: bytes = b"") -> bytes:
    """Return what git prints. Raises: SourceFailed with what git says."""
    return begin(repository, arguments, feed)()


def begin(repository: Repository, arguments: Sequence[str], feed: bytes = b"") -> Callable[[], bytes]:
    """Start git; the function returned waits for what it prints, and must be called. Raises: SourceFailed, both."""
    try:
        finish = start([*at_root(repository), *arguments], repository.environment, feed, _PATIENCE)
    except GitFailed as error:
        raise _failed(error) from None

    def finished() -> bytes:
        try:
            return finish().out
        except GitFailed as error:
            raise _failed(error) from None

    return finished


def _failed(error: GitFailed) -> SourceFailed:
    return SourceFailed(f"git could not be read to the end: {error}")


def at_root(repository: Repository) -> list[str]:
    """Return the options that make git speak of the whole repository, not of the current folder."""
    return [] if repository.root is None else ["-C", repository.root]


def resolve(repository: Repository, names: Sequence[str]) -> list[tuple[str, str] | None]:
    """Return the type and id of what each name stands for, None where git knows none such.

    A name is never read as an option, and may hold no line feed.
    """
    if not names:
        return []
    try:
        out = ask(repository, ["cat-file", "--batch-check=%(objecttype) %(objectname)"], _listed(names))
    except SourceFailed:
        if not repository.partial:
            raise
        # Of a partial clone git ends at the first name that leads through a tree that is not here.
        return [found for name in names for found in resolve(repository, [name])] if len(names) > 1 else [None]
    found: list[tuple[str, str] | None] = []
    for line in os.fsdecode(out).split("\n")[:-1]:  # a path may hold what else ends a line
        kind, _, name = line.partition(" ")
        known = kind in ("commit", "tree", "blob", "tag") and len(name) == len(repository.zero)
        found.append((kind, name) if known else None)
    return found


def stored(repository: Repository) -> frozenset[str]:
    """Return the ids of all objects that are here."""
    return frozenset(
        ask(repository, ["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]).decode().split()
    )


def commits_of(repository: Repository, tips: Sequence[str], without: Sequence[str] = ()) -> list[str]:
    """Return the commits that tips reach and others do not, children before parents."""
    if not tips:
        return []
    revisions = _listed([*tips, *(f"^{commit}" for commit in without)])
    return ask(repository, ["rev-list", "--date-order", "--stdin"], revisions).decode().split()


def _listed(names: Sequence[str]) -> bytes:
    return os.fsencode("".join(f"{name}\n" for name in names))


def _lines(printed: Printed) -> list[str]:
    return os.fsdecode(printed.out).splitlines()


def _is_partial(packs: str) -> bool:
    """Tell a partial clone by what marks its packs."""
    try:
        return any(name.endswith(".promisor") for name in os.listdir(packs))
    except OSError:
        return False


def _boundary(file: str) -> frozenset[str]:
    try:
        with open(file, encoding="ascii") as stream:
            return frozenset(stream.read().split())
    except (OSError, ValueError):
        return frozenset()
