"""Facts and rules to findings: grouping, order, fingerprints."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Run, spawn, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keylint.findings import fingerprint

FILES = {
    "b.py": 'API_KEY = "{{key:shared}}"\n',
    "a.py": 'x = Client("{{key:shared}}", "{{secret:own}}")\ny = Client("{{key:shared}}")\n',
}


def test_the_same_secret_is_one_finding(keylint: Run, tmp_path: Path) -> None:
    findings = keylint("scan", str(write(tmp_path, FILES)), "--format", "json").report["findings"]
    assert [(one["path"], one["line"], one["column"]) for one in findings] == [("a.py", 1, 13), ("a.py", 1, 81)]
    places = [(place["path"], place["line"], place["column"]) for place in findings[0]["occurrences"]]
    assert places == [("a.py", 2, 13), ("b.py", 1, 12)]


def fingerprints(keylint: Run, folder: Path) -> list[str]:
    return [one["fingerprint"] for one in keylint("scan", str(folder), "--format", "json").report["findings"]]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.sampled_from(["", "# a comment", "x = 1"]), max_size=5))
def test_fingerprints_survive_lines_inserted_above(keylint: Run, tmp_path: Path, lines: list[str]) -> None:
    before = fingerprints(keylint, write(tmp_path, FILES))
    after = write(tmp_path, {name: "\n".join([*lines, text]) for name, text in FILES.items()})
    assert fingerprints(keylint, after) == before


def test_another_secret_on_the_line_is_another_fingerprint(keylint: Run, tmp_path: Path) -> None:
    before = fingerprints(keylint, write(tmp_path, {"a.py": 'API_KEY = "{{key:one}}"\n'}))
    assert fingerprints(keylint, write(tmp_path, {"a.py": 'API_KEY = "{{key:two}}"\n'})) != before


def test_fingerprint_parts_do_not_run_together() -> None:
    assert fingerprint("a", "bc", "d") != fingerprint("ab", "c", "d")


@pytest.mark.parametrize("jobs", ["1", "2", "5"])
def test_reports_are_the_same_bytes_however_many_workers(keylint: Run, tmp_path: Path, jobs: str) -> None:
    write(
        tmp_path,
        {f"folder{place % 7}/file{place}.py": f'API_KEY = "{{{{key:{place % 300}}}}}"\n' for place in range(1100)},
    )
    alone = keylint("scan", str(tmp_path), "--format", "json", "--jobs", "1")
    assert keylint("scan", str(tmp_path), "--format", "json", "--jobs", jobs).out == alone.out
    assert len(alone.report["findings"]) == 300


TWO_HOSTS = """import os, requests
key = os.environ["BINANCE_API_KEY"]
url = "https://api.binance.com" if os.getenv("LIVE") else "https://testnet.binance.vision"
other = "https://api1.binance.com" if os.getenv("FAST") else url
requests.get(other, verify=False)
requests.get(other, headers={"X-MBX-APIKEY": key}, verify=False)
"""


def test_reports_are_the_same_bytes_however_sets_are_ordered(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": TWO_HOSTS, "b.py": 'API_KEY = "{{key:one}}"\n'})
    arguments = "scan", ".", "--format", "json", "--min-confidence", "low"
    reports = {spawn(*arguments, cwd=tmp_path, env={"PYTHONHASHSEED": seed}).out for seed in "0123456"}
    assert len(reports) == 1
    assert "tls-verification-disabled" in reports.pop()
