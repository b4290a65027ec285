"""keylint beside its peers: all of them in turn, in one run. Rewrites the figures of docs/benchmarks.md.

Usage: bench.py [--small] [WORK ...]          works: hook, tree, data, planted, history, install, scaling (default: all)
       bench.py --path CHECKOUT [WORK ...]    works: tree, history; prints, and writes nothing down

Tools and corpora stay in build/peers and build/bench for the next run. --small tries it out: a hundredth of the sizes,
printed.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import corpora
import peers
from measure import ROOT, Cost, Costs, Run, in_turn
from page import machine, rewrite
from peers import Ask, Call, Installed, Place

PAGE = ROOT / "docs" / "benchmarks.md"
BUILD = ROOT / "build"
# Peers that take so many seconds are ended.
LIMIT = 40.0
# Kingfisher's for findings; the others and keylint end with 1.
DONE = (0, 1, 200)
FILES = 36_487
# One planted file in so many is in a large tree: few have more than a handful of keys.
FEW = 10
SCALES = (1, 10, 100)
# What an installation may take. Units: MB.
INSTALL = 30
SCANNERS = ("kingfisher", "betterleaks", "gitleaks", "detect-secrets", "credsweeper", "secretlint")


class Work(NamedTuple):
    """What is done, on what, how often, what it aims at, and past how many seconds a peer is measured once."""

    what: str
    calls: str
    make: Callable[[Path], None]
    rounds: int
    keys: frozenset[Place] = frozenset()
    targets: tuple[Target, ...] = ()
    staged: Sequence[str] = ()
    patience: float = 10.0


class Target(NamedTuple):
    """At most so many times the wall time of the fastest of some, or so many seconds. Shape: `of` starts a label."""

    text: str
    most: float
    of: tuple[str, ...] = ()


class Row(NamedTuple):
    """One call and what it came to. Shape: lines of keys found, lines elsewhere; None where nothing was read."""

    call: Call
    costs: Costs
    found: int | None = None
    alarms: int | None = None
    failure: str = ""

    @property
    def label(self) -> str:
        """What it is called in a sentence."""
        return f"{self.call.tool} ({self.call.rules})"

    @property
    def trouble(self) -> str:
        """Why its costs say nothing."""
        code = self.costs.median.code
        if code < 0:
            return f"ended after {LIMIT:.0f} s"
        return self.failure if code in DONE else f"exit code {code}"


def works(small: int) -> Mapping[str, Work]:
    """Return the works that are measured beside peers, in full size or in a part of it."""
    half = Target("at most half of any scanner's", 0.5, SCANNERS)
    few = f"one in {FEW} of the planted files, and all decoys"
    files, data, commits = FILES // small, 2_052 // small, 26_408 // small
    size, data_size, past_size = (n // small for n in (208_000_000, 100_000_000, 1_430_000_000))
    past = corpora.Past().names()
    return {
        "hook": Work(
            f"{len(corpora.STAGED)} files of 6 kB are staged in a repository of 200, none with a key.",
            "hook",
            corpora.hook,
            9,
            targets=(Target("at most 0.10 s", 0.10),),
            staged=corpora.STAGED,
            patience=2.0,
        ),
        "tree": Work(
            f"{files:,} files of a large service, {size // 10**6} MB; {few}.",
            "tree",
            partial(corpora.tree, files=files, size=size, every=FEW),
            3,
            corpora.planted_places(FEW),
            (Target("at most 1.5 times ripgrep's", 1.5, ("ripgrep (bare)",)), half),
        ),
        "data": Work(
            f"{data:,} files of notebooks, tables, minified and encoded text, {data_size // 10**6} MB; {few}.",
            "tree",
            partial(corpora.tree, files=data, size=data_size, kinds=corpora.DATA, every=FEW),
            3,
            corpora.planted_places(FEW),
            (Target("at most 1.5 times `rg -P`'s", 1.5, ("ripgrep (bare, -P)",)), half),
        ),
        "planted": Work(
            "500 files of code, 3 MB; all planted files and all decoys.",
            "tree",
            partial(corpora.tree, files=500, size=3_000_000, every=1),
            3,
            corpora.planted_places(1),
        ),
        "history": Work(
            f"{commits:,} commits, {past_size / 1e9:.2f} GB of versions of files, packed as git does. {len(past)} "
            "files held a key for a tenth of the time, some as UTF-16, some brought in by a merge.",
            "history",
            partial(corpora.history, commits=commits, size=past_size),
            2,
            frozenset((name, 0) for name in past),
            (Target("at most 1.5 times reading all objects", 1.5, ("git (cat-file",)),),
        ),
    }


def main() -> None:
    """Install, make, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("works", nargs="*", metavar="WORK")
    parser.add_argument("--path", type=Path, metavar="CHECKOUT")
    parser.add_argument("--small", action="store_true")
    asked = parser.parse_args()
    small = 100 if asked.small else 1
    known = works(small)
    if unknown := set(asked.works) - {*known, "install", "scaling"}:
        parser.error(f"unknown work: {', '.join(sorted(unknown))}")
    _settle()
    installed = {peer.name: peers.install(peer, BUILD / "peers") for peer in (peers.KEYLINT, *peers.PEERS.values())}
    if installed["keylint"].failure:
        raise SystemExit(f"keylint cannot be installed: {installed['keylint'].failure}")
    for name, one in installed.items():
        say(f"{name} {one.version}{f': {one.failure}' if one.failure else ''}")
    wanted = asked.works or [*known, "install", "scaling"]
    if asked.path:
        has_history = (asked.path / ".git").exists() or (asked.path / "objects").exists()
        for name in [work for work in ("tree", *(("history",) if has_history else ())) if work in wanted]:
            rows = measured(known[name]._replace(keys=frozenset()), asked.path.resolve(), installed)
            print("\n".join(table(rows, keys=0)))
        return
    sections = {"machine": surroundings(installed)}
    for name, work in known.items():
        if name in wanted:
            place = corpora.cached(BUILD / "bench", f"{name}-small" if asked.small else name, work.make)
            sections[name] = page_of(work, measured(work, place, installed), installed)
    if "install" in wanted:
        sections["install"] = sizes(installed)
    if "scaling" in wanted:
        sections["scaling"] = scaling(installed["keylint"].program, 10 if asked.small else 1)
    if asked.small:
        print("\n\n".join("\n".join(lines) for lines in sections.values()))
    else:
        rewrite(PAGE, sections)


