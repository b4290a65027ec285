"""The command that takes a key out of history: as it is told, run by the real git filter-repo."""

from __future__ import annotations

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from conftest import Run, git, write

from keylint.policy.placeholders import expand
from keylint.whole.rewriting import rewriting

KEY = 'API_KEY = "{{key:past}}"\n'


@pytest.mark.parametrize(
    ("gone", "kept", "elsewhere", "expected"),
    [
        pytest.param(["a b.py"], [], [], "In a fresh clone: git filter-repo --invert-paths '--path=a b.py'.", id="gone"),
        pytest.param([], ["a.py"], [], "In a fresh clone: git filter-repo --replace-text ../secrets.txt; secrets.txt holds a secret a line.", id="kept"),
        pytest.param([], [], [".git/tag-message/v1"], "In a fresh clone: git filter-repo --replace-message ../secrets.txt; secrets.txt holds a secret a line.", id="a message"),
        pytest.param(["-a"], ["b"], [".git/commit-message", ".git/notes/x"], "In a fresh clone: git filter-repo --invert-paths --path=-a --replace-text ../secrets.txt --replace-message ../secrets.txt; secrets.txt holds a secret a line.", id="all"),
    ],
)  # fmt: skip
def test_the_command(gone: list[str], kept: list[str], elsewhere: list[str], expected: str) -> None:
    assert rewriting(gone, kept, elsewhere) == expected


def test_a_command_of_many_paths_says_how_many_are_left() -> None:
    assert rewriting([f"f{number}" for number in range(40)], [], []).endswith(
        "--path=f29 (and --path for 10 more paths)."
    )


def commit(folder: Path, files: dict[str, str | bytes], message: str = "change") -> None:
    write(folder, files)
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-q", "-m", expand(message))


def test_the_steps_are_in_order_and_the_command_does_what_it_says(
    keylint: Run, repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("bot.py", expand(KEY))
    commit(repository, {"conf/with blank.py": KEY, "-dash.py": KEY, "old.zip": packed.getvalue(), "bot.py": KEY})
    for name in ("conf/with blank.py", "-dash.py", "old.zip"):
        (repository / name).unlink()
    commit(repository, {"bot.py": "import os\n"}, "Binance api_key={{key:past}}")
    git(repository, "tag", "-a", "-m", expand("Binance api_key={{key:past}}"), "v1")
    monkeypatch.chdir(repository)
    result = keylint("scan", "--history", "--format", "json")
    (finding,) = result.report["findings"]
    steps = [
        "Delete the key at the exchange",
        "orders, withdrawals",
        "Create a new key",
        "rewrite history",
        "In a fresh clone: ",
    ]
    places = [finding["remediation"].index(step) for step in steps]
    assert places == sorted(places)
    assert "That alone does not help" in finding["remediation"]
    command = finding["remediation"].partition("In a fresh clone: ")[2].partition(";")[0]
    assert command == (
        "git filter-repo --invert-paths --path=-dash.py '--path=conf/with blank.py' --path=old.zip"
        " --replace-text ../secrets.txt --replace-message ../secrets.txt"
    )
    (tmp_path / "secrets.txt").write_text(expand("{{key:past}}\n"))
    git(tmp_path, "clone", "-q", "--no-local", str(repository), "fresh")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path / "fresh", env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    monkeypatch.chdir(tmp_path / "fresh")
    after = keylint("scan", "--history", "--format", "json")
    assert (after.code, after.report["findings"]) == (0, [])
    assert (tmp_path / "fresh" / "bot.py").exists()
