"""Configurations and packs: merged in order, overridden by path, shown with their origins."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from conftest import Result, Run, write

BOT = {"src/bot.py": 'API_KEY = "{{key:bot}}"\n', "tests/test_bot.py": 'API_KEY = "{{key:test}}"\n'}


def found(result: Result) -> dict[str, str]:
    """Severity by path."""
    return {finding["path"]: finding["severity"] for finding in result.report["findings"]}


@pytest.fixture
def scan(keylint: Run, tmp_path: Path) -> Run:
    def run(config: str, *arguments: str) -> Result:
        write(tmp_path, {**BOT, ".keylint.yaml": config})
        return keylint("scan", str(tmp_path), "--format", "json", *arguments)

    return run


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        pytest.param("", {"src/bot.py": "critical", "tests/test_bot.py": "critical"}, id="empty"),
        pytest.param("rules: {hardcoded-api-key: off}", {}, id="off"),
        pytest.param(
            "rules: {hardcoded-api-key: {severity: low}}",
            {"src/bot.py": "low", "tests/test_bot.py": "low"},
            id="graded",
        ),
        pytest.param(
            "overrides: [{paths: [tests/**], rules: {hardcoded-api-key: {severity: low}}}]",
            {"src/bot.py": "critical", "tests/test_bot.py": "low"},
            id="graded for a path",
        ),
        pytest.param(
            "overrides: [{paths: [tests/], rules: {hardcoded-api-key: off}}]",
            {"src/bot.py": "critical"},
            id="off for one",
        ),
        pytest.param(
            "overrides:\n- {paths: ['*'], rules: {hardcoded-api-key: off}}\n"
            "- {paths: [src/], rules: {hardcoded-api-key: on}}",
            {"src/bot.py": "critical"},
            id="the last override wins",
        ),
        pytest.param(
            "rules: {hardcoded-api-key: off}\noverrides: [{paths: [src/], rules: {hardcoded-api-key: {severity: high}}}]",
            {"src/bot.py": "high"},
            id="off but for a path",
        ),
        pytest.param("exclude: [tests/**]", {"src/bot.py": "critical"}, id="excluded"),
        pytest.param("exclude: ['*.py', '!src/*.py']", {"src/bot.py": "critical"}, id="excluded but for"),
        pytest.param(
            "extends: [keylint:strict]", {"src/bot.py": "critical", "tests/test_bot.py": "critical"}, id="strict"
        ),
        pytest.param("extends: []", {}, id="no pack, no rule"),
    ],
)
def test_a_configuration_is_in_force(scan: Run, config: str, expected: dict[str, str]) -> None:
    assert found(scan(config)) == expected


def test_what_is_excluded_is_counted(scan: Run) -> None:
    skipped = scan("exclude: [tests/**]").report["scanned"]["skipped"]
    assert skipped == [{"path": "tests/test_bot.py", "reason": "excluded", "detail": "by the configuration"}]


def test_isolated_and_another_configuration(scan: Run, tmp_path: Path) -> None:
    off = "rules: {hardcoded-api-key: off}"
    assert found(scan(off, "--isolated")) != {}
    other = tmp_path / "elsewhere.yaml"
    other.write_text("exclude: [src/]\n")
    assert found(scan(off, "--config", str(other))) == {"tests/test_bot.py": "critical"}
    assert scan(off, "--config", str(tmp_path / "none.yaml")).code == 2


def test_pyproject(keylint: Run, tmp_path: Path) -> None:
    write(tmp_path, {**BOT, "pyproject.toml": '[tool.keylint.rules]\nhardcoded-api-key = {severity = "low"}\n'})
    assert set(found(keylint("scan", str(tmp_path), "--format", "json")).values()) == {"low"}
    write(tmp_path, {"pyproject.toml": "# keylint is configured elsewhere\n"})
    assert set(found(keylint("scan", str(tmp_path), "--format", "json")).values()) == {"critical"}


def test_the_hook_reads_the_configuration_of_where_it_runs(
    keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {**BOT, ".keylint.yaml": "rules: {hardcoded-api-key: off}"})
    monkeypatch.chdir(tmp_path)
    assert keylint("scan", "src/bot.py", "tests/test_bot.py").code == 0


def test_standard_input_is_judged_by_the_configuration_too(
    keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"bad/.keylint.yaml": "rulez: 1"})
    monkeypatch.chdir(tmp_path / "bad")
    assert keylint("scan", "-").code == 2


PACK = {
    "policy/pack.yaml": "name: acme\nversion: 1\ndescription: ours\nvars: {gateways: [north]}\n"
    "patterns: [{id: gateway-token, regex: 'GW-([A-F0-9]{32})', keywords: [gateway], kind: api_secret}]\n",
    "policy/gateway-token-in-code.yaml": """\
