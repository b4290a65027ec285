"""Facts about a whole folder: what it ignores, and who updates it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest
from conftest import Run, git, write

from keylint.model import Fact, Location
from keylint.whole.copies import copied
from keylint.whole.repository import facts, has_update_automation, not_ignored, secret_files

BOT = (
    "import os\nfrom binance.client import Client\n"
    'client = Client(os.environ["API_KEY"], os.environ["API_SECRET"], verbose=True)\n'
)


def fact(path: str = "bot.py", target: str = "exposure", **attributes: str | bool) -> Fact:
    return Fact(target, Location(path, 3, 1, 3, 9), "x", {"context": "code", **attributes})


def about(found: list[Fact], files: Mapping[str, str]) -> Fact:
    (whole,) = facts(found, sorted(files), files.get)
    return whole


@pytest.mark.parametrize(
    ("found", "uses"),
    [
        ([], False),
        ([fact(context="test")], False),
        ([fact(context="docs")], False),
        ([fact(confidence="low")], False),
        ([fact(target="credential", exchange="unknown")], False),
        ([fact(target="credential", exchange="binance.us", placeholder=True)], False),
        ([fact(target="file")], False),
        ([fact(target="credential", exchange="binance.us")], True),
        ([fact()], True),
        ([fact(context="config", target="endpoint")], True),
        ([fact(target="dependency", ecosystem="pypi", name="binance-connector")], True),
        ([fact(target="reference")], True),
    ],
)
def test_uses_exchange(found: list[Fact], uses: bool) -> None:
    assert about(found, {"bot.py": ""}).attributes["uses_exchange"] is uses


def test_nothing_is_said_of_an_empty_folder() -> None:
    assert facts([], [], lambda _path: None) == []


def test_the_fact_stands_at_the_ignore_file() -> None:
    assert about([fact()], {"bot.py": "", ".gitignore": "", "a.py": ""}).location == Location(".gitignore", 1, 1, 1, 1)
    assert about([fact()], {"bot.py": "", "a.py": ""}).location == Location("bot.py", 1, 1, 1, 1)
    assert about([], {"bot.py": "", "a.py": ""}).location == Location("a.py", 1, 1, 1, 1)


def test_nobody_updates_what_a_manifest_asks_for(keylint: Run, tmp_path: Path) -> None:
    manifest = "requests==2.32.3\nccxt==4.5.84"
    write(
        tmp_path,
        {".gitignore": "", "a.py": BOT, "deploy/Dockerfile": "RUN pip install ccxt\n", "requirements.txt": manifest},
    )
    options = ("--format", "json", "--rule", "missing-update-automation")
    assert keylint("scan", str(tmp_path), *options).places == {("missing-update-automation", "requirements.txt", 2, 1)}
    allow = '  # keylint: allow[missing-update-automation] reason="done outside"'
    write(tmp_path, {"requirements.txt": manifest + allow})
    (finding,) = keylint("scan", str(tmp_path), *options).report["findings"]
    assert finding["suppression"]["reason"] == "done outside"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"package.json": "{}", "docs/dependabot.yml": "", ".github/workflows/ci.yml": "renovate"}, False),
        ({"web/package.json": '{"renovate": {}}'}, False),
        ({".github/dependabot.yml": ""}, True),
        ({".github/dependabot.yaml": ""}, True),
        ({"renovate.json": ""}, True),
        ({".github/renovate.json5": ""}, True),
        ({".renovaterc": ""}, True),
        ({"package.json": '{"renovate": {"extends": []}}'}, True),
        ({".pyup.yml": ""}, True),
        ({".github/workflows/renovate.yml": "- uses: renovatebot/github-action@v40"}, True),
    ],
)
def test_update_automation(files: dict[str, str], expected: bool) -> None:
    assert has_update_automation(sorted(files), files.get) is expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"README.md": "API_KEY"}, []),
        ({"tests/.env.example": ""}, []),
        ({"user_data/config.json": "", "user_data/strategies/a.py": ""}, []),
        ({"bot/.env.example": ""}, ["bot/.env"]),
        ({".user.cfg.example": ""}, ["user.cfg"]),
        ({"conf-sample.js": ""}, ["conf.js"]),
        ({"api-keys.json.example": ""}, ["api-keys.json"]),
        ({"user_data/strategies/a.py": ""}, ["user_data/config.json"]),
        ({"conf/connectors/README.md": ""}, ["conf/connectors/binance.yml"]),
        ({"deploy/secrets.example.yaml": ""}, ["deploy/secrets.yaml"]),
    ],
)
def test_secret_files(files: dict[str, str], expected: list[str]) -> None:
    assert secret_files(sorted(files)) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"bot.py": "import os"}, [], id="none is read"),
        pytest.param({"bot.py": "os.environ['HOME']"}, [], id="no key is read"),
        pytest.param({"README.md": "os.environ['API_KEY']"}, [], id="in words"),
        pytest.param({"tests/conftest.py": "os.environ['API_KEY']"}, [], id="by a test"),
        pytest.param({"examples/a.ts": "process.env.API_KEY"}, [], id="by an example"),
        pytest.param({".gitignore": ".env", "a/b/c.js": "process.env.API_KEY"}, [], id="ignored"),
        pytest.param({"web/.gitignore": ".env", "web/src/c.js": "process.env.API_KEY"}, [], id="ignored above it"),
        pytest.param({"web/.gitignore": ".env", "api/c.js": "process.env.API_KEY"}, [".env"], id="ignored elsewhere"),
        pytest.param(
            {"bot/main.py": "os.environ['API_KEY']", "bot/.env.example": ""}, ["bot/.env"], id="its place known"
        ),
        pytest.param({"bot.py": "os.environ['API_KEY']"}, [".env"], id="a key is read"),
        pytest.param({"app.js": "require('dotenv')"}, [".env"], id="loaded"),
        pytest.param({"docker-compose.yml": "env_file: .env"}, [".env"], id="of a container"),
    ],
)
def test_files_of_variables(files: dict[str, str], expected: list[str]) -> None:
    assert about([fact(path=max(files))], files).attributes.get("not_ignored", []) == expected


@pytest.mark.parametrize(
    ("ignores", "path", "left_out"),
    [
        ({}, ".env", False),
        ({".gitignore": "env/\n*.log\n"}, ".env", False),
        ({".gitignore": ".env*\n!.env\n"}, ".env", False),
        ({"web/.gitignore": ".env\n"}, ".env", False),
        ({".gitignore": "/.env\n"}, "bot/.env", False),
        ({".gitignore": ".env\n", "bot/.gitignore": "!.env\n"}, "bot/.env", False),
        ({".gitignore": ".env\n"}, ".env", True),
        ({".gitignore": "# keys\n*.env\n"}, "bot/.env", True),
        ({".gitignore": "\ufeff.env\r\n"}, ".env", True),
        ({".gitignore": "conf/*\n"}, "conf/connectors/binance.yml", True),
        ({".gitignore": "conf/\n!conf/connectors/binance.yml\n"}, "conf/connectors/binance.yml", True),
        ({"bot/.gitignore": "/.env\n"}, "bot/.env", True),
        ({".gitignore": "!\n.env\n"}, ".env", True),
    ],
)
def test_not_ignored_reads_as_git_does(tmp_path: Path, ignores: dict[str, str], path: str, left_out: bool) -> None:
    assert not_ignored(sorted(ignores), ignores.get, [path]) == ([] if left_out else [path])
    write(tmp_path, {**ignores, path: "K=v\n"})
    git(tmp_path, "init", "-q")
    listed = git(tmp_path, "ls-files", "--others", "--exclude-standard").splitlines()
    assert (path not in listed) is left_out


def test_any_patterns_are_read_as_git_does(repository: Path) -> None:
    signs = Random(8)
    names = "* ** a b ? *a a* a*b *a*b* [ab] [!a] [a-c]b \\\\* *** .b b.*a".split()
    ignores: dict[str, str] = {}
    files: list[str] = []
    for folder in range(200):
        lines = [
            signs.choice(("", "", "!"))
            + signs.choice(("", "", "/"))
            + "/".join(signs.choices(names, k=signs.randint(1, 4)))
            + signs.choice(("", "", "/"))
            for _ in range(signs.randint(1, 3))
        ]
        ignores[f"{folder}/.gitignore"] = "\n".join(lines)
        for _ in range(8):
            parts = ("".join(signs.choices("ab.", k=signs.randint(1, 3))) + "b" for _ in range(signs.randint(1, 5)))
            files.append(f"{folder}/{'/'.join(parts)}")
    write(repository, ignores)
    asked = ["git", "check-ignore", "--no-index", "--stdin"]
    told = subprocess.run(asked, cwd=repository, input="\n".join(files), capture_output=True, text=True, check=True)
    ignored = set(told.stdout.splitlines())
    assert 0 < len(ignored) < len(files)
    assert not_ignored(sorted(ignores), ignores.get, files) == [path for path in files if path not in ignored]


@pytest.mark.parametrize(
    ("above", "left_out"),
    [
        ([("bot", ".env\n")], True),
        ([("bot", "/bot/.env\n")], True),
        ([("bot", "/.env\n")], False),
        ([("a/bot", "a/\n")], True),
    ],
)
def test_ignore_files_above_count(above: list[tuple[str, str]], left_out: bool) -> None:
    assert not_ignored([], lambda _path: None, [".env"], above) == ([] if left_out else [".env"])


def test_a_folder_below_the_top_of_a_work_tree(keylint: Run, repository: Path) -> None:
    write(repository, {"services/bot/bot.py": BOT, ".gitignore": "/services/bot/.env\n"})
    git(repository, "add", "-A")
    scan = ("scan", str(repository / "services" / "bot"), "--format", "json", "--rule", "secret-file-not-ignored")
    assert keylint(*scan).places == set()
    write(repository, {".gitignore": "/other/.env\n"})
    assert keylint(*scan).places == {("secret-file-not-ignored", "bot.py", 1, 1)}


def test_single_files_tell_nothing_of_the_whole(keylint: Run, tmp_path: Path) -> None:
    write(tmp_path, {"bot.py": BOT})
    options = ("--format", "json", "--rule", "secret-file-not-ignored")
    assert keylint("scan", str(tmp_path / "bot.py"), *options).places == set()
    assert keylint("scan", str(tmp_path), *options).places == {("secret-file-not-ignored", "bot.py", 1, 1)}


def test_untracked_files_that_are_found_late_count(keylint: Run, repository: Path) -> None:
    write(repository, {f"m/{number}.py": "" for number in range(1000)} | {"bot.py": BOT})
    git(repository, "add", "-A")
    write(repository, {".gitignore": ".env\n"})
    assert keylint("scan", str(repository), "--format", "json", "--rule", "secret-file-not-ignored").places == set()


def store(path: str, secrets: int) -> Fact:
    return Fact("file", Location(path, 1, 1, 1, 1), path, {"path": path, "role": "secret-store", "secrets": secrets})


@pytest.mark.parametrize(
    ("stores", "name", "confidence"),
    [
        pytest.param([store("bot/.env", 0)], ".env", ("low", None), id="beside it, with nothing in it"),
        pytest.param([store(".env", 0)], "./.env", ("low", None), id="at the top, with nothing in it"),
        pytest.param([], ".env", ("medium", "high"), id="everybody's own"),
        pytest.param([store(".env", 1)], ".env", ("medium", "high"), id="with secrets"),
        pytest.param([store("web/.env", 0)], ".env", ("medium", "high"), id="another"),
    ],
)
def test_copies_of_secret_files_into_images(stores: list[Fact], name: str, confidence: tuple[str, str | None]) -> None:
    attributes = {"channel": "image-layer", "name": name, "confidence": "medium", "confidence_near_exchange": "high"}
    copy = Fact("exposure", Location("bot/Dockerfile", 2, 6, 2, 10), "x", attributes)
    *others, found = copied([*stores, copy])
    assert others == stores
    assert (found.attributes["confidence"], found.attributes["confidence_near_exchange"]) == confidence


def test_what_is_copied_with_nothing_in_it_is_not_shown(keylint: Run, tmp_path: Path) -> None:
    write(tmp_path, {"Dockerfile": "# binance\nCOPY .env user.cfg /\n", ".env": "BINANCE_API_KEY=\n"})
    options = ("--format", "json", "--rule", "key-in-image-layer")
    assert keylint("scan", str(tmp_path), *options).places == {("key-in-image-layer", "Dockerfile", 2, 11)}
