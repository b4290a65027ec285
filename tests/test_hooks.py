"""The hook manifest, proven with real pre-commit and with prek: try-repo, and real commits and pushes that are refused."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from conftest import ROOT, git, write

from keylint.policy.placeholders import expand

PRE_COMMIT = [sys.executable, "-m", "pre_commit"]
RUNNERS = {"pre-commit": PRE_COMMIT, "prek": [str(Path(sys.executable).with_name("prek"))]}
KEY = 'API_KEY = "{{key:hook}}"\n'


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
    """An environment with caches of its own for pre-commit and prek."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit")),
        "PREK_HOME": str(tmp_path_factory.mktemp("prek")),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "Alice",
        "GIT_AUTHOR_EMAIL": "alice@example.org",
        "GIT_COMMITTER_NAME": "Alice",
        "GIT_COMMITTER_EMAIL": "alice@example.org",
    }


def run(command: list[str], folder: Path, env: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="session", params=RUNNERS)
def runner(request: pytest.FixtureRequest) -> list[str]:
    """What runs the hooks."""
    return RUNNERS[request.param]


Install = Callable[..., Path]


@pytest.fixture
def hooked(repository: Path, hook_repository: Path, home: dict[str, str], runner: list[str]) -> Install:
    """Return what lets the runner run a hook in a repository."""

    def hook(name: str, *stages: str) -> Path:
        return install(repository, hook_repository, home, name, *stages, runner=runner)

    return hook


def install(
    repository: Path,
    hook_repository: Path,
    home: dict[str, str],
    hook: str,
    *stages: str,
    runner: Sequence[str] = PRE_COMMIT,
) -> Path:
    """Let pre-commit, or who stands in for it, run a hook in a repository."""
    revision = git(hook_repository, "rev-parse", "HEAD").strip()
    config = f"repos:\n- repo: {hook_repository}\n  rev: {revision}\n  hooks: [id: {hook}]\n"
    write(repository, {".pre-commit-config.yaml": config})
    git(repository, "add", ".")
    for stage in stages:
        code, output = run([*runner, "install", "--hook-type", stage], repository, home)
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
    install(repository, hook_repository, home, "keylint-push", "pre-push")
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


# The same with pre-commit and with prek.


def commit(folder: Path, home: dict[str, str], text: str, *options: str) -> tuple[int, str]:
    write(folder, {"bot.py": text})
    git(folder, "add", ".")
    return run(["git", "commit", "-m", "change", *options], folder, home)


def test_the_ids_are_these() -> None:
    import yaml

    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert [(hook["id"], hook.get("stages"), hook["require_serial"], hook["verbose"]) for hook in hooks] == [
        ("keylint", None, True, True),
        ("keylint-staged", ["pre-commit", "pre-merge-commit"], True, True),
        ("keylint-push", ["pre-push"], True, True),
        ("keylint-commit-msg", ["commit-msg"], True, True),
        ("keylint-all", ["manual"], True, True),
    ]


@pytest.mark.parametrize("hook", ["keylint", "keylint-staged"])
def test_partial_staging(hooked: Install, home: dict[str, str], hook: str) -> None:
    folder = hooked(hook, "pre-commit")
    assert commit(folder, home, "import os\n")[0] == 0
    write(folder, {"bot.py": "import sys\n"})
    git(folder, "add", ".")
    write(folder, {"bot.py": KEY})
    code, output = run(["git", "commit", "-m", "the index is clean"], folder, home)
    assert (code, "No findings in 1 file" in output) == (0, True), output
    git(folder, "add", ".")
    write(folder, {"bot.py": "import sys\n"})
    code, output = run(["git", "commit", "-m", "the index is not"], folder, home)
    assert (code, "critical hardcoded-api-key" in output, "in 1 file" in output) == (1, True, True), output
    assert (folder / "bot.py").read_text() == "import sys\n"


