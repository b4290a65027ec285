"""Folders and files: what is taken, what is left out and counted, in git work trees and outside."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from conftest import Run, git, write

from keylint.errors import NothingScanned
from keylint.policy.placeholders import expand
from keylint.sources.git import GitFailed, work_tree_of
from keylint.sources.git import git as ask_git
from keylint.sources.worktree import list_paths, scan_root


def listed(*paths: Path | str, use_git: bool = True) -> tuple[list[str], dict[str, str]]:
    """The paths taken, and the reason of each left out."""
    listing = list_paths([str(path) for path in paths], use_git=use_git)
    return [entry.path for entry in listing.entries], {skip.path: skip.reason for skip in listing.skipped}


def test_outside_git_every_file_is_taken(tmp_path: Path) -> None:
    write(tmp_path, {"b.py": "", "a/c.py": "", ".hidden": "", ".gitignore": "*.py"})
    assert listed(tmp_path) == ([".gitignore", ".hidden", "a/c.py", "b.py"], {})


def test_in_a_work_tree_ignored_files_are_not_taken(repository: Path) -> None:
    write(
        repository,
        {
            "tracked.py": "",
            "untracked.py": "",
            "ignored.py": "",
            "forced.py": "",
            ".gitignore": "ignored.py\nforced.py",
        },
    )
    git(repository, "add", "tracked.py")
    git(repository, "add", "-f", "forced.py")
    assert listed(repository) == ([".gitignore", "forced.py", "tracked.py", "untracked.py"], {})


def test_without_gitignore_everything_is_taken_but_git_itself(repository: Path) -> None:
    write(repository, {"ignored.py": "", ".gitignore": "ignored.py"})
    assert listed(repository, use_git=False) == ([".gitignore", "ignored.py"], {".git": "excluded"})


def test_a_folder_of_a_work_tree(repository: Path) -> None:
    write(repository, {"src/a.py": "", "other/b.py": ""})
    assert listed(repository / "src") == (["a.py"], {})


def test_a_linked_work_tree(repository: Path, tmp_path: Path) -> None:
    write(repository, {"a.py": "", ".gitignore": "ignored"})
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "first")
    git(repository, "worktree", "add", "-q", str(tmp_path / "linked"))
    write(tmp_path / "linked", {"ignored": ""})
    # `.git` is a file here; it is git's own and not listed.
    assert listed(tmp_path / "linked") == ([".gitignore", "a.py"], {})


def test_repositories_inside_are_counted(repository: Path) -> None:
    write(repository, {"a.py": ""})
    inner = repository / "inner"
    inner.mkdir()
    git(inner, "init", "-q")
    write(inner, {"b.py": ""})
    assert listed(repository) == (["a.py"], {"inner": "excluded"})


def test_submodules_are_counted(repository: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    write(other, {"b.py": ""})
    git(other, "add", ".")
    git(other, "commit", "-qm", "first")
    git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "module")
    assert listed(repository) == ([".gitmodules"], {"module": "excluded"})


def test_a_tracked_file_that_is_deleted_is_no_part_of_the_tree(repository: Path) -> None:
    write(repository, {"a.py": "", "b.py": ""})
    git(repository, "add", ".")
    (repository / "b.py").unlink()
    listing = list_paths([str(repository)])
    assert [(entry.path, entry.in_index) for entry in listing.entries] == [("a.py", True), ("b.py", True)]


def test_links_are_counted_and_never_followed(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"secret.py": ""})
    inside = write(tmp_path / "inside", {"a.py": ""})
    (inside / "loop").symlink_to(".")
    (inside / "out").symlink_to(outside)
    (inside / "file").symlink_to(outside / "secret.py")
    (inside / "broken").symlink_to("nowhere")
    expected = dict.fromkeys(["broken", "file", "loop", "out"], "symlink")
    assert listed(inside) == (["a.py"], expected)
    git(inside, "init", "-q")
    git(inside, "add", ".")
    assert listed(inside) == (["a.py"], expected)


def test_a_link_named_is_the_folder_it_leads_to(tmp_path: Path) -> None:
    write(tmp_path / "real", {"a.py": ""})
    (tmp_path / "link").symlink_to("real")
    assert listed(tmp_path / "link") == (["a.py"], {})


@pytest.mark.parametrize(
    "name", ["with blank.py", "line\nfeed.py", "tab\t.py", "-dash.py", "ünïcode.py", 'quote".py', "back\\slash.py"]
)
def test_names(repository: Path, name: str) -> None:
    write(repository, {name: ""})
    assert listed(repository) == ([name], {})
    assert listed(repository, use_git=False)[0] == [name]


def test_a_name_that_is_no_utf8(repository: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    (repository / name).write_bytes(b"")
    assert listed(repository) == (["caf\\xe9.py"], {})


def test_nothing_named_exists(tmp_path: Path) -> None:
    with pytest.raises(NothingScanned, match="no such file or folder"):
        listed(tmp_path / "nowhere")


def test_nothing_is_there(tmp_path: Path) -> None:
    with pytest.raises(NothingScanned, match="no file in"):
        listed(tmp_path)


def test_everything_is_ignored(repository: Path) -> None:
    write(repository, {"build/a.py": "", ".gitignore": "build"})
    with pytest.raises(NothingScanned, match="--no-gitignore"):
        listed(repository / "build")


def test_one_of_two_is_missing(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": ""})
    assert listed(tmp_path / "a.py", tmp_path / "gone.py") == (["a.py"], {"gone.py": "unreadable"})


def test_a_folder_named_twice_and_a_file_of_it(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": ""})
    assert listed(tmp_path, tmp_path, tmp_path / "a.py")[0] == ["a.py"]


def test_a_socket_is_handed_on_to_be_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        assert listed(".")[0] == ["socket"]


@pytest.mark.parametrize(
    ("paths", "root"),
    [
        (["a"], "a"),
        (["a/b/c.py"], "a"),
        (["a/b", "a/b/c.py"], "a"),
        (["d/e.py"], "d"),
        (["a/b/c.py", "d/e.py"], "."),
    ],
)
def test_scan_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paths: list[str], root: str) -> None:
    write(tmp_path, {"a/b/c.py": "", "d/e.py": ""})
    monkeypatch.chdir(tmp_path / "a")
    assert scan_root([str(tmp_path / path) for path in paths]) == str((tmp_path / root).resolve())


def test_git_cannot_be_made_to_run_a_program(repository: Path, tmp_path: Path) -> None:
    write(repository, {"a.py": ""})
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    program.chmod(0o755)
    git(repository, "config", "core.fsmonitor", str(program))
    assert listed(repository) == (["a.py"], {})
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"])
def test_the_environment_of_a_hook_does_not_redirect(
    repository: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    write(repository, {"a.py": ""})
    monkeypatch.setenv(name, "/nowhere")
    assert listed(repository) == (["a.py"], {})


def test_where_git_fails_everything_is_taken_and_it_is_said(repository: Path) -> None:
    write(repository, {"a.py": "", "ignored.py": "", ".gitignore": "ignored.py"})
    git(repository, "add", "a.py")
    (repository / ".git" / "index").write_bytes(b"garbage")
    before = set(os.listdir("/proc/self/fd"))
    listing = list_paths([str(repository)])
    assert [entry.path for entry in listing.entries] == [".gitignore", "a.py", "ignored.py"]
    (notice,) = listing.notices
    assert notice.startswith(f"git could not list {repository} (")
    assert set(os.listdir("/proc/self/fd")) == before


def test_git_that_is_not_there(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(GitFailed, match="could not be started"):
        ask_git(str(repository), ["status"])


def test_work_tree_of(repository: Path, tmp_path: Path) -> None:
    assert work_tree_of(str(repository)) == str(repository)
    assert work_tree_of(str(repository / "not" / "there")) == str(repository)
    assert work_tree_of(str(tmp_path)) is None


def test_a_partial_clone_cannot_be_made_to_fetch(repository: Path, tmp_path: Path) -> None:
    write(repository, {"a.py": "", ".gitignore": "*.log\n", "x.log": ""})
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "first")
    blob = git(repository, "rev-parse", ":.gitignore").strip()
    git(repository, "update-index", "--skip-worktree", ".gitignore")
    (repository / ".gitignore").unlink()
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    for name, value in {
        "core.repositoryformatversion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": str(repository),
        "remote.origin.uploadpack": f"touch {tmp_path}/ran; git-upload-pack",
    }.items():
        git(repository, "config", name, value)
    assert "a.py" in listed(repository)[0]
    assert not (tmp_path / "ran").exists()


def test_a_work_tree_configured_elsewhere_hides_nothing(repository: Path, tmp_path: Path) -> None:
    write(repository, {"a.py": "", "b.py": ""})
    git(repository, "add", "a.py")
    git(repository, "config", "core.worktree", str(tmp_path))
    assert listed(repository) == (["a.py", "b.py"], {})


def test_a_folder_replaced_by_a_link_is_not_followed(repository: Path, tmp_path: Path) -> None:
    write(repository, {"folder/inner/a.py": "", "b.py": ""})
    git(repository, "add", "-A")
    (repository / "folder").rename(tmp_path / "elsewhere")
    (repository / "folder").symlink_to(tmp_path / "elsewhere")
    paths, reasons = listed(repository)
    assert "folder/inner/a.py" not in paths
    assert reasons["folder/inner/a.py"] == "symlink"


def test_what_lies_in_the_place_of_a_submodule_is_taken(repository: Path) -> None:
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")
    write(repository, {"module/a.py": ""})
    assert listed(repository) == (["module/a.py"], {})


def test_a_pipe_in_place_of_a_file_of_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(repository, {"a.py": ""})
    os.mkfifo(repository / ".gitignore")
    monkeypatch.setattr("keylint.sources.git._PATIENCE", 0.2)
    listing = list_paths([str(repository)])
    assert "a.py" in [entry.path for entry in listing.entries]
    assert "did not answer" in listing.notices[0]


def test_names_that_are_shown_alike_are_two_files(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"k\xff.py")).touch()
    (tmp_path / "k\\xff.py").touch()
    assert len(listed(tmp_path)[0]) == 2


def test_a_path_through_a_link_goes_where_the_system_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"here/x.py": "", "there/inner/y": "", "there/x.py": ""})
    (tmp_path / "here" / "link").symlink_to(tmp_path / "there" / "inner")
    monkeypatch.chdir(tmp_path / "here")
    assert sorted(listed("link/../x.py", "x.py")[0]) == ["here/x.py", "there/x.py"]


def test_a_key_in_a_name_is_masked(tmp_path: Path) -> None:
    write(tmp_path, {expand("{{key:name}}.py"): "", expand("{{hex64:name}}.py"): ""})
    paths = listed(tmp_path)[0]
    assert expand("{{hex64:name}}.py") in paths
    assert any("…" in path and len(path) < 20 for path in paths)


def test_untracked_files_of_a_large_work_tree_are_looked_for_meanwhile(repository: Path, keylint: Run) -> None:
    write(repository, {f"file{place}.py": "" for place in range(1100)})
    git(repository, "add", "-A")
    write(repository, {"new.py": "API_KEY = '{{key:late}}'", "out.log": "", ".gitignore": "*.log"})
    listing = list_paths([str(repository)])
    assert len(listing.entries) == 1100
    assert listing.late is not None
    assert [entry.path for entry in listing.late().entries] == [".gitignore", "new.py"]
    for jobs in ("1", "2"):
        result = keylint("scan", str(repository), "--jobs", jobs, "--format", "json")
        assert result.report["scanned"]["files"] == 1102
        assert result.places == {("hardcoded-api-key", "new.py", 1, 12)}


def test_many_untracked_files_are_many_for_workers_too(repository: Path, keylint: Run) -> None:
    write(repository, {f"old{place}.py": "" for place in range(1100)})
    git(repository, "add", "-A")
    write(repository, {f"new{place}.py": f"API_KEY = '{{{{key:{place % 5}}}}}'" for place in range(1100)})
    alone = keylint("scan", str(repository), "--jobs", "1", "--format", "json")
    assert len(alone.places) == 1100
    assert keylint("scan", str(repository), "--jobs", "2", "--format", "json").out == alone.out


def test_where_git_fails_late_everything_is_taken(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(repository, {f"file{place}.py": "" for place in range(1100)})
    git(repository, "add", "-A")
    write(repository, {"new.py": ""})
    os.mkfifo(repository / ".gitignore")
    monkeypatch.setattr("keylint.sources.git._PATIENCE", 0.3)
    listing = list_paths([str(repository)])
    assert listing.late is not None
    assert "new.py" in [entry.path for entry in listing.late().entries]
    assert "did not answer" in listing.notices[0]


def test_a_named_pipe_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert listed(tmp_path / "pipe") == ([], {"pipe": "unreadable"})


@pytest.mark.parametrize("tracked", [True, False])
def test_the_world_knows_what_is_tracked(repository: Path, tracked: bool) -> None:
    write(repository, {"a.py": ""})
    if tracked:
        git(repository, "add", ".")
    assert list_paths([str(repository)]).world.is_tracked("a.py") is tracked
    assert list_paths([str(repository / "a.py")]).world.is_tracked("a.py") is tracked


def test_without_git_a_tree_is_as_it_was_handed_over(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": ""})
    world = list_paths([str(tmp_path)]).world
    assert world.is_tracked("a.py")
    assert world.is_tracked("b.py")


def test_the_world_knows_who_names_the_exchange(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "near/a.py": "",
            "near/readme": "For Binance",
            "far/deep/deeper/b.py": "",
            "below/deep/c.py": "",
            "below/x": "binance",
        },
    )
    world = list_paths([str(tmp_path)]).world
    places = ("near/a.py", "far/deep/deeper/b.py", "below/deep/c.py", "nowhere")
    assert [world.is_near_exchange(path) for path in places] == [True, False, True, False]
