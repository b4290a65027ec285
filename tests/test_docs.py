"""Every command in docs/ is run: sessions are replayed in order (`make docs` writes what is printed), recipes tried.

What stands between `begin` and `end` markers has tests of its own.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
import test_hooks
import yaml
from conftest import ROOT, Run, git, write

from keylint import __version__

home, hook_repository = test_hooks.home, test_hooks.hook_repository
PAGES = sorted((ROOT / "docs").glob("*.md"))
GENERATED = re.compile(r"<!-- begin: .*?<!-- end -->", re.DOTALL)
BLOCK = re.compile(r"(?:^`(?P<file>[^`\n]+)`:\n\n)?^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
# Installing from the network is not what these tests are about: the program is this checkout.
_INSTALL = 'case "$*" in *"pip install"*) exit 0;; esac\n'
_VENV = 'case "$*" in "-m venv "*) mkdir -p "$3/bin" && cp "$(dirname "$0")"/* "$3/bin"; exit;; esac\n'


def blocks(page: Path) -> Iterator[re.Match[str]]:
    text = page.read_text(encoding="utf-8")
    yield from BLOCK.finditer(GENERATED.sub(lambda match: "\n" * len(match[0]), text))


def pages_with(language: str) -> list[Path]:
    return [page for page in PAGES if any(block["language"] == language for block in blocks(page))]


@pytest.fixture
def environment(tmp_path: Path, home: dict[str, str], hook_repository: Path) -> Mapping[str, str]:
    """keylint, pre-commit and pip as somebody has them who installed them; the project's address is this checkout."""
    programs = tmp_path / "bin"
    run = f'exec "{sys.executable}"'
    scripts = {
        "keylint": f'PYTHONPATH="{ROOT}" {run} -m keylint "$@"\n',
        "pre-commit": f'{run} -m pre_commit "$@"\n',
        "pip": "exit 0\n",
        **dict.fromkeys(("python", "python3"), f'{_INSTALL}{_VENV}{run} "$@"\n'),
    }
    write(programs, {name: f"#!/bin/sh\n{script}".encode() for name, script in scripts.items()})
    for name in scripts:
        (programs / name).chmod(0o755)
    git(hook_repository, "tag", "--force", f"v{__version__}")
    return {
        **home,
        "HOME": str(tmp_path),
        "PATH": f"{programs}{os.pathsep}{home['PATH']}",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{hook_repository}.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/keylint/keylint",
    }


class Done(NamedTuple):
    """What a command came to."""

    code: int
    printed: str


def run(command: str, folder: Path, environment: Mapping[str, str]) -> Done:
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    # A commit's id depends on the day.
    out = re.sub(r"\([0-9a-f]{12}\)", "(0123456789ab)", done.stdout)
    return Done(done.returncode, re.sub(r"(?m)^- duration: [\d.]+s$", "- duration: 0.12s", out))