def test_a_merge_commit(hooked: Install, home: dict[str, str]) -> None:
    folder = hooked("keylint-staged", "pre-commit", "pre-merge-commit")
    assert commit(folder, home, "import os\n")[0] == 0
    git(folder, "checkout", "-qb", "other")
    write(folder, {"other.py": KEY})
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "key", "--no-verify")
    git(folder, "checkout", "-q", "main")
    assert commit(folder, home, "import sys\n")[0] == 0
    code, output = run(["git", "merge", "--no-edit", "other"], folder, home)
    assert (code != 0, "other.py" in output, "critical hardcoded-api-key" in output) == (True, True, True), output


def test_a_merge_with_conflicts(hooked: Install, home: dict[str, str]) -> None:
    folder = hooked("keylint-staged", "pre-commit")
    commit(folder, home, "import os\n")
    git(folder, "checkout", "-qb", "other")
    commit(folder, home, "import re\n")
    git(folder, "checkout", "-q", "main")
    commit(folder, home, "import sys\n")
    assert run(["git", "merge", "other"], folder, home)[0] == 1
    assert commit(folder, home, KEY)[0] == 1
    code, output = commit(folder, home, "import re\nimport sys\n")
    assert code == 0, output


def test_a_linked_work_tree(hooked: Install, home: dict[str, str], tmp_path: Path) -> None:
    folder = hooked("keylint-staged", "pre-commit")
    commit(folder, home, "import os\n")
    git(folder, "worktree", "add", "-q", str(tmp_path / "linked"), "-b", "linked")
    code, output = commit(tmp_path / "linked", home, KEY)
    assert (code, "bot.py" in output, "in 1 file" in output) == (1, True, True), output
    assert commit(tmp_path / "linked", home, "import sys\n")[0] == 0


def test_all_files(hooked: Install, home: dict[str, str], runner: list[str]) -> None:
    folder = hooked("keylint", "pre-commit")
    assert commit(folder, home, KEY, "--no-verify")[0] == 0
    code, output = run([*runner, "run", "--all-files"], folder, home)
    assert (code, "critical hardcoded-api-key" in output, "in 2 files" in output) == (1, True, True), output


def test_the_whole_tree_on_request(hooked: Install, home: dict[str, str], runner: list[str]) -> None:
    folder = hooked("keylint-all", "pre-commit")
    assert commit(folder, home, KEY)[0] == 0
    write(folder, {"untracked.py": KEY.replace("hook", "other")})
    code, output = run([*runner, "run", "--hook-stage", "manual", "keylint-all"], folder, home)
    assert (code, output.count("critical hardcoded-api-key"), "in 3 files" in output) == (1, 2, True), output


@pytest.fixture
def pushing(hooked: Install, home: dict[str, str], tmp_path: Path) -> Path:
    """A repository whose pushes are judged, and whose other side has a first commit."""
    git(tmp_path, "init", "-q", "--bare", "other-side")
    folder = hooked("keylint-push", "pre-push")
    git(folder, "remote", "add", "origin", str(tmp_path / "other-side"))
    commit(folder, home, "import os\n")
    code, output = run(["git", "push", "origin", "main"], folder, home)
    assert (code, "No findings in" in output) == (0, True), output
    return folder


def test_a_new_branch_with_what_came_and_went(pushing: Path, home: dict[str, str]) -> None:
    git(pushing, "checkout", "-qb", "new")
    for text in (KEY, "import os\n"):
        commit(pushing, home, text)
    code, output = run(["git", "push", "origin", "new"], pushing, home)
    assert (code, "critical key-in-history" in output, "of 2 commits" in output) == (1, True, True), output


def test_several_refs(pushing: Path, home: dict[str, str]) -> None:
    """These runners tell a hook of one ref alone, so both hold a key; git's own hooks are told of all (test_git_hooks)."""
    for name in ("one", "two"):
        git(pushing, "checkout", "-qb", name, "main")
        commit(pushing, home, KEY + f"# {name}\n")
    code, output = run(["git", "push", "origin", "one", "two"], pushing, home)
    assert (code, "critical hardcoded-api-key" in output, "of 1 commit" in output) == (1, True, True), output
