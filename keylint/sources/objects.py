"""Objects of a git repository, read through `git cat-file --batch`; nothing is written or fetched."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO, NamedTuple

from keylint.documents.decoding import HEAD, encoding_of
from keylint.errors import SourceFailed
from keylint.model import SkipReason
from keylint.sieve import NOTHING, OVERLAP, interest, mentions_exchange
from keylint.sources.git import Child, GitFailed, spawn, widen
from keylint.sources.reading import LARGEST, may_hold_text
from keylint.sources.repository import Repository, ask, at_root, stored

# So many names are written before the first answer is read: they fit into a pipe, so that neither side waits.
AT_ONCE = 100
_PIECE = 1 << 20


class Object(NamedTuple):
    """What a name stands for. `data` is empty if the sieve found nothing in a large one. Units: `size` in bytes."""

    kind: str
    size: int
    data: bytes
    left_out: SkipReason | None = None


_MISSING = Object("missing", 0, b"", "missing-object")


class Objects:
    """A running git that is asked for objects; it ends with its owner."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._child: Child | None = None
        self._answers: BinaryIO | None = None
        # Known only once git has ended at something: listing all of a huge clone takes longer than reading a little.
        self._stored: frozenset[str] | None = None

    def read(self, names: Sequence[str]) -> Iterator[Object]:
        """Yield the object of each name, in order. Raises: SourceFailed if git cannot be started."""
        if not hasattr(os, "posix_spawnp"):
            yield from self._read_whole(names)
            return
        start = 0
        while start < len(names):
            some = names[start : start + AT_ONCE]
            try:
                answers = self._asked([name for name in some if self._is_here(name)])
                for name in some:
                    found = _next(answers) if self._is_here(name) else _MISSING
                    start += 1
                    yield found
            except (EOFError, OSError):
                # An object that is damaged ends git: the others are asked for again.
                self.close()
                if self._repository.partial and self._stored is None:
                    self._stored = stored(self._repository)
                    continue
                start += 1
                yield Object("damaged", 0, b"", "unreadable")

    def _is_here(self, name: str) -> bool:
        return self._stored is None or name in self._stored

    def close(self) -> None:
        """End git."""
        if self._child is None or self._answers is None:
            return
        os.close(self._child.into)
        self._answers.close()
        os.waitpid(self._child.pid, 0)
        self._child = self._answers = None

    def _asked(self, names: Sequence[str]) -> BinaryIO:
        if self._child is None or self._answers is None:
            try:
                self._child = spawn(_command(self._repository), self._repository.environment, quiet=True)
            except GitFailed as error:
                raise SourceFailed(str(error)) from None
            widen(self._child.out)
            self._answers = open(self._child.out, "rb", buffering=_PIECE)  # noqa: SIM115  closed by close()
        os.write(self._child.into, os.fsencode("".join(f"{name}\n" for name in names)))
        return self._answers

    def _read_whole(self, names: Sequence[str]) -> Iterator[Object]:
        from io import BytesIO

        feed = os.fsencode("".join(f"{name}\n" for name in names))
        answers = BytesIO(ask(self._repository, ["cat-file", "--batch"], feed))
        for _ in names:
            yield _next(answers)


def first(repository: Repository, names: Sequence[str], most: int, patience: float) -> Iterator[Object]:
    """Yield the objects of the first names: what git hands out within so many bytes, never silent for so many seconds.

    For a process that nobody watches over: nothing of it blocks, and what is not yielded is for others to read.
    """
    if not hasattr(os, "posix_spawnp"):
        return
    import select
    from io import BytesIO

    pieces: list[bytes] = []
    size, ended = 0, False
    try:
        child = spawn(_command(repository), repository.environment, quiet=True)
    except GitFailed:
        return
    try:
        with suppress(OSError):  # it has ended, and nothing comes
            os.write(child.into, os.fsencode("".join(f"{name}\n" for name in names[:AT_ONCE])))
        os.close(child.into)
        while size < most and not ended and select.select([child.out], (), (), patience)[0]:
            pieces.append(os.read(child.out, _PIECE))
            size += len(pieces[-1])
            ended = not pieces[-1]
    finally:
        os.close(child.out)
        if not ended:
            import signal

            os.kill(child.pid, signal.SIGKILL)
        os.waitpid(child.pid, 0)
    answers = BytesIO(b"".join(pieces))
    with suppress(EOFError):
        for _ in names[:AT_ONCE]:
            yield _next(answers)


def _command(repository: Repository) -> list[str]:
    return [*at_root(repository), "cat-file", "--batch"]


def _next(answers: BinaryIO) -> Object:
    head = answers.readline()
    if not head.endswith(b"\n"):
        raise EOFError
    _, kind, size = head.decode("utf-8", "replace").rsplit(None, 2) if head.count(b" ") > 1 else ("", "missing", "0")
    if not size.isdigit() or kind == "missing":
        return _MISSING
    found = _content(answers, kind, int(size))
    if answers.read(1) != b"\n":
        raise EOFError
    return found


def _content(answers: BinaryIO, kind: str, size: int) -> Object:
    if size <= _PIECE:
        data = answers.read(size)
        if len(data) < size:
            raise EOFError
        return Object(kind, size, data)
    first = answers.read(_PIECE)
    rest = size - len(first)
    packed = encoding_of(first) is None
    if packed and not may_hold_text(first[:HEAD]):
        _drop(answers, rest)
        return Object(kind, size, b"", "binary")
    if size <= LARGEST:
        data = first + answers.read(rest)
        if len(data) < size:
            raise EOFError
        return Object(kind, size, data)
    if packed:
        _drop(answers, rest)
        return Object(kind, size, b"", "too-large")
    return Object(kind, size, b"", "too-large" if _is_of_interest(first, answers, rest) else None)


def _is_of_interest(piece: bytes, answers: BinaryIO, rest: int) -> bool:
    """Look at what is too large to be decoded, piece by piece, to its end."""
    encoding = encoding_of(piece)
    found = NOTHING._replace(certain=encoding is None or encoding.name != "utf-8")
    tail = b""
    while True:
        if not found.certain:
            found = interest(tail + piece, found._replace(certain=b"\0" in piece))
            found = found._replace(exchange=found.exchange or mentions_exchange(tail + piece))
        if not rest:
            return found.certain or (found.digests and found.exchange)
        tail = piece[-OVERLAP:]
        piece = answers.read(min(rest, _PIECE))
        if not piece:
            raise EOFError
        rest -= len(piece)


def _drop(answers: BinaryIO, rest: int) -> None:
    while rest:
        piece = answers.read(min(rest, _PIECE))
        if not piece:
            raise EOFError
        rest -= len(piece)
