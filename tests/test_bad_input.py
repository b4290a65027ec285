"""What should not be there: scanned, or counted with its reason; never a crash, never silence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Run, write

from keylint.policy.placeholders import expand

KEY = expand("{{key:bad}}")


def scan(keylint: Run, folder: Path) -> tuple[int, dict[str, str], set[tuple[str, int, int]]]:
    """Exit code, reasons of what was left out, places found."""
    result = keylint("scan", str(folder), "--format", "json", "--rule", "hardcoded-api-key")
    reasons = {skip["path"]: skip["reason"] for skip in result.report["scanned"]["skipped"]}
    return result.code, reasons, {place[1:] for place in result.places}


@pytest.mark.parametrize(
    ("data", "place"),
    [
        pytest.param(b"\xff\xfe\xfd api_key = " + KEY.encode(), (1, 15), id="invalid UTF-8"),
        pytest.param("käse api_key = ".encode("latin-1") + KEY.encode(), (1, 16), id="Latin-1"),
        pytest.param(f"\ufeffapi_key={KEY}".encode(), (1, 9), id="a mark is no column"),
        pytest.param(f"a\r\napi_key={KEY}\r\n".encode(), (2, 9), id="Windows lines"),
        pytest.param(f"a\rapi_key={KEY}\r".encode(), (2, 9), id="Macintosh lines"),
        pytest.param(f"a\n\n\nschlüssel api_key={KEY}".encode(), (4, 19), id="columns are characters"),
        pytest.param(f"a\napi_key={KEY}\n".encode("utf-16"), (2, 9), id="UTF-16"),
        pytest.param(f"a\napi_key={KEY}\n".encode("utf-16-be"), (2, 9), id="UTF-16 without a mark"),
        pytest.param(f"a\napi_key={KEY}\n".encode("utf-32"), (2, 9), id="UTF-32"),
        pytest.param(b"a\0\napi_key=" + KEY.encode() + b"\n" * 100, (2, 9), id="one stray NUL"),
        pytest.param(b"x" * 9000 + b"\0" * 100 + b"\napi_key=" + KEY.encode(), (2, 9), id="NULs after the head"),
        pytest.param(b"\xff\xfe" + f"api_key={KEY}".encode(), (1, 11), id="a mark that lies"),
        pytest.param(b"api_key=" + KEY.encode(), (1, 9), id="no end of line"),
    ],
)
def test_keys_in_odd_files(keylint: Run, tmp_path: Path, data: bytes, place: tuple[int, int]) -> None:
    (tmp_path / "file").write_bytes(data)
    assert scan(keylint, tmp_path) == (1, {}, {("file", *place)})


def test_thirty_megabytes_on_one_line(keylint: Run, tmp_path: Path) -> None:
    filler = b"'aaaaaaaa','bbbbbbbb'," * 700_000
    (tmp_path / "dump.sql").write_bytes(filler + b"api_key='" + KEY.encode() + b"'," + filler)
    assert scan(keylint, tmp_path) == (1, {}, {("dump.sql", 1, len(filler) + 10)})


def test_thirty_megabytes_of_umlauts(keylint: Run, tmp_path: Path) -> None:
    filler = "ü" * 7_500_000
    (tmp_path / "dump").write_text(f"{filler} api_key='{KEY}' {filler}", encoding="utf-8")
    assert scan(keylint, tmp_path) == (1, {}, {("dump", 1, len(filler) + 11)})


@pytest.mark.parametrize(
    "filling", ["a", "a1B2", "(", '"', "-----BEGIN PRIVATE KEY-----\n", "api_key=", "=", "A+b/", "\n", "\x00a"]
)
def test_megabytes_of_one_thing(keylint: Run, tmp_path: Path, filling: str) -> None:
    (tmp_path / ".env").write_text(filling * (2_000_000 // len(filling)), encoding="utf-8")
    assert scan(keylint, tmp_path)[0] == 0


def test_zero_bytes(keylint: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert scan(keylint, tmp_path) == (0, {}, set())


def test_what_is_no_file(keylint: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "out").symlink_to("/etc/passwd")
    (tmp_path / "image").write_bytes(bytes(100))
    reasons = {"pipe": "excluded", "loop": "symlink", "out": "symlink", "image": "binary"}
    assert scan(keylint, tmp_path) == (0, reasons, set())


def test_a_file_that_vanishes(keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a.py": "", "b.py": f"api_key='{KEY}'", "c.py": ""})
    from keylint import scanner
    from keylint.model import Skip
    from keylint.sources import Entry
    from keylint.sources.reading import Content, read_file

    def read_late(entry: Entry, *_: object) -> Content | Skip | None:
        if entry.path == "a.py":
            os.unlink(entry.file)
        return read_file(entry, lambda _: False)

    monkeypatch.setattr(scanner, "read_file", read_late)
    code, reasons, places = scan(keylint, tmp_path)
    assert (code, reasons, places) == (1, {"a.py": "unreadable"}, {("b.py", 1, 10)})


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="becomes nobody, which only root can")
def test_no_permission(tmp_path: Path) -> None:
    write(tmp_path, {"open.py": "", "closed.py": "", "folder/inside.py": ""})
    (tmp_path / "closed.py").chmod(0)
    (tmp_path / "folder").chmod(0)
    for parent in (tmp_path, *tmp_path.parents[:3]):
        parent.chmod(0o755)
    script = (
        "import os, sys\n"
        "from keylint.cli import main\n"
        "import keylint.commands.scan, keylint.scanner, keylint.sources.worktree, keylint.reporters.json\n"
        "os.setgid(65534); os.setuid(65534)\n"
        f"raise SystemExit(main(['scan', {str(tmp_path)!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},  # nobody cannot write coverage data
        capture_output=True,
        text=True,
        check=False,
    )
    (tmp_path / "folder").chmod(0o755)
    assert (done.returncode, done.stderr) == (4, "")
    assert done.stdout == (
        "not scanned: closed.py: unreadable (Permission denied)\n"
        "not scanned: folder: unreadable (Permission denied)\n"
        "No findings in 1 file (0 bytes); skipped 2: 2 unreadable; the scan is incomplete.\n"
    )


def test_names_cannot_command_a_terminal(keylint: Run, tmp_path: Path) -> None:
    name = "bot\x1b[2J\n.py"
    (tmp_path / name).write_text(f"\x1b[31mapi_key = '{KEY}'\x1b]0;title\x07")
    out = keylint("scan", str(tmp_path)).out
    assert "\x1b" not in out
    assert "bot\\x1b[2J\\n.py\n  1:" in out


def test_a_name_that_is_no_utf8(keylint: Run, tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.py")).write_text(f"api_key = '{KEY}'")
    assert scan(keylint, tmp_path) == (1, {}, {("caf\\xe9.py", 1, 12)})
