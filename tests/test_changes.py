"""What commits put where, and a record of it that answers as git would."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import git, write

from keylint.model import Skip
from keylint.sources import changes as module
from keylint.sources.changes import Change, Record, changes
from keylint.sources.repository import Repository, commits_of, open_repository


@pytest.fixture
def opened(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Five commits of two lines that are merged; a path that looks like a commit's name among them."""
    monkeypatch.chdir(repository)
    monkeypatch.setattr(module, "_AT_ONCE", 2)

    def commit(files: dict[str, str | bytes]) -> None:
        write(repository, files)
        git(repository, "add", "-A")
        git(repository, "commit", "-q", "-m", "change")

    commit({"a": "one", "b/c": "one", "f" * 40: "one"})
    git(repository, "checkout", "-q", "-b", "side")
    commit({"a": "side", "f" * 40: "side"})
    git(repository, "checkout", "-q", "-")
    commit({"a": "main", "d": "one"})
    git(repository, "merge", "-q", "-s", "ours", "--no-commit", "side")
    commit({"a": "both"})
    (repository / "d").unlink()
    commit({"a": "one"})
    return open_repository()


def none(skip: Skip) -> None:
    raise AssertionError(skip)


def commits(opened: Repository) -> list[str]:
    return commits_of(opened, [git(Path(opened.root or "."), "rev-parse", "HEAD").strip()])


def of(opened: Repository, record: Record | None = None) -> list[Change]:
    return list(changes(opened, commits(opened), none, record=record))


def test_no_commit_no_change(opened: Repository) -> None:
    assert list(changes(opened, (), none)) == []


def test_changes_come_in_the_order_of_the_commits(opened: Repository) -> None:
    found = of(opened)
    order = commits(opened)
    assert [one.path for one in found if one.commit == order[-1]] == ["a", "b/c", "f" * 40]
    assert sorted(found, key=lambda one: order.index(one.commit)) == found
    assert [len(one.before) for one in found if one.path == "a"] == [1, 2, 1, 1, 0]


def test_a_record_answers_as_git_does(opened: Repository) -> None:
    record = Record()
    found = of(opened, record)
    assert record.covers(commits(opened))
    assert not record.covers(commits(opened)[1:])
    for object_ in {one.object for one in found}:
        assert list(record.of([object_], opened.zero)) == [one for one in found if one.object == object_]
    assert list(record.of({one.object for one in found}, opened.zero)) == found
    assert list(record.of(["0" * 40], opened.zero)) == []


def test_of_more_than_is_held_there_is_no_record(opened: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_HELD", 700)
    record = Record()
    assert of(opened, record) == of(opened)
    assert not record.covers(commits(opened))


def test_many_names_are_looked_for_at_once(opened: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MANY_NAMES", 0)
    record = Record()
    found = of(opened, record)
    assert list(record.of([found[0].object], opened.zero)) == [one for one in found if one.object == found[0].object]


def test_of_a_missing_tree_one_commit_is_told_and_the_others_keep_their_order(opened: Repository) -> None:
    whole, order = of(opened), commits(opened)
    folder = Path(opened.root or ".")
    tree = git(folder, "rev-parse", f"{order[1]}^{{tree}}").strip()
    (folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    told: list[Skip] = []
    record = Record()
    left = list(changes(opened, order, told.append, record=record))
    assert {skip.path for skip in told} == {f".git/commits/{order[0]}", f".git/commits/{order[1]}"}
    assert left == [one for one in whole if one.commit not in order[:2]]
    assert list(record.of({one.object for one in left}, opened.zero)) == left


def test_who_stops_listening_leaves_no_git_behind(opened: Repository) -> None:
    heard = changes(opened, commits(opened), none)
    next(heard)
    heard.close()  # type: ignore[attr-defined]
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
