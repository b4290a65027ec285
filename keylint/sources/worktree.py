"""Folders and files on disk. In a git work tree: tracked files and untracked ones that git does not ignore."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cache

from keylint.errors import NothingScanned, UsageError
from keylint.model import Skip, World
from keylint.sieve import mentions_exchange
from keylint.sources import Entry, Listing
from keylint.sources.git import GitFailed, Printed, begin, git, work_tree_of
from keylint.sources.paths import shown

# Modes of git's index.
_GIT_SYMLINK, _GIT_LINK = "120000", "160000"
# What git says of a folder that it leaves out.
_UNREADABLE = b"warning: could not open directory '"
# From so many files on, untracked ones are still looked for while the tracked ones are scanned.
_MANY = 1000
# How much of the files beside a candidate is read to see whether they name the exchange. Units: bytes, files.
_NEAR_BYTES = 16 << 10
_NEAR_FILES = 50
# What lies in a folder of these speaks for the folder that holds them.
_OF_THE_WHOLE = (".github", ".gitea", ".forgejo")


class _Collector:
    """Gathers inputs, what is left out and what must be said; a file named twice is taken once."""

    def __init__(self, root: str, *, use_git: bool) -> None:
        self.root = root
        self.use_git = use_git
        self.entries: dict[str, Entry] = {}  # by the file, which is unique; two files may be shown alike
        self.skipped: list[Skip] = []
        self.notices: list[str] = []
        self.untracked: set[str] = set()
        self.late: Callable[[], None] | None = None

    def add(self, file: str, relative: str) -> None:
        self.entries.setdefault(file, Entry(shown(relative), file))

    def skip(self, skip: Skip) -> None:
        self.skipped.append(skip)


def list_paths(paths: Sequence[str], *, use_git: bool = True) -> Listing:
    """Return the files that the paths name, relative to the scan root.

    The root is the folder named, if it is one; else the current folder if it holds all paths; else the
    deepest folder that does. Raises: NothingScanned if the paths name no file.
    """
    real = [_real(path) for path in paths]
    root = _root_of(real)
    collector = _Collector(root, use_git=use_git)
    missing: list[str] = []
    for path, file in zip(paths, real, strict=True):
        try:
            status = os.stat(file) if os.path.isdir(file) else os.lstat(file)
        except (FileNotFoundError, NotADirectoryError):
            missing.append(path)
            collector.skip(Skip(shown(os.path.relpath(file, root)), "unreadable", "no such file or folder"))
        except OSError as error:
            collector.skip(Skip(shown(os.path.relpath(file, root)), "unreadable", error.strerror or "cannot be read"))
        else:
            _add(collector, file, status)
    if len(missing) == len(paths):
        raise NothingScanned(f"nothing was scanned: no such file or folder: {', '.join(map(shown, missing))}")
    if not collector.entries and not collector.skipped:
        raise NothingScanned(f"nothing was scanned: no file in {', '.join(map(shown, paths))}{_hint(collector)}")
    return _listing(collector, collector.late)


def _listing(collector: _Collector, late: Callable[[], None] | None = None) -> Listing:
    entries = tuple(sorted(collector.entries.values()))
    skipped = tuple(sorted(set(collector.skipped)))
    if late is None:
        return Listing(entries, skipped, _world(collector), collector.notices)
    known = set(collector.entries)

    def finish() -> Listing:
        late()
        whole = _listing(collector)
        return whole._replace(entries=tuple(entry for entry in whole.entries if entry.file not in known))

    return Listing(entries, (), _world(collector), collector.notices, finish)


def scan_root(paths: Sequence[str]) -> str:
    """Return the folder that reported paths are relative to, and whose configuration holds."""
    return _root_of([_real(path) for path in paths])


def _root_of(real: Sequence[str]) -> str:
    """Return the same of paths that are absolute."""
    if len(real) == 1 and os.path.isdir(real[0]):
        return real[0]
    here = os.getcwd()
    if all(path == here or path.startswith(here.rstrip(os.sep) + os.sep) for path in real):
        return here
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in real]
    try:
        return os.path.commonpath(folders)
    except ValueError:  # different drives
        return here


def ignores_above(folder: str) -> list[tuple[str, str]]:
    """Return the .gitignore files between the top of the work tree and a folder in it, the highest first.

    Shape: (the folder's path from where the file lies, with `/`; the file's text)
    """
    from keylint.sources.reading import read_text

    folder = _real(folder)
    top = work_tree_of(folder)
    found: list[tuple[str, str]] = []
    above = folder
    while top is not None and above != top and len(above) > len(top):
        above = os.path.dirname(above)
        text = read_text(Entry(".gitignore", os.path.join(above, ".gitignore"), in_index=True))
        if text is not None:
            found.append((shown(os.path.relpath(folder, above)), text))
    return found[::-1]


def _real(path: str) -> str:
    """Make a path absolute. `..` after a link goes where the system goes; the last name, if no folder, stays a link."""
    try:
        if os.path.isdir(path):
            return os.path.realpath(path)
        folder, name = os.path.split(path)
        return os.path.join(os.path.realpath(folder or os.curdir), name)
    except FileNotFoundError:
        raise UsageError("the current folder does not exist any more") from None


def _hint(collector: _Collector) -> str:
    ignored = collector.use_git and work_tree_of(collector.root) is not None
    return "; git ignores what is there (--no-gitignore takes it)" if ignored else ""


def _add(collector: _Collector, file: str, status: os.stat_result) -> None:
    relative = os.path.relpath(file, collector.root)
    if stat.S_ISDIR(status.st_mode):
        _add_folder(collector, file, "" if relative == os.curdir else relative + os.sep)
    elif stat.S_ISREG(status.st_mode) or stat.S_ISLNK(status.st_mode):
        collector.add(file, relative)
    else:
        collector.skip(Skip(shown(relative), "unreadable", "not a regular file"))


def _add_folder(collector: _Collector, folder: str, prefix: str) -> None:
    if not (collector.use_git and work_tree_of(folder) is not None):
        _add_all(collector, folder, prefix)
        return
    try:
        _add_git_files(collector, folder, prefix)
    except GitFailed as error:
        _add_without_git(collector, folder, prefix, error)


def _add_all(collector: _Collector, folder: str, prefix: str) -> None:
    for file, relative in _files(collector, folder, prefix):
        collector.add(file, relative)


def _add_without_git(collector: _Collector, folder: str, prefix: str, error: GitFailed) -> None:
    """Take everything: a superset of what git would have listed, so that nothing is lost; and say so."""
    collector.notices.append(f"git could not list {shown(folder)} ({error}); every file in it is scanned")
    _add_all(collector, folder, prefix)


def _add_git_files(collector: _Collector, folder: str, prefix: str) -> None:
    # Two listings at once: looking for untracked files takes git longer than reading its index.
    listing = begin(folder, ["ls-files", "-z", "--others", "--exclude-standard"])
    try:
        indexed = git(folder, ["ls-files", "-z", "--stage"])
    except GitFailed:
        with suppress(GitFailed):
            listing()
        raise
    _add_indexed(collector, folder, prefix, os.fsdecode(indexed.out).split("\0")[:-1])

    def finish() -> None:
        try:
            _add_untracked(collector, folder, prefix, listing())
        except GitFailed as error:
            _add_without_git(collector, folder, prefix, error)

    if len(collector.entries) < _MANY or collector.late is not None:
        finish()
    else:
        collector.late = finish


def _add_untracked(collector: _Collector, folder: str, prefix: str, untracked: Printed) -> None:
    inside = folder.rstrip(os.sep) + os.sep
    for name in os.fsdecode(untracked.out).split("\0")[:-1]:
        if name.endswith("/"):
            collector.skip(Skip(shown(prefix + name[:-1]), "excluded", "a git repository of its own"))
        else:
            collector.add(inside + name, prefix + name)
            collector.untracked.add(inside + name)
    for warning in untracked.warnings.splitlines():
        if warning.startswith(_UNREADABLE):
            name, _, why = os.fsdecode(warning[len(_UNREADABLE) :]).partition("': ")
            collector.skip(Skip(shown(prefix + name.rstrip("/")), "unreadable", why))


def _add_indexed(collector: _Collector, folder: str, prefix: str, lines: Sequence[str]) -> None:
    inside = folder.rstrip(os.sep) + os.sep
    entries = collector.entries
    linked: dict[str, bool] = {"": False}
    last, behind_link = "", False
    for line in lines:
        name = line[line.index("\t") + 1 :]
        file = inside + name
        folder = name[: name.rfind("/") + 1]
        if folder != last:
            last, behind_link = folder, _is_behind_link(inside, folder[:-1], linked)
        if line.startswith(_GIT_LINK):
            _add_submodule(collector, file, prefix + name)
        elif behind_link or (line.startswith(_GIT_SYMLINK) and os.path.islink(file)):
            collector.skip(Skip(shown(prefix + name), "symlink"))
        elif file not in entries:
            entries[file] = Entry(shown(prefix + name), file, True)


def _is_behind_link(inside: str, folder: str, linked: dict[str, bool]) -> bool:
    """Tell whether a folder of the index, or one above it, was replaced by a link, which may lead out of the root."""
    if folder not in linked:
        above = _is_behind_link(inside, folder.rpartition("/")[0], linked)
        linked[folder] = above or os.path.islink(inside + folder)
    return linked[folder]


def _add_submodule(collector: _Collector, file: str, relative: str) -> None:
    """Count a submodule; what lies in its place without being one is taken like everything else."""
    if os.path.lexists(os.path.join(file, ".git")):
        collector.skip(Skip(shown(relative), "excluded", "a submodule"))
    elif os.path.islink(file):
        collector.skip(Skip(shown(relative), "symlink"))
    elif os.path.isdir(file):
        _add_all(collector, file, relative + os.sep)
    elif os.path.lexists(file):
        collector.add(file, relative)


def _files(collector: _Collector, folder: str, prefix: str) -> Iterator[tuple[str, str]]:
    """Yield every file below a folder, with its path; links, unreadable folders and git's own are counted."""
    pending = [(folder, prefix)]
    while pending:
        current, inside = pending.pop()
        try:
            with os.scandir(current) as found:
                children = list(found)
        except OSError as error:
            name = shown(inside.rstrip(os.sep)) or "."
            collector.skip(Skip(name, "unreadable", error.strerror or "cannot be read"))
            continue
        for child in children:
            relative = inside + child.name
            try:
                if child.is_symlink():
                    collector.skip(Skip(shown(relative), "symlink"))
                elif child.is_dir(follow_symlinks=False):
                    if child.name == ".git":
                        collector.skip(Skip(shown(relative), "excluded", "git's own files"))
                    else:
                        pending.append((child.path, relative + os.sep))
                else:
                    yield child.path, relative
            except OSError as error:
                collector.skip(Skip(shown(relative), "unreadable", error.strerror or "cannot be read"))


