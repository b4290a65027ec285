"""Formats of archives beside zip: what they hold, what damage does, and that nothing takes more than its share."""

from __future__ import annotations

import bz2
import gzip
import lzma
import sys
import tarfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest
from conftest import git
from test_matrix import READS_DATABASES, database, program, tarred, zipped

from keylint.archives import Member, Room, _inflating, archive_of, compressed, git_bundle, sqlite, tar
from keylint.model import Skip
from keylint.pipeline import examine, lens
from keylint.policy.placeholders import expand

KEY = expand('API_KEY = "{{key:packing}}"\n').encode()
CLEAN = b'import os\nAPI_KEY = os.environ["API_KEY"]\n' * 20


def found(data: bytes, path: str = "a.bin") -> list[tuple[str, ...]]:
    """Where what was found, or why nothing was looked for."""
    return [
        (one.path, one.reason) if isinstance(one, Skip) else (one.location.path, one.target)
        for one in examine(path, data, lens())
    ]


reads_databases = pytest.mark.skipif(not READS_DATABASES, reason="SQLite is read from Python 3.11 on")


@pytest.fixture
def bundle(repository: Path) -> bytes:
    """A bundle of three versions of a file, one of them a delta, and a file in folders."""
    (repository / "bot" / "conf").mkdir(parents=True)
    (repository / "bot" / "conf" / "keys.py").write_bytes(KEY)
    (repository / "notes.txt").write_text("line\n" * 3000, encoding="utf-8")
    for number in range(3):
        with (repository / "notes.txt").open("ab") as stream:
            stream.write(expand(f"api_key = {{{{key:notes{number}}}}}\n").encode())
        git(repository, "add", "--all")
        git(repository, "commit", "-qm", "more")
    git(repository, "repack", "-adq")
    git(repository, "bundle", "create", "-q", "a.bundle", "--all")
    return (repository / "a.bundle").read_bytes()


# Nothing to find.


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(gzip.compress(CLEAN), id="gzip"),
        pytest.param(bz2.compress(CLEAN), id="bzip2"),
        pytest.param(lzma.compress(CLEAN), id="xz"),
        pytest.param(gzip.compress(b""), id="nothing in gzip"),
        pytest.param(tarred({"a.py": CLEAN}), id="tar"),
        pytest.param(database(("CREATE TABLE t (api_key TEXT)", ())), id="an empty table", marks=reads_databases),
    ],
)
def test_clean(data: bytes) -> None:
    assert found(data) == []


def test_a_program_without_a_key() -> None:
    assert found(program("", "SHA-256 of what it is: " + expand("{{key:noise}}"))[1]) == [("a.bin", "binary")]


# What is in them.


def test_streams_in_a_row_and_padding() -> None:
    half = len(KEY) // 2
    data = gzip.compress(KEY[:half]) + gzip.compress(KEY[half:]) + bytes(10)
    assert found(data, "keys.py.gz") == [("keys.py.gz!keys.py", "credential")]


def test_every_version_in_a_bundle(bundle: bytes) -> None:
    places = found(bundle, "a.bundle")
    assert places.count(("a.bundle!bot/conf/keys.py", "credential")) == 1
    assert places.count(("a.bundle!notes.txt", "credential")) == 1 + 2 + 3


@reads_databases
def test_tables_and_what_has_lines_in_them() -> None:
    data = database(
        ("CREATE TABLE settings (name TEXT, value TEXT)", ()),
        ("INSERT INTO settings VALUES ('theme', 'dark'), ('binance_api_key', ?)", (expand("{{key:row}}"),)),
        ("CREATE TABLE mail (id INTEGER, body TEXT)", ()),
        ("INSERT INTO mail VALUES (1, ?)", (f"Hello\n{KEY.decode()}",)),
        ('CREATE TABLE "a ""b" (x BLOB)', ()),
        ('INSERT INTO "a ""b" VALUES (?)', (KEY,)),
        ("CREATE VIEW v AS SELECT load_extension('x') FROM mail", ()),
    )
    places = [
        (one.location.path, one.location.line) for one in examine("a.db", data, lens()) if not isinstance(one, Skip)
    ]
    assert places == [('a.db!a "b/1/x', 1), ("a.db!mail/1/body", 2), ("a.db!settings", 3)]


@reads_databases
def test_a_database_of_wide_characters() -> None:
    data = database(
        ("PRAGMA encoding = 'UTF-16le'", ()), ("CREATE TABLE t AS SELECT ? AS token", (expand("{{key:wide}}"),))
    )
    assert [one[0] for one in found(data)] == ["a.bin!t"]


@reads_databases
def test_values_with_tabs_and_values_that_are_no_text() -> None:
    data = database(
        ("CREATE TABLE keys (id INTEGER, note TEXT, api_key BLOB)", ()),
        ("INSERT INTO keys VALUES (1, 'a\tb', ?)", (KEY.strip(),)),
        ("INSERT INTO keys VALUES (2, 'c', ?)", (b"\x7fELF\0\0" + KEY + b"\0",)),
        ("INSERT INTO keys VALUES (3, 'd', ?)", (b"\x89PNG\0\0",)),
    )
    assert found(data) == [("a.bin!keys/2/api_key", "credential"), ("a.bin!keys", "credential")]


@reads_databases
def test_a_database_with_a_log_beside_it() -> None:
    data = bytearray(database(("CREATE TABLE keys AS SELECT ? AS api_key", (expand("{{key:wal}}"),))))
    data[18:20] = b"\2\2"
    assert found(bytes(data)) == [("a.bin!keys", "credential")]


