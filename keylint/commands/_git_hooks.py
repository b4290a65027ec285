"""Hooks of git's own, for those who do without pre-commit; a hook that is there stays as it is."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from typing import NamedTuple

from keylint.errors import UsageError
from keylint.sources.repository import Repository, ask, common_folder, open_repository

# What each hook runs. A commit that is shown in its own message (`commit --verbose`) is no part of the message.
HOOKS: Mapping[str, str] = {
    "pre-commit": "keylint scan --staged",
    "pre-merge-commit": "keylint scan --staged",
    "commit-msg": "sed '/^. -* >8 -*$/,$d' \"$1\" | keylint scan - --stdin-filename .git/commit-message",
    "pre-push": 'keylint scan --pre-push --remote "$1"',
}
_SCRIPT = """\
#!/bin/sh
# Made by keylint init --git-hooks; change it as you like.
command -v keylint >/dev/null || keylint() {{ {this} -m keylint "$@"; }}
{command}
"""


class Installed(NamedTuple):
    """What became of each hook, and what is left to the user: a line for each hook that was there before."""

    said: list[str]
    left: list[str]


def install() -> Installed:
    """Write the hooks of the repository around the current folder. Raises: UsageError."""
    repository = open_repository()
    if repository.root is None:
        raise UsageError("a bare repository has no commits of one's own to judge: no hook was written")
    folder, ours = _hooks_folder(repository)
    said: list[str] = []
    left: list[str] = []
    for name, command in HOOKS.items():
        file = os.path.join(folder, name)
        shown = os.path.relpath(file).replace(os.sep, "/")
        if os.path.lexists(file) or not ours:
            if not _runs_keylint(file):
                left.append(f"{shown}: {command}")
            said.append(f"{'kept' if os.path.lexists(file) else 'left':8} {shown}")
            continue
        _write(file, _SCRIPT.format(this=shlex.quote(sys.executable), command=command))
        said.append(f"{'wrote':8} {shown}")
    return Installed(said, left)


def _hooks_folder(repository: Repository) -> tuple[str, bool]:
    """Return where git looks for hooks, and whether that is this repository's own affair."""
    common = common_folder(repository)
    assert repository.root is not None
    # The last value is the one that keylint itself hands to git, so that no hook runs.
    values = os.fsdecode(ask(repository, ["config", "--type=path", "-z", "--get-all", "core.hooksPath"]))
    told = values.split("\0")[:-2]
    if not told:
        return os.path.join(common, "hooks"), True
    folder = os.path.realpath(os.path.join(repository.root, told[-1]))
    own = (os.path.realpath(common), os.path.realpath(repository.root))
    return folder, any(os.path.commonpath((folder, root)) == root for root in own)


def _write(file: str, text: str) -> None:
    try:
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(
            os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o755), "w", encoding="utf-8", newline="\n"
        ) as stream:
            stream.write(text)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from None


def _runs_keylint(file: str) -> bool:
    try:
        with open(file, "rb") as stream:
            return b"keylint" in stream.read(1 << 20)
    except OSError:
        return False
