"""Forked worker processes that may die: what kills one is found, told and left out; everything else is done.

Not multiprocessing: importing it costs as much as scanning 1,000 files. Not concurrent.futures: after one
killed worker its pool gives up every task that is left. Where there is no fork (Windows) there are no workers.
"""

from __future__ import annotations

import os
import select
import signal
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, NamedTuple, NoReturn, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

# An order is a number: which batch in its upper half, which item of it in the lower (_WHOLE: all). An answer is its
# length and a pickle. Units: bytes.
_NUMBER = 8
_WHOLE = (1 << 32) - 1

# How long a worker may say nothing before what it works on is given up; that is for what waits, not works. Units:
# seconds.
PATIENCE = 120.0
LATE = "no answer in time"
FAULT = "a fault of keylint's own"
# What an order may cost: the processor's time, so that a busy or sleeping machine changes nothing, and memory beyond
# what the parent has. The kernel sees to both, whatever code is at work. Units: seconds, bytes.
ALLOWANCE = 60.0
MEMORY = 2 << 30
_FULL = 9  # what a worker ends with that ran out of memory
_MOST_WORKERS = 64
# So few items for a second look are not worth another worker's imports.
_FEW = 16


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


class Again(NamedTuple):
    """A second look at some items of a batch. Shape: `left` returns their places, of what the first look came to."""

    work: Callable[[Sequence[Any]], Any]
    left: Callable[[Any], Sequence[int]]


class _Task(NamedTuple):
    """What is done with whole batches, and with single items of them."""

    work: Callable[[Sequence[Any]], Any]
    again: Again | None
    batches: Sequence[Sequence[Any]]

    def items(self, order: tuple[int, int]) -> Sequence[Any]:
        batch, item = order
        return self.batches[batch] if item == _WHOLE else [self.batches[batch][item]]

    def do(self, order: tuple[int, int]) -> Any:
        work = self.work if order[1] == _WHOLE or self.again is None else self.again.work
        return work(self.items(order))

    def left(self, order: tuple[int, int], result: Any) -> Sequence[int]:
        return self.again.left(result) if self.again is not None and order[1] == _WHOLE else ()


class _Orders:
    """What is still to be done: whole batches, items of those that came to nothing, and items for a second look."""

    def __init__(self, batches: int, *, reserves: bool) -> None:
        self._reserves = reserves
        self._first = deque((batch, _WHOLE) for batch in range(batches))
        self._second: deque[tuple[int, int]] = deque()
        self._practised: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._first or self._second)

    def add(self, batch: int, places: Iterable[int]) -> None:
        self._second.extend((batch, place) for place in places)

    def next(self, worker: _Worker | None = None) -> tuple[int, int] | None:
        """Return the next order for a worker, or for a new one; None if what is left is better done by others.

        A second look needs modules that take longer to import than most items to look at: few are for one worker.
        """
        practised = self._practised and worker is not None and worker.pid in self._practised
        if self._second and (practised or not self._practised or (not self._first and len(self._second) > _FEW)):
            return self._second.popleft()
        return self._first.popleft() if self._first else None

    def whichever(self) -> tuple[int, int]:
        """Return an order for whoever takes it."""
        return (self._first or self._second).popleft()

    def put_back(self, order: tuple[int, int]) -> None:
        (self._first if order[1] == _WHOLE else self._second).appendleft(order)

    def given(self, order: tuple[int, int], worker: _Worker) -> None:
        if self._reserves and order[1] != _WHOLE:
            self._practised.add(worker.pid)

    def gone(self, worker: _Worker) -> None:
        self._practised.discard(worker.pid)