def _world(collector: _Collector) -> World:
    near: dict[str, bool] = {}

    @cache
    def entries() -> dict[str, Entry]:
        return {entry.path: entry for entry in collector.entries.values()}

    def is_tracked(path: str) -> bool:
        entry = entries().get(path)
        if entry is None:
            return True
        if entry.in_index or entry.file in collector.untracked:
            return entry.in_index
        folder, name = os.path.split(entry.file)
        if work_tree_of(folder) is None:
            # Nobody to ask: a tree without git is as it was handed over.
            return True
        try:
            return bool(git(folder, ["ls-files", "-z", "--", f":(literal){name}"]).out)
        except GitFailed:
            return True

    def is_near_exchange(path: str) -> bool:
        entry = entries().get(path)
        if entry is None:
            return False
        folder = os.path.dirname(entry.file)
        parent = os.path.dirname(folder)
        if os.path.basename(parent) in _OF_THE_WHOLE:
            parent = os.path.dirname(parent)
        inside = parent == collector.root or parent.startswith(collector.root.rstrip(os.sep) + os.sep)
        return _names_exchange(folder, near) or (inside and _names_exchange(parent, near))

    return World(is_tracked, is_near_exchange)


def _names_exchange(folder: str, known: dict[str, bool]) -> bool:
    if folder not in known:
        known[folder] = any(mentions_exchange(data) for data in _heads(folder))
    return known[folder]


def _heads(folder: str) -> Iterator[bytes]:
    """The first bytes of a folder's own regular files, in the order of their names."""
    try:
        children = sorted(os.scandir(folder), key=lambda child: child.name)
    except OSError:
        return
    left = _NEAR_FILES
    for child in children:
        with suppress(OSError):
            if left and stat.S_ISREG(child.stat(follow_symlinks=False).st_mode):
                left -= 1
                with open(child.path, "rb") as stream:
                    yield stream.read(_NEAR_BYTES)
