"""Reading: whole files, large ones in pieces, and everything that is no file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import write

from keylint.model import Skip
from keylint.policy.placeholders import expand
from keylint.sources import Entry, reading
from keylint.sources.reading import Content, read_file


def content(path: Path, *, wanted: bool = False, in_index: bool = False) -> Content | Skip | None:
    return read_file(Entry("shown", str(path), in_index), lambda _: wanted)


def reason(path: Path) -> str:
    skip = content(path)
    assert isinstance(skip, Skip)
    assert skip.path == "shown"
    return skip.reason


def test_a_small_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert content(tmp_path / "a") == Content(b"abc", 3)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert content(tmp_path / "a") == Content(b"", 0)


@pytest.mark.parametrize("size", [reading._PIECE - 1, reading._PIECE, reading._PIECE + 1, 3 * reading._PIECE])
def test_a_large_file_without_interest_is_not_kept(tmp_path: Path, size: int) -> None:
    (tmp_path / "a").write_bytes(b"ab " * (size // 3) + b"." * (size % 3))
    read = content(tmp_path / "a")
    assert isinstance(read, Content)
    assert read.size == size
    assert bool(read.data) is (size <= reading._PIECE)


@pytest.mark.parametrize(
    "offset", [0, reading._PIECE - 65, reading._PIECE - 64, reading._PIECE - 30, reading._PIECE, 2 * reading._PIECE]
)
def test_a_key_in_a_large_file_is_seen_wherever_it_stands(tmp_path: Path, offset: int) -> None:
    key = expand(" {{key:large}} ").encode()
    (tmp_path / "a").write_bytes(b"." * offset + key + b"." * 2 * reading._PIECE)
    read = content(tmp_path / "a")
    assert isinstance(read, Content)
    assert read.data.find(key) == offset


def test_a_large_file_that_is_wanted_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"." * 2 * reading._PIECE)
    read = content(tmp_path / "a", wanted=True)
    assert isinstance(read, Content)
    assert len(read.data) == read.size == 2 * reading._PIECE


def test_a_large_binary_file_is_left_at_its_first_piece(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(2 * reading._PIECE))
    assert reason(tmp_path / "a") == "binary"


def test_a_marked_file_over_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", reading._PIECE)
    (tmp_path / "a").write_bytes(expand("{{key:large}} ").encode() + b"." * reading._PIECE)
    assert reason(tmp_path / "a") == "too-large"


def test_a_file_that_grows_is_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abcdef")
    descriptor = os.open(tmp_path / "a", os.O_RDONLY)
    try:
        assert reading._read_whole(descriptor, 3) == b"abcdef"
    finally:
        os.close(descriptor)


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("a")
    (tmp_path / "folder").mkdir()
    write(tmp_path, {"a": ""})
    assert reason(tmp_path / "pipe") == "excluded"
    assert reason(tmp_path / "link") == "symlink"
    assert reason(tmp_path / "folder") == "excluded"
    assert reason(Path("/dev/zero")) == "excluded"


def test_a_file_that_vanished(tmp_path: Path) -> None:
    assert reason(tmp_path / "gone") == "unreadable"


def test_a_file_of_the_index_that_is_not_on_disk(tmp_path: Path) -> None:
    assert content(tmp_path / "gone", in_index=True) is None


def test_a_file_that_fails_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"abc")

    def fail(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "read", fail)
    skip = content(tmp_path / "a")
    assert skip == Skip("shown", "unreadable", "Input/output error")


def test_where_links_cannot_be_refused_they_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_NO_FOLLOW", False)
    write(tmp_path, {"a": ""})
    (tmp_path / "link").symlink_to("a")
    assert reason(tmp_path / "link") == "symlink"
