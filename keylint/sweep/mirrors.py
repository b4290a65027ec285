"""Bare mirrors of repositories that lie elsewhere, in a folder that is bounded: fetched once, and then what is new."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, TYPE_CHECKING, NamedTuple

from keylint.errors import UsageError
from keylint.sources.git import environment_of
from keylint.sweep.target import Target, TargetFailed
from keylint.sweep.urls import SCHEMES, Url, masked, url_of

if TYPE_CHECKING:
    import subprocess

    from filelock import FileLock

# How the user's own git reaches servers.
_KEPT = (
    "GIT_ASKPASS",
    "GIT_PROXY_SSL_CAINFO",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSH_VARIANT",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "GIT_SSL_CERT",
    "GIT_SSL_KEY",
)
_SET = {
    "GIT_ALLOW_PROTOCOL": ":".join(SCHEMES),
    "GIT_LFS_SKIP_SMUDGE": "1",
    # Nobody is there to answer.
    "GCM_INTERACTIVE": "never",
    "SSH_ASKPASS_REQUIRE": "never",
}
# What git is told by its environment wins over every file and, unlike arguments, is for no other user of the machine to
# read: a URL may hold a password. Nor can a URL be taken for an option there.
_REMOTE = "keylint"
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "gc.autoDetach": "false",  # what outlives its git outlives the limits, too
    "maintenance.autoDetach": "false",
    "protocol.ext.allow": "never",
}
_WHOLE, _PART = ".git", ".part"
# What all mirrors may hold, and how often that is seen to. Units: bytes, seconds.
_MOST = 100 << 30
_TRIMMED, _PAUSE = "trimmed", 600.0
_REFS = "+refs/*:refs/*"
_SLUG = re.compile(r"[^A-Za-z0-9.-]+")
_LONGEST_SLUG = 80
# How often it is looked how far git has got. Units: seconds.
_LEAST_PAUSE, _MOST_PAUSE = 0.01, 0.5
# Of what a server says, so much is shown. Units: bytes, lines, characters.
_READ = 1 << 16
_LINES = 2
_WIDTH = 300
# What git adds to the reason.
_NO_REASON = ("warning:", "hint:", "Cloning into", "Please make sure", "and the repository exists", "error: could not")


class _Remote(NamedTuple):
    """What a server has. `head` is what HEAD holds: `ref: NAME` or an id; empty where it leads to nothing."""

    refs: frozenset[tuple[str, str]]
    head: str


class _Limits(NamedTuple):
    """When to give up. Units: `until` on the monotonic clock, `seconds` in all, `largest` in bytes."""

    until: float
    seconds: float
    largest: int


@contextmanager
def mirror(target: Target, folder: str, *, seconds: float, largest: int, most: int = _MOST) -> Iterator[str]:
    """Have a repository on disk: the target's own folder, or a bare mirror of its URL as that is now.

    Of several that want the same mirror one has it and the others wait. Now and then those that nobody has are trimmed
    to `most`. Units: `largest` and `most` in bytes. Raises: TargetFailed
    """
    url = _url(target)
    if url is None:
        yield target.location
        return
    if target.size > largest:
        raise TargetFailed(f"holds {target.size} bytes; at most {largest} are fetched")
    limits = _Limits(time.monotonic() + seconds, seconds, largest)
    path = os.path.join(os.path.abspath(folder), _named(url))
    lock = _lock(path, seconds)
    from filelock import Timeout

    with ExitStack() as stack:
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            stack.enter_context(lock)
            _bring(url, path, limits)
            os.utime(path)
        except Timeout:
            raise TargetFailed(f"another process works on its mirror for more than {seconds:.0f} seconds") from None
        except OSError as error:
            raise TargetFailed(f"its mirror cannot be written: {error.strerror or error}") from None
        yield path
    stamp = os.path.join(folder, _TRIMMED)
    if time.time() - _last_used(stamp) > _PAUSE:  # to look through thousands takes its time
        with suppress(OSError):
            with open(stamp, "wb"):
                os.utime(stamp)
            trim(folder, most)


def trim(folder: str, most: int) -> None:
    """Remove the mirrors not used for the longest time until the others hold so many bytes, and what crashes left.

    Those that a process has stay.
    """
    if not os.path.isdir(folder):
        return
    folder = os.path.abspath(folder)
    for name in os.listdir(folder):
        if name.endswith(_PART):
            _tidy(os.path.join(folder, name.removesuffix(_PART).rpartition(".")[0]))
    mirrors = [os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(_WHOLE)]
    sizes = {path: _size(path) for path in mirrors}
    total = sum(sizes.values())
    for path in sorted(mirrors, key=_last_used):
        if total <= most:
            return
        if _remove(path):
            total -= sizes[path]


class _GitRefused(TargetFailed):
    """Git came to an end of its own, and not to a good one."""


def _url(target: Target) -> Url | None:
    if os.path.isabs(target.location):
        return None
    try:
        return url_of(target.location)
    except UsageError as error:
        raise TargetFailed(str(error)) from None


def _named(url: Url) -> str:
    """Return a mirror's name: one a repository, told apart by people, too."""
    from hashlib import sha256

    slug = _SLUG.sub("-", url.name)[-_LONGEST_SLUG:].strip("-.")
    return f"{slug}-{sha256(url.identity.encode()).hexdigest()[:16]}{_WHOLE}"


