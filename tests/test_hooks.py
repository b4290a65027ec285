"""The hook manifest, proven with real pre-commit: try-repo, and a real commit that is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, git, write

from keylint.policy.placeholders import expand

PRE_COMMIT = [sys.executable, "-m", "pre_commit"]


@pytest.fixture(scope="session")
def hook_repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout, as it is on disk, as a repository of its own that pre-commit can clone."""
    folder = tmp_path_factory.mktemp("hook")
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in os.fsdecode(names).split("\0")[:-1]:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "keylint")
    return folder


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment with a pre-commit cache of its own."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit")),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "Alice",
        "GIT_AUTHOR_EMAIL": "alice@example.org",
        "GIT_COMMITTER_NAME": "Alice",
        "GIT_COMMITTER_EMAIL": "alice@example.org",
    }


def run(command: list[str], folder: Path, env: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def install(repository: Path, hook_repository: Path, home: dict[str, str], hook: str, stage: str) -> Path:
    """Let pre-commit run a hook in a repository."""
    revision = git(hook_repository, "rev-parse", "HEAD").strip()
    config = f"repos:\n- repo: {hook_repository}\n  rev: {revision}\n  hooks: [id: {hook}]\n"
    write(repository, {".pre-commit-config.yaml": config})
    git(repository, "add", ".")
    code, output = run([*PRE_COMMIT, "install", "--hook-type", stage], repository, home)
    assert code == 0, output
    return repository


@pytest.fixture
def installed(repository: Path, hook_repository: Path, home: dict[str, str]) -> Path:
    """A repository whose commits keylint judges."""
    return install(repository, hook_repository, home, "keylint", "pre-commit")


def test_the_manifest_is_valid() -> None:
    code, output = run([*PRE_COMMIT, "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")], ROOT, dict(os.environ))
    assert code == 0, output


def test_try_repo(repository: Path, hook_repository: Path, home: dict[str, str]) -> None:
    write(repository, {"clean.py": "import os\n", "bot.py": 'API_KEY = "{{key:hook}}"\n'})
    git(repository, "add", ".")
    command = [*PRE_COMMIT, "try-repo", str(hook_repository), "keylint", "--all-files", "--color", "never"]
    code, output = run(command, repository, home)
    assert code == 1
    assert "bot.py\n  1:12 critical hardcoded-api-key: API key in the repository (bound to `API_KEY`)" in output
    assert "1 finding (1 critical) in 2 files" in output


def test_a_commit_with_a_key_is_refused_and_one_without_is_made(installed: Path, home: dict[str, str]) -> None:
    write(installed, {"bot.py": 'API_KEY = "{{key:hook}}"\n'})
    git(installed, "add", ".")
    code, output = run(["git", "commit", "-m", "key"], installed, home)
    assert code == 1
    assert "bot.py\n  1:12 critical hardcoded-api-key" in output
    assert run(["git", "rev-parse", "HEAD"], installed, home)[0] != 0
    write(installed, {"bot.py": 'import os\nAPI_KEY = os.environ["API_KEY"]\n'})
    git(installed, "add", ".")
    code, output = run(["git", "commit", "-m", "no key"], installed, home)
    assert code == 0, output


def test_what_is_not_staged_is_not_judged(installed: Path, home: dict[str, str]) -> None:
    write(installed, {"bot.py": "import os\n"})
    git(installed, "add", ".")
    write(installed, {"bot.py": 'API_KEY = "{{key:hook}}"\n'})
    code, output = run(["git", "commit", "-m", "the index is clean"], installed, home)
    assert code == 0, output


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"with blank.py": 'API_KEY = "{{key:hook}}"\n'}, id="a name with a blank"),
        pytest.param({"bot.txt": 'API_KEY = "{{key:hook}}"\n'}, id="text"),
    ],
)
def test_odd_names_are_refused_too(installed: Path, home: dict[str, str], files: dict[str, str]) -> None:
    write(installed, files)
    git(installed, "add", ".")
    assert run(["git", "commit", "-m", "key"], installed, home)[0] == 1


def test_utf_16_is_refused_too(installed: Path, home: dict[str, str]) -> None:
    write(installed, {"plain": 'API_KEY = "{{key:hook}}"\n'})
    (installed / "Script.ps1").write_text((installed / "plain").read_text(), encoding="utf-16")
    (installed / "plain").unlink()
    git(installed, "add", ".")
    assert run(["git", "commit", "-m", "key"], installed, home)[0] == 1


def test_a_tracked_secret_file_is_refused(installed: Path, home: dict[str, str]) -> None:
    write(installed, {".env": "DB_PASSWORD={{password:hook}}\n"})
    git(installed, "add", "-f", ".env")
    code, output = run(["git", "commit", "-m", "secrets"], installed, home)
    assert code == 1
    assert "  1:13 high tracked-secret-file" in output


def test_the_index_is_judged(repository: Path, hook_repository: Path, home: dict[str, str]) -> None:
    install(repository, hook_repository, home, "keylint-staged", "pre-commit")
    write(repository, {"bot.py": "import os\n"})
    git(repository, "add", ".")
    write(repository, {"bot.py": 'API_KEY = "{{key:hook}}"\n'})
    code, output = run(["git", "commit", "-m", "the index is clean"], repository, home)
    assert code == 0, output
    code, output = run(["git", "commit", "-am", "key"], repository, home)
    assert code == 1
    assert "  1:12 critical hardcoded-api-key" in output
    assert "in 1 file" in output


def test_a_push_is_judged_commit_by_commit(
    repository: Path, hook_repository: Path, home: dict[str, str], tmp_path: Path
) -> None:
    git(tmp_path, "init", "-q", "--bare", "other-side")
    git(repository, "remote", "add", "origin", str(tmp_path / "other-side"))
    install(repository, hook_repository, home, "keylint-pre-push", "pre-push")
    git(repository, "commit", "-qm", "first")
    code, output = run(["git", "push", "origin", "main"], repository, home)
    assert code == 0, output
    for text in ('API_KEY = "{{key:hook}}"\n', "import os\n"):
        write(repository, {"bot.py": text})
        git(repository, "add", ".")
        git(repository, "commit", "-qm", "change")
    for refs in (["main"], ["main:new"]):
        code, output = run(["git", "push", "origin", *refs], repository, home)
        assert code == 1
        assert "critical key-in-history" in output
        assert "of 2 commits" in output


def test_a_message_is_judged(repository: Path, hook_repository: Path, home: dict[str, str]) -> None:
    install(repository, hook_repository, home, "keylint-commit-msg", "commit-msg")
    message = expand("Binance api_key={{key:hook}}")
    code, output = run(["git", "commit", "-m", message], repository, home)
    assert code == 1
    assert "critical hardcoded-api-key" in output
    code, output = run(["git", "commit", "-m", "no key"], repository, home)
    assert code == 0, output
