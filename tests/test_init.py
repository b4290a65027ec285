"""keylint init: what it writes is valid and clean, and what is there stays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Run, git, write
from jsonschema import Draft202012Validator

from keylint import __version__
from keylint.policy.schema import schemas
from keylint.policy.source_map import read

CONFIG, HOOKS, WORKFLOW = ".keylint.yaml", ".pre-commit-config.yaml", ".github/workflows/keylint.yml"
KEYS = "keylint.keys.yaml"
NEXT = """
Next:
  pre-commit install      keylint judges every commit
  keylint scan            judge what is here already
  keylint rules list      see what it is judged by
"""


@pytest.fixture
def here(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(repository)
    return repository


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def test_a_new_repository(keylint: Run, here: Path) -> None:
    result = keylint("init")
    assert (result.code, result.err) == (0, "")
    assert result.out == f"wrote    {CONFIG}\nwrote    {HOOKS}\nwrote    {WORKFLOW}\n{NEXT}"
    assert set(files(here)) == {CONFIG, HOOKS, WORKFLOW}


def test_what_it_writes_is_clean_and_valid(keylint: Run, here: Path) -> None:
    keylint("init")
    git(here, "add", "--all")
    scanned = keylint("scan", "--fail-on", "low", "--min-confidence", "low")
    assert (scanned.code, scanned.err) == (0, "")
    assert "No findings in 3 files" in scanned.out
    first, _ = (here / CONFIG).read_text().split("\n", 1)
    schema = schemas()["config"]
    assert first == f"# yaml-language-server: $schema={schema['$id']}"
    config = yaml.safe_load((here / CONFIG).read_text())
    assert list(Draft202012Validator(schema).iter_errors(config)) == []
    assert (
        subprocess.run([Path(sys.executable).parent / "pre-commit", "validate-config", HOOKS], check=False).returncode
        == 0
    )
    (entry,) = yaml.safe_load((here / HOOKS).read_text())["repos"]
    assert (entry["rev"], entry["hooks"]) == (f"v{__version__}", [{"id": "keylint"}])
    assert keylint("rules", "list").out == keylint("rules", "list", "--isolated").out


def test_the_examples_in_its_comments_are_valid_too(keylint: Run, here: Path) -> None:
    keylint("init")
    text = (here / CONFIG).read_text()
    for key in ("rules", "overrides"):
        before = next(line for line in text.split(f"\n{key}:")[0].splitlines()[::-1] if line.startswith("#"))
        text = text.replace(f"\n{key}: {'{}' if key == 'rules' else '[]'}", f"\n{key}: {before.partition(': ')[2]}")
    (here / CONFIG).write_text(text)
    assert "tests/**" in yaml.safe_load(text)["overrides"][0]["paths"]
    assert keylint("scan").code == 0


def test_the_workflow_asks_for_little_and_pins_what_it_uses(keylint: Run, here: Path) -> None:
    keylint("init")
    workflow: Any = read((here / WORKFLOW).read_text(), WORKFLOW).value
    steps = workflow["jobs"]["keylint"]["steps"]
    assert workflow["permissions"] == {"contents": "read"}
    assert set(workflow["on"]) == {"push", "pull_request"}
    pinned = [step["uses"].partition("@")[2] for step in steps if "uses" in step]
    assert [len(digest) for digest in pinned] == [40, 40]
    assert [step["run"] for step in steps if "run" in step] == [
        f"python -m pip install keylint=={__version__}",
        "keylint scan",
    ]


BOT: dict[str, str | bytes] = {
    "bot.py": 'import os\nkey, other = os.environ["BINANCE_US_API_KEY"], os.environ["BINANCE_SPARE_API_KEY"]\n',
    "a\n# b.py": 'import os\nkey = os.environ["BINANCE_US_API_KEY"]\n',
    "tests/test_bot.py": 'import os\nkey = os.environ["BINANCE_TEST_API_KEY"]\n',
}


def test_the_keys_in_use_are_listed_to_be_filled_in(keylint: Run, here: Path) -> None:
    write(here, {**BOT, ".gitignore": ".env\n"})
    result = keylint("init")
    assert result.out.startswith(
        f"wrote    {CONFIG}\nwrote    {HOOKS}\nwrote    {WORKFLOW}\nwrote    {KEYS}\n\nNext:\n"
    )
    assert f"  {KEYS}       say of each key what it may do, and who answers for it\n" in result.out
    text = (here / KEYS).read_text()
    schema: Any = schemas()["inventory"]
    assert text.startswith(f"# yaml-language-server: $schema={schema['$id']}\n")
    assert yaml.safe_load(text) == {"keys": []}
    assert "env:BINANCE_US_API_KEY  # read at a\\n# b.py:2 and 1 more place\n" in text
    # As it is, it says nothing that is not so: what is not listed is told, and fails nothing.
    scanned = keylint("scan", "--quiet")
    assert (scanned.code, scanned.out.count("undeclared-key"), scanned.out.count("\n")) == (0, 2, 2)

    filled = text.replace("keys: []", "keys:").replace("\n#  ", "\n  ")
    (here / KEYS).write_text(filled)
    listed: Any = read(filled, KEYS).value
    assert list(Draft202012Validator(schema).iter_errors(listed)) == []
    assert [(key["id"], key["stored_in"]) for key in listed["keys"]] == [
        ("binance-spare-api-key", "env:BINANCE_SPARE_API_KEY"),
        ("binance-us-api-key", "env:BINANCE_US_API_KEY"),
    ]
    assert set(listed["keys"][0]) == set(schema["properties"]["keys"]["items"]["properties"]) - {
        "exchange",
        "fingerprint",
        "last_used",
    }
    judged = keylint("scan", "--quiet").out
    assert "undeclared-key" not in judged
    assert "incomplete-inventory-entry" not in judged


@pytest.mark.parametrize("config", [None, "version: 1\ninventory: [ops/keys.yaml]\n"], ids=["usual", "configured"])
def test_an_inventory_that_is_there_stays(keylint: Run, here: Path, config: str | None) -> None:
    mine = "ops/keys.yaml" if config else KEYS
    write(here, {**BOT, mine: "keys: []\n", **({CONFIG: config} if config else {})})
    assert KEYS not in keylint("init", "--force").out
    assert (here / mine).read_text() == "keys: []\n"
    assert (here / KEYS).exists() is (config is None)


def test_somebody_else_finds_nothing_in_the_workflow(keylint: Run, here: Path) -> None:
    keylint("init")
    for command in (
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", WORKFLOW],
        [str(Path(sys.executable).parent / "zizmor"), "--offline", "--quiet", WORKFLOW],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_a_second_time_changes_nothing(keylint: Run, here: Path) -> None:
    keylint("init")
    before = files(here)
    assert keylint("init").out == f"kept     {CONFIG}\nkept     {HOOKS}\nkept     {WORKFLOW}\n{NEXT}"
    assert files(here) == before


def test_what_is_there_stays_and_the_missing_hook_is_told(keylint: Run, here: Path) -> None:
    mine: dict[str, str | bytes] = {CONFIG: "exclude: [mine]\n", HOOKS: "repos: []\n", WORKFLOW: "mine\n"}
    write(here, mine)
    result = keylint("init")
    assert result.out.startswith(f"kept     {CONFIG}\nkept     {HOOKS}\nkept     {WORKFLOW}\n")
    assert f"  add to `repos` in {HOOKS}:\n\n      - repo: https://github.com/keylint/keylint\n" in result.out
    assert {name: data.decode() for name, data in files(here).items()} == mine


def test_force_replaces_its_own_files_only(keylint: Run, here: Path) -> None:
    keylint("init")
    wanted = files(here)
    write(here, {CONFIG: "exclude: [mine]\n", HOOKS: "repos: []\n", WORKFLOW: "mine\n"})
    assert keylint("init", "--force").out.startswith(f"replaced {CONFIG}\nkept     {HOOKS}\nreplaced {WORKFLOW}\n")
    assert files(here) == {**wanted, HOOKS: b"repos: []\n"}


def test_a_link_is_never_written_through(keylint: Run, here: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text("exclude: []\n")
    (here / CONFIG).symlink_to(outside)
    refused = keylint("init", "--force")
    assert (refused.code, "leads out of the scanned repository" in refused.err) == (2, True)
    assert (outside.read_text(), (here / CONFIG).is_symlink()) == ("exclude: []\n", True)
    inside = write(here, {"inside.yaml": "exclude: []\n"}) / "inside.yaml"
    (here / CONFIG).unlink()
    (here / CONFIG).symlink_to(inside.name)
    assert keylint("init", "--force").out.startswith(f"kept     {CONFIG}\n")
    assert (inside.read_text(), (here / CONFIG).is_symlink()) == ("exclude: []\n", True)


def test_a_configuration_in_pyproject_is_the_configuration(keylint: Run, here: Path) -> None:
    write(here, {"pyproject.toml": "[tool.keylint]\nversion = 1\n"})
    assert keylint("init").out.startswith(
        "kept     pyproject.toml, which holds the configuration\nwrote    .pre-commit"
    )
    assert (here / CONFIG).exists() is False
    assert keylint("scan").code == 0


def test_a_configuration_that_cannot_be_read_stops_it(keylint: Run, here: Path) -> None:
    write(here, {".keylint.yml": "version: 1\n"})
    result = keylint("init")
    assert (result.code, result.out, "rename it" in result.err) == (2, "", True)
    assert set(files(here)) == {".keylint.yml"}


def test_outside_git_it_says_so(keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert keylint("init").out.endswith("where pre-commit and GitHub look for their files.\n")


def test_a_folder_in_the_way(keylint: Run, here: Path) -> None:
    write(here, {".github": "a file"})
    result = keylint("init")
    assert (result.code, f"{WORKFLOW}: cannot be written" in result.err) == (2, True)
    assert [name for name in os.listdir(here) if name.endswith(".part")] == []


def test_a_hook_file_that_cannot_be_read_gets_advice(keylint: Run, here: Path) -> None:
    (here / HOOKS).mkdir()
    assert "add to `repos`" in keylint("init").out
