"""The recipes of docs/ci.md: every command line runs, every snippet is what its platform takes."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, git, spawn, write

TEXT = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^.*?\b(keylint scan [^'\n]*)", "\n".join(body for _, body in BLOCKS), re.MULTILINE)
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("leaky", [False, True], ids=["clean", "leaky"])
def test_commands(tmp_path: Path, command: str, leaky: bool) -> None:
    write(tmp_path, {"bot.py": 'API_KEY = "{{key:a}}"\n' if leaky else "import os\n"})
    git(tmp_path, "init", "-q")
    line, _, file = command.partition(" > ")
    words = shlex.split(line)
    result = spawn(*words[1:], cwd=tmp_path)
    assert result.code == int(leaky and "never" not in words)
    assert result.err == ""
    assert not file or result.out
    written = {path.name for path in tmp_path.iterdir()} - {"bot.py", ".git"}
    assert written == {word.partition("=")[2] for word in words if "=" in word}


def test_there_are_commands_for_each_platform() -> None:
    assert len(COMMANDS) == 6


@pytest.mark.parametrize(
    ("marker", "schema"),
    [("jobs:", "vendor.github-workflows"), ("artifacts:", "vendor.gitlab-ci")],
    ids=["GitHub", "GitLab"],
)
def test_snippets_are_valid(tmp_path: Path, marker: str, schema: str) -> None:
    (body,) = (body for kind, body in BLOCKS if kind == "yaml" and marker in body)
    file = write(tmp_path, {"snippet.yml": body}) / "snippet.yml"
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, file],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("kind", ["input", "output"])
def test_the_page_lists_all_that_the_action_takes_and_gives(kind: str) -> None:
    (table,) = re.findall(rf"^\| {kind} \|.*?\n\n", TEXT, re.MULTILINE | re.DOTALL)
    listed = {name for row in table.strip().splitlines()[2:] for name in re.findall(r"`([a-z-]+)`", row.split("|")[1])}
    assert listed == set(ACTION[f"{kind}s"])
    if kind == "input":
        for row in table.strip().splitlines()[2:]:
            cells = row.split("|")
            for name in re.findall(r"`([a-z-]+)`", cells[1]):
                assert cells[2].strip().strip("`") == ACTION["inputs"][name]["default"]


def test_the_readme_names_no_other_release_than_the_page() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"keylint/keylint@(\S+)", readme)) == set(re.findall(r"keylint/keylint@(\S+)", TEXT))
