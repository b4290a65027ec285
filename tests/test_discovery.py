"""Formats and languages are found by file name."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from keylint.documents.discovery import modules


def test_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "formats_of_a_test"
    package.mkdir()
    for name in ("__init__", "zeta", "alpha", "_shared"):
        (package / f"{name}.py").write_text(f"NAME = {name!r}\n")
    (package / "notes.txt").touch()
    monkeypatch.syspath_prepend(tmp_path)
    found = modules(importlib.import_module(package.name))
    assert [(name, module.NAME) for name, module in found.items()] == [("alpha", "alpha"), ("zeta", "zeta")]
