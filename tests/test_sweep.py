"""Many repositories: what is found, remembered, new, gone, shared; whatever dies on the way."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Result, Run, git, spawn, write
from sweeps import run_sweep

from keylint import revisions
from keylint.model import Skip, SkipReason
from keylint.policy.placeholders import expand
from keylint.reporters._wording import gravity
from keylint.sources.repository import Repository
from keylint.sweep import job as job_module
from keylint.sweep import local
from keylint.sweep.job import Job
from keylint.sweep.job import examine as examined
from keylint.sweep.overview import overview
from keylint.sweep.results import Result as Found
from keylint.sweep.store import Store
from keylint.sweep.target import Target

DAY = "2026-11-22"


def repository_of(folder: Path, files: Mapping[str, str], message: str = "files") -> Path:
    """Commit files on top of what a folder holds."""
    if not (folder / ".git").exists():
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "--quiet", "--initial-branch=main")
    write(folder, files)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", message)
    return folder


@pytest.fixture
def clones(tmp_path: Path) -> Path:
    """Three repositories: one with a key in its files, one with a key in its past, one without any."""
    folder = tmp_path / "clones"
    repository_of(folder / "bot", {"bot.py": 'API_KEY = "{{key:bot}}"\n'})
    repository_of(folder / "tax", {"tax.py": 'API_KEY = "{{key:tax}}"\n'})
    repository_of(folder / "tax", {"tax.py": "import os\n"}, "out with it")
    repository_of(folder / "page", {"index.html": "<p>nothing</p>\n"})
    return folder


def sweep(folder: Path, *arguments: str) -> Result:
    arguments = ("--store", f"{folder.parent}/store.db", "--today", DAY, *arguments)
    if "--dask" in arguments:  # which leaves threads behind, and a process with threads had better not fork
        return spawn("sweep", *arguments, cwd=folder.parent)
    return run_sweep(*arguments, cwd=folder.parent)


def described(result: Result) -> dict[str, Any]:
    """Return a sweep as JSON, without what the clock adds."""
    document: dict[str, Any] = json.loads(result.out)
    for one in (document["sweep"], document["before"] or {}):
        one.pop("started", None), one.pop("finished", None)
    for one in document["repositories"]:
        del one["seconds"]
    return document


def told(document: Mapping[str, Any]) -> list[tuple[object, ...]]:
    names = ("repository", "rule", "path", "line", "fingerprint")
    return [tuple(one[name] for name in names) for one in document["findings"]]


def test_nothing_to_sweep_is_no_clean_sweep(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert sweep(tmp_path / "empty", "empty").code in (2, 3)


def test_findings_are_those_of_a_scan_of_each(clones: Path) -> None:
    found = sweep(clones, "clones", "--format", "json")
    assert found.code == 1, found.err
    expected = []
    for name in ("bot", "page", "tax"):
        scan = json.loads(spawn("scan", "--history", "--no-cache", "--format", "json", cwd=clones / name).out)
        expected += [
            (f"clones/{name}", one["rule"], one["path"], one["line"], one["fingerprint"]) for one in scan["findings"]
        ]
    assert [one for one in told(described(found)) if one[1] != "missing-update-automation"] == expected
    assert {rule for _, rule, *_ in expected} == {"hardcoded-api-key", "key-in-history"}


def test_what_is_new_and_what_is_gone(clones: Path) -> None:
    first = sweep(clones, "clones")
    assert first.code == 1
    assert "Sweep 1 of 2026-11-22: 3 repositories (3 examined)" in first.out
    same = sweep(clones, "clones", "--new-only")
    assert same.code == 0
    assert "(0 examined, 3 unchanged)" in same.out
    assert "Since sweep 1: 0 new, 0 resolved." in same.out
    repository_of(clones / "page", {"a.py": 'API_KEY = "{{key:new}}"\n'})
    repository_of(clones / "bot", {"bot.py": "import os\n"}, "out with it")
    third = sweep(clones, "clones", "--new-only", "--format", "json")
    assert third.code == 1
    document = described(third)
    new = [one["path"] for one in document["findings"] if one["new"]]
    # A key that left the files is one in the past now: another finding.
    assert new == ["bot.py", "a.py"]
    assert [(one["rule"], one["path"]) for one in document["resolved"]] == [("hardcoded-api-key", "bot.py")]
    assert [point["new"] for point in document["trend"]] == [2, 0, 2]
    between = run_sweep("diff", "1", "3", "--store", "store.db", "--format", "json", cwd=clones.parent)
    assert told(described(between)) == told(document)


def test_what_changes_of_a_finding_is_kept_up(clones: Path) -> None:
    sweep(clones, "clones/bot", "--no-history")
    repository_of(clones / "bot", {"bot.py": '# moved\nAPI_KEY = "{{key:bot}}"\n'})
    write(clones.parent, {"policy.yaml": "version: 1\nrules: {hardcoded-api-key: {severity: low}}\n"})
    document = described(sweep(clones, "clones/bot", "--config", "policy.yaml", "--format", "json"))
    assert document["summary"]["low"] == document["trend"][-1]["low"] == 1
    assert (document["summary"]["new"], document["trend"][-1]["critical"]) == (0, 0)
    with sqlite3.connect(clones.parent / "store.db") as connection:
        rows = connection.execute("select severity, line, seen, brought <> '' from findings").fetchall()
    assert rows == [("low", 2, DAY, 1)]


def test_only_what_is_new_is_listed_where_nothing_else_counts(clones: Path) -> None:
    sweep(clones, "clones")
    repository_of(clones / "page", {"a.py": 'API_KEY = "{{key:new}}"\n'})
    repository_of(clones / "bot", {"bot.py": "import os\n"}, "out with it")
    new = [
        "clones/bot:bot.py:1:12: critical key-in-history: API key in history, though in no branch head any more (bound to `API_KEY`)",
        "clones/page:a.py:1:12: critical hardcoded-api-key: API key in the repository (bound to `API_KEY`)",
    ]
    for found in (
        sweep(clones, "clones", "--new-only", "--quiet"),
        run_sweep("diff", "1", "2", "--quiet", "--store", "store.db", cwd=clones.parent),
    ):
        assert (found.code, found.out.splitlines()) == (1, new)
    told = run_sweep("diff", "1", "2", "--store", "store.db", cwd=clones.parent).out
    assert "clones/tax" not in told
    assert told.endswith(
        "Resolved since sweep 1\n  clones/bot:bot.py:1:12 hardcoded-api-key\n\n"
        "Sweep 2 of 2026-11-22: 3 repositories (2 examined, 1 unchanged), 179 bytes, 4 commits.\n"
        "Open: 3 critical.\nSince sweep 1: 2 new, 1 resolved.\n"
    )
    later = sweep(clones, "clones", "--new-only", "--quiet")
    assert (later.code, later.out) == (0, "")


def test_what_is_counted_is_what_is_listed(clones: Path) -> None:
    write(clones.parent, {"policy.yaml": WAIVED})
    repository_of(clones / "page", {"a.py": 'API_KEY = "{{key:bot}}"\n'})
    sweep(clones, "clones")
    repository_of(clones / "page", {"b.py": 'API_KEY = "{{key:new}}"\n', "a.py": "import os\n"})
    sweep(clones, "clones", "--config", "policy.yaml")
    store = Store(str(clones.parent / "store.db"))
    about = overview(store)
    everything, gravest, oldest = (list(about.listed(what)) for what in ("open", "gravest", "oldest"))
    counted = Counter[tuple[object, ...]]()
    for one in everything:
        found = one.finding
        counted[one.target, one.owner, found.rule, found.severity, found.suppression is not None, one.new] += 1
    assert {one[:6]: one.number for one in about.tallies} == counted
    assert gravest == sorted(everything, key=lambda one: gravity(one.finding))
    assert sorted(oldest) == sorted(one for one in everything if one.finding.suppression is None)
    since = [one.brought or one.seen for one in oldest]
    assert since == sorted(since)
    assert list(about.listed("new")) == [one for one in everything if one.new]
    assert {one.finding.rule for one in everything if one.new} == {"hardcoded-api-key", "key-in-history"}
    # What is suppressed now is resolved as well.
    assert about.resolved == len(list(about.listed("resolved"))) == 2
    assert list(about.listed("gravest", 2)) == gravest[:2]
    store.close()


WAIVED = """version: 1
waivers:
  - {rule: hardcoded-api-key, paths: [bot.py], reason: of the demo, owner: "@a", created: 2026-11-01, expires: 2026-12-01}
