"""Which commit put which object at which path: from git's trees alone, never from a textual diff."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from keylint.errors import SourceFailed
from keylint.model import Skip
from keylint.sources.repository import Repository, begin

# What is asked of git at a time: little enough to be held, enough to make its start cheap. Units: commits.
_AT_ONCE = 1000
# So many gits are at work at a time.
_AT_WORK = 2
# How much of what they print is held for those who ask again. Units: bytes.
_MOST_HELD = 64 << 20
# More names than this are not looked for one by one.
_MANY_NAMES = 200
# So many commits without their trees are told one by one.
_MOST_FAILURES = 50
_GIT_LINK = b"160000"
A_SUBMODULE = "a submodule"
_OPTIONS = (
    "-r",
    "-c",
    "--root",
    "--raw",
    "-z",
    "--no-renames",
    "--no-abbrev",
    "--no-ext-diff",
    "--no-textconv",
    "--no-relative",
)


class Change(NamedTuple):
    """A commit put an object at a path, in place of others: as many as it has parents, fewer where there was none."""

    commit: str
    path: str
    object: str
    before: tuple[str, ...]


class Record:
    """What git printed of the changes of some commits, for who asks again; nothing, if that is more than is held."""

    def __init__(self) -> None:
        self._commits: Sequence[str] | None = None
        self._printed: list[bytes] = []
        self._room = _MOST_HELD

    def start(self, commits: Sequence[str]) -> None:
        """Take what is printed of these from here on."""
        self._commits = commits

    def add(self, printed: bytes) -> None:
        """Hold what was printed of some of the commits."""
        self._room -= len(printed)
        if self._room < 0:
            self._commits, self._printed = None, []
        elif self._commits is not None:
            self._printed.append(printed)

    def covers(self, commits: Sequence[str]) -> bool:
        """Tell whether it is of these commits."""
        return self._commits == commits

    def of(self, objects: Collection[str], zero: str) -> Iterator[Change]:
        """Yield the changes that put one of these objects somewhere, in the order of their commits."""
        names = [name.encode() for name in objects]
        wanted = frozenset(names)
        for printed in self._printed:
            if len(names) > _MANY_NAMES or any(name in printed for name in names):
                yield from _parsed(printed, zero, lambda _skip: None, wanted)


def changes(
    repository: Repository,
    commits: Sequence[str],
    skip: Callable[[Skip], None],
    paths: Sequence[str] = (),
    record: Record | None = None,
) -> Iterator[Change]:
    """Yield what commits changed, in their order; of a merge what is as in none of its parents.

    Commits whose trees are missing are handed to `skip`, and so are submodules. `paths` are literal.
    """
    if record is not None:
        record.start(commits)
    for printed in _printed(repository, commits, skip, paths, []):
        if record is not None:
            record.add(printed)
        yield from _parsed(printed, repository.zero, skip)


def _printed(
    repository: Repository,
    commits: Sequence[str],
    skip: Callable[[Skip], None],
    paths: Sequence[str],
    failures: list[SourceFailed],
) -> Iterator[bytes]:
    """Yield what git prints of commits, in their order; several are at work, and go on while that is read."""
    arguments = ["diff-tree", "--stdin", *_OPTIONS, "--", *paths]
    pending = deque(commits[start : start + _AT_ONCE] for start in range(0, len(commits), _AT_ONCE))
    running: deque[tuple[Sequence[str], Callable[[], bytes]]] = deque()

    def begin_some() -> None:
        while pending and len(running) < _AT_WORK:
            some = pending.popleft()
            running.append((some, begin(repository, arguments, _feed(some))))

    try:
        begin_some()
        while running:
            some, finish = running.popleft()
            try:
                printed = finish()
            except SourceFailed as error:
                if len(some) > 1 and len(failures) < _MOST_FAILURES:
                    half = len(some) // 2
                    yield from _printed(repository, some[:half], skip, paths, failures)
                    yield from _printed(repository, some[half:], skip, paths, failures)
                else:
                    failures.append(error)
                    more = f" and {len(some) - 1} more" if len(some) > 1 else ""
                    skip(Skip(f".git/commits/{some[0]}{more}", "missing-object", str(error)))
                printed = b""
            begin_some()
            yield printed
    finally:
        # Who was started is waited for, or it stays behind as a process that nobody asked for its end.
        for _, finish in running:
            with suppress(SourceFailed):
                finish()


def _feed(commits: Sequence[str]) -> bytes:
    return "".join(f"{commit}\n" for commit in commits).encode()


def _parsed(
    printed: bytes, zero: str, skip: Callable[[Skip], None], wanted: Collection[bytes] | None = None
) -> Iterator[Change]:
    """Read `COMMIT NUL` and `:MODES OBJECTS STATUS NUL PATH NUL`, with a colon, mode and object for each parent."""
    nothing = zero.encode()
    words = iter(printed.split(b"\0"))
    commit = ""
    for word in words:
        if word[:1] != b":":
            commit = word.decode()
            continue
        path = next(words)
        fields = word.lstrip(b":").split(b" ")
        parents = (len(fields) - 3) // 2
        new = fields[2 * parents + 1]
        if new == nothing or (wanted is not None and new not in wanted):
            continue
        if fields[parents] == _GIT_LINK:
            skip(Skip(os.fsdecode(path), "excluded", A_SUBMODULE))
            continue
        before = tuple(old.decode() for old in fields[parents + 1 : 2 * parents + 1] if old != nothing)
        yield Change(commit, os.fsdecode(path), new.decode(), before)
