"""Folders and files: what is taken, what is left out and counted, in git work trees and outside."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from conftest import git, write

from keylint.errors import NothingScanned
from keylint.sources.git import GitFailed, in_work_tree
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


def test_scan_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a/b/c.py": "", "d/e.py": ""})
    here = tmp_path / "a"
    monkeypatch.chdir(here)
    assert scan_root(["."]) == str(here)
    assert scan_root([str(tmp_path)]) == str(tmp_path)
    assert scan_root(["b/c.py"]) == str(here)
    assert scan_root(["b", "b/c.py"]) == str(here)
    assert scan_root(["../d/e.py"]) == str(tmp_path / "d")
    assert scan_root(["b/c.py", "../d/e.py"]) == str(tmp_path)


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
    listing = list_paths([str(repository)])
    assert [entry.path for entry in listing.entries] == [".gitignore", "a.py", "ignored.py"]
    assert any("git could not list" in skip.detail for skip in listing.skipped)


def test_git_that_is_not_there(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(GitFailed, match="could not be started"):
        ask_git(str(repository), ["status"])


def test_in_work_tree(repository: Path, tmp_path: Path) -> None:
    assert in_work_tree(str(repository))
    assert in_work_tree(str(repository / "not" / "there"))
    assert not in_work_tree(str(tmp_path))


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