def say(what: str) -> None:
    """Tell whoever waits."""
    print(what, file=sys.stderr, flush=True)


def _settle() -> None:
    """Give all tools the same home: an empty one, where caches last from one run to the next."""
    home = BUILD / "bench" / "home"
    home.mkdir(parents=True, exist_ok=True)
    for name in [
        name for name in os.environ if name.startswith(("KEYLINT_", "GIT_", "XDG_", "BETTERLEAKS_", "GITLEAKS_"))
    ]:
        del os.environ[name]
    os.environ |= {
        "HOME": str(home),
        "KF_RULE_CACHE_DIR": str(home / "rules"),
        "GIT_NO_LAZY_FETCH": "1",
        "NO_COLOR": "1",
    }


def measured(work: Work, place: Path, installed: Mapping[str, Installed]) -> list[Row]:
    """Run all tools on a corpus."""
    reports = BUILD / "bench" / "reports" / work.calls
    reports.mkdir(parents=True, exist_ok=True)
    programs = {name: one.program for name, one in installed.items() if not one.failure}
    calls = list(peers.WORKS[work.calls](Ask(programs, reports, work.staged)))
    runs = [run_of(call, place, reports / f"{number}.json", work.patience) for number, call in enumerate(calls)]

    def tell(number: int, first: Cost) -> None:
        say(f"{work.calls}: {calls[number].tool} ({calls[number].rules}): {first.wall:.2f} s, exit code {first.code}")

    taken = in_turn(runs, work.rounds, tell)
    rows = []
    for number, (call, costs) in enumerate(zip(calls, taken, strict=True)):
        row = Row(call, costs)
        report = reports / f"{number}.json"
        if call.read is not peers.unread and not row.trouble:
            # Some end alike for keys and for what they could not do.
            row = outcome(row, report, place, work.keys) if report.exists() else row._replace(failure="no report")
        report.unlink(missing_ok=True)
        rows.append(row)
    return rows


def run_of(call: Call, place: Path, report: Path, patience: float) -> Run:
    """Return how a call is run; keylint, git and ripgrep are waited for."""
    writes = peers.OUTPUT in call.command
    command = [str(report) if part == peers.OUTPUT else part for part in call.command]
    output = os.devnull if writes or call.read is peers.unread else str(report)
    run = Run(command, place, output, call.environment, call.forgets)
    return run if call.yardstick or call.tool == "keylint" else run._replace(patience=patience, limit=LIMIT)


