"""What keylint stands: hostile texts, and ever larger trees. Rewrites the figures of docs/reliability.md."""

from __future__ import annotations

import json
import random
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from measure import KEYLINT, ROOT, Run, cost
from page import machine, rewrite

from keylint.policy.placeholders import expand

PAGE = ROOT / "docs" / "reliability.md"
# A program that builds a client is parsed in every language.
HEAD = 'import binance\nBINANCE_API_KEY = "{{key:reliability}}"\nBinanceClient(BINANCE_API_KEY)\n'
# Files of which one in so many speaks of the exchange, and is parsed; and how many of them hold a key.
PARSED = 10
TREES = ((1_000, 0), (10_000, 0), (100_000, 0), (10_000, 100), (10_000, 1_000))
# What every name in a listing may cost, and every finding of a report in JSON. Units: bytes.
A_NAME, A_FINDING = 500, 16_000
_NOISE = (
    '"',
    "'",
    "`",
    "${",
    "}",
    "(",
    ")",
    "<",
    ">",
    "\n",
    " ",
    "a",
    "=",
    ":",
    ";",
    "#",
    "/*",
    "*/",
    "@",
    "\\",
    "<<A\n",
)

# What a stranger may put behind a key, and the names of the files that get it.
TEXTS = {
    "300,000 signs at random": ("py js sh kt cs rb yaml".split(), "".join(random.Random(1).choices(_NOISE, k=300_000))),
    "100,000 open brackets": ("py ts json yaml toml".split(), "([{" * 33_333),
    "50,000 types in types": ("cs kt java ts".split(), "List<" * 50_000),
    "50,000 open templates": ("js ts kt".split(), "`${" * 50_000),
    "5,000 open here documents": (["sh"], "".join(f"cat <<E{number}\n" for number in range(5_000))),
    "100,000 anchors": (["yaml"], "&a " * 100_000),
    "300,000 open elements": (["xml"], "<a>" * 300_000),
    "20,000 keys": (["env"], "".join(f"BINANCE_API_KEY_{n}={{{{key:{n}}}}}\n" for n in range(20_000))),
    "99 MB of empty lines": (["txt"], "\n" * (99 << 20)),
}


class Outcome(NamedTuple):
    """What a scan took. Units: processor seconds, the peak of its largest process in MB."""

    code: int
    seconds: float
    peak: int
    findings: int
    skipped: tuple[str, ...]


def main() -> None:
    """Measure, print and write down."""
    with tempfile.TemporaryDirectory() as folder:
        lines = [*hostile(Path(folder, "hostile")), "", *soak(Path(folder, "soak"))]
    told = [f"Measured on {time.strftime('%Y-%m-%d', time.gmtime())}: {machine()}.", "", *lines]
    print("\n".join(told))
    rewrite(PAGE, {"figures": told})


def scan(folder: Path) -> Outcome:
    """Scan a folder as a user does."""
    command = [KEYLINT, "scan", ".", "--isolated", "--format", "json", "--fail-on", "never"]
    said = folder.with_name(f"{folder.name}.json")
    taken = cost(Run(command, folder, str(said)))
    report = json.loads(said.read_text(encoding="utf-8"))
    skipped = tuple(skip["reason"] for skip in report["scanned"]["skipped"])
    return Outcome(taken.code, taken.cpu, round(taken.peak), len(report["findings"]), skipped)


def hostile(folder: Path) -> list[str]:
    """Scan texts made to break readers, each alone."""
    rows = ["| after a key | in files | most processor time | peak | outcome |", "|---|---|---|---|---|"]
    for what, (endings, text) in TEXTS.items():
        costs = []
        for ending in endings:
            place = folder / f"{what} {ending}"
            place.mkdir(parents=True)
            (place / f"bot.{ending}").write_text(expand(HEAD + text), encoding="utf-8")
            costs.append(scan(place))
        found = sum(cost.findings > 0 for cost in costs)
        told = sum(bool(cost.skipped) and cost.code == 4 for cost in costs)
        outcome = ", ".join(
            text for count, text in ((found, f"key found in {found}"), (told, f"told as not scanned: {told}")) if count
        )
        assert found + told >= len(costs), what
        seconds, peak = max(cost.seconds for cost in costs), max(cost.peak for cost in costs)
        rows.append(f"| {what} | {', '.join(endings)} | {seconds:.1f} s | {peak:,} MB | {outcome} |")
        print(rows[-1], flush=True)
    return rows


def soak(folder: Path) -> list[str]:
    """Scan trees of growing size: memory grows by the names of files and by what is found, and by nothing else."""
    rows = ["| files | of them parsed | findings | processor time | peak |", "|---|---|---|---|---|"]
    least = 0
    for size, keys in TREES:
        tree = folder / f"{size} {keys}"
        for number in range(size):
            place = tree / f"d{number // 100}"
            if number % 100 == 0:
                place.mkdir(parents=True)
            text = f"import os\n\nNUMBER = {number}\n" * 40
            if number % PARSED == 0:
                text = f"import binance\n{text}"
            if number < keys * PARSED and number % PARSED == 0:
                text += expand(f'API_KEY = "{{{{key:{number}}}}}"\n')
            (place / f"file{number}.py").write_text(text, encoding="utf-8")
        cost = scan(tree)
        assert (cost.code, cost.findings, cost.skipped) == (0, keys, ())
        least = least or cost.peak
        assert (cost.peak - least << 20) < size * A_NAME + keys * A_FINDING + (8 << 20), (size, keys, cost.peak)
        rows.append(f"| {size:,} | {size // PARSED:,} | {keys:,} | {cost.seconds:.1f} s | {cost.peak:,} MB |")
        print(rows[-1], flush=True)
    return rows


if __name__ == "__main__":
    main()
