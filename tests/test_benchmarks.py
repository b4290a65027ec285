"""What `make bench` stands on: the same corpora on every run, costs that are whole, reports that are read, an honest table."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import bench
import corpora
import peers
import pytest
from bench import Row, Target
from conftest import ROOT, Run
from conftest import git as run_git
from measure import Cost, Costs, cost
from measure import Run as Measured

EVERY = 25


def head(folder: Path) -> str:
    return subprocess.run(["git", "-C", folder, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout


MAKERS = {
    "tree": partial(corpora.tree, files=40, size=100_000, every=EVERY),
    "data": partial(corpora.tree, files=20, size=400_000, kinds=corpora.DATA),
    "findings": partial(corpora.findings, keys=20),
    "history": partial(corpora.history, commits=60, size=300_000, files=10),
}


@pytest.mark.parametrize("name", MAKERS)
def test_corpora_are_the_same_on_every_run(tmp_path: Path, name: str) -> None:
    for folder in ("first", "second"):
        (tmp_path / folder).mkdir()
        MAKERS[name](tmp_path / folder)
    assert head(tmp_path / "first") == head(tmp_path / "second")


def test_a_tree_has_the_size_that_was_asked_for(tmp_path: Path) -> None:
    corpora.tree(tmp_path, files=200, size=2_000_000)
    sizes = [path.stat().st_size for path in tmp_path.rglob("*.*") if ".git" not in path.parts and path.is_file()]
    assert len(sizes) == 200
    assert sum(sizes) == pytest.approx(2_000_000, rel=0.01)


def test_a_history_has_the_commits_and_the_past_that_were_asked_for(tmp_path: Path) -> None:
    corpora.history(tmp_path, commits=210, size=1_000_000, files=10)
    assert run_git(tmp_path, "rev-list", "--count", "--all").strip() == "210"
    assert run_git(tmp_path, "rev-list", "--count", "--merges", "--all").strip() == "10"
    for name in corpora.Past().names():
        assert len(run_git(tmp_path, "rev-list", "main", "--", name).split()) == 2, name


def test_what_is_planted_is_where_it_is_said_to_be(keylint: Run, tmp_path: Path) -> None:
    corpora.tree(tmp_path, files=5, size=5_000, every=EVERY)
    keys = corpora.planted_places(EVERY)
    report = tmp_path.with_name("report.json")
    report.write_text(keylint("scan", str(tmp_path), "--format", "json").out, encoding="utf-8")
    call = peers.Call("keylint", "its own", [], peers._of_keylint)
    row = bench.outcome(Row(call, Costs(Cost(1, 1, 1, 1), 1)), report, tmp_path, keys)
    assert keys
    assert (row.found, row.alarms) == (len(keys), 0)


def test_a_corpus_is_made_once(tmp_path: Path) -> None:
    made: list[Path] = []
    for _ in range(2):
        place = corpora.cached(tmp_path, "one", made.append)
    assert [path.parent for path in made] == [place.parent]
    assert [path.name for path in tmp_path.iterdir()] == [place.name]


@pytest.mark.skipif(sys.platform == "win32", reason="children are waited for as POSIX systems do")
@pytest.mark.parametrize(
    ("command", "limit", "code"),
    [
        pytest.param(["sh", "-c", "exit 3"], 60.0, 3, id="exit code"),
        pytest.param(["sleep", "60"], 0.2, -9, id="past the limit"),
    ],
)
def test_a_command_is_run_to_its_end_or_its_limit(tmp_path: Path, command: list[str], limit: float, code: int) -> None:
    assert cost(Measured(command, tmp_path, limit=limit)).code == code


def test_the_work_of_children_counts(tmp_path: Path) -> None:
    spin = "import time\nwhile time.process_time() < 0.3: pass"
    taken = cost(
        Measured(["sh", "-c", f'"{sys.executable}" -S -c "{spin}"; echo done'], tmp_path, str(tmp_path / "said"))
    )
    assert taken.cpu >= 0.3
    assert taken.wall >= 0.3
    assert 5 < taken.peak < 500
    assert (tmp_path / "said").read_text(encoding="utf-8") == "done\n"


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        pytest.param(
            peers._of_keylint,
            '{"findings": [{"path": "a", "line": 1, "facts": {}, "occurrences": [{"path": "b", "line": 2}]},'
            ' {"path": "c", "line": 3, "facts": {"uses_exchange": true}, "occurrences": []}]}',
            [("a", 1), ("b", 2)],
            id="keylint",
        ),
        pytest.param(
            peers._of_kingfisher,
            '{"findings": [{"finding": {"path": "a", "line": 1}},'
            ' {"finding": {"path": "x", "line": 2, "git_metadata": {"file": {"path": "b"}}}}]}',
            [("a", 1), ("b", 2)],
            id="kingfisher",
        ),
        pytest.param(
            peers._of_betterleaks,
            '{"findings": [{"location": {"path": "a", "start_line": 1}}]}',
            [("a", 1)],
            id="betterleaks",
        ),
        pytest.param(peers._of_betterleaks, '{"findings": null}', [], id="betterleaks, nothing"),
        pytest.param(peers._of_gitleaks, '[{"File": "a", "StartLine": 1}]', [("a", 1)], id="gitleaks"),
        pytest.param(
            peers._of_detect_secrets, '{"results": {"a": [{"line_number": 1}]}}', [("a", 1)], id="detect-secrets"
        ),
        pytest.param(
            peers._of_credsweeper,
            '[{"line_data_list": [{"path": "a", "line_num": 1}, {"path": "b", "line_num": 2}]}]',
            [("a", 1), ("b", 2)],
            id="credsweeper",
        ),
        pytest.param(peers._of_lines, "./a:1:\nb:2:3: found\n\n1 problem\n", [("./a", 1), ("b", 2)], id="lines"),
    ],
)
def test_reports_are_read(read: peers.Read, text: str, expected: list[peers.Place]) -> None:
    assert list(read(text)) == expected


def row(tool: str, wall: float, **more: Any) -> Row:
    call = peers.Call(tool, "one", [f"/opt/{tool}", "."], yardstick=tool == "ripgrep")
    code = more.pop("code", 0)
    return Row(call, Costs(Cost(wall, 2 * wall, 100 * wall, code), 3), **more)


ROWS = [
    row("keylint", 1.0, found=10, alarms=0),
    row("kingfisher", 0.5, found=9, alarms=2),
    row("gitleaks", 12.0, found=10, alarms=5),
    row("credsweeper", 45.0, code=-9),
    row("betterleaks", 0.1, failure="no report"),
    row("secretlint", 0.1, code=2),
    row("ripgrep", 0.25, found=8, alarms=70),
]


def test_the_table_leaves_nobody_out_and_hides_no_failure() -> None:
    assert bench.table(ROWS, keys=10)[2:] == [
        "| ripgrep | one | 0.250 s | 0.25 | 0.500 s | 0.25 | 25 MB | 8 of 10 | 70 | 3 |",
        "| kingfisher | one | 0.500 s | 0.50 | 1.00 s | 0.50 | 50 MB | 9 of 10 | 2 | 3 |",
        "| **keylint** | one | 1.00 s | 1.00 | 2.00 s | 1.00 | 100 MB | 10 of 10 | 0 | 3 |",
        "| gitleaks | one | 12.0 s | 12.00 | 24.0 s | 12.00 | 1,200 MB | 10 of 10 | 5 | 3 |",
        "| betterleaks | one | no report | | | | | | | 3 |",
        "| secretlint | one | exit code 2 | | | | | | | 3 |",
        "| credsweeper | one | ended after 40 s | | | | | | | 3 |",
    ]


def test_who_is_better_at_what_is_said() -> None:
    assert bench.comparison(ROWS) == [
        "- The fastest of the others is kingfisher (one): keylint takes 2.00 times its wall time.",
        "- Less wall time than keylint: kingfisher (one).",
        "- Less CPU: kingfisher (one).",
        "- Less memory: kingfisher (one).",
        "- More keys found: none.",
        "- Fewer false alarms: none.",
    ]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param(Target("t", 2.0), "- Target: t. Measured: 1.00 s, met.", id="seconds"),
        pytest.param(Target("t", 1.5, ("ripgrep (one",)), "- Target: t. Measured: 4.00 times, missed.", id="missed"),
        pytest.param(Target("t", 0.5, bench.SCANNERS), "- Target: t. Measured: 2.00 times, missed.", id="the fastest"),
        pytest.param(Target("t", 1.0, ("credsweeper",)), "- Target: t. Nothing to compare with.", id="none is left"),
    ],
)
def test_targets_are_met_or_missed(target: Target, expected: str) -> None:
    assert bench.told(target, ROWS) == expected


def test_growth_is_told_for_one_more() -> None:
    costs = [Cost(0.1, 0.2, 20, 0), Cost(0.2, 0.38, 21, 0), Cost(1.0, 2.0, 50, 0)]
    assert bench.growth("files", [10, 100, 1000], costs) == [
        "| files | 10 | 0.100 s | 0.200 s | 20 MB |  |",
        "| files | 100 | 0.200 s | 0.380 s | 21 MB | 2,000.00 µs |",
        "| files | 1,000 | 1.00 s | 2.00 s | 50 MB | 1,800.00 µs |",
    ]


def test_a_tool_that_is_not_there_is_named_and_so_is_one_that_cannot() -> None:
    there = peers.Installed("", "1", 1.0)
    installed = dict.fromkeys(("keylint", *peers.PEERS), there)
    installed["gitleaks"] = peers.Installed("", "", 0.0, "no such package")
    work = bench.works(1)["tree"]
    page = bench.page_of(work, [rows for rows in ROWS if rows.call.tool not in ("gitleaks", "secretlint")], installed)
    assert "Not measured, for it could not be installed: gitleaks (no such package)." in page
    assert "Not measured, for they do no such work: detect-secrets, secretlint." in page


@pytest.mark.parametrize("name", ["hook", "tree", "history"])
def test_command_lines_are_shown_whole_and_without_this_machine(tmp_path: Path, name: str) -> None:
    programs = {tool: str(ROOT / "build" / "peers" / tool / "bin" / tool) for tool in ("keylint", *peers.PEERS)}
    calls = list(peers.WORKS[name](peers.Ask(programs, tmp_path, corpora.STAGED)))
    lines = [bench.shown(call) for call in calls]
    assert all(str(folder) not in line for line in lines for folder in (ROOT, tmp_path, Path.home()))
    tools = {call.tool for call in calls}
    assert {"keylint", "kingfisher", "betterleaks", "gitleaks", "credsweeper"} <= tools
    # Without a peer its calls are not made, and all others are.
    del programs["kingfisher"]
    rest = list(peers.WORKS[name](peers.Ask(programs, tmp_path, corpora.STAGED)))
    assert {call.tool for call in rest} == tools - {"kingfisher"}


def test_the_page_has_a_place_for_every_work() -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    names = ["machine", *bench.works(1), "install", "scaling"]
    assert [text.count(f"<!-- begin: {name} -->") for name in names] == [1] * len(names)
