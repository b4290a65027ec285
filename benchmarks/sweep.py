"""Sweeps of many repositories that are made from a seed: the same findings however they are run, and what they cost.

Usage: sweep.py [ways|again|kills|scale] [NUMBER] [FOLDER]

ways   NUMBER repositories (100): in one process at a time, with one killed, on Dask, with a Dask worker killed half-way
again  NUMBER repositories (100): a second sweep with nothing new, as a share of the first
kills  a sweep of NUMBER repositories (40) killed at 20 moments and taken up again
scale  sweeps of 10, 100, … up to NUMBER repositories (1000): seconds, memory, size of the store

The repositories are those in FOLDER, and made there if there is none.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from corpora import head, modified
from measure import KEYLINT, Cost, Run, cost

from keylint.policy.placeholders import expand

DAY = "2026-11-22"
COMMITS, FILES, LINES = 20, 12, 60
# One in so many holds a key, one in so many is a fork of the one before.
KEYS, FORKS = 5, 7


def made(folder: Path, count: int) -> None:
    """Fill a folder with bare repositories, the same on every run."""
    generator = random.Random(64)
    words = ["".join(generator.choices("abcdefghijklmnopqrstuvwxyz", k=generator.randint(2, 12))) for _ in range(2000)]
    for number in range(count):
        repository = folder / f"{number // 100:03}" / f"repository{number:05}.git"
        if number % FORKS == FORKS - 1:
            before = number - 1
            shutil.copytree(folder / f"{before // 100:03}" / f"repository{before:05}.git", repository)
            _commits(repository, generator, words, number, 1, on_top=True)
            continue
        subprocess.run(["git", "init", "-q", "--bare", "--template=", "-b", "main", str(repository)], check=True)
        _commits(repository, generator, words, number, COMMITS, on_top=False)


def _commits(
    repository: Path, generator: random.Random, words: list[str], number: int, count: int, *, on_top: bool
) -> None:
    with subprocess.Popen(["git", "-C", str(repository), "fast-import", "--quiet"], stdin=subprocess.PIPE) as git:
        assert git.stdin is not None
        for at in range(count):
            parent = "from refs/heads/main^0" if on_top and at == 0 else ""
            git.stdin.write(head("main", at + 100 * on_top, f"Change {at}", parent))
            for file in range(FILES) if at == 0 and not on_top else generator.sample(range(FILES), 2):
                lines = [f"    {' '.join(generator.choices(words, k=8))} = {at}\n" for _ in range(LINES)]
                if file == 0 and number % KEYS == 0:
                    lines[0] = expand(f'API_KEY = "{{{{key:sweep-{number % 60}}}}}"\n')
                git.stdin.write(modified(f"package/module{file}.py", "".join(lines).encode()))


def sweep(folder: Path, store: Path, *more: str) -> list[str]:
    """Return the command; what it remembers outside the store lies beside that."""
    return [KEYLINT, "sweep", str(folder), "--store", str(store), "--today", DAY, "--format", "json", *more]


def environment(store: Path) -> dict[str, str]:
    """Return an environment in which nothing is remembered but beside this store."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**inherited, "KEYLINT_CACHE_DIR": f"{store}.cache"}


