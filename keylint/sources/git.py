"""Ask the git command about a work tree, without letting the repository run anything or redirect it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

# A hook of git exports variables that speak of the repository being committed to, not of the one being scanned, and
# others change what a pathspec means. These alone are the user's own settings.
_KEPT = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH")
_SET = {
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
    # A listing may read a .gitignore from the object store; a partial clone would fetch it by a command of its own
    # configuration. The second is for versions of git that do not know the first.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_TERMINAL_PROMPT": "0",
}
# A repository's own configuration may name programs; none of them runs for a listing with these.
_HARDENED = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "safe.directory=*")
# A pipe put in place of one of git's files would make it wait for ever. Units: seconds without a word from git.
_PATIENCE = 60


class GitFailed(Exception):
    """Git is not there, or could not answer; the text is git's own first line."""


class Printed(NamedTuple):
    """What git printed, and what it warned of."""

    out: bytes
    warnings: bytes


def work_tree_of(folder: str) -> str | None:
    """Return the root of the work tree that a folder lies in, from the file system alone: cheaper than asking git."""
    folder = os.path.realpath(folder)
    while True:
        if os.path.lexists(os.path.join(folder, ".git")):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def git(folder: str, arguments: Sequence[str]) -> Printed:
    """Return what git prints in a folder of a work tree. Raises: GitFailed."""
    return begin(folder, arguments)()


def begin(folder: str, arguments: Sequence[str]) -> Callable[[], Printed]:
    """Start git in a folder; the function returned waits for it, and must be called. Raises: GitFailed, both."""
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_" or name in _KEPT}
    environment.update(_SET)
    # Else the repository's core.worktree could show git another folder than the one being scanned.
    environment["GIT_WORK_TREE"] = work_tree_of(folder) or folder
    command = ["git", "-C", folder, *_HARDENED, *arguments]
    if not hasattr(os, "posix_spawnp"):
        return lambda: _run(command, environment)
    child, out, warnings = _spawn(command, environment)
    return lambda: _finish(child, out, warnings)


def _spawn(command: list[str], environment: dict[str, str]) -> tuple[int, int, int]:
    """Start git without the subprocess module, which costs more to import than git takes."""
    opened: list[int] = []
    try:
        opened += os.pipe()
        opened += os.pipe()
        opened.append(os.open(os.devnull, os.O_RDONLY))
        out, writing, warnings, warning, null = opened
        actions = [(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, writing, 1), (os.POSIX_SPAWN_DUP2, warning, 2)]
        child = os.posix_spawnp(command[0], command, environment, file_actions=actions)
    except OSError as error:
        for descriptor in opened:
            os.close(descriptor)
        raise GitFailed(f"git could not be started: {error.strerror}") from None
    for descriptor in (writing, warning, null):
        os.close(descriptor)
    return child, out, warnings


def _finish(child: int, out: int, warnings: int) -> Printed:
    import select

    pieces: dict[int, list[bytes]] = {out: [], warnings: []}
    left = [out, warnings]
    silent = False
    try:
        while left and not silent:
            ready = select.select(left, (), (), _PATIENCE)[0]
            silent = not ready
            for descriptor in ready:
                piece = os.read(descriptor, 1 << 16)
                if piece:
                    pieces[descriptor].append(piece)
                else:
                    left.remove(descriptor)
    finally:
        os.close(out)
        os.close(warnings)
        if left:
            import signal

            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if silent:
        raise GitFailed(f"git did not answer for {_PATIENCE} seconds")
    return _judged(os.waitstatus_to_exitcode(status), b"".join(pieces[out]), b"".join(pieces[warnings]))


def _run(command: list[str], environment: dict[str, str]) -> Printed:
    """Run git where it cannot be spawned."""
    import subprocess

    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_PATIENCE
        )
    except OSError as error:
        raise GitFailed(f"git could not be started: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise GitFailed(f"git did not answer for {_PATIENCE} seconds") from None
    return _judged(done.returncode, done.stdout, done.stderr)


def _judged(code: int, out: bytes, warnings: bytes) -> Printed:
    if code:
        first = warnings.decode("utf-8", "replace").strip().splitlines()
        raise GitFailed(first[0] if first else f"git ended with {code}")
    return Printed(out, warnings)