def _lock(path: str, seconds: float) -> FileLock:
    try:
        from filelock import FileLock
    except ImportError:
        raise UsageError("mirrors of repositories need more: pip install 'keylint[sweep]'") from None
    return FileLock(f"{path}.lock", timeout=seconds)


def _bring(url: Url, path: str, limits: _Limits) -> None:
    """Make a mirror, or bring it up to date, its lock held."""
    from tempfile import mkdtemp

    git = _Git(url, limits)
    remote = _listed(git)
    if os.path.isdir(path):
        try:
            _update(git, path, remote)
        except _GitRefused:
            pass  # the server answers, so it is the mirror: what was killed leaves locks, and disks fail
        else:
            return
    _clear(path)
    part = mkdtemp(_PART, f"{os.path.basename(path)}.", os.path.dirname(path))
    try:
        sha256 = ["--object-format=sha256"] if any(len(name) > 40 for _, name in remote.refs) else []
        git(part, ["init", "--bare", "--quiet", "--template=", *sha256])
        _fetch(git, part, remote)
        git(part, ["pack-refs", "--all"])  # a file for each of a large repository's would be many
        shutil.rmtree(path, ignore_errors=True)
        os.rename(part, path)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _listed(git: _Git) -> _Remote:
    refs: set[tuple[str, str]] = set()
    head = ""
    for line in git(os.devnull, ["ls-remote", "--symref", _REMOTE]).split("\n"):
        value, _, name = line.partition("\t")
        if name == "HEAD":
            head = head or value
        elif name.startswith("refs/") and not name.endswith("^{}") and not value.startswith("ref: "):
            refs.add((name, value))
    return _Remote(frozenset(refs), head)


def _update(git: _Git, path: str, remote: _Remote) -> None:
    lines = git(path, ["for-each-ref", "--format=%(refname)%09%(objectname)"]).split("\n")[:-1]
    if {tuple(line.split("\t")) for line in lines} == remote.refs and remote.head in ("", _head(path)):
        return
    packs = os.path.join(path, "objects", "pack")
    for name in os.listdir(packs):
        if name.startswith("tmp_"):
            os.unlink(os.path.join(packs, name))
    _fetch(git, path, remote)


def _fetch(git: _Git, path: str, remote: _Remote) -> None:
    """Fetch every ref, and let HEAD lead to where that of the server does."""
    branch = remote.head.removeprefix("ref: ")
    is_detached = branch == remote.head != ""
    options = ["--quiet", "--force", "--prune", "--no-tags", "--update-shallow", "--no-write-fetch-head"]
    # What HEAD leads to may be on no branch.
    git(path, ["fetch", *options, "--no-recurse-submodules", _REMOTE, _REFS, *(["HEAD"] if is_detached else [])])
    if is_detached:
        git(path, ["update-ref", "--no-deref", "HEAD", remote.head])
    elif branch:
        git(path, ["symbolic-ref", "HEAD", branch])


def _head(path: str) -> str:
    with open(os.path.join(path, "HEAD"), encoding="utf-8", errors="replace") as stream:
        return stream.read().strip()


