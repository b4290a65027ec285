"""The wheel as users install it: its own rules, the command, no file missing."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT, write


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)], capture_output=True, check=True
    )
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_package_and_the_rules_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    package = {f"keylint/{path.relative_to(ROOT / 'keylint')}" for path in (ROOT / "keylint").rglob("*.py")}
    package |= {f"keylint/data/{path.name}" for path in (ROOT / "keylint" / "data").glob("*.*")}
    for page in ("reporters/page", "sweep/views/page"):
        package |= {f"keylint/{page}/{path.name}" for path in (ROOT / "keylint" / page).iterdir()}
    rules = {f"keylint/rules/{path.relative_to(ROOT / 'rules')}" for path in (ROOT / "rules").rglob("*.*")}
    assert inside == package | rules | {"keylint/py.typed"}


def test_an_installed_wheel_works(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", str(wheel)], check=True)
    write(tmp_path / "tree", {"bot.py": 'API_KEY = "{{key:wheel}}"\n'})
    done = subprocess.run(
        [tmp_path / "venv" / "bin" / "keylint", "scan", "tree"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "bot.py\n  1:12 critical hardcoded-api-key" in done.stdout