"""


def test_reports_say_the_same_again(clones: Path) -> None:
    now = sweep(clones, "clones", "--format", "json")
    later = run_sweep("report", "--store", "store.db", "--format", "json", cwd=clones.parent)
    assert (later.code, later.out) == (now.code, now.out)


def test_a_key_in_two_repositories_is_shared(clones: Path) -> None:
    repository_of(clones / "page", {"conf/a.py": 'API_KEY = "{{key:bot}}"\n'})
    document = described(sweep(clones, "clones", "--format", "json"))
    shared = [one for one in document["findings"] if one["rule"] == "shared-key"]
    assert [(one["repository"], one["path"], one["line"]) for one in shared] == [
        ("clones/bot", "bot.py", 1),
        ("clones/page", "conf/a.py", 1),
    ]
    assert [[place["path"] for place in one["occurrences"]] for one in shared] == [
        ["clones/page:conf/a.py"],
        ["clones/bot:bot.py"],
    ]


INVENTORY = """keys:
  - {id: org-bot, purpose: trading, owner: "@a", permissions: [read], created: 2026-11-01, reviewed: 2026-11-01,
     ip_whitelist: [203.0.113.7/32], two_factor: authenticator, stored_in: "env:BINANCE_BOT_API_KEY"}
  - {id: lost, purpose: none, owner: "@a", permissions: [read], created: 2026-11-01, reviewed: 2026-11-01,
     ip_whitelist: [203.0.113.7/32], two_factor: authenticator, stored_in: "env:BINANCE_LOST_API_KEY"}
