"""Pipelines of every system: each fact that is read of them, and what the rules say, as tables to read.

`make goldens` rewrites the tables beside the folders, the diff is read.
"""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from conftest import ROOT, Run
from materialise import materialise

from keylint.detectors.workflow import DETECTOR
from keylint.documents.document import Document
from keylint.model import Fact
from keylint.recognition.pipelines import System, system_of

PIPELINES = ROOT / "fixtures" / "pipelines"
SYSTEMS = sorted(path.name for path in PIPELINES.iterdir() if path.is_dir())
SHOWN = ("scope", "inherits", "wider_than_needed", "checks_out_fork", "action", "action_pinned", "third_party")


def facts(folder: Path) -> list[Fact]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
    found = [
        fact
        for path in paths
        for fact in DETECTOR.find(Document(str(path.relative_to(folder)), path.read_text(encoding="utf-8")))
    ]
    assert all(isinstance(fact, Fact) for fact in found)
    return [fact for fact in found if isinstance(fact, Fact)]


def told(fact: Fact) -> str:
    """A fact on two lines: where and which secrets, then what is known of them."""
    place, known = fact.location, fact.attributes
    shown = [f"{name}={known[name]}" for name in SHOWN if known[name] not in (None, False)]
    triggers = known["trigger"]
    assert isinstance(triggers, list)
    return (
        f"{place.path}:{place.line}:{place.column}  {known['confidence']}  {known['secret']}\n"
        f"    on {', '.join(map(str, triggers)) or '-'}; {' '.join(shown)}\n"
        f"    {known['because']}\n"
    )


@pytest.mark.parametrize("name", SYSTEMS)
def test_what_is_read_and_said(tmp_path: Path, keylint: Run, request: pytest.FixtureRequest, name: str) -> None:
    materialise(PIPELINES / name, tmp_path)
    read = "".join(told(fact) for fact in facts(tmp_path))
    result = keylint("scan", str(tmp_path), "--format", "json", "--fail-on", "never", "--today", "2026-11-22")
    said = "".join(
        f"{place['path']}:{place['line']}:{place['column']}  {found['severity']}  {found['rule']}\n    {message}\n"
        for found in result.report["findings"]
        for place, message in [(found, found["message"]), *((place, "likewise") for place in found["occurrences"])]
    )
    shown = f"Read:\n{read}\nSaid:\n{said}"
    golden = PIPELINES / f"{name}.out"
    if request.config.getoption("--rewrite"):
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


def test_every_system_is_shown() -> None:
    shown = {system_of(str(path)) for path in PIPELINES.rglob("*") if path.is_file()} - {None}
    assert shown == set(get_args(System))


def test_the_folder_of_pipelines_is_whole() -> None:
    assert {path.stem for path in PIPELINES.glob("*.out")} == set(SYSTEMS)
