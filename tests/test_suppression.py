"""Inline allows and waivers: what they let pass, what they do not, and that all of it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Run, write


def kinds(keylint: Run, folder: Path, *arguments: str) -> list[str | None]:
    findings = keylint("scan", str(folder), "--format", "json", *arguments).report["findings"]
    return [finding["suppression"] and finding["suppression"]["kind"] for finding in findings]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param('KEY = "{{key:a}}"', None, id="nothing"),
        pytest.param('KEY = "{{key:a}}"  # keylint: allow[hardcoded-api-key]', None, id="no reason"),
        pytest.param('KEY = "{{key:a}}"  # keylint: allow[hardcoded-api-key] reason=""', None, id="empty reason"),
        pytest.param('KEY = "{{key:a}}"  # keylint: allow[hardcoded-private-key] reason="x"', None, id="another rule"),
        pytest.param('KEY = "{{key:a}}"  # keylint: allow[] reason="x"', None, id="no rule"),
        pytest.param('# keylint: allow[hardcoded-api-key] reason="x"\nKEY = "{{key:a}}"', None, id="the line above"),
        pytest.param('KEY = "{{key:a}}"  # pragma: allowlist nextline secret', None, id="nextline on the line"),
        pytest.param('# pragma: allowlist secret\nKEY = "{{key:a}}"', None, id="the pragma above"),
        pytest.param('KEY = "{{key:a}}"  # keylint: allow[hardcoded-api-key] reason="revoked"', "inline", id="reason"),
        pytest.param("KEY = '{{key:a}}'  // keylint:allow[x, hardcoded-api-key] reason='y'", "inline", id="a list"),
        pytest.param('KEY = "{{key:a}}"  # pragma: allowlist secret', "inline", id="pragma"),
        pytest.param('# pragma: allowlist nextline secret\nKEY = "{{key:a}}"', "inline", id="nextline"),
    ],
)
def test_comments(keylint: Run, tmp_path: Path, text: str, kind: str | None) -> None:
    write(tmp_path, {"binance.py": text + "\n"})
    assert kinds(keylint, tmp_path) == [kind]
    assert kinds(keylint, tmp_path, "--no-inline") == [None]


def test_a_pragma_is_for_credentials_only(keylint: Run, tmp_path: Path) -> None:
    write(tmp_path, {".env": "API_KEY={{key:a}} # pragma: allowlist secret\n"})
    findings = keylint("scan", str(tmp_path), "--format", "json").report["findings"]
    assert [(one["rule"], one["suppression"] is None) for one in findings] == [
        ("hardcoded-api-key", False),
        ("tracked-secret-file", True),
    ]


def test_what_is_suppressed_is_shown_and_does_not_fail(keylint: Run, tmp_path: Path) -> None:
    write(tmp_path, {"a.py": 'KEY = "{{key:a}}"  # keylint: allow[hardcoded-api-key] reason="revoked"\n# binance\n'})
    result = keylint("scan", str(tmp_path), "--format", "json")
    (finding,) = result.report["findings"]
    assert (result.code, finding["suppression"]) == (
        0,
        {"kind": "inline", "reason": "revoked", "owner": None, "expires": None},
    )
    assert result.report["summary"]["suppressed"] == 1
    text = keylint("scan", str(tmp_path)).out
    assert "suppressed by a comment: revoked" in text
    assert text.endswith("No findings, 1 suppressed in 1 file (137 bytes).\n")
    assert "What to do" not in text


@pytest.mark.parametrize(
    ("comment", "notice"),
    [
        (
            "keylint: allow[hardcoded-api-key]",
            'the comment allows hardcoded-api-key without a reason="…", and is not honoured',
        ),
        (
            'keylint: allow[hardcoded-api-kye] reason="x"',
            "the unknown rule 'hardcoded-api-kye'; did you mean 'hardcoded-api-key'?",
        ),
        ('keylint: allow[] reason="x"', "the comment allows no rule; write allow[rule-id]"),
    ],
)
def test_a_comment_that_is_not_honoured_is_told(keylint: Run, tmp_path: Path, comment: str, notice: str) -> None:
    write(tmp_path, {"a.py": f'import binance\nAPI_KEY = "{{{{key:a}}}}"  # {comment}\n'})
    err = keylint("scan", str(tmp_path)).err
    assert err.startswith("keylint: a.py:2: ")
    assert notice in err


def test_a_copy_that_is_not_allowed_speaks(keylint: Run, tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a.py": 'API_KEY = "{{key:a}}"  # keylint: allow[hardcoded-api-key] reason="x"\n',
            "b.py": 'k = "{{key:a}}" # binance key\n',
        },
    )
    (finding,) = keylint("scan", str(tmp_path), "--format", "json").report["findings"]
    assert (finding["path"], finding["suppression"], finding["occurrences"][0]["path"]) == ("b.py", None, "a.py")


def waived(match: str, expires: str = "2026-12-01") -> dict[str, str]:
    config = (
        f"waivers:\n- rule: hardcoded-api-key\n  match: {match}\n  reason: rotate later\n  owner: '@alice'\n"
        f"  created: 2026-11-01\n  expires: {expires}\n"
    )
    return {".keylint.yaml": config, "ops/a.py": 'API_KEY = "{{key:a}}"\n', "b.py": 'API_SECRET = "{{key:b}}"\n'}


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        pytest.param("{paths: [ops/**]}", ["b.py", None, "ops/a.py", "waiver"], id="a path"),
        pytest.param("{credential.name: API_SECRET}", ["b.py", "waiver", "ops/a.py", None], id="an attribute"),
        pytest.param("{credential.kind: {in: [api_key]}}", ["b.py", None, "ops/a.py", "waiver"], id="a condition"),
        pytest.param("{credential.name: API_SECRET, paths: [ops/**]}", ["b.py", None, "ops/a.py", None], id="both"),
        pytest.param(
            "{any: [{credential.name: API_SECRET}, {credential.kind: api_key}]}",
            ["b.py", "waiver", "ops/a.py", "waiver"],
            id="any",
        ),
    ],
)
def test_waivers(keylint: Run, tmp_path: Path, match: str, expected: list[str | None]) -> None:
    write(tmp_path, waived(match))
    findings = keylint("scan", str(tmp_path), "--format", "json", "--today", "2026-11-22").report["findings"]
    keys = [one for one in findings if one["rule"] == "hardcoded-api-key"]
    told = [(one["path"], one["suppression"] and one["suppression"]["kind"]) for one in keys]
    assert [part for one in told for part in one] == expected


def test_a_waiver_of_a_fingerprint(keylint: Run, tmp_path: Path) -> None:
    write(tmp_path, waived("{paths: [nothing]}"))
    arguments = ("scan", str(tmp_path), "--format", "json", "--today", "2026-11-22", "--rule", "hardcoded-api-key")
    first = keylint(*arguments).report["findings"][0]
    write(tmp_path, waived(f"{{fingerprint: {first['fingerprint']}}}"))
    told = {one["path"]: one["suppression"] for one in keylint(*arguments).report["findings"]}
    assert told == {
        "b.py": {"kind": "waiver", "reason": "rotate later", "owner": "@alice", "expires": "2026-12-01"},
        "ops/a.py": None,
    }


@pytest.mark.parametrize(("today", "kind"), [("2026-12-01", "waiver"), ("2026-12-02", None)])
def test_a_waiver_ends_by_itself(keylint: Run, tmp_path: Path, today: str, kind: str | None) -> None:
    write(tmp_path, waived("{paths: [ops/**]}"))
    findings = keylint("scan", str(tmp_path / "ops" / ".."), "--format", "json", "--today", today).report["findings"]
    told = {one["path"]: one["suppression"] and one["suppression"]["kind"] for one in findings}
    assert told["ops/a.py"] == kind
    assert [one["rule"] for one in findings if one["path"] == ".keylint.yaml"] == ([] if kind else ["expired-waiver"])


def test_single_files_do_not_make_a_waiver_unused(
    keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, waived("{paths: [ops/**]}"))
    monkeypatch.chdir(tmp_path)
    assert '"unused-waiver"' not in keylint("scan", "b.py", "--format", "json", "--today", "2026-11-22").out
    write(tmp_path, waived("{paths: [nowhere/**]}"))
    assert '"unused-waiver"' in keylint("scan", ".", "--format", "json", "--today", "2026-11-22").out


def test_a_bad_day_is_refused(keylint: Run) -> None:
    result = keylint("scan", "--today", "2026-02-30")
    assert (result.code, "expected a day such as 2026-11-22, not '2026-02-30'" in result.err) == (2, True)
