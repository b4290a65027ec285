"""Worker processes that may die: what kills one is found, reported and left out, everything else is done.

Not concurrent.futures: after one killed worker its pool gives up on every task that is left.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections import deque
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import NamedTuple, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Worker(NamedTuple):
    process: BaseProcess
    pipe: Connection


class _Fault(NamedTuple):
    """An exception in a worker: a fault of keylint's own, told with its traceback."""

    traceback: str


def run(
    work: Callable[[Sequence[Item]], Result],
    batches: Sequence[Sequence[Item]],
    workers: int,
    lost: Callable[[Sequence[Item], str], Result],
) -> list[Result]:
    """Return the results of all batches, in their order (a batch that had to be split gives several).

    A batch whose worker dies is done again item by item; an item that kills its worker alone becomes
    `lost(items, why)`. Raises: RuntimeError with the traceback of what `work` raised.
    """
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    pending: deque[tuple[tuple[int, int], Sequence[Item]]] = deque(((place, 0), batch) for place, batch in enumerate(batches))
    results: dict[tuple[int, int], Result] = {}
    busy: dict[Connection, tuple[_Worker, tuple[int, int], Sequence[Item]]] = {}
    idle: list[_Worker] = []

    def start() -> _Worker:
        here, there = context.Pipe()
        process = context.Process(target=_serve, args=(there, work), daemon=True)
        process.start()
        there.close()
        return _Worker(process, here)

    try:
        while pending or busy:
            while pending and len(busy) < workers:
                worker = idle.pop() if idle else start()
                place, batch = pending.popleft()
                try:
                    worker.pipe.send(batch)
                except OSError:  # died while idle: nothing of the batch was begun
                    pending.appendleft((place, batch))
                    continue
                busy[worker.pipe] = (worker, place, batch)
            for pipe in wait(list(busy)):
                assert isinstance(pipe, Connection)
                worker, place, batch = busy.pop(pipe)
                try:
                    outcome = pipe.recv()
                except (EOFError, OSError):
                    worker.process.join()
                    if len(batch) > 1:
                        pending.extend(((place[0], 1 + at), [item]) for at, item in enumerate(batch))
                    else:
                        results[place] = lost(batch, _ended(worker.process))
                    continue
                if isinstance(outcome, _Fault):
                    raise RuntimeError(f"in a worker process:\n{outcome.traceback}")
                results[place] = outcome
                idle.append(worker)
    finally:
        for worker in (*idle, *(worker for worker, _, _ in busy.values())):
            worker.process.terminate()
            worker.pipe.close()
    return [results[place] for place in sorted(results)]


def _ended(process: BaseProcess) -> str:
    code = process.exitcode
    return f"a worker was killed by signal {-code} on it" if code is not None and code < 0 else f"a worker ended with {code} on it"


def _serve(pipe: Connection, work: Callable[[Sequence[Item]], Result]) -> None:
    import signal

    # Ctrl-C reaches the whole group: the parent alone answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            batch = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            outcome: object = work(batch)
        except Exception:
            import traceback

            outcome = _Fault(traceback.format_exc())
        pipe.send(outcome)
