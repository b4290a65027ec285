"""What whole processes cost, run in turn, so that a drifting machine harms all of them alike."""

from __future__ import annotations

import os
import random
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

KEYLINT = str(Path(sys.executable).with_name("keylint"))
ROOT = Path(__file__).resolve().parent.parent
_PROBE = [sys.executable, "-S", "-E", str(Path(__file__).with_name("probe.py"))]
# A process starts as a copy of the probe: no peak below the probe's own can be seen.
_KIB = 1024


class Cost(NamedTuple):
    """What a command and all it started took. Units: seconds, MB of the largest process."""

    wall: float
    cpu: float
    peak: float
    code: int


class Run(NamedTuple):
    """A command to be measured, where it runs, and what is done before each time. Units: seconds."""

    command: Sequence[str]
    folder: Path
    output: str = os.devnull
    environment: Mapping[str, str] = {}
    forgets: Path | None = None
    # A command of somebody else's that takes longer than this is measured once, without a time to warm up.
    patience: float = float("inf")
    limit: float = 3600.0


class Costs(NamedTuple):
    """Medians over the runs; past the limit there is only the limit."""

    median: Cost
    runs: int


def cost(run: Run) -> Cost:
    """Run a command once."""
    if run.forgets is not None:
        shutil.rmtree(run.forgets, ignore_errors=True)
    done = subprocess.run(
        [*_PROBE, str(run.limit), run.output, *run.command],
        cwd=run.folder,
        env={**os.environ, **run.environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    code, wall, cpu, peak = done.stdout.split()
    return Cost(float(wall), float(cpu), int(peak) * _KIB / 1e6, int(code))


def in_turn(runs: Sequence[Run], rounds: int, tell: Callable[[int, Cost], None] = lambda *_: None) -> list[Costs]:
    """Run each once to warm the caches, then all of them so many times, each round in another order."""
    generator = random.Random(64)
    taken: list[list[Cost]] = []
    rest = []
    for number, run in enumerate(runs):
        first = cost(run)
        tell(number, first)
        slow = first.wall > run.patience or first.code < 0
        taken.append([first] if slow else [])
        if not slow:
            rest.append(number)
    for _ in range(rounds):
        generator.shuffle(rest)
        for number in rest:
            taken[number].append(cost(runs[number]))
    return [Costs(_median(costs), len(costs)) for costs in taken]


def _median(costs: Sequence[Cost]) -> Cost:
    wall, cpu, peak = (statistics.median(column) for column in list(zip(*costs, strict=True))[:3])
    return Cost(wall, cpu, peak, costs[-1].code)
