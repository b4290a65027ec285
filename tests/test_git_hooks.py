"""keylint init --git-hooks: hooks of git's own, in real repositories with real commits and pushes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Run, git, write

from keylint.commands._git_hooks import HOOKS
from keylint.policy.placeholders import expand

KEY = 'API_KEY = "{{key:hook}}"\n'


@pytest.fixture
def inside(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository that one is in, where hooks find this keylint and no other."""
    monkeypatch.chdir(repository)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return repository


def attempt(folder: Path, *arguments: str) -> tuple[int, str]:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    for role in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{role}_NAME": "Alice", f"GIT_{role}_EMAIL": "alice@example.org"}
    done = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def commit(folder: Path, text: str, *options: str) -> tuple[int, str]:
    write(folder, {"bot.py": text})
    git(folder, "add", "bot.py")
    return attempt(folder, "commit", "-m", "change", *options)


def test_no_repository(keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert keylint("init", "--git-hooks").code == 2
    assert not list(tmp_path.iterdir())


def test_a_bare_repository(keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "init", "-q", "--bare", "bare")
    monkeypatch.chdir(tmp_path / "bare")
    result = keylint("init", "--git-hooks")
    assert (result.code, "bare repository" in result.err) == (2, True)


def test_hooks_stand_in_for_pre_commit(keylint: Run, inside: Path) -> None:
    result = keylint("init", "--git-hooks")
    assert result.code == 0
    assert [line for line in result.out.splitlines() if "hooks/" in line] == [
        f"wrote    .git/hooks/{one}" for one in HOOKS
    ]
    assert "pre-commit install" not in result.out
    assert not (inside / ".pre-commit-config.yaml").exists()
    assert (inside / ".keylint.yaml").exists()


def test_a_hook_that_is_there_stays_and_is_told_what_to_add(keylint: Run, inside: Path) -> None:
    mine = inside / ".git" / "hooks" / "pre-push"
    mine.write_text("#!/bin/sh\nexit 0\n")
    result = keylint("init", "--git-hooks", "--force")
    assert mine.read_text() == "#!/bin/sh\nexit 0\n"
    assert "kept     .git/hooks/pre-push\n" in result.out
    assert '    .git/hooks/pre-push: keylint scan --pre-push --remote "$1"\n' in result.out
    again = keylint("init", "--git-hooks")
    assert [line for line in again.out.splitlines() if line.startswith("wrote")] == []
    assert ".git/hooks/pre-commit: " not in again.out


def test_where_git_is_told_to_look(keylint: Run, inside: Path) -> None:
    git(inside, "config", "core.hooksPath", "tools/hooks")
    keylint("init", "--git-hooks")
    assert sorted(path.name for path in (inside / "tools" / "hooks").iterdir()) == sorted(HOOKS)
    assert commit(inside, KEY)[0] == 1


def test_hooks_that_other_repositories_share_are_not_written(keylint: Run, inside: Path, tmp_path: Path) -> None:
    git(inside, "config", "core.hooksPath", str(tmp_path / "shared"))
    result = keylint("init", "--git-hooks")
    assert result.code == 0
    assert not (tmp_path / "shared").exists()
    assert "    ../shared/pre-commit: keylint scan --staged\n" in result.out


def test_commits_are_judged_and_told_how_much_was_looked_at(keylint: Run, inside: Path) -> None:
    keylint("init", "--git-hooks")
    code, output = commit(inside, "import os\n")
    assert (code, "No findings in 1 file" in output) == (0, True), output
    code, output = commit(inside, KEY)
    assert (code, "critical hardcoded-api-key" in output) == (1, True), output
    write(inside, {"bot.py": KEY})
    git(inside, "reset", "-q")
    assert attempt(inside, "commit", "-qam", "all")[0] == 1
    assert attempt(inside, "commit", "-qm", "this", "--", "bot.py")[0] == 1


def test_messages_are_judged_without_the_diff_below_them(keylint: Run, inside: Path) -> None:
    commit(inside, KEY)
    keylint("init", "--git-hooks")
    write(inside, {"bot.py": "import os\n"})
    code, output = attempt(inside, "-c", "core.editor=sed -i 1s/^/removed/", "commit", "--verbose", "-a")
    assert code == 0, output
    code, output = attempt(inside, "commit", "--allow-empty", "-m", expand("Binance api_key={{key:hook}}"))
    assert (code, ".git/commit-message" in output) == (1, True), output


def test_a_clean_merge_is_judged(keylint: Run, inside: Path) -> None:
    commit(inside, "import os\n")
    git(inside, "checkout", "-qb", "other")
    write(inside, {"other.py": KEY})
    git(inside, "add", "other.py")
    git(inside, "commit", "-qm", "key")
    git(inside, "checkout", "-q", "main")
    commit(inside, "import sys\n")
    keylint("init", "--git-hooks")
    code, output = attempt(inside, "merge", "--no-edit", "other")
    assert (code, "other.py" in output) == (1, True), output


def test_linked_work_trees_share_the_hooks(
    keylint: Run, inside: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(inside, "import os\n")
    git(inside, "worktree", "add", "-q", str(tmp_path / "linked"), "-b", "linked")
    monkeypatch.chdir(tmp_path / "linked")
    keylint("init", "--git-hooks")
    assert (inside / ".git" / "hooks" / "pre-commit").exists()
    assert commit(tmp_path / "linked", KEY)[0] == 1
    assert commit(inside, KEY)[0] == 1


@pytest.mark.parametrize("order", [["clean", "held"], ["held", "clean"]], ids=" ".join)
def test_every_ref_of_a_push_is_judged(keylint: Run, inside: Path, tmp_path: Path, order: list[str]) -> None:
    git(tmp_path, "init", "-q", "--bare", "other-side")
    git(inside, "remote", "add", "origin", str(tmp_path / "other-side"))
    commit(inside, "import os\n")
    git(inside, "push", "-q", "origin", "main")
    git(inside, "checkout", "-qb", "clean")
    commit(inside, "import sys\n")
    git(inside, "checkout", "-qb", "held", "main")
    commit(inside, KEY)
    commit(inside, "import os\n")
    keylint("init", "--git-hooks")
    code, output = attempt(inside, "push", "origin", *order)
    assert (code, "critical key-in-history" in output, "of 3 commits" in output) == (1, True, True), output
    code, output = attempt(inside, "push", "origin", "clean")
    assert (code, "No findings in 1 file" in output, "of 1 commit" in output) == (0, True, True), output


def test_without_any_keylint_nothing_is_committed(keylint: Run, inside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python it's")
    keylint("init", "--git-hooks")
    monkeypatch.undo()
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    code, output = commit(inside, "import os\n")
    assert (code, "/nowhere/python it's" in output) == (1, True), output
