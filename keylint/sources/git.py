"""Ask the git command about a work tree, without letting the repository run anything or redirect it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

# A hook of git exports these; they speak of the repository being committed to, not of the one being scanned.
_REDIRECTING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")
# A repository's own configuration may name programs; none of them runs for a listing with these.
_HARDENED = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "safe.directory=*")


class GitFailed(Exception):
    """Git is not there, or could not answer; the text is git's own first line."""


def in_work_tree(folder: str) -> bool:
    """Tell from the file system alone whether a folder lies in a work tree: cheaper than asking git."""
    folder = os.path.realpath(folder)
    while True:
        if os.path.lexists(os.path.join(folder, ".git")):
            return True
        parent = os.path.dirname(folder)
        if parent == folder:
            return False
        folder = parent


def git(folder: str, arguments: Sequence[str]) -> bytes:
    """Return what git prints in a folder. Raises: GitFailed."""
    return begin(folder, arguments)()


def begin(folder: str, arguments: Sequence[str]) -> Callable[[], bytes]:
    """Start git in a folder; the function returned waits for it and returns what it printed, or raises GitFailed."""
    environment = {name: value for name, value in os.environ.items() if name not in _REDIRECTING}
    environment["GIT_OPTIONAL_LOCKS"] = "0"
    environment["LC_ALL"] = "C"
    command = ["git", "-C", folder, *_HARDENED, *arguments]
    spawned = _spawn(command, environment) if hasattr(os, "posix_spawnp") else None

    def finish() -> bytes:
        if spawned is not None:
            child, reading = spawned
            with open(reading, "rb") as stream:
                printed = stream.read()
            if os.waitpid(child, 0)[1] == 0:
                return printed
        return _run(command, environment)

    return finish


def _spawn(command: list[str], environment: dict[str, str]) -> tuple[int, int] | None:
    """Start git without the subprocess module, which costs more to import than git takes; None if that failed."""
    reading, writing = os.pipe()
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, writing, 1), (os.POSIX_SPAWN_DUP2, null, 2)]
    try:
        return os.posix_spawnp(command[0], command, environment, file_actions=actions), reading
    except OSError:
        os.close(reading)
        return None
    finally:
        os.close(writing)
        os.close(null)


def _run(command: list[str], environment: dict[str, str]) -> bytes:
    """Run git where it cannot be spawned, or once more to be told why it failed."""
    import subprocess

    try:
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError as error:
        raise GitFailed(f"git could not be started: {error.strerror}") from None
    if done.returncode:
        first = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GitFailed(first[0] if first else f"git ended with {done.returncode}")
    return done.stdout
