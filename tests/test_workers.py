"""Worker processes: order, death, faults, interruption."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Run, write

from keylint.sources import Entry
from keylint.sources.reading import read_file
from keylint.workers import LATE, Again, run


def double(items: Sequence[int]) -> list[int]:
    return [2 * item for item in items]


def lost(items: Sequence[int], why: str) -> list[int | str]:
    return [*items, why]


def test_results_come_in_order() -> None:
    batches = [[place, place + 1] for place in range(50)]
    assert run(double, batches, 3, lambda items, why: []) == [[2 * place, 2 * place + 2] for place in range(50)]


def test_results_larger_than_a_pipe() -> None:
    assert run(lambda items: [b"x" * 10_000_000], [[1], [2]], 2, lambda items, why: []) == [[b"x" * 10_000_000]] * 2


def test_what_kills_a_worker_is_left_out_and_the_rest_is_done() -> None:
    def work(items: Sequence[int]) -> list[int | str]:
        if 7 in items:
            os.kill(os.getpid(), signal.SIGKILL)
        return [2 * item for item in items]

    results = run(work, [[1, 2], [6, 7, 8], [9]], 2, lost)
    assert results == [[2, 4], [12], [7, "a worker was killed by signal 9"], [16], [18]]


ODD = Again(lambda items: [("again", os.getpid(), item) for item in items], lambda result: result[0])


def look(items: Sequence[int]) -> tuple[list[int], list[tuple[str, int, int]]]:
    """Leave the odd ones."""
    return [place for place, item in enumerate(items) if item % 2], [("first", os.getpid(), item) for item in items]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_what_is_left_is_looked_at_again_one_by_one(count: int) -> None:
    results = run(look, [[1, 2, 3], [4], [5]], count, lambda items, why: ([], []), again=ODD)
    seen = [
        (kind, item) for result in results for kind, _, item in (result[1] if isinstance(result, tuple) else result)
    ]
    assert [item for kind, item in seen if kind == "first"] == [1, 2, 3, 4, 5]
    assert [item for kind, item in seen if kind == "again"] == [1, 3, 5]


def test_a_few_that_are_left_are_one_workers() -> None:
    results = run(look, [[place] for place in range(15)], 3, lambda items, why: ([], []), again=ODD)
    assert len({result[0][1] for result in results if isinstance(result, list)}) == 1


def test_what_kills_the_second_look_is_left_out_and_the_rest_is_done() -> None:
    def closely(items: Sequence[int]) -> list[int]:
        if items == [3]:
            os.kill(os.getpid(), signal.SIGKILL)
        return list(items)

    again = Again(closely, lambda result: result if isinstance(result, range) else ())
    results = run(lambda items: range(len(items)), [[1, 2, 3, 4]], 2, lost, again=again)
    assert results == [[1], [2], [3, "a worker was killed by signal 9"], [4], range(4)]


def test_a_worker_that_leaves() -> None:
    def work(items: Sequence[int]) -> list[int | str]:
        if items == [2]:
            os._exit(3)
        return list(items)

    assert run(work, [[1], [2], [3]], 1, lost) == [[1], [2, "a worker ended with code 3"], [3]]


def test_a_fault_in_a_worker_is_told_with_its_traceback() -> None:
    def work(items: Sequence[int]) -> list[int]:
        raise ZeroDivisionError("on purpose")

    with pytest.raises(RuntimeError, match="ZeroDivisionError: on purpose"):
        run(work, [[1], [2]], 2, lambda items, why: [])


def test_no_child_and_no_descriptor_is_left() -> None:
    before = set(os.listdir("/proc/self/fd"))
    run(double, [[1], [2], [3]], 2, lambda items, why: [])
    assert set(os.listdir("/proc/self/fd")) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_killed_worker_makes_the_scan_incomplete(
    keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {f"file{place}.txt": "text" for place in range(1200)})

    def read(entry: Entry, *others: Any) -> object:
        if entry.path == "file7.txt":
            os.kill(os.getpid(), signal.SIGKILL)
        return read_file(entry, *others)

    monkeypatch.setattr("keylint.scanner.read_file", read)
    result = keylint("scan", str(tmp_path), "--jobs", "2", "--format", "json")
    assert result.code == 4
    assert result.report["scanned"]["files"] == 1199
    assert result.report["scanned"]["skipped"] == [
        {"path": "file7.txt", "reason": "unreadable", "detail": "a worker was killed by signal 9"}
    ]


def test_interruption_ends_with_130_and_leaves_nobody(tmp_path: Path) -> None:
    for place in range(1500):
        os.mkfifo(tmp_path / f"pipe{place}")
    script = (
        "import time, keylint.scanner as scanner; from keylint.cli import main\n"
        "scanner.read_file = lambda *_: time.sleep(60)\n"
        "print('ready', flush=True); raise SystemExit(main(['scan', '--jobs', '2', '.']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        time.sleep(1)
        os.killpg(process.pid, signal.SIGINT)
        assert process.stderr.read() == b"keylint: interrupted\n"
        assert process.wait(30) == 130
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_a_worker_that_says_nothing_is_given_up() -> None:
    def work(items: Sequence[int]) -> list[int | str]:
        if 2 in items:
            os.kill(os.getpid(), signal.SIGSTOP)
        return list(items)

    assert run(work, [[1], [2, 3], [4]], 2, lost, patience=0.5) == [[1], [2, LATE], [3], [4]]


def test_without_a_process_to_spare_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> int:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", fail)
    assert run(double, [[1], [2]], 2, lambda items, why: []) == [[2], [4]]


def test_more_workers_than_there_is_work_for() -> None:
    assert run(double, [[1]] * 100, 700, lambda items, why: []) == [[2]] * 100
