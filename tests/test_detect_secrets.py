"""To and fro with the real detect-secrets, as a program of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from hashlib import sha1
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Result, Run, git, write

from keylint.detect_secrets import secrets_in
from keylint.errors import BaselineError
from keylint.policy.placeholders import expand
from keylint.secrets_baseline import Known, as_one_line, digest_of, parse, render

NAME = ".keylint.baseline.json"
PLUGIN = "keylint_plugin.py"
TYPE = "Exchange API key (keylint)"
KEYED = {
    "bot.py": 'import os\nAPI_KEY = "{{key:one}}"\nAPI_SECRET = "{{secret:one}}"\n',
    "src/keys.py": '# binance\nAPI_KEY = "{{key:two}}"\n',
}
# What detect-secrets overlooks by itself: calls, comments and items of YAML, a secret twice in a file, an armour whose
# first line is all it knows, encodings of a key.
HARD = {
    "calls.py": 'from binance.client import Client\nc = Client("{{key:call}}", "{{secret:call}}", tld="us")\n'
    'os.environ.get("BINANCE_API_KEY", "{{key:default}}")\n',
    "compose.yml": "services:\n  bot:\n    environment:\n      - BINANCE_API_KEY={{key:item}}\n"
    "      # - BINANCE_API_KEY={{key:comment}}\n    flow: {api_key: {{key:flow}}, api_secret: {{secret:flow}}}\n",
    "twice.py": 'import os\nAPI_KEY = "{{key:twice}}"\napi_key = "{{key:twice}}"\n',
    "signing.md": "A key for binance:\n\n{{pem:PRIVATE KEY:sign}}\n",
    "secret.yaml": "kind: Secret\ndata:\n  api-key: {{base64:{{key:cluster}}}}\n",
    "clean.py": "import os\n",
}


def detect_secrets(*arguments: str, cwd: Path, hook: bool = False) -> Result:
    program = ["-c", "import sys; from detect_secrets.pre_commit_hook import main; sys.exit(main())"]
    done = subprocess.run(
        [sys.executable, *(program if hook else ["-m", "detect_secrets"]), *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def tree(repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository with keys in it; the current folder."""
    monkeypatch.chdir(write(repository, KEYED))
    git(repository, "add", "-A")
    return repository


def digest(placeholder: str) -> str:
    return sha1(expand(placeholder).encode(), usedforsecurity=False).hexdigest()


