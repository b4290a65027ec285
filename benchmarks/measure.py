"""CPU and wall time of whole processes, taken in turn, so that a drifting machine harms all of them alike."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

KEYLINT = str(Path(sys.executable).with_name("keylint"))
RIPGREP_PATTERN = "(?<![A-Za-z0-9])[A-Za-z0-9]{64}(?![A-Za-z0-9])"


class Cost(NamedTuple):
    """Medians over the runs. Units: seconds."""

    cpu: float
    wall: float


def costs(commands: Sequence[Sequence[str]], runs: int) -> list[Cost]:
    """Run the commands in turn, once unmeasured to warm the caches, and return the medians of each."""
    taken: list[list[Cost]] = [[] for _ in commands]
    for number in range(runs + 1):
        for command, times in zip(commands, taken, strict=True):
            before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            end, after = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
            if number:
                cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
                times.append(Cost(cpu, end - start))
    return [Cost(*(statistics.median(column) for column in zip(*times, strict=True))) for times in taken]