def test_a_string_that_runs_into_the_next() -> None:
    data = bytes(range(256)) * 3 + expand("\xfa@{{key:counted}}N api_key").encode("latin-1") + bytes(range(256))
    assert found(data, "conf.pyc") == [("conf.pyc", "credential")]


def test_text_of_office_in_any_number_of_elements() -> None:
    key = expand("{{key:office}}")
    words = f"<w:p><w:r><w:t>API key: {key[:20]}</w:t></w:r><w:r><w:t>{key[20:]}</w:t></w:r></w:p>"
    data = zipped(
        "", {"word/document.xml": f"<w:p/><w:p><w:t>Dear Bob</w:t></w:p>{words}".encode(), "word/x.xml": b"<x/>"}
    )
    ((path, line),) = [
        (one.location.path, one.location.line) for one in examine("a.docx", data, lens()) if not isinstance(one, Skip)
    ]
    assert (path, line) == ("a.docx!word/document.xml", 2)


# What is left out, and why.


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_a_stream_that_ends_midway(compress: Any) -> None:
    assert found(compress(KEY * 50)[:-4])[-1] == ("a.bin", "unreadable")


def test_a_stream_that_is_damaged() -> None:
    data = bytearray(gzip.compress(KEY * 50))
    data[12] ^= 0xFF
    assert found(bytes(data)) == [("a.bin", "unreadable")]


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress])
def test_a_bomb(compress: Any) -> None:
    assert found(compress(bytes(50 << 20))) == [("a.bin", "too-large")]
    stream = BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        info = tarfile.TarInfo("zeros")
        info.size = 50 << 20
        archive.addfile(info, BytesIO(bytes(info.size)))
    assert found(compress(stream.getvalue())) == [("a.bin", "too-large")]


def test_a_tar_that_breaks_off_or_is_damaged() -> None:
    data = tarred({"a.py": KEY, "b.py": KEY})
    assert found(data[:1600])[-1] == ("a.bin", "unreadable")
    damaged = bytearray(data)
    damaged[1024:1100] = b"x" * 76
    assert found(bytes(damaged)) == [("a.bin!a.py", "credential"), ("a.bin", "unreadable")]


def test_a_tar_of_too_many_or_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room()
    room.members, room.size = 2, 10
    data = tarred({"a": b"12345678", "b": b"1234", "c": b"12"})
    kept = [(one.name, one.left_out) for one in tar.ARCHIVE.members(data, room)]
    assert kept == [("a", None), ("b", "too-large"), ("", "too-large")]


@pytest.mark.parametrize("cut", [30, 200, -40])
def test_a_bundle_that_is_not_whole(bundle: bytes, cut: int) -> None:
    assert ("a.bundle", "unreadable") in found(
        bundle[:cut] if cut > 100 or cut < 0 else b"# v2 git bundle\n\nPACK", "a.bundle"
    )


def test_a_bundle_of_too_many(bundle: bytes) -> None:
    room = Room()
    room.members = 3
    assert "too-large" in [one.left_out for one in git_bundle.ARCHIVE.members(bundle, room)]


def test_a_database_that_is_damaged() -> None:
    data = database(("CREATE TABLE keys AS SELECT ? AS api_key", (expand("{{key:cut}}"),)))
    assert found(data[:100] + bytes(len(data) - 100)) == []
    assert found(data[:4096])[-1][1] == "unreadable"


@reads_databases
def test_a_database_of_too_much() -> None:
    room = Room()
    room.size = 20
    data = database(("CREATE TABLE keys AS SELECT ? AS api_key", (expand("{{key:large}}"),)))
    assert [(one.name, one.left_out) for one in sqlite.ARCHIVE.members(data, room)] == [("keys", "too-large")]


def test_where_a_database_cannot_be_read_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))
    data = database(("CREATE TABLE keys AS SELECT ? AS api_key", (expand("{{key:old}}"),)))
    assert found(data) == [("a.bin", "unreadable")]
    assert found(database(("CREATE TABLE t (name TEXT)", ()))) == []


def test_without_zstandard_it_is_binary() -> None:
    head = b"\x28\xb5\x2f\xfd" + bytes(60)
    assert archive_of(head) is None or _inflating.is_compressed(head)


@hypothesis.settings(max_examples=150)
@hypothesis.given(st.data())
def test_whatever_the_bytes_are_nothing_is_raised(data: Any) -> None:
    wholes = [
        gzip.compress(KEY * 9),
        bz2.compress(KEY),
        lzma.compress(KEY),
        tarred({"a.py": KEY, "b/c.txt": b"text " * 50}),
        tarred({"a.py": KEY}, "w:gz"),
        database(("CREATE TABLE keys AS SELECT ? AS api_key", (KEY.decode(),))),
        b"# v2 git bundle\n"
        + b"1" * 40
        + b" refs/heads/main\n\nPACK\0\0\0\2\0\0\0\2\x35"
        + zlib.compress(KEY[:5])
        + bytes(30),
    ]
    whole = bytearray(data.draw(st.sampled_from(wholes)))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    for archive in (compressed.ARCHIVE, tar.ARCHIVE, sqlite.ARCHIVE, git_bundle.ARCHIVE):
        assert all(isinstance(member, Member) for member in archive.members(bytes(whole), Room()))


def test_whoever_keeps_hashes_is_told_the_place_in_the_file() -> None:
    heard: list[tuple[int, str]] = []
    text = expand("kind: Secret\ndata:\n  .env: {{base64:# of today\nBINANCE_API_KEY={{key:heard}}\n}}\n")
    examine(
        "secret.yaml", text.encode(), lens(), lambda fact, _text, secret: heard.append((fact.location.line, secret))
    )
    assert heard == [(3, expand("{{key:heard}}"))]
