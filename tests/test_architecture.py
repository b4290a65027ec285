"""What start-up may import, which way layers point, and that extensions are complete."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from conftest import ROOT, write

from keylint.commands import Command
from keylint.detectors import Detector
from keylint.documents.parsers import Parser
from keylint.registry import load, names
from keylint.reporters import Reporter
from keylint.sweep.forges import Forge

# Modules of other people that a scan without findings may import, beyond what the interpreter itself has loaded.
ALLOWED = {
    "__future__",
    "typing",
    "functools",
    "collections",
    "contextlib",
    "re",
    "enum",
    "types",
    "operator",
    "keyword",
}
ALLOWED |= {
    "reprlib",
    "copyreg",
    "itertools",
    "warnings",
    "math",
    "stat",
    "gc",
    "errno",
    "bisect",
    "importlib",
    "select",
}
ALLOWED |= {"string", "annotationlib", "ast"}  # typing imports them from Python 3.14 on
ALLOWED |= {"sre_compile", "sre_constants", "sre_parse"}  # parts of re in Python 3.10


# Beyond these: what reads options and the index, what reads rules and judges, what reads YAML, what a worker process takes.
INDEX = {"argparse", "gettext", "locale", "fcntl"}
POLICY = {"datetime", "hashlib", "json", "struct"}
YAML = {"yaml", "base64", "binascii", "cython_runtime", "encodings"}
WORKER = {"pickle", "resource", "signal", "textwrap", "unicodedata"}

HEAVY = {"argparse", "subprocess", "multiprocessing", "regex", "dataclasses", "logging", "pathlib", "detect_secrets"}
HEAVY |= {"importlib.metadata", "socket", "ssl", "yaml", "tempfile", "inspect", "difflib"}


def imported(folder: Path, *arguments: str) -> set[str]:
    """The top-level modules that a run imports and a bare interpreter does not."""
    script = (
        "import os, sys; before = set(sys.modules)\n"
        "from keylint.cli import main\n"
        f"code = main({list(arguments)!r})\n"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", script],
        cwd=folder,
        # Without `site`, what it loads in one environment hides nothing that a scan loads in another.
        env={
            "PYTHONPATH": os.pathsep.join((str(ROOT), sysconfig.get_path("purelib"))),
            "PATH": "/usr/bin:/bin",
            "KEYLINT_CACHE_DIR": f"{folder}.cache",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.split())


def is_public(name: str) -> bool:
    return not name.startswith("_")


@pytest.mark.parametrize("in_git", [False, True])
def test_a_hook_that_finds_nothing_imports_next_to_nothing(tmp_path: Path, in_git: bool) -> None:
    write(tmp_path, {f"{name}.py": "import os\n" for name in "abcde"})
    if in_git:
        subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    modules = imported(tmp_path, "scan", "a.py", "b.py", "c.py", "d.py", "e.py")
    assert {name for name in modules if is_public(name)} - ALLOWED == {"keylint"}
    assert {name for name in imported(tmp_path, "scan", ".") if is_public(name)} - ALLOWED == {"keylint"}


def test_a_hook_on_the_index_reads_its_option_and_imports_no_more(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "import os\n"})
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    modules = imported(tmp_path, "scan", "--staged")
    assert {name for name in modules if is_public(name)} - ALLOWED - INDEX == {"keylint"}


@pytest.mark.parametrize(
    ("files", "more"),
    [
        pytest.param({".keylint.yaml": "version: 1\nrules:\n  stale-key: off\n"}, POLICY | YAML, id="a configuration"),
        pytest.param({"a.py": 'API_KEY = "{{key:a}}"\n'}, POLICY | WORKER, id="a finding"),
    ],
)
def test_a_hook_with_more_to_do_imports_that_and_no_more(tmp_path: Path, files: dict[str, str], more: set[str]) -> None:
    write(tmp_path, {"a.py": "import os\n", **files})
    modules = imported(tmp_path, "scan", "a.py")
    assert {name for name in modules if is_public(name)} - ALLOWED - more == {"keylint"}


def test_a_configuration_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "import os\n", ".keylint.yaml": "version: 1\nrules:\n  stale-key: off\n"})
    imported(tmp_path, "scan", "a.py")
    modules = imported(tmp_path, "scan", "a.py")
    assert {name for name in modules if is_public(name)} - ALLOWED == {"json", "keylint"}


def test_a_finding_imports_what_reads_rules_and_nothing_heavy(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": 'API_KEY = "{{key:a}}"\n'})
    script = (
        "import sys, keylint.cli\n"
        "keylint.cli.main(['scan', '.'])\n"
        f"heavy = {HEAVY!r}\n"
        "heavy |= {name for name in sys.modules if name.startswith(('keylint.commands._', 'keylint.policy.schema'))}\n"
        "raise SystemExit(sorted(heavy & set(sys.modules)) or None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_layers() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "ignore_imports" not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("package", "constant", "kind"),
    [
        ("keylint.commands", "COMMAND", Command),
        ("keylint.detectors", "DETECTOR", Detector),
        ("keylint.documents.parsers", "PARSER", Parser),
        ("keylint.reporters", "REPORTER", Reporter),
        ("keylint.sweep.forges", "FORGE", Forge),
    ],
)
def test_every_extension_exports_its_constant_and_says_what_it_is(package: str, constant: str, kind: type) -> None:
    assert names(package)
    for name in names(package):
        assert isinstance(load(package, name, constant), kind)
        assert importlib.import_module(f"{package}.{name}").__doc__


def test_every_module_has_a_test_or_is_tested_through_the_tool() -> None:
    modules = {path.stem for path in (ROOT / "keylint").rglob("*.py") if not path.stem.startswith("_")}
    tested = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    through_the_tool = {
        "errors",
        "exchange",
        "json",
        "jsonl",
        "places",
        "public_examples",
        "private_keys",
        "credentials",
    }
    # The languages, and the modules of the one reader that test_code.py asks about all of them.
    through_the_tool |= {*names("keylint.documents.code.languages"), "roles"}
    through_the_tool |= {
        "console",
        "credential",
        "secret_file",
        "scan",
        "stdin",
        "summary",
        "text",
        "targets",
        "inline_allows",
        "merge",
        "own_patterns",
        "exclusion",
        "config",
        "globs",
        "policy",
        "settings",
        "shapes",
        "shown",
        "suppression",
        "waiver",
        "scanner",
        "assessment",
        "ages",
        "inventory_file",
        "key",
        "key_blocks",
        "keys",
        "reference",
        "init",
        "rules",
        "catalogue",
        "listing",
        "reasons",
        "results",
        "sheet",
    }
    through_the_tool |= set(names("keylint.archives"))  # by what packs, in test_packing.py
    # By real repositories, in test_git_sources.py.
    through_the_tool |= {"arrivals", "changes", "history", "objects", "repository", "revisions"}
    through_the_tool |= {"azure", "circleci", "github", "gitlab", "jenkins"}  # in test_workflows.py
    through_the_tool |= {"detect_secrets_plugin"}  # by the real detect-secrets
    through_the_tool |= set(names("keylint.reporters"))  # by their names, in test_formats.py
    through_the_tool |= set(names("keylint.recognition.manifests"))  # by their files' names, in test_dependencies.py
    through_the_tool |= set(names("keylint.sweep.forges"))  # by their names, in test_forges.py
    through_the_tool |= set(names("keylint.documents.parsers"))  # by their files' names, in test_tree.py
    # By real sweeps, in test_sweep.py.
    through_the_tool |= {"across", "cluster", "job", "local", "overview", "records", "results", "store", "tables"}
    # Each of these is a part of one detector, and tested through it.
    through_the_tool |= {
        "exposing",
        "exposures",
        "file_modes",
        "in_image_layers",
        "in_urls",
        "log_sinks",
        "logged",
        "on_command_lines",
        "revealing",
    }
    assert {name for name in modules if f"{name} import" not in tested} <= through_the_tool