"""
READS = 'import os\nfrom binance.client import Client\nClient(os.environ["{name}"], os.environ["S"], tld="us")\n'


def test_keys_are_declared_in_one_repository_and_used_in_another(clones: Path) -> None:
    repository_of(clones / "security", {"keylint.keys.yaml": INVENTORY})
    repository_of(clones / "bot", {"run.py": READS.format(name="BINANCE_BOT_API_KEY")})
    repository_of(clones / "page", {"run.py": READS.format(name="BINANCE_OTHER_API_KEY")})
    document = described(sweep(clones, "clones", "--format", "json"))
    rules = {"undeclared-key", "unused-inventory-entry"}
    found = [one for one in document["findings"] if one["rule"] in rules]
    assert [(one["repository"], one["rule"], one["facts"]["id"]) for one in found] == [
        ("clones/page", "undeclared-key", "BINANCE_OTHER_API_KEY"),
        ("clones/security", "unused-inventory-entry", "lost"),
    ]


def states(result: Result) -> dict[str, tuple[str, int]]:
    """Return how every repository fared, and of how much of it something could not be read."""
    return {one["name"]: (one["state"], one["incomplete"]) for one in described(result)["repositories"]}


def test_what_is_missing_is_looked_for_again_only_where_objects_have_come(clones: Path) -> None:
    """A clone that lacks an object lacks it until somebody fetches; it is not complete all the while."""
    page, arguments = clones / "page", ("clones/page", "--format", "json")
    name = git(page, "rev-parse", "HEAD:index.html").strip()
    file = page / ".git" / "objects" / name[:2] / name[2:]
    away = file.rename(clones / "away")
    first = sweep(clones, *arguments)
    second = sweep(clones, *arguments)
    assert [(one.code, states(one)) for one in (first, second)] == [
        (4, {"clones/page": ("done", 1)}),
        (4, {"clones/page": ("unchanged", 1)}),
    ]
    assert described(first)["skipped"] == described(second)["skipped"] != []
    away.rename(file)
    assert states(sweep(clones, *arguments)) == {"clones/page": ("done", 0)}
    git(page, "repack", "-a", "-d", "--quiet")  # where nothing is missing it is all the same how objects lie
    assert states(sweep(clones, *arguments)) == {"clones/page": ("unchanged", 0)}


@pytest.mark.parametrize("reason", ["timeout", "unreadable"])
def test_what_may_go_well_the_next_time_is_tried_again(
    clones: Path, monkeypatch: pytest.MonkeyPatch, reason: SkipReason
) -> None:
    arguments = "clones/page", "--format", "json"
    with monkeypatch.context() as broken:
        broken.setattr(
            revisions,
            "_glanced",
            lambda _repository, items, *_: (
                revisions.Looked(0, 0, (), tuple(Skip(item.paths[0], reason) for item in items)),
                [],
            ),
        )
        assert states(sweep(clones, *arguments))["clones/page"][0] == "done"
    assert states(sweep(clones, *arguments)) == {"clones/page": ("done", 0)}


def test_forks_cost_nothing(clones: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two mirrors of one history each object is looked at once; of a third, what it alone has."""
    for name in ("one", "other"):
        git(clones, "clone", "--quiet", "--mirror", "tax", name)
    repository_of(clones / "tax", {"b.py": 'API_KEY = "{{key:b}}"\n'})
    git(clones, "clone", "--quiet", "--mirror", "tax", "third")
    looked_at: list[str] = []

    def noted(repository: Repository, items: Sequence[revisions.Item], *rest: Any) -> Any:
        looked_at.extend(item.paths[0] for item in items)
        return glanced(repository, items, *rest)

    glanced = revisions._glanced
    monkeypatch.setattr(revisions, "_glanced", noted)
    seen = []
    for name in ("one", "other", "third"):
        job = Job(Target(name, str(clones / name)), None, DAY, "medium", True, True, None, "", 60.0, 1 << 30)
        seen.append(([one.rule for one in examined(job).findings], sorted(looked_at)))
        looked_at.clear()
    assert seen == [
        (["key-in-history"], [".git/commit-message", ".git/commit-message", "tax.py", "tax.py"]),
        (["key-in-history"], []),
        (["hardcoded-api-key", "key-in-history"], [".git/commit-message", "b.py"]),
    ]


