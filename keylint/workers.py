"""Forked worker processes that may die: what kills one is found, told and left out; everything else is done.

Not multiprocessing: importing it costs as much as scanning 1,000 files. Not concurrent.futures: after one
killed worker its pool gives up every task that is left. Where there is no fork (Windows) there are no workers.
"""

from __future__ import annotations

import os
import select
import signal
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import monotonic
from typing import NamedTuple, NoReturn, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# An order is a number: which batch in its upper half, which item of it in the lower (_WHOLE: all). An answer is its
# length and a pickle. Units: bytes.
_NUMBER = 8
_WHOLE = (1 << 32) - 1

# How long a worker may say nothing before what it works on is given up. Units: seconds.
PATIENCE = 120.0
LATE = "no answer in time"
_MOST_WORKERS = 64


class _Worker(NamedTuple):
    pid: int
    orders: int
    answers: int


class _Busy(NamedTuple):
    """A worker with an order. Units: `deadline` on the monotonic clock, in seconds."""

    worker: _Worker
    order: tuple[int, int]
    deadline: float


class _Answer(NamedTuple):
    """What `work` returned, or the traceback of what it raised."""

    result: object
    fault: str | None = None


def run(
    work: Callable[[Sequence[Item]], Result],
    batches: Sequence[Sequence[Item]],
    count: int,
    lost: Callable[[Sequence[Item], str], Result],
    *,
    patience: float = PATIENCE,
    meanwhile: Callable[[], None] | None = None,
    done: Callable[[Result, int], None] | None = None,
) -> list[Result]:
    """Return the results of all batches, in their order (a batch that had to be split gives several).

    A batch whose worker dies, or says nothing for `patience` seconds, is done again item by item; an item that
    does so alone becomes `lost([item], why)`. Where not a single worker can be started the work is done here.
    `meanwhile` is called once, when the first orders are out; `done` with each result and how many items it is of.
    Raises: RuntimeError with the traceback of whatever `work` raised.
    """
    pending = deque((batch, _WHOLE) for batch in range(len(batches)))
    results: dict[tuple[int, int], Result] = {}
    busy: dict[int, _Busy] = {}
    idle: list[_Worker] = []
    most = min(count, _MOST_WORKERS)
    try:
        while pending or busy:
            while pending and len(busy) < most:
                worker = idle.pop() if idle else _start(work, batches, [one.worker for one in busy.values()])
                if worker is None:  # no process or descriptor left: go on with those there are
                    most = len(busy)
                    break
                order = pending.popleft()
                busy[worker.answers] = _Busy(worker, order, monotonic() + patience)
                with suppress(BrokenPipeError):  # it died while idle: the end of its answers says so below
                    os.write(worker.orders, _number(order[0] << 32 | order[1]))
            if meanwhile is not None:
                meanwhile()
                meanwhile = None
            if not busy:
                batch, item = pending.popleft()
                results[batch, item] = work(batches[batch] if item == _WHOLE else [batches[batch][item]])
                continue
            for one in _ready(busy):
                del busy[one.worker.answers]
                late = monotonic() >= one.deadline
                answer = None if late else _receive(one.worker.answers)
                if answer is None:
                    if late:
                        os.kill(one.worker.pid, signal.SIGKILL)
                    why = _end(one.worker)
                    batch, item = one.order
                    if item == _WHOLE and len(batches[batch]) > 1:
                        pending.extend((batch, place) for place in range(len(batches[batch])))
                    else:
                        results[one.order] = lost(
                            [batches[batch][0 if item == _WHOLE else item]], LATE if late else why
                        )
                    continue
                idle.append(one.worker)
                if answer.fault is not None:
                    raise RuntimeError(f"in a worker process:\n{answer.fault}")
                results[one.order] = answer.result  # type: ignore[assignment]
                if done is not None:
                    batch, item = one.order
                    done(results[one.order], len(batches[batch]) if item == _WHOLE else 1)
    finally:
        # Another Ctrl-C must not leave anybody behind.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        for worker in (*idle, *(one.worker for one in busy.values())):
            os.kill(worker.pid, signal.SIGKILL)
            _end(worker)
        signal.signal(signal.SIGINT, before)
    return [results[order] for order in sorted(results)]


def _ready(busy: dict[int, _Busy]) -> list[_Busy]:
    """Wait for answers, and return whose have come; those whose time is up count as come."""
    first = min(one.deadline for one in busy.values())
    poll = select.poll()
    for answers in busy:
        poll.register(answers, select.POLLIN)
    come = {answers for answers, _ in poll.poll(max(0.0, first - monotonic()) * 1000)}
    now = monotonic()
    return [one for answers, one in busy.items() if answers in come or one.deadline <= now]


def _start(
    work: Callable[[Sequence[Item]], Result], batches: Sequence[Sequence[Item]], others: Sequence[_Worker]
) -> _Worker | None:
    opened: list[int] = []
    # A Ctrl-C between the fork and what the child makes of it would run the parent's clean-up in the child.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        opened += os.pipe()
        opened += os.pipe()
        orders, ordering, answering, answers = opened
        pid = os.fork()
    except OSError:
        for descriptor in opened:
            os.close(descriptor)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        return None
    if pid == 0:
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # it reaches the whole group; the parent alone answers it
            # A pipe ends only when nobody else holds it open.
            for descriptor in (ordering, answering, *(end for other in others for end in other[1:])):
                os.close(descriptor)
            _serve(work, batches, orders, answers)
        finally:
            # Neither the parent's buffers nor its exit handlers are this process's to run.
            os._exit(1)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    os.close(orders)
    os.close(answers)
    return _Worker(pid, ordering, answering)


def _serve(
    work: Callable[[Sequence[Item]], Result], batches: Sequence[Sequence[Item]], orders: int, answers: int
) -> NoReturn:
    while order := os.read(orders, _NUMBER):
        batch, item = divmod(int.from_bytes(order, "little"), 1 << 32)
        try:
            answer = _Answer(work(batches[batch] if item == _WHOLE else [batches[batch][item]]))
        except Exception:  # noqa: BLE001  told to the parent, which raises it
            import traceback

            answer = _Answer(None, traceback.format_exc())
        import pickle

        payload = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
        with open(answers, "wb", closefd=False) as stream:
            stream.write(_number(len(payload)) + payload)
    os._exit(0)


def _receive(answers: int) -> _Answer | None:
    """Read one answer; None if the worker died before it was whole."""
    with open(answers, "rb", closefd=False, buffering=0) as stream:
        length = stream.read(_NUMBER)
        if not length or len(length) < _NUMBER:
            return None
        missing = int.from_bytes(length, "little")
        pieces: list[bytes] = []
        while missing:
            piece = stream.read(missing)
            if not piece:
                return None
            pieces.append(piece)
            missing -= len(piece)
    import pickle  # late: the workers are at work by now

    answer = pickle.loads(b"".join(pieces))
    assert isinstance(answer, _Answer)
    return answer


def _number(value: int) -> bytes:
    return value.to_bytes(_NUMBER, "little")


def _end(worker: _Worker) -> str:
    """Close a worker's pipes, wait for its end and tell how it ended."""
    os.close(worker.orders)
    os.close(worker.answers)
    _, status = os.waitpid(worker.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    return f"a worker was killed by signal {-code}" if code < 0 else f"a worker ended with code {code}"
