"""The sieve beside regular expressions on the same bytes: this checkout's own text, many times over."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from measure import ROOT

from keylint.sieve import accelerate, of_interest, runs

CHUNK = 20_000
TOTAL = 20_000_000


def rate(work: Callable[[bytes], object], chunks: list[bytes]) -> float:
    """Return megabytes a second, the best of five."""
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        for chunk in chunks:
            work(chunk)
        best = min(best, time.perf_counter() - start)
    return sum(map(len, chunks)) / best / 1e6


def main() -> None:
    """Print the ratios."""
    text = b"\n".join(path.read_bytes() for path in sorted(ROOT.glob("keylint/**/*.py")))
    data = text * (TOTAL // len(text) + 1)
    chunks = [data[at : at + CHUNK] for at in range(0, TOTAL, CHUNK)]
    bounded = re.compile(rb"(?<![A-Za-z0-9])[A-Za-z0-9]{64}(?![A-Za-z0-9])")
    plain = re.compile(rb"[A-Za-z0-9]{64}")
    slowest = rate(lambda chunk: list(bounded.finditer(chunk)), chunks)
    rates = {
        "re with lookarounds": slowest,
        "re without": rate(lambda chunk: list(plain.finditer(chunk)), chunks),
        "runs": rate(lambda chunk: list(runs(chunk)), chunks),
        "of_interest": rate(of_interest, chunks),
    }
    accelerate()
    rates["runs, with hyperscan"] = rate(lambda chunk: list(runs(chunk)), chunks)
    rates["of_interest, with hyperscan"] = rate(of_interest, chunks)
    for name, megabytes in rates.items():
        print(f"{name}: {megabytes:.0f} MB/s, {megabytes / slowest:.1f} times re with lookarounds")


if __name__ == "__main__":
    main()