def run(
    work: Callable[[Sequence[Item]], Result],
    batches: Sequence[Sequence[Item]],
    count: int,
    lost: Callable[[Sequence[Item], str], Result],
    *,
    again: Again | None = None,
    patience: float = PATIENCE,
    allowance: float = ALLOWANCE,
    meanwhile: Callable[[], None] | None = None,
    done: Callable[[Result, int], None] | None = None,
    faults: list[str] | None = None,
) -> list[Result]:
    """Return the results of all batches, in their order (one that was split, or looked at twice, gives several).

    A batch whose worker dies, takes more than its allowance, or says nothing for `patience` seconds, is done again
    item by item; an item that does so alone becomes `lost([item], why)`. Where not a single worker can be started the
    work is done here.
    `meanwhile` is called once, when the first orders are out; `done` with each result and the number of items it ends.
    `faults` takes the tracebacks of items that `work` raised something for; they are lost, too.
    Raises: RuntimeError with such a traceback, where nobody takes them.
    """
    task, orders = _Task(work, again, batches), _Orders(len(batches), reserves=again is not None)
    results: dict[tuple[int, int], Result] = {}
    busy: dict[int, _Busy] = {}
    idle: list[_Worker] = []
    most = min(count, _MOST_WORKERS)
    try:
        while orders or busy:
            while len(busy) < most and (handed := _hand_out(orders, idle)) is not None:
                order, worker = handed
                worker = worker or _start(task, [*idle, *(one.worker for one in busy.values())], allowance)
                if worker is None:  # no process or descriptor left: go on with those there are
                    orders.put_back(order)
                    most = len(busy)
                    break
                orders.given(order, worker)
                busy[worker.answers] = _Busy(worker, order, monotonic() + patience)
                with suppress(BrokenPipeError):  # it died while idle: the end of its answers says so below
                    os.write(worker.orders, _number(order[0] << 32 | order[1]))
            if meanwhile is not None:
                meanwhile()
                meanwhile = None
            if not busy:
                order = orders.whichever()
                results[order] = task.do(order)
                orders.add(order[0], task.left(order, results[order]))
                continue
            for one in _ready(busy):
                del busy[one.worker.answers]
                answer, why = _outcome(one)
                if answer is None:
                    orders.gone(one.worker)
                else:
                    idle.append(one.worker)
                    if answer.fault is not None and faults is None:
                        raise RuntimeError(f"in a worker process:\n{answer.fault}")
                items = task.items(one.order)
                if why and len(items) > 1:
                    orders.add(one.order[0], range(len(items)))
                    continue
                if answer is not None and answer.fault is not None and faults is not None:
                    faults.append(answer.fault)
                results[one.order] = lost(items, why) if answer is None or why else answer.result  # type: ignore[assignment]
                left = task.left(one.order, results[one.order])
                orders.add(one.order[0], left)
                if done is not None:
                    done(results[one.order], len(items) - len(left))
    finally:
        _dismiss((*idle, *(one.worker for one in busy.values())))
    return [results[order] for order in sorted(results)]


def _dismiss(workers: Iterable[_Worker]) -> None:
    """End workers; another Ctrl-C must not leave anybody behind."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    for worker in workers:
        os.kill(worker.pid, signal.SIGKILL)
        _end(worker)
    signal.signal(signal.SIGINT, before)


def _hand_out(orders: _Orders, idle: list[_Worker]) -> tuple[tuple[int, int], _Worker | None] | None:
    """Return an order and the idle worker that it is for, if it is for none a new one; None: there is none to give."""
    for place, worker in enumerate(idle):
        order = orders.next(worker)
        if order is not None:
            del idle[place]
            return order, worker
    order = orders.next() if not idle else None
    return None if order is None else (order, None)


def _outcome(one: _Busy) -> tuple[_Answer | None, str]:
    """Return a worker's answer, None if it is at its end, and why the order came to nothing, if it did."""
    late = monotonic() >= one.deadline
    answer = None if late else _receive(one.worker.answers)
    if answer is not None:
        return answer, FAULT if answer.fault is not None else ""
    if late:
        os.kill(one.worker.pid, signal.SIGKILL)
    end = _end(one.worker)
    return None, LATE if late else end


def _ready(busy: dict[int, _Busy]) -> list[_Busy]:
    """Wait for answers, and return whose have come; those whose time is up count as come."""
    first = min(one.deadline for one in busy.values())
    poll = select.poll()
    for answers in busy:
        poll.register(answers, select.POLLIN)
    come = {answers for answers, _ in poll.poll(max(0.0, first - monotonic()) * 1000)}
    now = monotonic()
    return [one for answers, one in busy.items() if answers in come or one.deadline <= now]


def _start(task: _Task, others: Sequence[_Worker], allowance: float) -> _Worker | None:
    import pickle  # noqa: F401  before the fork: both sides need it
    import resource  # noqa: F401

    opened: list[int] = []
    _fill()
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
            _bind()
            _serve(task, orders, answers, allowance)
        finally:
            # Neither the parent's buffers nor its exit handlers are this process's to run.
            os._exit(1)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    os.close(orders)
    os.close(answers)
    return _Worker(pid, ordering, answering)


def _fill() -> None:
    """Open what of the standard streams is closed: a pipe in its place would take what is meant for them."""
    for stream in range(3):
        try:
            os.fstat(stream)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _bind() -> None:
    """Limit this process's memory; what it leaves behind when it dies, and prints, is nobody's to read."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold whole secrets
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    used = 0
    with suppress(OSError), open("/proc/self/statm", "rb") as stream:
        used = int(stream.read().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = min(one for one in (used + MEMORY, soft, hard) if one != resource.RLIM_INFINITY)
    with suppress(OSError, ValueError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _serve(task: _Task, orders: int, answers: int, allowance: float) -> NoReturn:
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    while order := os.read(orders, _NUMBER):
        signal.setitimer(signal.ITIMER_PROF, allowance)
        try:
            answer = _Answer(task.do(divmod(int.from_bytes(order, "little"), 1 << 32)))
        except MemoryError:
            os._exit(_FULL)
        except Exception:  # noqa: BLE001  told to the parent, which raises it
            import traceback

            answer = _Answer(None, traceback.format_exc())
        signal.setitimer(signal.ITIMER_PROF, 0)
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
    if code == -signal.SIGPROF:
        return LATE
    if code == _FULL:
        return "not enough memory"
    return f"a worker was killed by signal {-code}" if code < 0 else f"a worker ended with code {code}"
