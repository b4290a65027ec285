"""What is remembered of a history: the same report with and without, whatever became of the cache meanwhile."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from conftest import ROOT, Result, Run, git, spawn, write

from keylint.cache import Brought, Cache, Known, Listed, Yield, cache_folder, load, save, verdict
from keylint.model import Allow, Excerpt, Fact, Location, Skip, Value
from keylint.pipeline import examine as really_examine
from keylint.policy.placeholders import expand

KEY = 'API_KEY = "{{key:cache}}"\n'
CLEAN = "import os\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where keylint remembers."""
    monkeypatch.setenv("KEYLINT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def inside(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that one is in, with something of everything in its history."""
    monkeypatch.chdir(repository)
    commit(
        repository,
        {"bot.py": KEY, "logo.png": bytes(range(256)), "a.zip": packed(), "a/one.py": CLEAN, "b/two.py": CLEAN},
    )
    commit(repository, {"bot.py": CLEAN, "client.py": 'client.place_order(symbol="BTCUSD")  # binance\n'})
    git(repository, "commit", "-q", "--allow-empty", "-m", expand("Binance api_key={{key:said}}"))
    git(repository, "notes", "add", "-m", expand("Binance api_key={{key:noted}}"))
    commit(repository, {"requirements.txt": "python-binance==1.0.16\n", ".env": "BINANCE_API_KEY={{key:env}}\n"})
    return repository


def packed() -> bytes:
    """Return an archive with a key and a member that is left out."""
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr("conf/bot.py", expand(KEY))
        archive.writestr("logo.png", bytes(range(256)))
    return stream.getvalue()


def commit(folder: Path, files: dict[str, str | bytes]) -> None:
    write(folder, files)
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-q", "-m", "change")


def scan(keylint: Run, *options: str) -> Result:
    return keylint("scan", "--history", "--fail-on", "never", "--format", "json", *options)


def both(keylint: Run) -> Result:
    """Scan with what is remembered and without, and return what they agree upon."""
    result = scan(keylint)
    assert result == scan(keylint, "--no-cache")
    return result


def only(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


# Nothing to remember, or nowhere.


def test_no_cache_keeps_nothing(keylint: Run, inside: Path, folder: Path) -> None:
    scan(keylint, "--no-cache")
    assert not folder.exists()


@pytest.mark.parametrize("arguments", [["--staged"], ["--range", "HEAD~1..HEAD"], ["."]], ids=" ".join)
def test_only_histories_are_remembered(keylint: Run, inside: Path, folder: Path, arguments: list[str]) -> None:
    keylint("scan", *arguments)
    assert not folder.exists()


def test_a_folder_that_cannot_be_made_costs_nothing_but_time(keylint: Run, inside: Path, folder: Path) -> None:
    folder.write_text("a file")
    both(keylint)
    assert folder.read_text() == "a file"


# The second time.


def test_what_was_examined_once_is_not_examined_again(
    keylint: Run, inside: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(both(keylint).report["findings"]) >= 4
    kept = only(folder).read_bytes()
    examined: set[str] = set()

    def examine(path: str, *others: object) -> object:
        examined.add(path)
        return really_examine(path, *others)  # type: ignore[arg-type]

    monkeypatch.setattr("keylint.revisions.examine", examine)
    monkeypatch.delattr(os, "fork")  # so that it is seen here
    scan(keylint)
    # Messages that hold something, and notes, are looked at again: there is next to none of them.
    assert examined == {".git/commit-message"}
    assert only(folder).read_bytes() == kept
    commit(inside, {"new.py": "import binance\n", "clean.py": "import sys\n"})
    scan(keylint)
    assert examined == {".git/commit-message", "new.py"}


def edit(folder: Path) -> None:
    commit(folder, {"bot.py": KEY + "# again\n"})


def rename(folder: Path) -> None:
    git(folder, "mv", "bot.py", "binance.py")
    git(folder, "commit", "-qm", "moved")


def drop(folder: Path) -> None:
    git(folder, "reset", "-q", "--hard", "HEAD~3")


def amend(folder: Path) -> None:
    write(folder, {".env": "A=1\n"})
    git(folder, "commit", "-qam", "amended", "--amend")


def drop_notes(folder: Path) -> None:
    git(folder, "update-ref", "-d", "refs/notes/commits")


def notes_become_a_branch(folder: Path) -> None:
    git(folder, "update-ref", "refs/heads/notes", "refs/notes/commits")
    drop_notes(folder)


def a_branch_becomes_notes(folder: Path) -> None:
    git(folder, "update-ref", "refs/notes/others", "HEAD")


def stage(folder: Path) -> None:
    write(folder, {"staged.py": KEY})
    git(folder, "add", ".")


def stash(folder: Path) -> None:
    write(folder, {"bot.py": KEY})
    git(folder, "stash", "-q")


def check_out(folder: Path) -> None:
    git(folder, "checkout", "-q", "HEAD~2")


def configure(folder: Path) -> None:
    write(folder, {".keylint.yaml": "version: 1\nexclude: ['*.env', bot.py]\n"})


def own_pattern(folder: Path) -> None:
    pattern = "{id: os, regex: 'import (os)', keywords: [import], exchange: binance.us, kind: api_key}"
    write(folder, {".keylint.yaml": f"version: 1\npatterns:\n  - {pattern}\n"})


def submodule(folder: Path) -> None:
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")
    git(folder, "commit", "-qm", "a submodule")


def key_in_a_name(folder: Path) -> None:
    commit(folder, {expand("{{key:name}}.py"): KEY})


def missing(folder: Path) -> None:
    name = git(folder, "rev-parse", "HEAD~2:bot.py").strip()
    (folder / ".git" / "objects" / name[:2] / name[2:]).unlink()


def missing_tree(folder: Path) -> None:
    commit(folder, {"c/d.py": CLEAN})
    name = git(folder, "rev-parse", "HEAD:c").strip()
    commit(folder, {"e.py": CLEAN})
    (folder / ".git" / "objects" / name[:2] / name[2:]).unlink()


CHANGES = [
    edit, rename, drop, amend, drop_notes, notes_become_a_branch, a_branch_becomes_notes, stage, stash, check_out, configure,
    own_pattern, submodule, key_in_a_name, missing, missing_tree,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changed_the_report_is_that_of_a_scan_without(
    keylint: Run, inside: Path, folder: Path, change: Callable[[Path], None]
) -> None:
    scan(keylint)
    change(inside)
    for _ in range(2):
        both(keylint)
    head = git(inside, "rev-parse", "HEAD").strip()
    commit(inside, {"last.py": CLEAN})
    both(keylint)
    git(inside, "reset", "-q", "--soft", head)
    both(keylint)


def test_unreachable_objects_come_and_go(keylint: Run, inside: Path, folder: Path) -> None:
    commit(inside, {"gone.py": 'API_KEY = "{{key:gone}}"\n'})
    git(inside, "reset", "-q", "--hard", "HEAD~1")
    plain = both(keylint)
    every = scan(keylint, "--unreachable")
    assert every == scan(keylint, "--unreachable", "--no-cache")
    assert len(every.report["findings"]) == len(plain.report["findings"]) + 1
    both(keylint)


def test_what_begins_with_the_same_commit_shares(
    keylint: Run, inside: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan(keylint)
    git(inside, "worktree", "add", "-q", str(tmp_path / "linked"), "-b", "linked")
    monkeypatch.chdir(tmp_path / "linked")
    both(keylint)
    assert len(list(folder.iterdir())) == 1
    git(tmp_path, "clone", "-q", str(inside), "clone")
    monkeypatch.chdir(tmp_path / "clone")
    both(keylint)
    assert len(list(folder.iterdir())) == 1


# What is kept, and how.


def test_no_secret_is_kept_and_nobody_else_may_read(keylint: Run, inside: Path, folder: Path) -> None:
    commit(inside, {expand("{{key:name}}.py"): KEY, ".env": "BINANCE_API_SECRET={{secret:other}}\n"})
    found = scan(keylint).report["findings"]
    kept = only(folder).read_bytes()
    for name in ("key:cache", "key:said", "key:noted", "key:env", "key:name", "secret:other"):
        secret = expand(f"{{{{{name}}}}}").encode()
        assert not any(secret[at : at + 5] in kept for at in range(len(secret) - 4)), name
    assert any(one["path"] == ".env" for one in found)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(only(folder).stat().st_mode) == 0o600


def truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-7])


def altered(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def foreign(file: Path) -> None:
    file.write_bytes(b"SQLite format 3\0" * 100)


def others_may_write(file: Path) -> None:
    save(Cache(str(file), b"k"), Known())
    file.chmod(0o666)


def a_link(file: Path) -> None:
    file.rename(file.with_suffix(".elsewhere"))
    file.symlink_to(file.with_suffix(".elsewhere"))


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("harm", [truncated, altered, empty, foreign, others_may_write, a_link, a_folder])
def test_a_cache_that_is_not_right_is_none(
    keylint: Run, inside: Path, folder: Path, harm: Callable[[Path], None]
) -> None:
    expected = scan(keylint)
    harm(next(folder.glob("*.history")))
    assert scan(keylint) == expected
    assert scan(keylint) == expected
    assert expected.err == ""


def test_of_another_policy_nothing_is_believed(tmp_path: Path) -> None:
    known = Known(verdicts={bytes(16): verdict(b"f", 7)})
    save(Cache(str(tmp_path / "a.history"), b"one"), known)
    assert load(Cache(str(tmp_path / "a.history"), b"one"), 40) == known
    assert load(Cache(str(tmp_path / "a.history"), b"other"), 40) == Known()


def test_what_is_kept_comes_back_as_it_was(tmp_path: Path) -> None:
    here = Location("a\udcff.py", 1, 2, 3, 4)
    attributes: dict[str, Value] = {
        "label": "API key",
        "names": ("a", "b"),
        "count": 1,
        "ratio": 0.5,
        "live": True,
        "owner": None,
    }
    fact = Fact(
        "credential", here, "id", attributes, Excerpt("x = ****", 4, 4), (Allow(("r",), "why", 1),), {"label": (here, None)}
    )  # fmt: skip
    bare = Fact("file", here, "id", {})
    ids = ["a" * 40, "b" * 40, "c" * 40, "d" * 40]
    known = Known(
        Listed(frozenset(ids[:2]), frozenset(ids[:1]), {ids[2]: ("a\udcff.py", "b\n.py"), ids[3]: ("c",)}, ("module",)),
        Brought(frozenset({(ids[2], "c")}), ((ids[0], "c", ids[2], (ids[3],)),)),
        {bytes(16): verdict(b"f", 1 << 40), b"x" * 16: verdict(b"b", 0)},
        {b"y" * 16: Yield(7, ((0, fact), (1, bare)), (Skip("a.zip!b", "binary", "why"),))},
    )
    cache = Cache(str(tmp_path / "a.history"), b"key")
    save(cache, known)
    assert load(cache, 40) == known


def test_what_was_not_used_for_longest_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keylint.cache._MOST", 3000)
    monkeypatch.setattr("keylint.cache._EVERY", 1)
    for age, name in enumerate(["new", "old", "older"]):
        (tmp_path / f"{name}.history").write_bytes(bytes(1000))
        os.utime(tmp_path / f"{name}.history", (0, 1000 - age))
    (tmp_path / "left.1.part").write_bytes(b"")
    os.utime(tmp_path / "left.1.part", (0, 0))
    (tmp_path / "now.2.part").write_bytes(b"")
    (tmp_path / "notes.txt").write_bytes(bytes(9000))
    save(Cache(str(tmp_path / "a.history"), b"key"), Known())
    assert {path.name for path in tmp_path.iterdir()} == {
        "a.history",
        "new.history",
        "old.history",
        "now.2.part",
        "notes.txt",
    }


def test_what_is_too_large_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keylint.cache._LARGEST", 10)
    save(Cache(str(tmp_path / "a.history"), b"key"), Known())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({"KEYLINT_CACHE_DIR": "/k"}, "/k", id="told"),
        pytest.param({"XDG_CACHE_HOME": "/x"}, "/x/keylint", id="XDG"),
        pytest.param(
            {"XDG_CACHE_HOME": "relative", "HOME": "/h"}, "/h/.cache/keylint", id="a relative one does not count"
        ),
        pytest.param({"HOME": "/h"}, "/h/.cache/keylint", id="home"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="where Linux keeps it")
def test_where(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str) -> None:
    for name in ("KEYLINT_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cache_folder() == expected


def test_runs_beside_each_other(inside: Path, folder: Path) -> None:
    results: list[Result] = []

    def one() -> None:
        results.append(spawn("scan", "--history", "--format", "json", cwd=inside))

    for _ in range(2):  # nothing is there, then something is
        together = [threading.Thread(target=one) for _ in range(4)]
        for thread in together:
            thread.start()
        for thread in together:
            thread.join()
    assert results == [results[0]] * 8
    assert [path.suffix for path in folder.iterdir()] == [".history"]


@pytest.mark.parametrize("moment", [0.05, 0.15, 0.25, 0.4, 0.6])
def test_killed_half_way_and_run_again(inside: Path, folder: Path, moment: float) -> None:
    for number in range(12):
        commit(inside, {f"m{number}/f{file}.py": f"number = {number * file}\n" * 300 for file in range(150)})
    expected = spawn("scan", "--history", "--format", "json", "--no-cache", cwd=inside)
    before = {path: path.stat().st_mtime_ns for path in (inside / ".git").rglob("*")}
    command = [sys.executable, "-m", "keylint", "scan", "--history", "--format", "json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command,
        cwd=inside,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as running:
        time.sleep(moment)
        os.killpg(running.pid, signal.SIGKILL)
    assert not list(folder.glob("*.history")) or spawn("scan", "--history", "--format", "json", cwd=inside) == expected
    for _ in range(2):
        assert spawn("scan", "--history", "--format", "json", cwd=inside) == expected
    assert {path: path.stat().st_mtime_ns for path in (inside / ".git").rglob("*")} == before
    assert git(inside, "fsck", "--strict") == ""