def test_a_repository_that_cannot_be_examined_is_told(clones: Path) -> None:
    repository_of(clones / "wrong", {"keylint.keys.yaml": "keys: [{nonsense: 1}]\n"})
    found = sweep(clones, "clones", "--fail-on", "never")
    assert found.code == 4
    assert "clones/wrong: keylint.keys.yaml:1:" in found.out
    assert "1 failed" in found.out


@pytest.mark.parametrize("how", [["--jobs", "1"], ["--jobs", "3"], ["--dask", "local", "--jobs", "2"]], ids=" ".join)
def test_the_same_is_found_however_it_is_run(clones: Path, how: list[str]) -> None:
    for number in range(4):
        repository_of(clones / f"r{number}", {"a.py": f'API_KEY = "{{{{key:{number}}}}}"\n'})
    found = sweep(clones, "clones", "--format", "json", *how)
    assert found.code == 1, found.err
    again = sweep(clones.rename(clones.parent / "moved"), "moved", "--format", "json", "--jobs", "2")
    assert [one[1:] for one in told(described(found))] == [one[1:] for one in told(described(again))]
    assert len(told(described(found))) == 6


def killing(clones: Path, monkeypatch: pytest.MonkeyPatch, times: int) -> Result:
    """Sweep, while the process that examines one of the repositories is killed, so many times."""
    marks = clones.parent / "marks"
    marks.mkdir()
    examine = examined

    def deadly(job: Job) -> Found:
        count = len([*marks.iterdir()])
        if job.target.name.endswith("tax") and count < times:
            (marks / str(count)).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return examine(job)

    monkeypatch.setattr(local, "examine", deadly)
    arguments = "clones", "--store", "killed.db", "--today", DAY, "--format", "json", "--jobs", "2"
    found = run_sweep(*arguments, cwd=clones.parent)
    assert len([*marks.iterdir()]) == times
    return found


