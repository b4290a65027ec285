"""Whole outputs for whole example projects, as they are printed: `make goldens` rewrites them, the diff is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT, git, spawn
from materialise import materialise

from keylint.registry import names

PROJECTS = ROOT / "fixtures" / "projects"
FORMATS = {"out": "text", "md": "markdown", "xml": "junit"}
FORMATS |= {name: name for name in names("keylint.reporters") if name not in FORMATS.values()}


def project(name: str, folder: Path) -> Path:
    """The project with its placeholders expanded, tracked in a repository of its own."""
    materialise(PROJECTS / name, folder)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    return folder


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("name", sorted(path.name for path in PROJECTS.iterdir() if path.is_dir()))
def test_output(tmp_path: Path, request: pytest.FixtureRequest, name: str, ending: str) -> None:
    result = spawn(
        "scan",
        "--today",
        "2026-11-22",
        "--format",
        FORMATS[ending],
        ".",
        cwd=project(name, tmp_path),
        env={"COLUMNS": "80"},
    )
    golden = PROJECTS / f"{name}.{ending}"
    if request.config.getoption("--rewrite"):
        golden.write_text(result.out, encoding="utf-8")
    assert result.out == golden.read_text(encoding="utf-8")