id: gateway-token-in-code
severity: high
target: credential
message: "{{credential.label}} of a gateway ({{vars.gateways}})"
rationale: r
remediation: r
select: {credential.pattern: gateway-token}
forbid: {credential.placeholder: false}
tests:
  bad: [{name: a token, files: {a.py: 'gateway = "GW-0123456789ABCDEF0123456789ABCDEF"'}}]
  good: [{name: none, files: {a.py: 'gateway = "GW-XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"'}}]
""",
}
TOKEN = {
    "a.py": 'gateway = "GW-0123456789ABCDEF0123456789ABCDEF"\n',
    "b.py": 'x = "GW-0123456789ABCDEF0123456789ABCDEF"\n',
}


def test_a_pack_of_ones_own(keylint: Run, tmp_path: Path) -> None:
    write(
        tmp_path,
        {**PACK, **TOKEN, ".keylint.yaml": "extends: [keylint:recommended, ./policy]\nvars: {gateways: [south]}\n"},
    )
    findings = keylint("scan", str(tmp_path), "--format", "json").report["findings"]
    assert [(one["rule"], one["path"], one["line"], one["column"], one["message"]) for one in findings] == [
        ("gateway-token-in-code", "a.py", 1, 15, "API secret of a gateway (south)"),
        (
            "hardcoded-api-key",
            "a.py",
            1,
            15,
            "API secret in the repository (matches the policy's own pattern gateway-token)",
        ),
    ]


def test_a_pack_of_a_distribution(keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = write(tmp_path / "site", {f"acme/{name}": text for name, text in PACK.items()})
    record = "".join(f"acme/{name},,\n" for name in PACK)
    write(site, {"acme-1.dist-info/METADATA": "Name: acme\nVersion: 1\n", "acme-1.dist-info/RECORD": record})
    monkeypatch.syspath_prepend(str(site))
    folder = write(tmp_path / "repo", {**TOKEN, ".keylint.yaml": "extends: ['python:acme']\n"})
    findings = keylint("scan", str(folder), "--format", "json").report["findings"]
    assert [one["rule"] for one in findings] == ["gateway-token-in-code"]
    assert "acme" not in sys.modules


def test_a_catastrophic_pattern_makes_the_scan_incomplete_and_loses_nothing_else(keylint: Run, tmp_path: Path) -> None:
    config = "patterns: [{id: slow, regex: '(x+x+)+y', keywords: [xx]}]\n"
    write(tmp_path, {**BOT, ".keylint.yaml": config, "slow.txt": "x" * 3000})
    result = keylint("scan", str(tmp_path), "--format", "json", "--fail-on", "never")
    assert result.code == 4
    assert result.report["scanned"]["skipped"] == [
        {"path": "slow.txt", "reason": "timeout", "detail": "pattern slow took too long, from line 1 on"}
    ]
    assert len(result.report["findings"]) == 2


def test_patterns_find_in_large_files_by_their_words(keylint: Run, tmp_path: Path) -> None:
    config = "patterns: [{id: gateway-token, regex: 'GW-[A-F0-9]{32}', keywords: [Gateway]}]\n"
    text = "filler\n" * 300_000 + 'GATEWAY = "GW-0123456789ABCDEF0123456789ABCDEF"\n'
    write(tmp_path, {".keylint.yaml": config, "large.txt": text, "small.txt": "GW-0123456789ABCDEF0123456789ABCDE0"})
    findings = keylint("scan", str(tmp_path), "--format", "json").report["findings"]
    assert [(one["path"], one["line"], one["column"]) for one in findings] == [("large.txt", 300_001, 12)]


def test_the_policy_in_force_is_shown_with_its_origins(
    keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = (
        "extends: [keylint:recommended, ./policy]\nvars: {max_age_days: 60}\nrules: {unused-waiver: off}\n"
        "overrides: [{paths: [tests/], rules: {hardcoded-api-key: off}}]\n"
    )
    write(tmp_path, {**PACK, ".keylint.yaml": config})
    monkeypatch.chdir(tmp_path)
    result = keylint("scan", "--show-policy")
    lines = [" ".join(line.split()) for line in result.out.splitlines()]
    assert result.code == 0
    for expected in (
        "max_age_days: 60 # .keylint.yaml:2:8",
        "max_idle_days: 90 # keylint:binance-us",
        "gateways: [north] # policy/pack.yaml:4:8",
        "unused-waiver: off # .keylint.yaml:3:9",
        "gateway-token-in-code: {severity: high} # ./policy",
        "hardcoded-api-key: off # .keylint.yaml:4:39",
        "- gateway-token: GW-([A-F0-9]{32}) # policy/pack.yaml:5:12",
        'inventory: ["keylint.keys.yaml"] # default',
    ):
        assert expected in lines


def test_the_policy_shown_is_yaml(keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    monkeypatch.chdir(tmp_path)
    assert set(yaml.safe_load(keylint("scan", "--show-policy").out)) >= {"packs", "vars", "rules", "waivers"}
