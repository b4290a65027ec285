"""Ask the git command, without letting the repository run anything or redirect it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
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
_PIPE = 1 << 20


class GitFailed(Exception):
    """Git is not there, or could not answer; the text is what git says."""


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
    environment = environment_of(())
    # Else the repository's core.worktree could show git another folder than the one being scanned.
    environment["GIT_WORK_TREE"] = work_tree_of(folder) or folder
    return start(["-C", folder, *arguments], environment)


def environment_of(names: Sequence[str]) -> dict[str, str]:
    """Return an environment for git in which, of git's own variables, only the user's settings and those named hold."""
    kept = (*_KEPT, *names)
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_" or name in kept}
    return {**environment, **_SET}


def start(
    arguments: Sequence[str], environment: Mapping[str, str], feed: bytes = b"", patience: float | None = None
) -> Callable[[], Printed]:
    """Start git with something on its standard input; the function returned waits for it, and must be called.

    `patience` is how long it may say nothing, in seconds. Raises: GitFailed, both.
    """
    command = ["git", *_HARDENED, *arguments]
    patience = patience or _PATIENCE
    if not hasattr(os, "posix_spawnp"):
        return lambda: _run(command, environment, feed, patience)
    child = spawn(arguments, environment)
    if feed:
        widen(child.out)
    os.set_blocking(child.into, False)
    # What fits into the pipe goes at once, so that git can work while nobody waits for it.
    waiting = _fed(child.into, memoryview(feed))
    return lambda: _finish(child, waiting, patience)


class Child(NamedTuple):
    """A git at work, and our ends of its pipes."""

    pid: int
    into: int
    out: int
    warnings: int


def spawn(arguments: Sequence[str], environment: Mapping[str, str], *, quiet: bool = False) -> Child:
    """Start git without the subprocess module, which costs more to import than git takes. Raises: GitFailed.

    The warnings of a git that is `quiet` go nowhere; those of another must be read, or it stands still.
    """
    command = ["git", *_HARDENED, *arguments]
    opened: list[int] = []
    try:
        for _ in range(2):
            opened += os.pipe()
        opened += (-1, os.open(os.devnull, os.O_WRONLY)) if quiet else os.pipe()
        reading, into, out, writing, warnings, warning = opened
        ends = ((reading, 0), (writing, 1), (warning, 2))
        actions = [(os.POSIX_SPAWN_DUP2, end, number) for end, number in ends]
        pid = os.posix_spawnp(command[0], command, environment, file_actions=actions)
    except OSError as error:
        for descriptor in opened:
            with suppress(OSError):
                os.close(descriptor)
        raise GitFailed(f"git could not be started: {error.strerror}") from None
    for descriptor in (reading, writing, warning):
        os.close(descriptor)
    return Child(pid, into, out, warnings)


def widen(pipe: int) -> None:
    """Let git write on while its answers are looked at, where the system can."""
    with suppress(ImportError, OSError):
        import fcntl

        if hasattr(fcntl, "F_SETPIPE_SZ"):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)


def _finish(child: Child, waiting: memoryview, patience: float) -> Printed:
    import select

    out, warnings, into = child.out, child.warnings, child.into
    pieces: dict[int, list[bytes]] = {out: [], warnings: []}
    left = [out, warnings]
    unfed = [into] if waiting else []
    silent = False
    try:
        while left and not silent:
            ready, hungry, _ = select.select(left, unfed, (), patience)
            silent = not (ready or hungry)
            if hungry:
                waiting = _fed(into, waiting)
                unfed = [into] if waiting else []
            for descriptor in ready:
                piece = os.read(descriptor, 1 << 16)
                if piece:
                    pieces[descriptor].append(piece)
                else:
                    left.remove(descriptor)
    finally:
        for descriptor in (out, warnings, *unfed):
            os.close(descriptor)
        if left:
            import signal

            with suppress(ProcessLookupError):
                os.kill(child.pid, signal.SIGKILL)
        _, status = os.waitpid(child.pid, 0)
    if silent:
        raise GitFailed(f"git did not answer for {patience:.0f} seconds")
    return _judged(os.waitstatus_to_exitcode(status), b"".join(pieces[out]), b"".join(pieces[warnings]))


def _fed(into: int, waiting: memoryview) -> memoryview:
    """Write what git takes at once, and return the rest; close the pipe behind it.

    A git that has ended takes nothing, and says elsewhere why.
    """
    try:
        while waiting:
            waiting = waiting[os.write(into, waiting) :]
    except BlockingIOError:
        return waiting
    except BrokenPipeError:
        waiting = waiting[:0]
    os.close(into)
    return waiting


def _run(command: list[str], environment: Mapping[str, str], feed: bytes, patience: float) -> Printed:
    """Run git where it cannot be spawned."""
    import subprocess

    try:
        done = subprocess.run(command, env=environment, input=feed, capture_output=True, check=False, timeout=patience)
    except OSError as error:
        raise GitFailed(f"git could not be started: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise GitFailed(f"git did not answer for {patience:.0f} seconds") from None
    return _judged(done.returncode, done.stdout, done.stderr)


def _judged(code: int, out: bytes, warnings: bytes) -> Printed:
    if code:
        said = warnings.decode("utf-8", "replace").strip().splitlines()
        why = [line for line in said if line.startswith(("fatal:", "error:"))] or said  # hints come first
        raise GitFailed(why[0] if why else f"git ended with {code}")
    return Printed(out, warnings)