def run(
    command: list[str], store: Path, meddle: Callable[[subprocess.Popen[bytes]], None] | None = None
) -> tuple[float, str]:
    """Return the seconds, and a digest of all that was found."""
    start = time.perf_counter()
    with subprocess.Popen(command, env=environment(store), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as begun:
        if meddle is not None:
            meddle(begun)
        assert begun.stdout is not None
        out = begun.stdout.read()
    return time.perf_counter() - start, digest(out)


def digest(out: bytes) -> str:
    """Return a digest of the findings and of how every repository fared."""
    document = json.loads(out)
    fared = [(one["name"], one["state"] != "failed") for one in document["repositories"]]
    found = [{name: value for name, value in one.items() if name != "new"} for one in document["findings"]]
    text = json.dumps([fared, found], sort_keys=True)
    return f"{len(found)} findings {hashlib.sha256(text.encode()).hexdigest()[:12]}"


def ways(folder: Path, work: Path) -> None:
    """Print what each way of running a sweep takes and finds."""

    def kill_a_child(begun: subprocess.Popen[bytes]) -> None:
        time.sleep(1.0)
        children = subprocess.run(["pgrep", "-P", str(begun.pid)], capture_output=True, text=True, check=False).stdout
        if children:
            os.kill(int(children.split()[0]), signal.SIGKILL)

    first, found = run(sweep(folder, work / "serial.db", "--jobs", "1"), work / "serial.db")
    print(f"one at a time: {first:.1f} s, {found}")
    for name, more, meddle in (
        ("two at a time", ["--jobs", "2"], None),
        ("two at a time, one process killed", ["--jobs", "2"], kill_a_child),
        ("Dask, two worker processes", ["--dask", "local", "--jobs", "2"], None),
    ):
        store = work / f"{name.replace(' ', '-')}.db"
        seconds, same = run(sweep(folder, store, *more), store, meddle)
        print(f"{name}: {seconds:.1f} s, {seconds / first:.2f} times, {same}{'' if same == found else ' DIFFERS'}")
    scheduler = subprocess.Popen(["dask", "scheduler", "--port", "18786", "--no-dashboard"], stderr=subprocess.DEVNULL)
    worker = ["dask", "worker", "tcp://127.0.0.1:18786", "--nworkers", "1", "--nthreads", "1", "--no-dashboard"]
    workers = [subprocess.Popen(worker, stderr=subprocess.DEVNULL, start_new_session=True) for _ in range(2)]
    try:

        def kill_a_worker(_begun: subprocess.Popen[bytes]) -> None:
            time.sleep(first * 0.4)
            os.killpg(workers[0].pid, signal.SIGKILL)

        store = work / "cluster.db"
        seconds, same = run(sweep(folder, store, "--dask", "tcp://127.0.0.1:18786"), store, kill_a_worker)
        print(f"Dask, one of two workers killed: {seconds:.1f} s, {same}{'' if same == found else ' DIFFERS'}")
    finally:
        for one in (*workers, scheduler):
            one.kill()
            one.wait()


def again(folder: Path, work: Path) -> None:
    """Print what a second sweep takes when nothing is new."""
    store = work / "again.db"
    (first, found), (second, same) = (_measured(folder, work, store) for _ in range(2))
    told = "the same" if found == same else "NOT THE SAME"
    print(
        f"first {first.wall:.2f} s, second {second.wall:.2f} s: one {first.wall / second.wall:.0f}th; of processors "
        f"{first.cpu:.2f} s, {second.cpu:.2f} s: one {first.cpu / second.cpu:.0f}th; {told}"
    )


def _measured(folder: Path, work: Path, store: Path) -> tuple[Cost, str]:
    said = work / "said.json"
    taken = cost(Run(sweep(folder, store), work, str(said), environment(store)))
    return taken, digest(said.read_bytes())


def kills(folder: Path, work: Path) -> None:
    """Print whether sweeps that were killed and taken up again found what one that was not did."""
    seconds, found = run(sweep(folder, work / "whole.db"), work / "whole.db")
    generator = random.Random(64)
    same = 0
    for number in range(20):
        store = work / f"killed{number}.db"
        command = sweep(folder, store)
        begun = subprocess.Popen(command, env=environment(store), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(generator.uniform(0, seconds))
        begun.kill()
        begun.wait()
        same += run([*command, "--resume"], store)[1] == found
    print(f"{same} of 20 sweeps that were killed and resumed found the same: {found}")


def scale(folder: Path, work: Path, most: int) -> None:
    """Print what sweeps of ten times as many repositories cost."""
    for count, pattern in ((10, "000/repository0000?.git"), (100, "000"), (1000, "00?"), (10_000, "???")):
        if count > most:
            return
        store = work / f"{count}.db"
        (first, found), (second, _) = (_measured(folder / pattern, work, store) for _ in range(2))
        times = [f"{one.wall:.1f} s, of processors {one.cpu:.1f} s" for one in (first, second)]
        print(
            f"{count} repositories: {times[0]}, {1000 * first.wall / count:.0f} ms each; again {times[1]}; "
            f"peak {first.peak:.0f} MB; store {store.stat().st_size / 1e6:.1f} MB; {found}",
            flush=True,
        )


def main() -> None:
    """Run what is asked for."""
    what = sys.argv[1] if len(sys.argv) > 1 else "ways"
    number = int(sys.argv[2]) if len(sys.argv) > 2 else {"kills": 40, "scale": 1000}.get(what, 100)
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        folder = Path(sys.argv[3]).resolve() if len(sys.argv) > 3 else work / "repositories"
        if not folder.exists():
            made(folder, number)
        if what == "scale":
            scale(folder, work, number)
        else:
            {"ways": ways, "again": again, "kills": kills}[what](folder, work)


if __name__ == "__main__":
    main()
