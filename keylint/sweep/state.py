"""What a repository is at, as a digest: two that are alike hold the same commits, index and stashes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256

# Files of git's folder that say what there is to look at. To ask git would take ten times as long as to read them.
_FILES = ("HEAD", "packed-refs", "index", "shallow", "logs/refs/stash", "info/grafts", "objects/info/alternates")
_FOLDERS = ("refs", "reftable")


def state_of(folder: str) -> str:
    """Return a digest that changes with every ref, the index and the stashes. Raises: OSError."""
    digest = sha256()
    for inner in _git_folders(folder):
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
