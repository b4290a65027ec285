"""The planted keys are all found, each at its place; the decoys stay silent. Every file also by itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import ROOT, Run, write
from materialise import planted

PLANTED = ROOT / "fixtures" / "planted"
OK = ROOT / "fixtures" / "ok"
KINDS = {"key": "api_key", "secret": "api_secret"}

Places = dict[tuple[str, int, int], str]


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def places(name: str) -> Places:
    """Where the keys of a fixture stand once it is expanded, and their kind. Units: line and column from 1."""
    text = (PLANTED / name).read_text(encoding="utf-8")
    return {(name, line, column): KINDS[kind] for line, column, kind in planted(text)}


def found(keylint: Run, folder: Path) -> Places:
    return {
        (place["path"], place["line"], place["column"]): finding["facts"]["kind"]
        for finding in keylint("scan", str(folder), "--format", "json").report["findings"]
        if finding["rule"] == "hardcoded-api-key"
        for place in (finding, *finding["occurrences"])
    }


# What a repository with placeholders and clients of the exchange has beside them.
SOUND = {".gitignore": ".env\n*.env\n", ".github/dependabot.yml": "version: 2\nupdates: []\n"}


@pytest.mark.parametrize("name", files(OK))
def test_decoys_stay_silent(keylint: Run, tmp_path: Path, name: str) -> None:
    write(tmp_path, {name: (OK / name).read_text(encoding="utf-8"), **SOUND})
    result = keylint("scan", str(tmp_path))
    assert (result.code, result.out.splitlines()[0][:11]) == (0, "No findings")


def test_decoys_stay_silent_together(keylint: Run, tmp_path: Path) -> None:
    write(tmp_path, {name: (OK / name).read_text(encoding="utf-8") for name in files(OK)})
    assert keylint("scan", str(tmp_path)).code == 0


@pytest.mark.parametrize("name", files(PLANTED))
def test_planted_keys_are_found(keylint: Run, tmp_path: Path, name: str) -> None:
    write(tmp_path, {name: (PLANTED / name).read_text(encoding="utf-8")})
    expected, actual = places(name), found(keylint, tmp_path)
    assert set(actual) == set(expected)
    mistaken = {place: kind for place, kind in actual.items() if kind not in (expected[place], "unknown")}
    assert mistaken == {}


def test_planted_keys_are_found_together(keylint: Run, tmp_path: Path) -> None:
    write(tmp_path, {name: (PLANTED / name).read_text(encoding="utf-8") for name in files(PLANTED)})
    expected = {place for name in files(PLANTED) for place in places(name)}
    assert set(found(keylint, tmp_path)) == expected
    assert len(expected) > 200


def test_no_key_shaped_literal_is_committed() -> None:
    literal = re.compile(
        r"(?<![A-Za-z0-9])(?=[A-Za-z0-9]*[a-z])(?=[A-Za-z0-9]*[A-Z])(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{64}(?![A-Za-z0-9])"
    )
    guilty = [
        str(path.relative_to(ROOT))
        for folder in ("keylint", "rules", "tests", "fixtures", "docs", "benchmarks")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix != ".pyc" and literal.search(path.read_text(encoding="utf-8"))
    ]
    assert guilty == []