def audited(results: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {"version": "1.5.0", "plugins_used": [], "filters_used": [], "results": results}


def entry(placeholder: str, kind: str = "Base64 High Entropy String", **rest: object) -> dict[str, Any]:
    return {"type": kind, "hashed_secret": digest(placeholder), "is_verified": False, "line_number": 2, **rest}


def accepted(folder: Path) -> list[tuple[str, str | None]]:
    return [(one["path"], one.get("reason")) for one in json.loads((folder / NAME).read_text())[1:]]


def importing(keylint: Run, file: str, *options: str) -> Result:
    return keylint("baseline", "import", "--format", "detect-secrets", file, *options)


def test_an_empty_baseline_accepts_nothing(keylint: Run, tree: Path) -> None:
    write(tree, {"known.json": json.dumps(audited({}))})
    assert importing(keylint, "known.json").err == (
        f"keylint: 0 in the file of detect-secrets: 0 matched, 0 not\nkeylint: {NAME}: 0 entries added\n"
    )
    assert accepted(tree) == []


def test_what_an_audit_cleared_is_suppressed(keylint: Run, tree: Path) -> None:
    made = json.loads(detect_secrets("scan", cwd=tree).out)
    assert sorted(made["results"]) == ["bot.py", "src/keys.py"]
    for one in made["results"]["bot.py"]:
        one["is_secret"] = False
    write(tree, {".secrets.baseline": json.dumps(made, indent=2)})
    result = importing(keylint, ".secrets.baseline")
    found = sum(map(len, made["results"].values()))
    left = len(made["results"]["src/keys.py"])
    assert result.code == 0
    assert result.err.splitlines() == [
        f"keylint: {found} in the file of detect-secrets: {found} matched, 0 not",
        f"keylint: not taken: {left} matched, but not audited as no secret; --all takes them",
        f"keylint: {NAME}: 2 entries added",
    ]
    assert accepted(tree) == [("bot.py", "detect-secrets: audited as no secret")] * 2
    report = keylint("scan", "--format", "json").report
    assert [(one["path"], one["suppression"] is None) for one in report["findings"]] == [
        ("bot.py", False),
        ("bot.py", False),
        ("src/keys.py", True),
    ]
    before = (tree / NAME).stat()
    assert importing(keylint, ".secrets.baseline").err.endswith("0 entries added\n")
    assert (tree / NAME).stat() == before


def test_everything_if_asked_for(keylint: Run, tree: Path) -> None:
    results = {
        "bot.py": [entry("{{key:one}}", is_secret=True), entry("{{secret:one}}")],
        "src/keys.py": [entry("{{key:two}}", "Secret Keyword"), entry("{{key:two}}", is_secret=False)],
    }
    write(tree, {"known.json": json.dumps(audited(results))})
    assert importing(keylint, "known.json", "--all").code == 0
    assert sorted(accepted(tree)) == [
        ("bot.py", "detect-secrets: audited as a secret"),
        ("bot.py", "detect-secrets: in its baseline, not audited"),
        ("src/keys.py", "detect-secrets: audited as no secret"),
    ]
    assert keylint("scan").code == 0


def test_reasons_of_ones_own_stay(keylint: Run, tree: Path) -> None:
    keylint("baseline", "create")
    text = (tree / NAME).read_text().replace('"}\n]', '", "reason": "mine"}\n]')
    write(tree, {NAME: text, "known.json": json.dumps(audited({
        "bot.py": [entry("{{key:one}}", is_secret=False)],
        "src/keys.py": [entry("{{key:two}}", is_secret=False)],
    }))})  # fmt: skip
    assert importing(keylint, "known.json").err.endswith("0 entries added, 1 given a reason\n")
    assert sorted(accepted(tree), key=str) == [
        ("bot.py", "detect-secrets: audited as no secret"),
        ("bot.py", None),
        ("src/keys.py", "mine"),
    ]


def test_what_does_not_match_is_told_with_its_reason(keylint: Run, tree: Path) -> None:
    results = {
        "bot.py": [
            entry("{{key:changed}}", is_secret=False),
            entry("BEGIN PRIVATE KEY", "Private Key", is_secret=False),
            entry("{{password:a}}", "AWS Access Key", is_secret=False),
            entry("{{password:b}}", "AWS Access Key", is_secret=False),
        ],
        "gone.py": [entry("{{key:one}}", is_secret=False)],
    }
    write(tree, {"known.json": json.dumps(audited(results))})
    assert importing(keylint, "known.json").err.splitlines() == [
        "keylint: 5 in the file of detect-secrets: 0 matched, 5 not",
        "keylint: not matched: 1 in files that are gone, or not scanned",
        "keylint: not matched: 1 no longer there, or not a finding of keylint",
        "keylint: not matched: 2 of a kind that keylint does not look for (AWS Access Key)",
        "keylint: not matched: 1 private keys, which detect-secrets knows by their first line alone",
        f"keylint: {NAME}: 0 entries added",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("path", ["src/keys.py", "src\\keys.py", "./src/keys.py", ".\\src\\keys.py"])
def test_files_as_windows_writes_them(keylint: Run, tree: Path, encoding: str, path: str) -> None:
    text = json.dumps(audited({path: [entry("{{key:two}}", is_secret=False)]}), indent=2).replace("\n", "\r\n")
    write(tree, {"known.json": text.encode(encoding)})
    assert importing(keylint, "known.json").err.endswith("1 entry added\n")
    assert accepted(tree) == [("src/keys.py", "detect-secrets: audited as no secret")]


def test_the_format_before_1_0(keylint: Run, tree: Path) -> None:
    old = {
        "exclude": {"files": None, "lines": None},
        "generated_at": "2020-11-09T00:00:00Z",
        "plugins_used": [{"base64_limit": 4.5, "name": "Base64HighEntropyString"}],
        "results": {"src/keys.py": [entry("{{key:two}}", is_secret=False)]},
        "version": "0.14.3",
        "word_list": {"file": None, "hash": None},
    }
    write(tree, {"old.json": json.dumps(old)})
    assert importing(keylint, "old.json").err.endswith("1 entry added\n")


def test_a_secret_is_known_by_its_encoded_form_too(keylint: Run, tree: Path) -> None:
    write(tree, {"secret.yaml": HARD["secret.yaml"]})
    for form in ("{{key:cluster}}", "{{base64:{{key:cluster}}}}"):
        (tree / NAME).unlink(missing_ok=True)
        write(tree, {"known.json": json.dumps(audited({"secret.yaml": [entry(form, is_secret=False)]}))})
        assert importing(keylint, "known.json").err.endswith("1 entry added\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1:1: not JSON: Expecting value"),
        ("[]", "1:1: expected a baseline of detect-secrets, with 'results' by file name"),
        ('{"results": []}', "1:1: expected a baseline of detect-secrets, with 'results' by file name"),
        ('{"results": {"a": 1}}', "1:14: expected a list of secrets"),
        ('{"results": {"a": [1]}}', "1:20: expected a secret with hashed_secret, type, and perhaps"),
        ('{"results": {"a": [\n{"type": "x", "hashed_secret": "y", "is_secret": 1}]}}', "2:1: expected a secret"),
        ("\0\1\2" * 100, "1:1: not JSON: Expecting value"),
    ],
)
def test_a_file_that_is_none(keylint: Run, tree: Path, text: str, message: str) -> None:
    write(tree, {"known.json": text.encode()})
    result = importing(keylint, "known.json")
    assert result.code == 2
    assert result.err.startswith(f"keylint: known.json:{message}")
    assert not (tree / NAME).exists()


