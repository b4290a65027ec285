"""Twelve odd corners of one repository, and whatever else git can be, in repositories as git itself makes them."""

from __future__ import annotations

import os
import stat
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from conftest import ROOT, Run, git, write

from keylint.policy.placeholders import expand

KEY = 'API_KEY = "{{key:corner}}"\n'
CLEAN = "import os\n"


def key(label: str) -> str:
    return f'API_KEY = "{{{{key:{label}}}}}"\n'


def said(label: str) -> str:
    return expand(f"Binance api_key={{{{key:{label}}}}}")


def commit(folder: Path, files: dict[str, str | bytes], message: str = "change") -> str:
    write(folder, files)
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD").strip()


def object_of(folder: Path, label: str) -> str:
    write(folder, {"object": key(label)})
    name = git(folder, "hash-object", "-w", "object").strip()
    (folder / "object").unlink()
    return name


@pytest.fixture
def corners(repository: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[str, str]]:
    """One repository with a key of its own in each of twelve places. Shape: corner to rule and path."""
    folder = repository
    monkeypatch.chdir(folder)
    first = commit(folder, {"base.py": CLEAN, "gone.py": key("gone")})
    (folder / "gone.py").unlink()
    second = commit(folder, {}, said("message"))
    git(folder, "checkout", "-qb", "other")
    commit(folder, {"other.py": key("other")})
    git(folder, "checkout", "-q", "main")
    commit(folder, {"main.py": CLEAN})
    git(folder, "checkout", "-qb", "side", second)
    commit(folder, {"side.py": CLEAN})
    git(folder, "checkout", "-q", "main")
    git(folder, "merge", "-q", "--no-commit", "side")
    write(folder, {"evil.py": key("evil")})
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "merge")
    git(folder, "tag", "-a", "-m", said("tag"), "v1")
    git(folder, "notes", "add", "-m", said("note"), first)
    git(folder, "tag", "-a", "-m", "a blob", "blob", object_of(folder, "tagged"))
    dangling = object_of(folder, "dangling")
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("conf/bot.py", expand(key("zip")))
    commit(folder, {"backup.zip": packed.getvalue(), "Script.ps1": expand(key("utf-16")).encode("utf-16")})
    write(folder, {"base.py": key("stash")})
    git(folder, "stash", "-q")
    write(folder, {"staged.py": key("staged")})
    git(folder, "add", ".")
    (folder / "staged.py").unlink()
    return {
        "added and removed": ("key-in-history", "gone.py"),
        "other branch": ("hardcoded-api-key", "other.py"),
        "evil merge": ("hardcoded-api-key", "evil.py"),
        "commit message": ("key-in-history", ".git/commit-message"),
        "tag message": ("key-in-history", ".git/tag-message/v1"),
        "note": ("key-in-history", f".git/notes/{first}"),
        "stash": ("key-in-history", "base.py"),
        "index only": ("hardcoded-api-key", "staged.py"),
        "zip member": ("hardcoded-api-key", "backup.zip!conf/bot.py"),
        "UTF-16": ("hardcoded-api-key", "Script.ps1"),
        "dangling": ("key-in-history", f".git/objects/{dangling}"),
        "annotated tag of a blob": ("key-in-history", ".git/refs/tags/blob"),
    }


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        pytest.param(["."], {"evil merge", "zip member", "UTF-16"}, id="the files"),
        pytest.param(["--staged"], {"index only"}, id="staged"),
        pytest.param(["--range", "main~1..main"], {"zip member", "UTF-16"}, id="a range"),
        pytest.param(["--history"], None, id="the history"),
        pytest.param(["--history", "--unreachable"], None, id="and what nothing leads to"),
    ],
)
def test_twelve_odd_corners_of_one_repository(
    keylint: Run, corners: dict[str, tuple[str, str]], arguments: list[str], found: set[str] | None
) -> None:
    if found is None:
        found = set(corners) if "--unreachable" in arguments else set(corners) - {"dangling"}
    for _ in range(2):  # the second time much is remembered
        result = keylint("scan", *arguments, "--format", "json")
        findings = [(one["rule"], one["path"]) for one in result.report["findings"]]
        assert (result.code, sorted(findings)) == (1, sorted(corners[name] for name in found))
        assert all(one["occurrences"] == [] for one in result.report["findings"])


# Whatever git can be.


def paths(keylint: Run, *arguments: str) -> list[str]:
    return [one["path"] for one in keylint("scan", "--format", "json", *arguments).report["findings"]]


def test_inside_a_submodule(keylint: Run, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    commit(other, {"held.py": KEY})
    (other / "held.py").unlink()
    commit(other, {"a.py": CLEAN})
    git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "module")
    git(repository, "commit", "-qm", "module")
    monkeypatch.chdir(repository)
    assert paths(keylint, "--history") == []
    monkeypatch.chdir(repository / "module")
    assert paths(keylint, "--history") == ["held.py"]
    write(repository / "module", {"new.py": KEY})
    git(repository / "module", "add", ".")
    assert paths(keylint, "--staged") == ["new.py"]


@pytest.mark.parametrize("sparse_index", [False, True])
def test_a_sparse_work_tree(
    keylint: Run, repository: Path, monkeypatch: pytest.MonkeyPatch, sparse_index: bool
) -> None:
    commit(repository, {"in/a.py": CLEAN, "out/deep/bot.py": KEY})
    git(repository, "sparse-checkout", "init", "--cone", *(["--sparse-index"] if sparse_index else []))
    git(repository, "sparse-checkout", "set", "in")
    assert not (repository / "out").exists()
    monkeypatch.chdir(repository)
    assert paths(keylint, "--history") == ["out/deep/bot.py"]
    assert keylint("scan", "--staged").code == 0
    write(repository, {"in/new.py": KEY})
    git(repository, "add", "in")
    assert paths(keylint, "--staged") == ["in/new.py"]


