"""What a repository is at, as a digest: two that are alike name the same commits, index and stashes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256

# Files of git's folder that say what there is to look at. To ask git would take ten times as long as to read them.
_FILES = ("HEAD", "packed-refs", "index", "shallow", "logs/refs/stash", "info/grafts", "objects/info/alternates")
_FOLDERS = ("refs", "reftable")


def state_of(folder: str, *, objects: bool = False) -> str:
    """Return a digest that changes with every ref, the index and the stashes; with the objects at hand, if asked for.

    Raises: OSError
    """
    digest = sha256()
    inners = _git_folders(folder)
    if objects:
        for store in _object_folders(inners[-1]):
            digest.update("\n".join(_objects(store)).encode("utf-8", "surrogateescape"))
    for inner in inners:
        names = [*_FILES, *sorted(name for one in _FOLDERS for name in _below(inner, one))]
        for name in names:
            content = _content(os.path.join(inner, name))
            if content is not None:
                digest.update(f"{name} {len(content)}\n".encode("utf-8", "surrogateescape"))
                digest.update(content)
    return digest.hexdigest()


def _git_folders(folder: str) -> list[str]:
    """Return git's folder, and for a work tree beside another's also the one that both share."""
    inner = os.path.join(folder, ".git")
    pointer = _content(inner) if os.path.isfile(inner) else None
    if pointer is not None and pointer.startswith(b"gitdir: "):
        inner = os.path.join(folder, os.fsdecode(pointer[8:].strip()))
    elif not os.path.isdir(inner):
        inner = folder
    shared = _content(os.path.join(inner, "commondir"))
    return [inner] if shared is None else [inner, os.path.join(inner, os.fsdecode(shared.strip()))]


def _object_folders(inner: str) -> list[str]:
    """Return where a repository has its objects: with itself, and with those that it borrows from."""
    folders = [os.path.join(inner, "objects")]
    for folder in folders:  # which grows meanwhile: who lends may borrow
        lent = _content(os.path.join(folder, "info", "alternates")) or b""
        named = (os.path.normpath(os.path.join(folder, os.fsdecode(line))) for line in lent.splitlines())
        folders += [other for other in dict.fromkeys(named) if other not in folders]
    return folders


def _objects(store: str) -> Iterator[str]:
    """Yield what changes with every object that comes or goes: the packs, and when folders were written to."""
    for folder in (store, os.path.join(store, "pack")):
        try:
            with os.scandir(folder) as children:
                yield from sorted(f"{child.name} {child.stat().st_mtime_ns}" for child in children)
        except (FileNotFoundError, NotADirectoryError):
            continue


def _below(inner: str, name: str) -> Iterator[str]:
    for folder, _, files in os.walk(os.path.join(inner, name)):
        for file in files:
            yield os.path.relpath(os.path.join(folder, file), inner)


def _content(file: str) -> bytes | None:
    try:
        with open(file, "rb") as stream:
            return stream.read()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
