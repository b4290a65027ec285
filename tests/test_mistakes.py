"""Every class of mistake in configurations, packs and rules: the exact message, at the exact place."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT, Run, write

MISTAKES = ROOT / "fixtures" / "mistakes"
CASES = sorted(path.name for path in MISTAKES.iterdir() if path.is_dir())


@pytest.mark.parametrize("name", CASES)
def test_message(
    keylint: Run, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # `.in`: what other tools would take for their own configuration.
    files = [path for path in (MISTAKES / name).rglob("*.*") if path.is_file()]
    write(tmp_path, {str(path.relative_to(MISTAKES / name)).removesuffix(".in"): path.read_bytes() for path in files})
    monkeypatch.chdir(tmp_path)
    result = keylint("scan")
    said = result.err.replace(f"{ROOT}/", "")
    golden = MISTAKES / f"{name}.out"
    if request.config.getoption("--rewrite"):
        golden.write_text(said, encoding="utf-8")
    assert (result.code, result.out, said) == (2, "", golden.read_text(encoding="utf-8"))


def test_the_folder_of_mistakes_is_whole() -> None:
    assert {path.stem for path in MISTAKES.glob("*.out")} == set(CASES)
