"""Which commit put which object at which path: from git's trees alone, never from a textual diff."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from keylint.errors import SourceFailed
from keylint.model import Skip
from keylint.sources.repository import Repository, begin

# What is asked of git at a time: little enough to be held, enough to make its start cheap. Units: commits.
_AT_ONCE = 1000
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


def changes(
    repository: Repository, commits: Sequence[str], skip: Callable[[Skip], None], paths: Sequence[str] = ()
) -> Iterator[Change]:
    """Yield what commits changed, in their order; of a merge what is as in none of its parents.

    Commits whose trees are missing are handed to `skip`, and so are submodules. `paths` are literal.
    """
    failures = 0
    pending = [commits[start : start + _AT_ONCE] for start in range(0, len(commits), _AT_ONCE)][::-1]

    def begin_next() -> tuple[Sequence[str], Callable[[], bytes]] | None:
        if not pending:
            return None
        some = pending.pop()
        return some, begin(repository, ["diff-tree", "--stdin", *_OPTIONS, "--", *paths], _feed(some))

    running = begin_next()
    while running is not None:
        some, finish = running
        try:
            printed = finish()
        except SourceFailed as error:
            if len(some) > 1 and failures < _MOST_FAILURES:
                half = len(some) // 2
                pending += [some[half:], some[:half]]
            else:
                failures += 1
                more = f" and {len(some) - 1} more" if len(some) > 1 else ""
                skip(Skip(f".git/commits/{some[0]}{more}", "missing-object", str(error)))
            running = begin_next()
            continue
        running = begin_next()  # git goes on while this is read
        yield from _parsed(printed, repository.zero, skip)


def _feed(commits: Sequence[str]) -> bytes:
    return "".join(f"{commit}\n" for commit in commits).encode()


def _parsed(printed: bytes, zero: str, skip: Callable[[Skip], None]) -> Iterator[Change]:
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
        if new == nothing:
            continue
        if fields[parents] == _GIT_LINK:
            skip(Skip(os.fsdecode(path), "excluded", A_SUBMODULE))
            continue
        before = tuple(old.decode() for old in fields[parents + 1 : 2 * parents + 1] if old != nothing)
        yield Change(commit, os.fsdecode(path), new.decode(), before)
