"""Forked worker processes that may die: what kills one is found, told and left out; everything else is done.

Not multiprocessing: importing it costs as much as scanning 1,000 files. Not concurrent.futures: after one
killed worker its pool gives up every task that is left. Where there is no fork (Windows) there are no workers.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import struct
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple, NoReturn, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# An order is two numbers: which batch, and which item of it (_WHOLE: all). An answer is its length and a pickle.
_ORDER = struct.Struct("qq")
_LENGTH = struct.Struct("q")
_WHOLE = -1

available = hasattr(os, "fork")


class _Worker(NamedTuple):
    pid: int
    orders: int
    answers: int


class _Answer(NamedTuple):
    """What `work` returned, or the traceback of what it raised."""

    result: object
    fault: str | None = None


def run(
    work: Callable[[Sequence[Item]], Result],
    batches: Sequence[Sequence[Item]],
    count: int,
    lost: Callable[[Sequence[Item], str], Result],
) -> list[Result]:
    """Return the results of all batches, in their order (a batch that had to be split gives several).

    A batch whose worker dies is done again item by item; an item that kills its worker alone becomes
    `lost([item], why)`. Raises: RuntimeError with the traceback of whatever `work` raised.
    """
    pending = deque((batch, _WHOLE) for batch in range(len(batches)))
    results: dict[tuple[int, int], Result] = {}
    busy: dict[int, tuple[_Worker, tuple[int, int]]] = {}
    idle: list[_Worker] = []
    try:
        while pending or busy:
            while pending and len(busy) < count:
                worker = idle.pop() if idle else _start(work, batches, [one for one, _ in busy.values()])
                order = pending.popleft()
                busy[worker.answers] = (worker, order)
                with suppress(BrokenPipeError):  # it died while idle: the end of its answers says so below
                    os.write(worker.orders, _ORDER.pack(*order))
            for answers in select.select(list(busy), (), ())[0]:
                worker, order = busy.pop(answers)
                answer = _receive(answers)
                if answer is None:
                    why = _end(worker)
                    batch, item = order
                    if item == _WHOLE and len(batches[batch]) > 1:
                        pending.extend((batch, place) for place in range(len(batches[batch])))
                    else:
                        results[order] = lost([batches[batch][max(item, 0)]], why)
                    continue
                idle.append(worker)
                if answer.fault is not None:
                    raise RuntimeError(f"in a worker process:\n{answer.fault}")
                results[order] = answer.result  # type: ignore[assignment]
    finally:
        for worker in (*idle, *(worker for worker, _ in busy.values())):
            os.kill(worker.pid, signal.SIGKILL)
            _end(worker)
    return [results[order] for order in sorted(results)]


def _start(
    work: Callable[[Sequence[Item]], Result], batches: Sequence[Sequence[Item]], others: Sequence[_Worker]
) -> _Worker:
    orders, ordering = os.pipe()
    answering, answers = os.pipe()
    pid = os.fork()
    if pid:
        os.close(orders)
        os.close(answers)
        return _Worker(pid, ordering, answering)
    # In the child. A pipe ends only when nobody else holds it open.
    for descriptor in (ordering, answering, *(end for other in others for end in other[1:])):
        os.close(descriptor)
    return _serve(work, batches, orders, answers)


def _serve(
    work: Callable[[Sequence[Item]], Result], batches: Sequence[Sequence[Item]], orders: int, answers: int
) -> NoReturn:
    # Ctrl-C reaches the whole group; the parent alone answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    code = 1
    try:
        while order := os.read(orders, _ORDER.size):
            batch, item = _ORDER.unpack(order)
            try:
                answer = _Answer(work(batches[batch] if item == _WHOLE else [batches[batch][item]]))
            except Exception:  # noqa: BLE001  told to the parent, which raises it
                import traceback

                answer = _Answer(None, traceback.format_exc())
            payload = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
            with open(answers, "wb", closefd=False) as stream:
                stream.write(_LENGTH.pack(len(payload)) + payload)
        code = 0
    finally:
        # Neither the parent's buffers nor its exit handlers are this process's to run.
        os._exit(code)


def _receive(answers: int) -> _Answer | None:
    """Read one answer; None if the worker died before it was whole."""
    with open(answers, "rb", closefd=False, buffering=0) as stream:
        length = stream.read(_LENGTH.size)
        if not length or len(length) < _LENGTH.size:
            return None
        missing = _LENGTH.unpack(length)[0]
        pieces: list[bytes] = []
        while missing:
            piece = stream.read(missing)
            if not piece:
                return None
            pieces.append(piece)
            missing -= len(piece)
    answer = pickle.loads(b"".join(pieces))
    assert isinstance(answer, _Answer)
    return answer


def _end(worker: _Worker) -> str:
    """Close a worker's pipes, wait for its end and tell how it ended."""
    os.close(worker.orders)
    os.close(worker.answers)
    _, status = os.waitpid(worker.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return f"a worker was killed by signal {-code}" if code < 0 else f"a worker ended with code {code}"
