"""Archives: what is in them is found with the way into them, and none of them takes more than its share."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile

import hypothesis
import hypothesis.strategies as st
import pytest
from conftest import Run, git, write

from keylint import archives
from keylint.archives import MOST_MEMBERS, Member, Room, archive_of
from keylint.archives.zip import ARCHIVE
from keylint.model import Skip
from keylint.pipeline import examine, lens
from keylint.policy.placeholders import expand

KEY = 'API_KEY = "{{key:zip}}"\n'
CLEAN = 'import os\nAPI_KEY = os.environ["API_KEY"]\n'


def packed(files: dict[str, str | bytes], method: int = ZIP_DEFLATED) -> bytes:
    stream = BytesIO()
    with ZipFile(stream, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, bytes) else expand(content))
    return stream.getvalue()


def found(data: bytes, path: str = "a.zip") -> list[tuple[str, ...]]:
    """Where what was found, or why nothing was looked for."""
    return [
        (one.path, one.reason) if isinstance(one, Skip) else (one.location.path, one.target)
        for one in examine(path, data, lens())
    ]


# Nothing to find.


def test_no_archive() -> None:
    assert archive_of(b"PKZIP is a program\n") is None
    assert archive_of(b"") is None
    assert examine("a.txt", b"PK\n", lens()) == ()


def test_a_clean_archive_and_an_empty_one() -> None:
    assert found(packed({"a/": b"", "a/bot.py": CLEAN})) == []
    assert found(packed({})) == []


# What is in it.


@pytest.mark.parametrize("method", [ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA])
@pytest.mark.parametrize("name", ["a.zip", "lib/a.jar", "a.whl", "no-name"])
def test_a_key_in_an_archive(method: int, name: str) -> None:
    data = packed({"README.md": "Binance.US\n" * 2000, "conf/bot.py": KEY}, method)
    assert found(data, name) == [(f"{name}!conf/bot.py", "credential")]


def test_utf_16_and_secret_files_in_an_archive() -> None:
    data = packed({"Script.ps1": expand(KEY).encode("utf-16"), ".env": "BINANCE_API_KEY={{key:env}}\n"})
    assert found(data) == [("a.zip!Script.ps1", "credential"), ("a.zip!.env", "credential"), ("a.zip!.env", "file")]


def test_an_archive_in_archives() -> None:
    data = packed({"bot.py": KEY})
    for depth in range(1, 3):
        data = packed({f"{depth}.zip": data})
    assert found(data) == [("a.zip!2.zip!1.zip!bot.py", "credential")]
    assert found(packed({"3.zip": data})) == [("a.zip!3.zip!2.zip!1.zip", "depth")]


def test_what_nobody_runs_is_judged_for_what_it_gives_away_alone() -> None:
    assert found(packed({"requirements.txt": "python-binance==1.0.16\n"})) == []


def test_a_secret_in_a_member_s_name_is_masked() -> None:
    data = packed({expand("{{key:name}}.png"): bytes(range(256))})
    ((path, reason),) = found(data)
    assert reason == "binary"
    assert expand("{{key:name}}")[4:-2] not in path


def test_names_that_lead_elsewhere_are_only_names() -> None:
    assert found(packed({"../../etc/passwd": KEY, "/abs.py": KEY})) == [
        ("a.zip!../../etc/passwd", "credential"),
        ("a.zip!/abs.py", "credential"),
    ]


# What is left out, and why.


def test_members_without_text() -> None:
    assert found(packed({"a.class": bytes(range(256)), "bot.py": KEY})) == [
        ("a.zip!a.class", "binary"),
        ("a.zip!bot.py", "credential"),
    ]


def test_an_encrypted_member_and_a_damaged_one() -> None:
    data = bytearray(packed({"a.py": KEY, "b.py": KEY}))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    data[data.index(b"a.py") + 10] ^= 0xFF
    assert found(bytes(data)) == [("a.zip!a.py", "unreadable"), ("a.zip!b.py", "unreadable")]


@pytest.mark.parametrize("cut", [20, 40, -1, -30])
def test_an_archive_that_is_not_whole(cut: int) -> None:
    assert found(packed({"a.py": KEY})[:cut]) == [("a.zip", "unreadable")]


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zlib, "decompressobj", lambda *_: pytest.fail("unpacked"))
    assert found(packed({"bomb.txt": bytes(20 << 20)})) == [("a.zip!bomb.txt", "too-large")]


def test_a_member_that_lies_about_its_size_is_cut_there() -> None:
    data = bytearray(packed({"a.txt": b"word " * 100_000}))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(mark) + at
        data[place : place + 4] = struct.pack("<I", 10)
    assert found(bytes(data)) == [("a.zip!a.txt", "unreadable")]


def test_members_share_what_may_be_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room()
    room.size = 10
    data = packed({"a": b"12345678", "b": b"1234", "c": b"12"})
    reasons = [(member.name, member.left_out) for member in ARCHIVE.members(data, room)]
    assert reasons == [("a", None), ("b", "too-large"), ("c", None)]
    assert room.size == 0


def test_so_many_members_are_not_even_listed() -> None:
    data = packed({"a": b""}) + b"PK\x01\x02" * MOST_MEMBERS
    (one,) = ARCHIVE.members(data, Room())
    assert (one.name, one.left_out) == ("", "too-large")


@hypothesis.given(st.data())
def test_whatever_the_bytes_are_nothing_is_raised(data: Any) -> None:
    whole = bytearray(packed({"a.py": KEY, "b/c.txt": "text " * 50}))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(4, len(whole) - 1))] = data.draw(st.integers(0, 255))
    members = list(ARCHIVE.members(bytes(whole), Room()))
    assert all(isinstance(member, Member) for member in members)


def test_every_format_says_when_it_is_one() -> None:
    assert archives._archives()
    assert all(one.is_one(bytes(8192)) is False for one in archives._archives())


# In trees and histories.


@pytest.mark.parametrize("size", [0, 100_000, 2_000_000], ids=["small", "large", "in pieces"])
def test_the_same_in_every_mode(keylint: Run, repository: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.chdir(repository)
    filler = bytes(zlib.crc32(bytes([number % 256, number // 256 % 256])) % 256 for number in range(65536))
    data = packed(
        {"conf/bot.py": KEY, ".env": "BINANCE_API_KEY={{key:env}}\n", "filler": (filler * 40)[:size]}, ZIP_STORED
    )
    write(repository, {"data/backup.zip": data})
    git(repository, "add", ".")
    results = [keylint("scan", "--format", "json", *source) for source in ([], ["--staged"], ["data/backup.zip"])]
    git(repository, "commit", "-qm", "backup")
    results += [keylint("scan", "--format", "json", "--history") for _ in range(2)]
    first, *others = (
        [(one["rule"], one["path"], one["line"], one["fingerprint"]) for one in result.report["findings"]]
        for result in results
    )
    assert [one[:3] for one in first] == [
        ("hardcoded-api-key", "data/backup.zip!.env", 1),
        ("tracked-secret-file", "data/backup.zip!.env", 1),
        ("hardcoded-api-key", "data/backup.zip!conf/bot.py", 1),
    ]
    assert [[one[3] for one in some] for some in others] == [[one[3] for one in first]] * 4
    assert [result.report["scanned"]["files"] for result in results] == [1] * 5


def test_an_archive_that_is_gone(keylint: Run, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository)
    write(repository, {"backup.zip": packed({"bot.py": KEY})})
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "backup")
    first = git(repository, "rev-parse", "HEAD").strip()
    git(repository, "rm", "-q", "backup.zip")
    git(repository, "commit", "-qm", "gone")
    for _ in range(2):
        (finding,) = keylint("scan", "--history", "--format", "json").report["findings"]
        assert (finding["rule"], finding["path"], finding["commit"]["id"]) == (
            "key-in-history",
            "backup.zip!bot.py",
            first,
        )
