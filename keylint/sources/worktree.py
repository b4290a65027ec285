"""Folders and files on disk. In a git work tree: tracked files and untracked ones that git does not ignore."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence

from keylint.errors import NothingScanned
from keylint.model import Skip, World
from keylint.sieve import mentions_exchange
from keylint.sources import Entry, Listing
from keylint.sources.git import GitFailed, begin, git, in_work_tree
from keylint.sources.paths import shown

# Modes of git's index.
_GIT_SYMLINK, _GIT_LINK = "120000", "160000"
# How much of the files beside a candidate is read to see whether they name the exchange. Units: bytes, files.
_NEAR_BYTES = 16 << 10
_NEAR_FILES = 50


class _Collector:
    """Gathers inputs and what is left out; a file named twice is taken once."""

    def __init__(self, root: str, use_git: bool) -> None:
        self.root = root
        self.use_git = use_git
        self.entries: dict[str, Entry] = {}
        self.skipped: dict[str, Skip] = {}
        self.untracked: set[str] = set()

    def add(self, file: str, relative: str) -> None:
        path = shown(relative)
        self.entries[path] = Entry(path, file)

    def skip(self, skip: Skip) -> None:
        self.skipped[skip.path] = skip


def list_paths(paths: Sequence[str], *, use_git: bool = True) -> Listing:
    """Return the files that the paths name, relative to the scan root.

    The root is the folder named, if it is one; else the current folder if it holds all paths; else the
    deepest folder that does. Raises: NothingScanned if the paths name no file.
    """
    root = scan_root(paths)
    collector = _Collector(root, use_git)
    missing: list[str] = []
    for path in paths:
        if not os.path.lexists(path):
            missing.append(path)
            collector.skip(Skip(_relative(path, root), "unreadable", "no such file or folder"))
        elif os.path.isdir(path):
            _add_folder(collector, path)
        else:
            _add_file(collector, path)
    if len(missing) == len(paths):
        raise NothingScanned(f"nothing was scanned: no such file or folder: {', '.join(map(shown, missing))}")
    if not collector.entries and not collector.skipped:
        hint = "; git ignores what is there (--no-gitignore takes it)" if use_git and in_work_tree(root) else ""
        raise NothingScanned(f"nothing was scanned: no file in {', '.join(map(shown, paths))}{hint}")
    entries = tuple(entry for _, entry in sorted(collector.entries.items()))
    skipped = tuple(skip for _, skip in sorted(collector.skipped.items()))
    return Listing(entries, skipped, _world(collector))


def scan_root(paths: Sequence[str]) -> str:
    """Return the folder that reported paths are relative to."""
    if len(paths) == 1 and os.path.isdir(paths[0]):
        return os.path.abspath(paths[0])
    here = os.getcwd()
    absolute = [os.path.abspath(path) for path in paths]
    if all(path == here or path.startswith(here.rstrip(os.sep) + os.sep) for path in absolute):
        return here
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in absolute]
    try:
        return os.path.commonpath(folders)
    except ValueError:  # different drives
        return here


def _relative(path: str, root: str) -> str:
    return shown(os.path.relpath(os.path.abspath(path), root))


def _add_file(collector: _Collector, path: str) -> None:
    relative = os.path.relpath(os.path.abspath(path), collector.root)
    collector.add(path, relative)


def _add_folder(collector: _Collector, folder: str) -> None:
    inside = os.path.relpath(os.path.abspath(folder), collector.root)
    prefix = "" if inside == os.curdir else inside + os.sep
    if collector.use_git and in_work_tree(folder):
        try:
            _add_git_files(collector, folder, prefix)
        except GitFailed as error:
            # Everything is a superset of what git would have listed: nothing is lost, and it is said.
            collector.skip(Skip(prefix + ".gitignore", "excluded", f"git could not list this work tree ({error})"))
        else:
            return
    _walk(collector, folder, prefix)


def _add_git_files(collector: _Collector, folder: str, prefix: str) -> None:
    # Two listings at once: looking for untracked files takes git longer than reading its index.
    untracked = begin(folder, ["ls-files", "-z", "--others", "--exclude-standard"])
    inside = folder.rstrip(os.sep) + os.sep
    indexed = git(folder, ["ls-files", "-z", "--stage"])
    for line in os.fsdecode(indexed).split("\0")[:-1]:
        details, _, name = line.partition("\t")
        mode = details[:6]
        file = inside + name
        if mode == _GIT_LINK:
            if os.path.lexists(file):
                collector.skip(Skip(shown(prefix + name), "excluded", "a submodule"))
        elif mode == _GIT_SYMLINK and os.path.islink(file):
            collector.skip(Skip(shown(prefix + name), "symlink"))
        else:
            path = shown(prefix + name)
            collector.entries[path] = Entry(path, file, True)
    for name in os.fsdecode(untracked()).split("\0")[:-1]:
        if name.endswith("/"):
            collector.skip(Skip(shown(prefix + name[:-1]), "excluded", "a git repository of its own"))
        else:
            path = shown(prefix + name)
            collector.entries[path] = Entry(path, inside + name)
            collector.untracked.add(path)


def _walk(collector: _Collector, folder: str, prefix: str) -> None:
    for entry, relative in _files(collector, folder, prefix):
        collector.add(entry, relative)


def _files(collector: _Collector, folder: str, prefix: str) -> Iterator[tuple[str, str]]:
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
    files = collector.entries

    def is_tracked(path: str) -> bool:
        entry = files.get(path)
        if path in collector.untracked or (entry is not None and entry.in_index):
            return path not in collector.untracked
        folder = os.path.dirname(os.path.abspath(entry.file)) if entry else collector.root
        if entry is None or not in_work_tree(folder):
            # Nobody to ask: a tree without git is as it was handed over.
            return True
        try:
            return bool(git(folder, ["ls-files", "-z", "--", ":(literal)" + os.path.basename(entry.file)]))
        except GitFailed:
            return True

    def is_near_exchange(path: str) -> bool:
        entry = files.get(path)
        if entry is None:
            return False
        folder = os.path.dirname(os.path.abspath(entry.file))
        parent = os.path.dirname(folder)
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
        children = sorted(os.scandir(folder), key=lambda child: child.name)[:_NEAR_FILES]
    except OSError:
        return
    for child in children:
        try:
            if stat.S_ISREG(child.stat(follow_symlinks=False).st_mode):
                with open(child.path, "rb") as stream:
                    yield stream.read(_NEAR_BYTES)
        except OSError:
            continue