def outcome(row: Row, report: Path, place: Path, keys: frozenset[Place]) -> Row:
    """Compare what a tool tells with what is there. Of a history paths count: tools number its lines differently."""
    by_path = any(line == 0 for _, line in keys)
    objects = _objects(place) if by_path else {}
    told = set()
    for path, line in row.call.read(report.read_text(encoding="utf-8", errors="replace")):
        name = os.path.relpath(place / path, place)
        told.add((objects.get(name, name), 0 if by_path else line))
    return row._replace(found=len(told & keys), alarms=sum(not path.startswith("planted/") for path, _ in told - keys))


def _objects(place: Path) -> dict[str, str]:
    """Map where git would keep each object by itself to its path: Kingfisher in a hurry names that alone."""
    listed = subprocess.run(
        ["git", "-C", str(place), "rev-list", "--all", "--objects"], capture_output=True, text=True, check=True
    )
    pairs = (line.partition(" ") for line in listed.stdout.splitlines())
    return {f".git/objects/{name[:2]}/{name[2:]}": path for name, _, path in pairs if path}


def page_of(work: Work, rows: Sequence[Row], installed: Mapping[str, Installed]) -> list[str]:
    """Return what the page says of a work."""
    missing = [
        f"Not measured, for it could not be installed: {name} ({one.failure})."
        for name, one in installed.items()
        if one.failure
    ]
    silent = [name for name in SCANNERS if name not in {row.call.tool for row in rows} and not installed[name].failure]
    if silent:
        missing.append(f"Not measured, for they do no such work: {', '.join(silent)}.")
    return [
        work.what,
        "",
        *table(rows, len(work.keys)),
        "",
        *missing,
        *([""] if missing else []),
        *comparison(rows),
        *(told(target, rows) for target in work.targets),
        "",
        "Command lines:",
        "",
        "```text",
        *dict.fromkeys(shown(row.call) for row in rows),
        "```",
    ]