class _Git:
    """Git at work on one URL, in a group of processes that ends at a limit."""

    def __init__(self, url: Url, limits: _Limits) -> None:
        settings = {**_SETTINGS, f"remote.{_REMOTE}.url": url.text}
        self._environment = {**environment_of(_KEPT), **_SET, "GIT_CONFIG_COUNT": str(len(settings))}
        for place, (name, value) in enumerate(settings.items()):
            self._environment[f"GIT_CONFIG_KEY_{place}"] = name
            self._environment[f"GIT_CONFIG_VALUE_{place}"] = value
        self._limits = limits

    def __call__(self, path: str, arguments: Sequence[str]) -> str:
        """Return what git prints, asked about the repository at a path. Raises: TargetFailed."""
        import subprocess
        from tempfile import TemporaryFile

        # GIT_DIR: of repositories around the current folder, or around the mirrors, nothing is read.
        environment = {**self._environment, "GIT_DIR": path}
        with TemporaryFile() as out, TemporaryFile() as warnings:
            try:
                child = subprocess.Popen(
                    ["git", *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=warnings,
                    env=environment,
                    # Also without a terminal that ssh could ask for a password on.
                    start_new_session=True,
                )
            except OSError as error:
                raise TargetFailed(f"git could not be started: {error.strerror}") from None
            try:
                self._wait(child, path, (out, warnings))
            finally:
                _end(child)
            if child.returncode:
                raise _GitRefused(_reason(warnings, child.returncode))
            out.seek(0)
            return out.read().decode("utf-8", "surrogateescape")

    def _wait(self, child: subprocess.Popen[bytes], path: str, streams: Sequence[IO[bytes]]) -> None:
        """Wait for git, and for no longer, and no more bytes, than the limits are. Raises: TargetFailed."""
        import subprocess

        pause = _LEAST_PAUSE
        running = True
        while running:
            try:
                child.wait(pause)
                running = False
            except subprocess.TimeoutExpired:
                pause = min(2 * pause, _MOST_PAUSE)
            if _size(path) + sum(os.fstat(stream.fileno()).st_size for stream in streams) > self._limits.largest:
                raise TargetFailed(f"larger than {self._limits.largest} bytes")
            if running and time.monotonic() > self._limits.until:
                raise TargetFailed(f"not fetched within {self._limits.seconds:.0f} seconds")


def _end(child: subprocess.Popen[bytes]) -> None:
    """End git with all that it started, if it still runs."""
    if child.poll() is not None:
        return
    import signal

    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()
    child.wait()


def _reason(warnings: IO[bytes], code: int) -> str:
    """Return what git and the server say, in short; neither commands a terminal, or tells a password."""
    from keylint.reporters._wording import visible

    warnings.seek(0)
    lines = [line.strip() for line in warnings.read(_READ).decode("utf-8", "replace").splitlines()]
    reasons = [line for line in lines if line and not line.startswith(_NO_REASON)]
    told = "; ".join(reasons[:_LINES]) or f"git ended with {code}"
    return visible(masked(told))[:_WIDTH]


def _size(path: str) -> int:
    """Return how many bytes a folder holds; what vanishes meanwhile holds none."""
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(folder, name)).st_size
    return total


def _last_used(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0


def _remove(path: str) -> bool:
    """Remove a mirror, unless somebody works on it; tell whether it is gone. Half removed, it looks half made."""
    from filelock import Timeout

    try:
        with _lock(path, 0):
            os.rename(path, f"{path}.gone{_PART}")
            _clear(path)
    except (Timeout, OSError):
        return False
    return True


def _tidy(path: str) -> None:
    """Remove what a crash left of a mirror, unless somebody works on it."""
    from filelock import Timeout

    with suppress(Timeout, OSError), _lock(path, 0):
        _clear(path)


def _clear(path: str) -> None:
    """Remove what was begun and not finished of a mirror, its lock held.

    Each beginning has a name of its own: the git of a process that was killed may still be at work on an earlier one.
    """
    folder, name = os.path.split(path)
    for other in os.listdir(folder):
        if other.startswith(f"{name}.") and other.endswith(_PART):
            shutil.rmtree(os.path.join(folder, other), ignore_errors=True)