def test_a_file_that_is_not_there(keylint: Run, tree: Path) -> None:
    unread = "keylint: gone.json: cannot be read: No such file or directory\n"
    assert importing(keylint, "gone.json") == (2, "", unread)


@pytest.fixture
def exported(keylint: Run, tree: Path) -> Path:
    """The same repository with harder cases, a baseline of all, the plugin, and all of it for detect-secrets."""
    write(tree, HARD)
    assert keylint("baseline", "create").code == 0
    assert keylint("detect-secrets-plugin", "--write", PLUGIN).code == 0
    git(tree, "add", "-A")
    assert keylint("baseline", "export", "--format", "detect-secrets").code == 0
    return tree


def test_detect_secrets_with_the_plugin_finds_exactly_what_was_exported(exported: Path) -> None:
    before = json.loads((exported / ".secrets.baseline").read_text())
    assert sorted(before["results"]) == sorted({*KEYED, *HARD} - {"clean.py"})
    # detect-secrets writes the file anew from its own scan, with the settings that it finds in there.
    done = detect_secrets("scan", "--baseline", ".secrets.baseline", cwd=exported)
    assert (done.code, done.err) == (0, "")
    after = json.loads((exported / ".secrets.baseline").read_text())
    assert after["results"] == before["results"]
    assert after["plugins_used"] == before["plugins_used"]
    assert "generated_at" in after
    assert "generated_at" not in before


