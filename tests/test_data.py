"""The data files: what is read at run time is what the YAML says."""

from __future__ import annotations

import json

import pytest
import yaml
from conftest import ROOT

from keylint.data import load

DATA = ROOT / "keylint" / "data"
NAMES = sorted(path.stem for path in DATA.glob("*.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_the_json_is_that_of_the_yaml(request: pytest.FixtureRequest, name: str) -> None:
    values = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    if request.config.getoption("--rewrite"):
        (DATA / f"{name}.json").write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        load.cache_clear()
    assert load(name) == values


def test_every_json_has_its_yaml() -> None:
    assert sorted(path.stem for path in DATA.glob("*.json")) == NAMES