@pytest.mark.parametrize("page", pages_with("console"), ids=lambda page: page.stem)
def test_a_session_prints_what_the_page_shows(
    page: Path, tmp_path: Path, environment: Mapping[str, str], request: pytest.FixtureRequest
) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (tmp_path / "copies").mkdir()
    git(folder, "init", "-q", "-b", "main")
    shown = page.read_text(encoding="utf-8")
    moved = 0
    for block in blocks(page):
        body = block["body"]
        if block["file"]:
            write(folder, {block["file"]: body})
        elif block["language"] == "sh":
            done = run(f"set -e\n{body}", folder, environment)
            assert done.code == 0, done.printed
        elif block["language"] == "console":
            commands = re.findall(r"^\$ (.*)$", body, re.MULTILINE)
            printed = "".join(f"$ {command}\n{run(command, folder, environment).printed}" for command in commands)
            start, end = (place + moved for place in block.span("body"))
            shown = shown[:start] + printed + shown[end:]
            moved += len(printed) - len(body)
    if request.config.getoption("--rewrite"):
        page.write_text(shown, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == shown


def recipes(block: re.Match[str]) -> list[str]:
    """The commands of a script, of GitLab's jobs, of a GitHub workflow, or of a Jenkinsfile."""
    body = block["body"]
    if block["language"] == "groovy":
        return re.findall(r"\bsh '([^']*)'", body)
    if block["language"] == "sh":
        return body.splitlines()
    document = yaml.safe_load(body) if block["language"] == "yaml" else None
    jobs = [one for one in document.values() if isinstance(one, dict)] if isinstance(document, dict) else []
    return [command for job in jobs for command in job.get("script", ())]


RECIPES = {
    f"{page.stem} {block['language']} {number}": (recipes(block), block["body"])
    for page in PAGES
    if page not in pages_with("console")
    for number, block in enumerate(blocks(page))
    if recipes(block)
}


@pytest.mark.parametrize(("commands", "text"), RECIPES.values(), ids=RECIPES)
def test_a_recipe_passes_what_is_clean_and_fails_what_is_not(
    commands: list[str], text: str, tmp_path: Path, environment: Mapping[str, str]
) -> None:
    """What pipelines make of them: each command in turn, until one fails."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    write(folder, {"ok.py": "import os\n"})
    git(folder, "add", "-A")
    for command in commands:
        assert run(command, folder, environment).code == 0, command
    written = re.findall(r"(?:=|> )([\w-]+\.\w+)\b", "\n".join(commands))
    uploaded = re.findall(r"(?:(?:junit|archiveArtifacts) '|(?:codequality|secret_detection): )([\w.-]+)", text)
    assert written
    assert set(uploaded) <= set(written)
    assert [name for name in written if not (folder / name).stat().st_size] == []

    write(folder, {"bot.py": 'API_KEY = "{{key:a}}"\n'})
    git(folder, "add", "-A")
    scans = [command for command in commands if "keylint scan" in command]
    assert scans
    for command in scans:
        assert run(command, folder, environment).code == int("--fail-on never" not in command), command
    for name in written:
        assert "bot.py" in (folder / name).read_text(encoding="utf-8"), name
    (folder / ".keylint.yaml").write_text("ruels: {}\n", encoding="utf-8")
    assert [run(command, folder, environment).code for command in scans] == [2] * len(scans)


PIPELINES = {
    f"{page.stem} {number}": block["body"]
    for page in PAGES
    for number, block in enumerate(blocks(page))
    if block["language"] == "yaml" and not block["file"]
}


@pytest.mark.parametrize("text", PIPELINES.values(), ids=PIPELINES)
def test_a_pipeline_is_one_to_the_platforms_schema(text: str, tmp_path: Path) -> None:
    document = yaml.safe_load(text)
    if "jobs" not in document and not any("script" in job for job in document.values()):
        assert set(document) == {"permissions"}  # a piece of a workflow
        document = {"on": "push", "jobs": {"a": {"runs-on": "x", "steps": [{"run": "x"}], **document}}}
        text = yaml.safe_dump(document)
    (tmp_path / "pipeline.yml").write_text(text, encoding="utf-8")
    schema = "vendor.github-workflows" if "jobs" in document else "vendor.gitlab-ci"
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(tmp_path / "pipeline.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_there_are_recipes() -> None:
    assert {name.split()[1] for name in RECIPES} == {"yaml", "groovy", "sh"}


def spoken() -> Iterator[str]:
    """Every command of keylint's in the text around: indented, or in backticks."""
    for page in (*PAGES, ROOT / "README.md"):
        text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
        yield from re.findall(r"^    (keylint .*?)(?:  .*)?$", text, re.MULTILINE)
        yield from re.findall(r"(?<!`)`(keylint [^`]*)`(?!`)", text)


@pytest.mark.parametrize("command", sorted(set(spoken())))
def test_what_the_text_says_can_be_typed(command: str, keylint: Run) -> None:
    result = keylint(*command.split()[1:], "--help")
    assert (result.code, result.err) == (0, "")
    known = set(re.findall(r"--[a-z-]+", result.out))
    assert {word.partition("=")[0] for word in command.split() if word.startswith("--")} <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for link in re.findall(r"\]\((?!https:)([^)]+)\)", text):
        file, _, heading = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), link
        if heading:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings}, link
