"""What tests share: materialised files, real git repositories, and keylint as a user runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import hypothesis
import pytest

from keylint.cli import main
from keylint.pipeline import prepare
from keylint.policy.placeholders import expand

# A process in the background of a shell ignores Ctrl-C, and those it starts do; those that tests start shall not.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Every scan forks; what its workers would import each time is imported once.
prepare()

# No test is timed: a busy machine makes nothing wrong.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--rewrite` makes the tests of expected outputs write them instead (make goldens, make docs)."""
    parser.addoption("--rewrite", action="store_true", help="write expected outputs instead of comparing them")


ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "fixtures"))  # materialise.py, which `make scan` calls, too
sys.path.insert(0, str(ROOT / "benchmarks"))  # what `make bench` calls


def validator(name: str) -> Path | None:
    """Return where `make validators` put somebody else's validator, if it did."""
    file = ROOT / "build" / "validators" / "node_modules" / name
    return file if file.exists() else None


class Result(NamedTuple):
    """What a run gave. Shape: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The JSON report."""
        parsed: dict[str, Any] = json.loads(self.out)
        return parsed

    @property
    def places(self) -> set[tuple[str, str, int, int]]:
        """Rule, path, line and column of every finding and occurrence."""
        return {
            (finding["rule"], place["path"], place["line"], place["column"])
            for finding in self.report["findings"]
            for place in (finding, *finding["occurrences"])
        }


Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def no_cache_of_the_user(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be remembered from one test to the next, nor where the user's own scans are."""
    monkeypatch.setenv("KEYLINT_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache" / os.urandom(8).hex()))


@pytest.fixture
def keylint(capfd: pytest.CaptureFixture[str]) -> Run:
    """Run keylint in this process, so that coverage sees it."""

    def run(*arguments: str) -> Result:
        capfd.readouterr()
        try:
            code = main(arguments)
        except SystemExit as end:  # argparse, for --help and usage errors
            code = int(end.code or 0)
        out, err = capfd.readouterr()
        return Result(code, out, err)

    return run


def cpu_seconds() -> float:
    """Return what this process and those it waited for have taken: a guard against work that never ends, not a measure."""
    return sum(os.times()[:4])


def spawn(*arguments: str, cwd: Path | None = None, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Result:
    """Run keylint as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "keylint", *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
        check=False,
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files into a folder, placeholders expanded; bytes stay as they are."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else expand(content).encode())
    return folder


def git(folder: Path, *arguments: str) -> str:
    """Run git with an identity of its own and nobody's configuration."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_AUTHOR_NAME": "Alice",
        "GIT_AUTHOR_EMAIL": "alice@example.org",
        "GIT_COMMITTER_NAME": "Alice",
        "GIT_COMMITTER_EMAIL": "alice@example.org",
    }
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty git repository."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    return folder