def test_detect_secrets_equals_by_its_own_comparison(exported: Path) -> None:
    script = (
        "import json\n"
        "from detect_secrets.core import baseline\n"
        "from detect_secrets.settings import transient_settings\n"
        "known = json.load(open('.secrets.baseline'))\n"
        "with transient_settings(known):\n"
        "    scanned = baseline.create('.')\n"
        "loaded = baseline.load(known)\n"
        "print(len(list(loaded)), scanned == loaded, scanned.exactly_equals(loaded))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=exported,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert (done.stdout, done.stderr) == ("13 True True\n", "")


def test_the_hook_of_detect_secrets_passes_what_is_known_and_stops_what_is_new(exported: Path) -> None:
    known = [*KEYED, *HARD]
    assert detect_secrets("--baseline", ".secrets.baseline", *known, cwd=exported, hook=True).code == 0
    write(exported, {"new.py": 'import os\nClient("{{key:new}}", os.environ["S"])\n'})
    new = detect_secrets("--baseline", ".secrets.baseline", *known, "new.py", cwd=exported, hook=True)
    assert new.code == 1
    assert "new.py:2" in new.out
    assert TYPE in new.out


def test_a_baseline_is_only_exported_as_far_as_it_goes(keylint: Run, exported: Path) -> None:
    write(exported, {"new.py": 'API_KEY = "{{key:new}}"\n', ".env": "PASSWORD={{password:a}}\n"})
    git(exported, "add", "-A")
    (exported / "calls.py").unlink()
    keylint("baseline", "update", "--prune")
    assert keylint("baseline", "export", "--format", "detect-secrets").code == 2  # it is there already
    result = keylint("baseline", "export", "--format", "detect-secrets", "--output", "other.json", "--plugin", "x/p.py")
    assert result.err == "keylint: other.json: 10 written\n"
    other = json.loads((exported / "other.json").read_text())
    assert {"new.py", ".env", "calls.py"} & set(other["results"]) == set()
    assert other["plugins_used"] == [{"name": "KeylintDetector", "path": "file://x/p.py"}]
    keylint("baseline", "update")
    (exported / "twice.py").unlink()
    result = keylint("baseline", "export", "--format", "detect-secrets", "--force")
    left_out = "3 left out: stale, or of a rule about something else than a secret"
    assert result.err == f"keylint: .secrets.baseline: 10 written; {left_out}\n"


def test_an_audit_survives_the_way_there_and_back(keylint: Run, tree: Path) -> None:
    results = {"bot.py": [entry("{{key:one}}", is_secret=False)], "src/keys.py": [entry("{{key:two}}")]}
    write(tree, {"known.json": json.dumps(audited(results))})
    importing(keylint, "known.json", "--all")
    first = (tree / NAME).read_bytes()
    keylint("baseline", "export", "--format", "detect-secrets", "--output", "back.json")
    back = json.loads((tree / "back.json").read_text())["results"]
    assert [one.get("is_secret") for listed in back.values() for one in listed] == [False, None]
    (tree / NAME).unlink()
    importing(keylint, "back.json", "--all")
    assert (tree / NAME).read_bytes() == first


def found_by_the_plugin(result: Result) -> set[str]:
    results = json.loads(result.out)["results"]
    return {name for name, listed in results.items() if any(one["type"] == TYPE for one in listed)}


def test_the_plugin_finds_what_default_filters_hide(exported: Path) -> None:
    assert found_by_the_plugin(detect_secrets("scan", "-p", PLUGIN, cwd=exported)) == {*KEYED, *HARD} - {"clean.py"}
    named = detect_secrets("scan", "-p", str(exported / PLUGIN), "keys.py", cwd=exported / "src")
    assert found_by_the_plugin(named) == {"keys.py"}


def test_the_documented_call_works_from_any_folder(keylint: Run, exported: Path) -> None:
    call = next(line.strip() for line in keylint("detect-secrets-plugin", "--help").out.splitlines() if "(cd" in line)
    program = f"{sys.executable} -m detect_secrets"
    done = subprocess.run(
        ["sh", "-c", call.replace("detect-secrets", program)],
        cwd=exported / "src",
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    assert found_by_the_plugin(Result(0, done.stdout, done.stderr)) == {*KEYED, *HARD} - {"clean.py"}


def test_the_plugin_on_a_string(exported: Path) -> None:
    key = expand("{{key:string}}")
    found = detect_secrets("scan", "-p", PLUGIN, "--string", f'API_KEY = "{key}"', cwd=exported)
    assert "KeylintDetector         : True" in found.out
    none = detect_secrets("scan", "-p", PLUGIN, "--string", f'digest = "{key}"', cwd=exported)
    assert "KeylintDetector         : False" in none.out


def test_what_the_plugin_cannot_read_is_told(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert secrets_in("bot.py", "") == ((expand("{{key:one}}"), 2), (expand("{{secret:one}}"), 3))
    monkeypatch.setattr("keylint.scanner.examine", lambda *_: (_ for _ in ()).throw(MemoryError))
    assert secrets_in("src/keys.py", "") == ()
    assert capfd.readouterr().err == (
        "keylint: not scanned: src/keys.py: unreadable (not enough memory to decode it)\n"
    )


def test_the_plugin_replaces_nothing_else(keylint: Run, tree: Path) -> None:
    write(tree, {PLUGIN: "print('mine')\n"})
    refused = f"keylint: {PLUGIN} exists and is something else; --force replaces it\n"
    assert keylint("detect-secrets-plugin", "--write", PLUGIN) == (2, "", refused)
    for options in (["--force"], []):
        assert keylint("detect-secrets-plugin", "--write", PLUGIN, *options).code == 0
    unwritten = "keylint: nowhere/p.py: cannot be written: No such file or directory\n"
    assert keylint("detect-secrets-plugin", "--write", "nowhere/p.py") == (2, "", unwritten)


def test_keylint_itself_never_imports_detect_secrets(tree: Path) -> None:
    write(tree, {"known.json": json.dumps(audited({"bot.py": [entry("{{key:one}}", is_secret=False)]}))})
    script = (
        "import sys\nfrom keylint.cli import main\n"
        "for line in sys.argv[1:]:\n    assert main(line.split()) == 0, line\n"
        "import keylint.detect_secrets\n"
        "assert 'detect_secrets' not in sys.modules\n"
    )
    actions = [
        "detect-secrets-plugin --write p.py",
        "baseline create",
        "baseline import --format detect-secrets known.json",
        "baseline export --format detect-secrets",
        "scan .",
    ]
    done = subprocess.run(
        [sys.executable, "-c", script, *actions],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc", ("abc", 0)),
        ("-----BEGIN X-----\nabcd\n  abcd\nef\n-----END X-----", ("abcd", 1)),
        ("-----BEGIN X-----\nProc: 4\n\nlongest line\n-----END X-----", ("longest line", 3)),
        ("-----BEGIN X-----\n-----END X-----", ("-----BEGIN X-----", 0)),
    ],
)
def test_what_of_a_secret_stands_on_one_line(text: str, expected: tuple[str, int]) -> None:
    assert as_one_line(text) == expected


def test_written_is_read_back() -> None:
    known = Known("a.py", 3, digest_of("x"), TYPE, False), Known("b.py", 1, digest_of("y"), TYPE)
    assert parse(render(reversed(known), "p.py").encode(), "f") == known
    with pytest.raises(BaselineError):
        parse(b"{}", "f")
