"""Manifests, locks and commands of every format: what is read of each, and what the rules say, as tables to read.

`make goldens` rewrites the tables beside the folders, the diff is read. A package that is no client stands there with
a dash: it is read, and nothing is said of it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT, Run
from materialise import materialise

from keylint.documents.document import Document
from keylint.model import Fact
from keylint.recognition import manifests
from keylint.recognition.dependencies import dependencies
from keylint.recognition.manifests import Requirement, read_manifest, reader_of
from keylint.recognition.packages import UNKNOWN, is_pinned

MANIFESTS = ROOT / "fixtures" / "manifests"
FORMATS = sorted(path.name for path in MANIFESTS.iterdir() if path.is_dir())
AUTOMATION = ".github/dependabot.yml"  # its absence is not what is shown here
STATES = {True: "one version", False: "open", None: "not told here"}


def table(rows: list[list[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def state(one: Requirement) -> str:
    return "locked" if one.locked else STATES[is_pinned(one.ecosystem, one.spec) if one.pinned is None else one.pinned]


def read(document: Document) -> list[list[str]]:
    """Every package that a file names: where, in which ecosystem, which version, how firmly, and what it is."""
    known = {
        (fact.location.line, fact.location.column): str(fact.attributes["status"])
        for fact in dependencies(document)
        if "status" in fact.attributes
    }
    places = [(one, document.location(one.start, one.end)) for one in document.once(read_manifest).requirements]
    # What stands there is the name itself, or in the registry's own spelling a part of it.
    assert all(document.text[one.start : one.end] in one.name or ":" in one.name for one, _ in places)
    return [
        [
            f"{place.path}:{place.line}:{place.column}",
            one.ecosystem,
            one.name,
            one.spec.replace(UNKNOWN, "") or "-",
            state(one),
            known.get((place.line, place.column), "-"),
        ]
        for one, place in places
    ]


def documents(folder: Path) -> list[Document]:
    return [
        Document(str(path.relative_to(folder)), path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and reader_of(str(path.relative_to(folder)))
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_read_and_said(tmp_path: Path, keylint: Run, request: pytest.FixtureRequest, name: str) -> None:
    materialise(MANIFESTS / name, tmp_path)
    rows = [row for document in documents(tmp_path) for row in read(document)]
    (tmp_path / AUTOMATION).parent.mkdir(exist_ok=True)
    (tmp_path / AUTOMATION).write_text("version: 2\nupdates: []\n", encoding="utf-8")
    result = keylint("scan", str(tmp_path), "--format", "json", "--fail-on", "never", "--today", "2026-11-22")
    said = [
        [f"{place['path']}:{place['line']}:{place['column']}", found["severity"], found["rule"], message]
        for found in result.report["findings"]
        for place, message in [(found, found["message"]), *((place, "likewise") for place in found["occurrences"])]
    ]
    shown = "\n".join(["Read:", *table(rows), "", "Said:", *(table(said) if said else ["nothing"])]) + "\n"
    golden = MANIFESTS / f"{name}.out"
    if request.config.getoption("--rewrite"):
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")
    assert "could not be parsed" not in result.err


def test_every_format_that_is_read_is_shown() -> None:
    shown = {reader_of(str(path)) for path in MANIFESTS.rglob("*") if path.is_file()} - {None}
    assert shown == {*manifests._NAMES.values(), *manifests._ENDINGS.values(), "requirements"}


def test_the_folder_of_manifests_is_whole() -> None:
    assert {path.stem for path in MANIFESTS.glob("*.out")} == set(FORMATS)


def test_the_tables_show_facts_as_they_are_reported() -> None:
    """A table is put together from what is read; the facts say the same of every client."""
    for document in documents(MANIFESTS / "poetry"):
        facts = [fact for fact in dependencies(document) if isinstance(fact, Fact)]
        clients = [row for row in read(document) if row[-1] != "-"]
        assert len(facts) == len(clients) > 0
