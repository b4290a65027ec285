"""A whole history: git alone reading the objects, git alone telling the differences, keylint, and keylint again.

Usage: history.py [REPOSITORY ...]

Without a repository it makes one from a seed: 4,000 commits on 300 files, two of which held a key for a while.
"""

from __future__ import annotations

import ctypes
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from measure import KEYLINT

from keylint.policy.placeholders import expand

RUNS = 3
COMMITS, FILES, LINES = 4000, 300, 200
READING = ["git", "cat-file", "--batch-all-objects", "--buffer", "--batch"]
# It ends at the first object that is missing.
TELLING = ["git", "log", "--all", "-p", "-U0"]
SCANNING = [KEYLINT, "scan", "--history", "--isolated", "--jobs", "2"]
_ADOPT_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER


def made(folder: Path) -> Path:
    """Fill a bare repository with a history, the same on every run."""
    generator = random.Random(64)
    words = ["".join(generator.choices("abcdefghijklmnopqrstuvwxyz", k=generator.randint(2, 12))) for _ in range(2000)]

    def line() -> str:
        return f"    {' '.join(generator.choices(words, k=8))} = {generator.randint(0, 9999)}\n"

    files = [[line() for _ in range(LINES)] for _ in range(FILES)]
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(folder)], check=True)
    with subprocess.Popen(["git", "-C", str(folder), "fast-import", "--quiet"], stdin=subprocess.PIPE) as git:
        assert git.stdin is not None
        for number in range(COMMITS):
            message = f"Change {number}\n".encode()
            who = f"Alice <alice@example.org> {1_700_000_000 + 60 * number} +0000".encode()
            git.stdin.write(b"commit refs/heads/main\ncommitter " + who + b"\ndata %d\n" % len(message) + message)
            for file in range(FILES) if number == 0 else generator.sample(range(FILES), 3):
                files[file][generator.randrange(LINES)] = line()
                lines = list(files[file])
                if file < 2 and number < COMMITS // 2:
                    lines[0] = expand(f'API_KEY = "{{{{key:history-{file}}}}}"\n')
                text = "".join(lines).encode()
                git.stdin.write(b"M 644 inline package/module%d.py\ndata %d\n" % (file, len(text)) + text + b"\n")
    subprocess.run(["git", "-C", str(folder), "gc", "-q"], check=True)
    return folder


class Cost(NamedTuple):
    """What a command and all it started took. Units: seconds, MiB of the largest process."""

    wall: float
    cpu: float
    peak: float

    def __str__(self) -> str:
        return f"{self.wall:6.2f} s wall, {self.cpu:6.2f} s CPU, {self.peak:4.0f} MiB"


def cost(command: Sequence[str]) -> Cost:
    """Run a command. Keylint's workers are killed when they are done: the git of each is waited for here."""
    start = time.perf_counter()
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wall = cpu = peak = 0.0
    while True:
        try:
            pid, _, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return Cost(wall, cpu, peak)
        if pid == running.pid:
            wall = time.perf_counter() - start
            running.returncode = 0
        cpu += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss / 1024)


def compare(repository: Path) -> None:
    """Print what each takes, the best of a few runs in turn, and keylint's ratios to git."""
    os.chdir(repository)
    os.environ["GIT_NO_LAZY_FETCH"] = "1"
    taken: list[list[Cost]] = []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as cache:
            os.environ["KEYLINT_CACHE_DIR"] = cache
            taken.append([cost(command) for command in (READING, TELLING, SCANNING, SCANNING)])
    reading, telling, first, second = (min(costs) for costs in zip(*taken, strict=True))
    print(f"{repository.name}\n  git cat-file  {reading}\n  git log -p    {telling}")
    print(f"  keylint       {first}: {first.wall / reading.wall:.2f} of git cat-file")
    print(f"  once more     {second}: {second.wall / first.wall:.3f} of the first time")


def main() -> None:
    """Compare on the repositories named, or on one that is made."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
    if len(sys.argv) > 1:
        for repository in sys.argv[1:]:
            compare(Path(repository).resolve())
        return
    with tempfile.TemporaryDirectory() as folder:
        compare(made(Path(folder, "history.git")))


if __name__ == "__main__":
    main()