@pytest.mark.parametrize("what", ["blob:none", "tree:0"])
def test_a_partial_clone_is_incomplete_and_nothing_is_fetched(
    keylint: Run, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    commit(repository, {"bot.py": KEY})
    commit(repository, {"bot.py": CLEAN})
    git(repository, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--bare", f"--filter={what}", f"file://{repository}", "partial")
    monkeypatch.chdir(tmp_path / "partial")
    before = sorted(path.name for path in (tmp_path / "partial" / "objects").rglob("*"))
    for _ in range(2):
        result = keylint("scan", "--history", "--format", "json")
        assert result.code == 4
        assert {skip["reason"] for skip in result.report["scanned"]["skipped"]} == {"missing-object"}
    assert sorted(path.name for path in (tmp_path / "partial" / "objects").rglob("*")) == before


def test_packed_refs_and_several_packs_with_an_index_over_them(
    keylint: Run, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    for number in range(3):
        commit(repository, {f"f{number}.py": key(str(number))})
        git(repository, "branch", f"b{number}")
        git(repository, "repack", "-q", "-d")
    git(repository, "pack-refs", "--all")
    git(repository, "multi-pack-index", "write")
    git(repository, "commit-graph", "write", "--reachable")
    packs = repository / ".git" / "objects" / "pack"
    assert len(list(packs.glob("*.pack"))) == 3
    assert not list((repository / ".git" / "refs" / "heads").iterdir())
    assert paths(keylint, "--history") == ["f0.py", "f1.py", "f2.py"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
def test_a_repository_of_somebody_else(keylint: Run, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repository, {"bot.py": KEY})
    for path in (repository, *repository.rglob("*")):
        os.lchown(path, 12345, 12345)
    monkeypatch.chdir(repository)
    with pytest.raises(Exception, match="git"):
        git(repository, "status")
    assert paths(keylint, "--history") == ["bot.py"]
    write(repository, {"new.py": KEY})
    git(repository, "-c", "safe.directory=*", "add", ".")
    assert paths(keylint, "--staged") == ["new.py"]


def test_a_server_s_hook_sees_what_is_in_quarantine(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "server")
    hook = tmp_path / "server" / "hooks" / "pre-receive"
    hook.write_text(
        "#!/bin/sh\nwhile read old new ref; do\n"
        f'PYTHONPATH="{ROOT}" "{sys.executable}" -m keylint scan --range "$old..$new" || exit 1\ndone\n'
    )
    hook.chmod(0o755)
    commit(repository, {"bot.py": CLEAN})
    git(repository, "push", "-q", str(tmp_path / "server"), "main")
    commit(repository, {"bot.py": KEY})
    commit(repository, {"bot.py": CLEAN})
    with pytest.raises(Exception, match="push"):
        git(repository, "push", "-q", str(tmp_path / "server"), "main")
    assert git(tmp_path / "server", "rev-list", "--count", "main").strip() == "1"


def test_variables_of_another_repository_s_hook(
    keylint: Run, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GIT_DIR names the repository that is meant, wherever one is; pathspec and diff variables change nothing."""
    commit(repository, {"bot.py": KEY})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(repository))
    for name, value in {
        "GIT_ICASE_PATHSPECS": "1",
        "GIT_EXTERNAL_DIFF": "/nowhere",
        "GIT_DIFF_OPTS": "-u1",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.bare",
        "GIT_CONFIG_VALUE_0": "true",
        "GIT_NAMESPACE": "elsewhere",
        "GIT_TRACE": "2",
    }.items():
        monkeypatch.setenv(name, value)
    assert paths(keylint, "--history") == ["bot.py"]


def test_a_merge_in_progress_with_a_file_that_only_one_side_has(
    keylint: Run, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    commit(repository, {"bot.py": CLEAN, "held.py": CLEAN})
    git(repository, "checkout", "-qb", "other")
    commit(repository, {"bot.py": "import re\n", "held.py": KEY, "new.py": key("new")})
    git(repository, "checkout", "-q", "main")
    (repository / "held.py").unlink()
    commit(repository, {"bot.py": "import sys\n"})
    with pytest.raises(Exception, match="merge"):
        git(repository, "merge", "-q", "other")
    assert paths(keylint, "--staged") == ["held.py", "new.py"]


def test_a_read_only_repository(keylint: Run, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repository, {"bot.py": KEY})
    for folder in (repository / ".git", *(path for path in (repository / ".git").rglob("*") if path.is_dir())):
        folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    monkeypatch.chdir(repository)
    assert paths(keylint, "--history") == ["bot.py"]
    assert keylint("scan", "--staged").code == 0


def test_a_detached_head_and_a_branch_that_is_not_born(
    keylint: Run, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    commit(repository, {"bot.py": KEY})
    git(repository, "checkout", "-q", "--detach")
    commit(repository, {"new.py": key("new")})
    assert paths(keylint, "--history") == ["bot.py", "new.py"]
    git(repository, "checkout", "-q", "--orphan", "empty")
    git(repository, "rm", "-q", "-rf", ".")
    assert paths(keylint, "--history") == ["bot.py"]
