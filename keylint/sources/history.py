"""What of a git repository is looked at: the index, the commits of a range or of a push, or everything it holds."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from keylint.errors import UsageError
from keylint.model import Skip
from keylint.sources.objects import Objects
from keylint.sources.paths import shown
from keylint.sources.repository import Repository, ask, commits_of, resolve

# What is in no file gets a path that no tree can hold.
COMMIT_MESSAGE = ".git/commit-message"
_GIT_LINK, _GIT_SYMLINK = "160000", "120000"


class Loose(NamedTuple):
    """An object that no commit's tree names: a tag's message, a file that is tagged or forgotten."""

    object: str
    path: str


class Selection(NamedTuple):
    """What to look at. `commits` come children before parents.

    What the `heads` hold is still there; what the `current` of them hold are the files at hand. `here` are paths with
    objects that are there without a commit: what is staged. `notes` are those of the commits that git keeps notes in.
    `all_objects` is set if what nothing leads to is looked at, too. `whole` tells that nothing came before the commits.
    `tree` is the commit whose files `here` are; empty where they are the index's.
    """

    commits: Sequence[str] = ()
    heads: Sequence[str] = ()
    current: Sequence[str] = ()
    here: Sequence[tuple[str, str]] = ()
    loose: Sequence[Loose] = ()
    notes: frozenset[str] = frozenset()
    all_objects: Sequence[str] = ()
    whole: bool = False
    notices: Sequence[str] = ()
    skipped: Sequence[Skip] = ()
    tree: str = ""


def staged(repository: Repository) -> Selection:
    """Return what the next commit will hold and the last one does not. Raises: UsageError in a bare repository."""
    if repository.root is None:
        raise UsageError("a bare repository has no index; --history looks at what it holds")
    here, skipped = _index(repository)
    notices = () if here or skipped else ("nothing is staged: nothing was judged",)
    return Selection(here=here, notices=notices, skipped=skipped)


def range_of(repository: Repository, text: str) -> Selection:
    """Return the commits that the end of `BASE..HEAD` reaches and its beginning does not. Raises: UsageError."""
    base, dots, head = text.partition("..")
    head = head.removeprefix(".")  # of three dots a pull request means the same
    if not (dots and base and head) or "\n" in text:
        raise UsageError(f"--range takes BASE..HEAD, both named, not '{text}'")
    ends = [name for name in (base, head) if name != repository.zero]
    # Hosts of git write zeros for the end that is not there: of a branch that is new, or gone.
    found = dict(zip(ends, resolve(repository, [f"{name}^{{commit}}" for name in ends]), strict=True))
    for name, commit in found.items():
        if commit is None:
            hint = "; the clone is shallow: fetch more of it" if repository.boundary else ""
            raise UsageError(f"--range {text}: git knows no commit '{name}'{hint}")
    tips = [commit[1] for commit in (found.get(head),) if commit]
    commits = commits_of(repository, tips, [commit[1] for commit in (found.get(base),) if commit and tips])
    notices = [] if commits else [f"no commit in {text}: nothing was judged"]
    return Selection(commits, tips, tips, notices=[*notices, *_cut(repository, commits)])


def everything(repository: Repository, *, unreachable: bool = False) -> Selection:
    """Return all that refs, the stash and the index lead to; `unreachable`: and all that nothing leads to."""
    refs = _refs(repository)
    head = resolve(repository, ["HEAD^{commit}"])[0]
    tips = _peeled(repository, ((kind, object_, name) for name, (kind, object_) in refs.items()))
    commits = {*tips.commits, *([head[1]] if head else []), *_stashed(repository, refs)}
    heads = {object_ for name, (kind, object_) in refs.items() if kind == "commit" and _is_branch(name)}
    noted = [object_ for name, (_, object_) in refs.items() if name.startswith("refs/notes/")]
    objects: list[str] = []
    loose = list(tips.loose)
    if unreachable:
        lost = _stored(repository)
        objects = lost.pop("blob", [])
        known = {one.object for one in loose}
        dropped = (("tag", tag, "refs/tags/unreachable") for tag in lost.get("tag", []) if tag not in known)
        loose += _peeled(repository, dropped).loose
        commits.update(lost.get("commit", ()))
    ordered = commits_of(repository, sorted(commits))
    here, skipped = _index(repository) if repository.root is not None else ((), ())
    notices = [] if ordered or loose or here else ["the repository holds nothing yet: nothing was judged"]
    return Selection(
        commits=ordered,
        heads=sorted({*heads, *([head[1]] if head else [])}),
        current=[head[1]] if head else (),
        here=here,
        loose=tuple(sorted(set(loose))),
        notes=frozenset(commits_of(repository, noted)),
        all_objects=objects,
        whole=True,
        notices=[*notices, *_cut(repository, ordered)],
        skipped=skipped,
    )


def at_head(repository: Repository) -> Selection:
    """Return the files of the commit that HEAD is, without what came before."""
    head = resolve(repository, ["HEAD^{commit}"])[0]
    if head is None:
        return Selection(notices=["the repository has no commit that HEAD is at: nothing was judged"])
    here: list[tuple[str, str]] = []
    skipped: list[Skip] = []
    for line in os.fsdecode(ask(repository, ["ls-tree", "-r", "-z", head[1]])).split("\0")[:-1]:
        details, _, path = line.partition("\t")
        mode, _, object_ = details.split(" ")
        if mode == _GIT_LINK:
            skipped.append(Skip(shown(path), "excluded", "a submodule"))
        elif mode == _GIT_SYMLINK:
            skipped.append(Skip(shown(path), "symlink"))
        else:
            here.append((path, object_))
    return Selection(current=[head[1]], here=tuple(here), skipped=tuple(skipped), tree=head[1])


def files_of(repository: Repository, selection: Selection) -> list[str]:
    """Return the paths of the files at hand, sorted."""
    found = {path for path, _ in selection.here}
    for head in selection.current:
        found.update(path for _, _, path in _tree(ask(repository, ["ls-tree", "-r", "-z", head])))
    return sorted(found)


def pushed(repository: Repository, lines: Sequence[str], remote: str | None, told: Mapping[str, str]) -> Selection:
    """Return what a push sends that the other side does not hold yet.

    `lines` are what git tells its hook, `told` what pre-commit tells of them in the environment. Raises: UsageError.
    """
    remote = remote or told.get("PRE_COMMIT_REMOTE_NAME")
    if "PRE_COMMIT_TO_REF" in told or "PRE_COMMIT_LOCAL_BRANCH" in told:
        tip = told.get("PRE_COMMIT_TO_REF") or told["PRE_COMMIT_LOCAL_BRANCH"]
        updates = [(told.get("PRE_COMMIT_LOCAL_BRANCH", tip), tip, told.get("PRE_COMMIT_FROM_REF", repository.zero))]
    else:
        updates = [_update(repository, line) for line in lines if line.strip()]
    sent = [(name, local) for name, local, _ in updates if local != repository.zero]
    if not sent:
        return Selection(notices=["nothing is pushed: nothing was judged"])
    found = resolve(repository, [local for _, local in sent])
    for (name, local), object_ in zip(sent, found, strict=True):
        if object_ is None:
            raise UsageError(f"--pre-push: git knows no object '{local}' to push as {name}")
    tips = _peeled(repository, [(*one, name) for (name, _), one in zip(sent, found, strict=True) if one])
    there = {old for _, _, old in updates if old != repository.zero}
    # Of a range that somebody named by hand, all counts: it may well have been pushed before.
    named = remote is None and "PRE_COMMIT_FROM_REF" in told
    seen = set() if named else set(_tracked(repository, remote))
    held = [f"{old}^{{commit}}" for old in sorted(there | seen)]
    # What the other side has and this one does not cannot be told apart from what is new: it is looked at.
    known = [one[1] for one in resolve(repository, held) if one]
    commits = commits_of(repository, tips.commits, known)
    notices = [] if commits or tips.loose else ["no commit is new to the other side: nothing was judged"]
    return Selection(
        commits, tips.commits, tips.commits, loose=tips.loose, notices=[*notices, *_cut(repository, commits)]
    )


class _Tips(NamedTuple):
    commits: list[str]
    loose: list[Loose]


def _peeled(repository: Repository, tips: Iterable[tuple[str, str, str]]) -> _Tips:
    """Follow tags to what they tag. Shape: type, object, name of the ref."""
    commits: dict[str, None] = {}
    loose: dict[Loose, None] = {}
    pending = list(tips)
    seen: set[str] = set()
    objects = Objects(repository)
    try:
        while pending:
            tags: list[tuple[str, str]] = []
            for kind, object_, name in pending:
                if kind == "commit":
                    commits[object_] = None
                elif kind == "tag" and object_ not in seen:
                    seen.add(object_)
                    tags.append((object_, name))
                elif kind == "blob":
                    loose[Loose(object_, f".git/{name}")] = None
                elif kind == "tree":
                    listed = ask(repository, ["ls-tree", "-r", "-z", object_])
                    loose.update(dict.fromkeys(Loose(one, path) for _, one, path in _tree(listed)))
            pending = []
            for (tag, name), found in zip(tags, objects.read([tag for tag, _ in tags]), strict=True):
                loose[Loose(tag, f".git/tag-message/{name.removeprefix('refs/tags/')}")] = None
                fields = dict(line.partition(" ")[::2] for line in os.fsdecode(found.data).split("\n", 3)[:2])
                pending.append((fields.get("type", ""), fields.get("object", ""), name))
    finally:
        objects.close()
    return _Tips(list(commits), list(loose))


def _refs(repository: Repository) -> dict[str, tuple[str, str]]:
    """Return the type and object of every ref."""
    out = ask(repository, ["for-each-ref", "--format=%(objecttype) %(objectname) %(refname)"])
    found = (line.split(" ", 2) for line in os.fsdecode(out).splitlines())
    return {name: (kind, object_) for kind, object_, name in found}


def _is_branch(name: str) -> bool:
    return name.startswith(("refs/heads/", "refs/remotes/"))


def _stashed(repository: Repository, refs: Mapping[str, object]) -> list[str]:
    """Return every stash: all but the last one are known to the reflog alone."""
    if "refs/stash" not in refs:
        return []
    return ask(repository, ["rev-list", "--walk-reflogs", "refs/stash"]).decode().split()


def _stored(repository: Repository) -> dict[str, list[str]]:
    """Return every object that is stored, by type."""
    out = ask(repository, ["cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)"])
    found: dict[str, list[str]] = {}
    for line in out.decode().splitlines():
        kind, _, name = line.partition(" ")
        if kind != "tree":
            found.setdefault(kind, []).append(name)
    return found


def _index(repository: Repository) -> tuple[tuple[tuple[str, str], ...], tuple[Skip, ...]]:
    """Return the paths and objects of the index that the last commit does not have."""
    head = resolve(repository, ["HEAD^{tree}"])[0]
    tree = head[1] if head else ask(repository, ["hash-object", "-t", "tree", "--stdin"]).decode().strip()
    raw = ask(
        repository,
        [
            "diff-index",
            "--cached",
            "--raw",
            "-z",
            "--no-renames",
            "--no-abbrev",
            "--no-relative",
            "--ita-invisible-in-index",
            tree,
        ],
    )
    words = os.fsdecode(raw).split("\0")
    here: set[tuple[str, str]] = set()
    skipped: set[Skip] = set()
    for meta, path in zip(words[::2], words[1::2], strict=False):
        _, mode, _, object_, status = meta.split(" ")
        if mode == _GIT_LINK:
            skipped.add(Skip(shown(path), "excluded", "a submodule"))
        elif mode == _GIT_SYMLINK:
            skipped.add(Skip(shown(path), "symlink"))
        elif status == "U":  # in a merge with conflicts: both sides, one of which may be taken
            unmerged = os.fsdecode(ask(repository, ["ls-files", "--unmerged", "-z", "--", path])).split("\0")
            sides = (line.partition("\t")[0].split(" ") for line in unmerged if line)
            here.update((path, side[1]) for side in sides)
        elif object_ != repository.zero:
            here.add((path, object_))
    return tuple(sorted(here)), tuple(sorted(skipped))


def _tree(listed: bytes) -> list[tuple[str, str, str]]:
    """Read `MODE TYPE OBJECT TAB PATH`. Shape: mode, object, path."""
    found = []
    for line in os.fsdecode(listed).split("\0")[:-1]:
        details, _, path = line.partition("\t")
        mode, kind, object_ = details.split(" ")
        if kind == "blob":
            found.append((mode, object_, path))
    return found


def _update(repository: Repository, line: str) -> tuple[str, str, str]:
    """Read `LOCAL-REF LOCAL-OBJECT REMOTE-REF REMOTE-OBJECT`; the first may hold blanks. Shape: ref, object, object."""
    words = line.rstrip("\r\n").rsplit(" ", 3)
    if len(words) == 4 and all(_is_object(repository, word) for word in (words[1], words[3])):
        return words[0], words[1], words[3]
    raise UsageError("--pre-push reads lines of LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID, as git hands them to its hook")


def _is_object(repository: Repository, word: str) -> bool:
    return len(word) == len(repository.zero) and not word.strip("0123456789abcdef")


def _tracked(repository: Repository, remote: str | None) -> list[str]:
    """Return what is known to be at the other side: its branches as last seen.

    Which side that is only the hook's arguments tell; unnamed, it is known where there is one alone.
    """
    branches = {name: object_ for name, (_, object_) in _refs(repository).items() if name.startswith("refs/remotes/")}
    remotes = {name.split("/")[2] for name in branches}
    if remote is None and len(remotes) == 1:
        remote = remotes.pop()
    if remote is None:
        return []
    return [object_ for name, object_ in branches.items() if name.startswith(f"refs/remotes/{remote}/")]


def _cut(repository: Repository, commits: Sequence[str]) -> list[str]:
    count = len(repository.boundary.intersection(commits))
    ends = "1 commit" if count == 1 else f"{count:,} commits"
    told = f"the clone is shallow: what came before {ends} is not here and was not judged"
    return [told] if count else []
