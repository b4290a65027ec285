"""Standard error on a terminal: how far a long scan has got, and nothing of it anywhere else."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, write

from keylint import console
from keylint.console import Progress


class Clock:
    """A clock that is set."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(console, "time", clock)
    return clock


def test_short_work_shows_nothing(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    clock.now += 0.9
    progress(10, 20, 1000)
    progress.done()
    assert capsys.readouterr().err == ""


def test_long_work_shows_how_far_it_has_got(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    clock.now += 2
    progress(1000, 4000, 50_000_000)
    clock.now += 0.1
    progress(1100, 4000, 51_000_000)  # too soon to show
    clock.now += 1.9
    progress(4000, 4000, 200_000_000)
    progress.done()
    assert capsys.readouterr().err == (
        "\r\x1b[Kkeylint: 1,000 of 4,000 files, 50.0 MB, 25.0 MB/s, about 6 seconds left"
        "\r\x1b[Kkeylint: 4,000 of 4,000 files, 200.0 MB, 50.0 MB/s"
        "\r\x1b[K"
    )


def test_nothing_done_yet_has_no_time_left(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress()
    clock.now += 2
    progress(0, 1, 0)
    assert capsys.readouterr().err == "\r\x1b[Kkeylint: 0 of 1 file, 0 bytes, 0 bytes/s"


def on_terminal(folder: Path, *arguments: str, **environment: str) -> str:
    """What a terminal gets, standard output and standard error together."""
    pty = pytest.importorskip("pty", reason="no terminals here")
    here, there = pty.openpty()
    # Progress at once, so that no test has to take a second.
    script = (
        "import sys; from keylint import cli, console; console._FIRST_AFTER = console._EVERY = 0; sys.exit(cli.main())"
    )
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **environment}
    variables.pop("NO_COLOR", None) if "NO_COLOR" not in environment else None
    with subprocess.Popen(
        [sys.executable, "-c", script, "scan", *arguments],
        cwd=folder,
        env=variables,
        stdout=there,
        stderr=there,
        stdin=there,
    ) as process:
        os.close(there)
        got = b""
        while True:
            if not select.select([here], [], [], 60)[0]:
                break
            try:
                piece = os.read(here, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            got += piece
        process.wait()
    os.close(here)
    return got.decode().replace("\r\n", "\n")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return write(tmp_path / "t", {"bot.py": 'API_KEY = "{{key:a}}"\n', **{f"f{at}.py": "x = 1\n" for at in range(100)}})


def test_a_terminal_gets_progress_colour_and_links(tree: Path) -> None:
    shown = on_terminal(tree, "--jobs", "1")
    assert "keylint: 64 of 101 files" in shown
    assert shown.index("\r\x1b[K\x1b[1mbot.py") > 0  # wiped before the report
    assert "\x1b]8;;https://intercom.help/" in shown
    assert "\x1b[1;31mcritical\x1b[0m" in shown


def test_workers_tell_how_far_they_are(tree: Path) -> None:
    write(tree, {f"g{at}.py": "y = 1\n" for at in range(1200)})
    assert re.search(r"keylint: 1,301 of 1,301 files", on_terminal(tree, "--jobs", "2"))


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [(("--no-progress",), {}), (("--quiet",), {}), ((), {"TERM": "dumb"})],
    ids=["no progress", "quiet", "dumb terminal"],
)
def test_who_gets_no_progress(tree: Path, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
    shown = on_terminal(tree, *arguments, **environment)
    assert "of 101 files" not in shown
    assert "\r\x1b[K" not in shown


def test_no_color(tree: Path) -> None:
    assert not re.search(r"\x1b\[\d", on_terminal(tree, "--no-progress", NO_COLOR="1"))


def test_a_terminal_without_unicode(tree: Path) -> None:
    shown = on_terminal(tree, "--no-progress", PYTHONIOENCODING="ascii", NO_COLOR="1")
    assert shown.isascii()
    assert " | API_KEY = " in shown