def test_a_killed_process_loses_nothing(clones: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = described(sweep(clones, "clones", "--format", "json"))
    assert described(killing(clones, monkeypatch, 1)) == expected


def test_what_always_kills_fails_alone(clones: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = killing(clones, monkeypatch, 2)
    states = {one["name"]: one["state"] for one in described(found)["repositories"]}
    assert states == {"clones/bot": "done", "clones/page": "done", "clones/tax": "failed"}
    assert (found.code, "killed by signal 9, twice" in found.out) == (1, True)


def forked(*arguments: str, cwd: Path) -> int:
    """Begin a sweep in a process of its own, one that has nothing to load any more."""
    pid = os.fork()
    if pid == 0:
        try:
            run_sweep(*arguments, cwd=cwd)
        finally:
            os._exit(0)
    return pid


HOLDS = """
import os, sys, time
from keylint.cli import main
from keylint.sweep import local

def slow(job):
    os.write(1, b"at work\\n")
    time.sleep(600)

local.examine = slow
main(["sweep", *sys.argv[1:]])
"""


def test_two_sweeps_do_not_write_to_one_store(clones: Path) -> None:
    holds_alone(clones, "store.db")


def holds_alone(clones: Path, store: str) -> None:
    """Sweep while another process does, and again once that was killed; what it had at work still lives then."""
    arguments = "clones", "--store", store, "--today", DAY, "--jobs", "1"
    command = [sys.executable, "-c", HOLDS, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=clones.parent, env=environment, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"at work\n"
        worker = int(subprocess.run(["pgrep", "-P", str(other.pid)], capture_output=True, check=True).stdout)
        refused = run_sweep(*arguments, cwd=clones.parent)
        assert refused.code == 2
        assert re.search(
            rf"is being written: sweep 1, process {other.pid} on .+, began at 20.+ and has not come to its end",
            refused.err,
        )
        assert run_sweep("report", "--store", store, cwd=clones.parent).code == 0
        other.kill()
        other.wait()
        os.kill(worker, 0)
        resumed = run_sweep(*arguments, "--resume", cwd=clones.parent)
        os.kill(worker, signal.SIGKILL)
        assert (resumed.code, "Sweep 1 of" in resumed.out) == (1, True), resumed.err


@pytest.mark.parametrize(
    ("arguments", "differs"),
    [
        (["clones", "--today", "2026-11-23"], "another day"),
        (["clones", "--no-history"], "another policy, or another keylint"),
        (["clones/bot", "clones/tax"], "other repositories (3, and now 2)"),
        (["clones/bot", "clones/tax", "moved"], "other repositories, or another policy for some of them"),
        (["--targets", "targets.yaml"], "other repositories, or another policy for some of them"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_goes_on_is_the_same_sweep(clones: Path, arguments: list[str], differs: str) -> None:
    sweep(clones, "clones")
    with closing(sqlite3.connect(clones.parent / "store.db")) as connection, connection:
        connection.execute("update sweeps set finished = ''")
    shutil.copytree(clones / "page", clones.parent / "moved")
    write(clones.parent, {
        "policy.yaml": "version: 1\nrules: {hardcoded-api-key: off}\n",
        "targets.yaml": "version: 1\npolicies: {a: policy.yaml}\ntargets: [{path: clones/*}, {path: clones/bot, tags: [a]}]\n",
    })  # fmt: skip
    found = sweep(clones, *arguments, "--resume")
    assert (found.code, f"sweep 1, the unfinished one, had {differs}; without --resume" in found.err) == (2, True)
    # What the unfinished one had looked at is not looked at again all the same.
    assert "Sweep 2 of 2026-11-22: 3 repositories (0 examined, 3 unchanged)" in sweep(clones, "clones").out


def test_a_sweep_killed_at_any_moment_goes_on(clones: Path) -> None:
    for number in range(9):
        repository_of(clones / f"r{number:02}", {"a.py": f'API_KEY = "{{{{key:{number}}}}}"\n'})
    arguments = "clones", "--today", DAY, "--format", "json", "--jobs", "2", "--store"
    expected = described(run_sweep(*arguments, "whole.db", cwd=clones.parent))
    start = time.monotonic()
    os.waitpid(forked(*arguments, "another.db", cwd=clones.parent), 0)
    lasts = time.monotonic() - start
    begun = set()
    for number in range(20):
        store = f"again{number}.db"
        pid = forked(*arguments, store, cwd=clones.parent)
        time.sleep(lasts * number / 20)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        begun.add(looked_at(clones.parent / store))
        document = described(run_sweep(*arguments, store, "--resume", cwd=clones.parent))
        if document["sweep"]["id"] == 1:
            assert document == expected, number
        else:  # it had come to its end before it was killed
            assert told(document) == told(expected)
    assert len(begun) > 2  # nothing was looked at yet, all was, and what is between


def looked_at(store: Path) -> int:
    """Return how many repositories a sweep had looked at when it ended."""
    if not store.exists():
        return 0
    with closing(sqlite3.connect(store)) as connection:
        try:
            return int(connection.execute("select count(*) from scans").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def test_no_secret_is_kept(clones: Path) -> None:
    sweep(clones, "clones", "--report", "csv=a.csv", "--report", "sarif=sarif")
    secrets = [expand(f"{{{{key:{name}}}}}").encode() for name in ("bot", "tax")]
    for file in clones.parent.rglob("*"):
        if file.is_file() and clones not in file.parents:
            data = file.read_bytes()
            assert not any(secret[4:12] in data for secret in secrets), file
    assert {file.name for file in (clones.parent / "sarif").iterdir()} == {
        "clones-bot.sarif", "clones-page.sarif", "clones-tax.sarif",
    }  # fmt: skip


def test_what_is_left_out_is_told_of_the_repositories_of_the_sweep(clones: Path) -> None:
    repository_of(clones / "page", {"a.png": "\0\0\0"})
    both = described(sweep(clones, "clones", "--no-history", "--format", "json"))
    assert [one["repository"] for one in both["skipped"]] == ["clones/page"]
    one = described(sweep(clones, "clones/bot", "--no-history", "--format", "json"))
    assert one["skipped"] == []


def test_who_may_not_write_can_read(clones: Path) -> None:
    first = sweep(clones, "clones")
    with sqlite3.connect(clones.parent / "store.db") as writing:
        writing.execute("begin immediate")  # as long as nobody else can write
        later = run_sweep("report", "--store", "store.db", cwd=clones.parent)
    assert (later.code, later.out) == (first.code, first.out), later.err


def test_repositories_silence_nobody(clones: Path) -> None:
    repository_of(clones / "bot", {".keylint.yaml": "version: 1\nrules: {hardcoded-api-key: off}\n"})
    assert "hardcoded-api-key" in sweep(clones, "clones").out


WAIVER = """version: 1
rules: {key-in-history: off}
waivers:
  - {rule: hardcoded-api-key, paths: [bot.py], reason: of the demo, owner: "@a", created: 2026-11-01, expires: 2026-12-01}
"""


def test_own_waivers_count_where_the_policy_trusts_them(clones: Path) -> None:
    repository_of(clones / "bot", {".keylint.yaml": WAIVER})
    repository_of(clones / "tax", {".keylint.yaml": WAIVER})
    write(clones.parent, {"policy.yaml": "version: 1\ntrust: [waivers]\n"})
    document = described(sweep(clones, "clones", "--config", "policy.yaml", "--format", "json"))
    found = {(one["repository"], one["rule"]): one["suppression"] for one in document["findings"]}
    assert found["clones/bot", "hardcoded-api-key"]["owner"] == "@a"
    # And nothing else of what they say.
    assert found["clones/tax", "key-in-history"] is None


def test_baselines_count_unless_the_policy_says_otherwise(clones: Path) -> None:
    assert spawn("baseline", "create", cwd=clones / "bot").code == 0
    repository_of(clones / "bot", {}, "accepted")
    document = described(sweep(clones, "clones/bot", "--format", "json"))
    assert [one["suppression"]["kind"] for one in document["findings"]] == ["baseline"]
    write(clones.parent, {"policy.yaml": "version: 1\ntrust: []\n"})
    document = described(sweep(clones, "clones/bot", "--format", "json", "--config", "policy.yaml"))
    assert [one["suppression"] for one in document["findings"]] == [None]


def test_the_policy_is_the_one_of_the_sweep(clones: Path) -> None:
    write(clones.parent, {"policy.yaml": "version: 1\nrules: {hardcoded-api-key: off, key-in-history: off}\n"})
    assert sweep(clones, "clones", "--config", "policy.yaml").code == 0
    # Another policy: everything is looked at again.
    assert "(3 examined)" in sweep(clones, "clones").out


def test_a_cluster_that_is_not_there_is_told(clones: Path) -> None:
    program = "import sys; from keylint.sweep import cluster; cluster._PATIENCE = 1; from keylint.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "sweep", "clones", "--dask", "tcp://127.0.0.1:1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=clones.parent, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, "--dask tcp://127.0.0.1:1: no cluster answers" in done.stderr) == (2, True), done.stderr


def test_a_policy_is_the_same_wherever_it_lies(clones: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Machines that share a store have keylint, and the policy, in folders of their own."""
    write(clones.parent, {"policy.yaml": WAIVED, "other/policy.yaml": WAIVED})
    sweep(clones, "clones", "--config", "policy.yaml")
    policy = job_module.policy_at(None)
    rules = tuple(rule._replace(file=f"/elsewhere{rule.file}") for rule in policy.rules)
    assert "(0 examined, 3 unchanged)" in sweep(clones, "clones", "--config", "other/policy.yaml").out
    digests = set()
    for one in (policy, policy._replace(rules=rules, packs=())):
        job_module._digest_at.cache_clear()
        monkeypatch.setattr(job_module, "policy_at", lambda _config, one=one: one)
        digests.add(job_module._digest_at(None))
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["report"], "no store"),
        (["diff", "1"], "takes the numbers of two sweeps"),
        (["diff", "1", "2"], "no sweep 2; there are 1 to 1"),
        (["diff", "0", "1"], "no sweep 0"),
        (["clones", "--report", "nonsense"], "--report takes FORMAT=FILE"),
        (["clones", "--report", "nonsense=a"], "unknown format 'nonsense'"),
        (["clones", "--config", "none.yaml"], "none.yaml"),
        (["clones", "--timeout", "nan"], "expected a number of seconds above 0, not 'nan'"),
        (["clones", "--timeout", "-1"], "above 0, not '-1'"),
        (["clones", "--timeout", "inf"], "above 0, not 'inf'"),
        (["clones", "--timeout", "soon"], "above 0, not 'soon'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_usage(clones: Path, arguments: list[str], message: str) -> None:
    word = arguments[0] if arguments[0] in ("report", "diff") else ""
    store = [] if word != "diff" else ["--store", "store.db"]
    if word == "diff":
        sweep(clones, "clones")
    found = run_sweep(*arguments, *store, cwd=clones.parent)
    assert (found.code, message in found.err) == (2, True), found.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["scan", "--quiet", "clones/bot"], 1, ""),
        (["--version"], 0, ""),
        (["sweep", "clones"], 2, "pip install 'keylint[sweep]'"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_without_what_sweeps_need_everything_else_works(
    clones: Path, arguments: list[str], code: int, said: str
) -> None:
    absent = ("sqlalchemy", "httpx", "filelock", "distributed", "psycopg")
    program = f"import sys; sys.modules.update(dict.fromkeys({absent})); from keylint.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=clones.parent, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr


def test_a_store_of_something_else_is_left_alone(keylint: Run, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_text("no database at all, but long enough to be looked at as if it were one\n" * 20)
    repository_of(tmp_path / "a", {"a.py": ""})
    found = keylint("sweep", str(tmp_path / "a"), "--store", str(other))
    assert (found.code, "cannot be used: file is not a database" in found.err) == (2, True)
    assert other.read_text().startswith("no database")


def test_a_store_is_made_whole_or_not_at_all(tmp_path: Path) -> None:
    dies = (
        "import os, sys; from sqlalchemy import event; from keylint.sweep import store, tables\n"
        "event.listen(tables.metadata.tables['periods'], 'after_create', lambda *_, **__: os._exit(9))\n"
        "store.Store(sys.argv[1])"
    )
    file = str(tmp_path / "store.db")
    command = [sys.executable, "-c", dies, file]
    assert subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False).returncode == 9
    repository_of(tmp_path / "a", {"a.py": ""})
    assert run_sweep("a", "--store", file, "--resume", cwd=tmp_path).code == 0


def test_a_store_of_a_newer_keylint_is_left_alone(keylint: Run, clones: Path) -> None:
    sweep(clones, "clones")
    with sqlite3.connect(clones.parent / "store.db") as connection:
        connection.execute("update keylint set schema = 99")
    found = keylint("sweep", "report", "--store", str(clones.parent / "store.db"))
    assert (found.code, "a newer keylint" in found.err) == (2, True)


def _postgres(name: str) -> str | None:
    """Return a program of PostgreSQL's server: Debian keeps them off the path."""
    found = shutil.which(name)
    return found or next(map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)


@pytest.fixture
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server of its own, reached through a socket in a folder of its own, and end it."""
    initdb, server = _postgres("initdb"), _postgres("postgres")
    if initdb is None or server is None:
        pytest.skip("no PostgreSQL server (Debian: postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # a socket's path must be short
    be: list[str] = []
    if os.geteuid() == 0:  # which it refuses to run as
        if subprocess.run(["id", "postgres"], capture_output=True, check=False).returncode:
            pytest.skip("no user postgres to run the server as")
        be = ["runuser", "-u", "postgres", "--"]
        shutil.chown(folder, "postgres")
    data = folder / "data"
    subprocess.run([*be, initdb, "-D", data, "-A", "trust", "-U", "keylint", "-N"], check=True, capture_output=True)
    options = ["-D", str(data), "-k", str(folder), "-c", "listen_addresses=", "-c", "fsync=off"]
    begun = subprocess.Popen([*be, server, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not (folder / ".s.PGSQL.5432").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        yield f"postgresql://keylint@/postgres?host={folder}"
    finally:
        begun.terminate()
        begun.wait()
        shutil.rmtree(folder, ignore_errors=True)


def test_postgresql_says_what_sqlite_says(clones: Path, postgresql: str) -> None:
    for number in range(3):
        repository_of(clones / f"r{number}", {"a.py": f'API_KEY = "{{{{key:{number % 2}}}}}"\n'})
    results = []
    for store in ("store.db", postgresql):
        arguments = "--store", store, "--today", DAY, "--format", "json"
        first = run_sweep("clones", *arguments, cwd=clones.parent)
        assert first.code == 1, first.err
        git(clones / "bot", "checkout", "--quiet", "--orphan", "fresh")
        second = run_sweep("clones", *arguments, cwd=clones.parent)
        git(clones / "bot", "checkout", "--quiet", "main", "--force")
        results.append((described(first), described(second)))
    assert results[0] == results[1]


@pytest.mark.parametrize(
    ("store", "told"),
    [
        ("postgresql://me:hunter2@127.0.0.1:1/x", "postgresql://me:…@127.0.0.1:1/x cannot be used"),
        ("postgresql://127.0.0.1:1/x?password=hunter2&user=me", "127.0.0.1:1/x?password=…&user=… cannot be used"),
        ("oracle://me:hun@ter2@x/y?token=hunter2", "found 'oracle://me:…@x/y?token=…'"),
        ("postgresql://127.0.0.1:1/x?sslpassword=hunter2@me:a", "found 'postgresql://127.0.0.1:1/x?sslpassword=…'"),
    ],
    ids=lambda value: value.partition("hun")[0],
)
def test_passwords_of_stores_are_not_shown(clones: Path, store: str, told: str) -> None:
    found = run_sweep("clones", "--store", store, cwd=clones.parent)
    assert (found.code, told in found.err) == (2, True), found.err
    assert "ter2" not in found.err + found.out


def test_two_sweeps_do_not_write_to_one_store_of_postgresql(clones: Path, postgresql: str) -> None:
    holds_alone(clones, postgresql)
