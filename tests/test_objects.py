"""Objects read where nobody watches: bounded in bytes and in time, and what is not told is left to others."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from conftest import git

from keylint.sources.objects import Object, first
from keylint.sources.repository import Repository, open_repository

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there everything is read at once")

FOREVER = 60.0


@pytest.fixture
def opened(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.chdir(repository)
    return open_repository()


def blob(repository: Path, text: str) -> str:
    (repository / "file").write_text(text)
    return git(repository, "hash-object", "-w", "file").strip()


def loose(repository: Path, name: str) -> Path:
    return repository / ".git" / "objects" / name[:2] / name[2:]


def read(opened: Repository, *names: str, most: int = 1 << 20, patience: float = FOREVER) -> list[Object]:
    return list(first(opened, names, most, patience))


def test_no_name_no_object(opened: Repository) -> None:
    assert read(opened) == []


def test_objects_come_in_order_and_nobody_is_left(repository: Path, opened: Repository) -> None:
    one, other = blob(repository, "one"), blob(repository, "other")
    assert read(opened, other, "0" * 40, one) == [
        Object("blob", 5, b"other"),
        Object("missing", 0, b"", "missing-object"),
        Object("blob", 3, b"one"),
    ]
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_no_more_is_read_than_was_asked_for(repository: Path, opened: Repository) -> None:
    names = [blob(repository, f"{place}" * 300_000) for place in range(8)]
    found = read(opened, *names, most=700_000)
    assert 0 < len(found) < len(names)
    assert {one.size for one in found} == {300_000}


def test_what_stalls_git_is_not_waited_for(repository: Path, opened: Repository) -> None:
    """A repository out of an archive may hold a pipe in the place of an object: git waits for it for ever."""
    good, bad = blob(repository, "good"), blob(repository, "bad")
    loose(repository, bad).unlink()
    os.mkfifo(loose(repository, bad))
    assert read(opened, good, bad, patience=0.5) == [Object("blob", 4, b"good")]


def test_what_is_damaged_and_what_follows_is_left(repository: Path, opened: Repository) -> None:
    good, bad, after = blob(repository, "good"), blob(repository, "bad"), blob(repository, "after")
    loose(repository, bad).chmod(0o600)
    loose(repository, bad).write_bytes(b"nothing that git wrote")
    found = read(opened, good, bad, after)
    assert found[0] == Object("blob", 4, b"good")
    assert all(one.left_out or one.data == b"after" for one in found[1:])