def table(rows: Sequence[Row], keys: int) -> list[str]:
    """Return the rows as a table, the fastest first."""
    own = rows[0].costs.median
    lines = [
        "| tool | rules | wall | of keylint's | CPU | of keylint's | peak memory | keys found | false alarms | runs |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in sorted(rows, key=lambda row: (bool(row.trouble), row.costs.median.wall)):
        name = f"**{row.call.tool}**" if row.call.tool == "keylint" else row.call.tool
        cost = row.costs.median
        if row.trouble:
            lines.append(f"| {name} | {row.call.rules} | {row.trouble} | | | | | | | {row.costs.runs} |")
            continue
        found = "" if row.found is None else f"{row.found:,} of {keys:,}" if keys else f"{row.found:,}"
        alarms = "" if row.alarms is None else f"{row.alarms:,}"
        lines.append(
            f"| {name} | {row.call.rules} | {seconds(cost.wall)} | {cost.wall / own.wall:.2f} | {seconds(cost.cpu)} "
            f"| {cost.cpu / own.cpu:.2f} | {cost.peak:,.0f} MB | {found} | {alarms} | {row.costs.runs} |"
        )
    return lines


def seconds(value: float) -> str:
    """Write seconds with about three figures."""
    return f"{value:.3f} s" if value < 1 else f"{value:.2f} s" if value < 10 else f"{value:.1f} s"


def comparison(rows: Sequence[Row]) -> list[str]:
    """Say who is better than keylint at what."""
    own = rows[0]
    others = [row for row in rows if row.call.tool != "keylint" and not row.call.yardstick and not row.trouble]

    def better(measure: Callable[[Row], float | None]) -> str:
        mine = measure(own)
        names = [
            row.label for row in others if (value := measure(row)) is not None and mine is not None and value < mine
        ]
        return ", ".join(names) or "none"

    lines = []
    if others:
        best = min(others, key=lambda row: row.costs.median.wall)
        ratio = own.costs.median.wall / best.costs.median.wall
        lines = [
            f"- The fastest of the others is {best.label}: keylint takes {ratio:.2f} times its wall time.",
            f"- Less wall time than keylint: {better(lambda row: row.costs.median.wall)}.",
            f"- Less CPU: {better(lambda row: row.costs.median.cpu)}.",
            f"- Less memory: {better(lambda row: row.costs.median.peak)}.",
        ]
    if own.found is not None:
        lines.append(f"- More keys found: {better(lambda row: -row.found if row.found is not None else None)}.")
        lines.append(f"- Fewer false alarms: {better(lambda row: row.alarms)}.")
    return lines


def told(target: Target, rows: Sequence[Row]) -> str:
    """Say whether keylint is as fast as it should be."""
    wall = rows[0].costs.median.wall
    those = (
        [row.costs.median.wall for row in rows if row.label.startswith(target.of) and not row.trouble]
        if target.of
        else [1.0]
    )
    if not those:
        return f"- Target: {target.text}. Nothing to compare with."
    ratio = wall / min(those)
    measured_as = f"{ratio:.2f} times" if target.of else seconds(wall)
    return f"- Target: {target.text}. Measured: {measured_as}, {'met' if ratio <= target.most else 'missed'}."


def shown(call: Call) -> str:
    """Return a command line without the paths of this machine."""
    command = [Path(call.command[0]).name, *call.command[1:]]
    text = shlex.join(command).replace(f"{ROOT}/", "").replace(shlex.quote(peers.OUTPUT), "REPORT")
    return re.sub(r"(?: --disable-plugin \w+)+", " --disable-plugin EACH_OF_ITS_OWN", text)


def surroundings(installed: Mapping[str, Installed]) -> list[str]:
    """Describe where all this was measured."""
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout.split()[2]
    tools = ", ".join(f"{name} {one.version or '(not installed)'}" for name, one in installed.items())
    return [
        f"- Machine: {machine()}, git {git}, Node.js {_node()}.",
        f"- Tools: {tools}.",
        f"- Measured on {time.strftime('%Y-%m-%d', time.gmtime())}.",
    ]


def _node() -> str:
    try:
        return subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip("v\n")
    except (OSError, subprocess.CalledProcessError):
        return "(none)"


def sizes(installed: Mapping[str, Installed]) -> list[str]:
    """Return what an installation takes on the disk."""
    lines = ["| tool | from | size | of keylint's |", "|---|---|--:|--:|"]
    own = installed["keylint"].size
    for name, one in sorted(installed.items(), key=lambda pair: pair[1].size):
        peer = peers.PEERS.get(name, peers.KEYLINT)
        if one.failure:
            lines.append(f"| {name} | {peer.registry} | could not be installed: {one.failure} | |")
        else:
            source = (
                "its wheel, and wheels alone"
                if peer is peers.KEYLINT
                else f"{peer.registry}: {', '.join(peer.packages)}"
            )
            lines.append(f"| {name} | {source} | {one.size:,.1f} MB | {one.size / own:.2f} |")
    met = "met" if own < INSTALL else "missed"
    parts = ", ".join(f"{name} {size:.1f} MB" for name, size in peers.parts(BUILD / "peers" / "keylint"))
    lines += ["", f"- Of keylint's: {parts}."]
    return [*lines, f"- Target: under {INSTALL} MB, wheels alone. Measured: {own:.1f} MB, {met}."]


def scaling(keylint: str, part: int) -> list[str]:
    """Return what keylint takes for ten and a hundred times as much."""
    lines = [
        "| of what | how many | wall | CPU | peak memory | CPU for one more |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    scan = [keylint, "scan", ".", "--fail-on", "never", "--format", "json"]
    past = [keylint, "scan", "--history", "--no-cache", "--fail-on", "never", "--format", "json"]
    kinds: tuple[tuple[str, int, list[str], Callable[[int], Callable[[Path], None]]], ...] = (
        ("files of 1 kB", 1_000, scan, lambda n: partial(corpora.tree, files=n, size=n * 1000)),
        ("bytes in 200 files", 2_000_000, scan, lambda n: partial(corpora.tree, files=200, size=n)),
        ("commits", 250, past, lambda n: partial(corpora.history, commits=n, size=n * 20_000, files=100)),
        ("findings", 250, scan, lambda n: partial(corpora.findings, keys=n)),
    )
    for what, unit, command, maker in kinds:
        counts = [unit * scale // part for scale in SCALES]
        places = [
            corpora.cached(BUILD / "bench", f"{what.replace(' ', '-')}-{count}", maker(count)) for count in counts
        ]
        taken = in_turn([Run(command, place) for place in places], 2)
        lines += growth(what, counts, [costs.median for costs in taken])
        say(lines[-1])
    return lines


def growth(what: str, counts: Sequence[int], costs: Sequence[Cost]) -> list[str]:
    """Return a row for each size, with what each one more of them took since the row before."""
    rows = []
    for number, (count, cost) in enumerate(zip(counts, costs, strict=True)):
        more = ""
        if number:
            more = f"{(cost.cpu - costs[number - 1].cpu) / (count - counts[number - 1]) * 1e6:,.2f} µs"
        rows.append(
            f"| {what} | {count:,} | {seconds(cost.wall)} | {seconds(cost.cpu)} | {cost.peak:,.0f} MB | {more} |"
        )
    return rows


if __name__ == "__main__":
    main()
