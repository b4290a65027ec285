"""What a repository is at: what a sweep must look at again, and what it need not."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import git, write

from keylint.sweep.state import state_of


@pytest.fixture
def committed(repository: Path) -> Path:
    write(repository, {"a.txt": "a\n"})
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "-m", "a")
    return repository


def test_reading_changes_nothing(committed: Path) -> None:
    before = state_of(str(committed))
    git(committed, "log", "--oneline")
    write(committed, {"untracked.txt": "what git does not hold\n"})
    assert state_of(str(committed)) == before


@pytest.mark.parametrize(
    "change",
    [
        ["commit", "--quiet", "--allow-empty", "-m", "b"],
        ["branch", "other"],
        ["tag", "v1"],
        ["checkout", "--quiet", "--detach"],
        ["notes", "add", "-m", "a note"],
        ["rm", "--quiet", "a.txt"],
        ["update-ref", "refs/remotes/origin/main", "HEAD"],
    ],
    ids=" ".join,
)
def test_what_there_is_to_look_at_changes_it(committed: Path, change: list[str]) -> None:
    before = state_of(str(committed))
    git(committed, *change)
    assert state_of(str(committed)) != before


def test_every_stash_counts(committed: Path) -> None:
    seen = {state_of(str(committed))}
    for number in range(2):
        write(committed, {"a.txt": f"{number}\n"})
        git(committed, "stash", "--quiet")
        seen.add(state_of(str(committed)))
    assert len(seen) == 3


def test_a_work_tree_beside_sees_what_both_share(committed: Path) -> None:
    git(committed, "worktree", "add", "--quiet", "../beside")
    beside = str(committed.parent / "beside")
    before = state_of(beside)
    git(committed, "tag", "v1")
    assert state_of(beside) != before


def test_a_bare_repository_has_its_refs(committed: Path) -> None:
    git(committed.parent, "clone", "--quiet", "--bare", committed.name, "bare.git")
    bare = committed.parent / "bare.git"
    before = state_of(str(bare))
    git(bare, "tag", "v1")
    assert state_of(str(bare)) != before
