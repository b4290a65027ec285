"""The baseline: what it hides and what not, that it never churns, and that a wrong one is refused."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from conftest import Run, git, spawn, write
from hypothesis import given
from hypothesis import strategies as st

from keylint.baseline import SCHEMA, Entry, parse, render, stale
from keylint.errors import BaselineError
from keylint.files import read_whole, replace
from keylint.findings import fingerprint
from keylint.model import Fact, Location
from keylint.policy.json_text import read_json
from keylint.policy.placeholders import expand

NAME = ".keylint.baseline.json"
KEYED = {
    "bot.py": 'import os\nAPI_KEY = "{{key:one}}"\nAPI_SECRET = "{{secret:one}}"\n',
    "b/other.py": 'API_KEY = "{{key:two}}"\n',
    "c/third.py": 'API_KEY = "{{key:three}}"\n',
    "clean.py": "import os\n",
}


@pytest.fixture
def adopted(keylint: Run, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository whose four findings are accepted and committed; the current folder."""
    monkeypatch.chdir(write(repository, KEYED))
    assert keylint("baseline", "create") == (0, "", f"keylint: {NAME}: 4 entries written\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "adopt keylint")
    return repository


def counted(keylint: Run, *arguments: str) -> list[tuple[str, int]]:
    """Path and line of what is not suppressed."""
    report = keylint("scan", "--format", "json", *arguments).report
    return [(one["path"], one["line"]) for one in report["findings"] if one["suppression"] is None]


def changed_lines(folder: Path) -> str:
    return git(folder, "diff", "--numstat", "--", NAME).partition(".")[0].strip()


def edit(file: Path, change: Callable[[str], str]) -> None:
    file.write_text(change(file.read_text()))


def test_no_baseline_no_difference(keylint: Run, tmp_path: Path) -> None:
    write(tmp_path, KEYED)
    result = keylint("scan", str(tmp_path), "--format", "json")
    assert (result.code, result.err, result.report["summary"]["suppressed"]) == (1, "", 0)


def test_accepted_findings_stay_in_the_report_and_never_fail_it(keylint: Run, adopted: Path) -> None:
    result = keylint("scan", "--format", "json", "--fail-on", "low")
    assert (result.code, result.err) == (0, "")
    marks = [one["suppression"] for one in result.report["findings"]]
    assert marks == [{"kind": "baseline", "reason": "accepted at adoption", "owner": None, "expires": None}] * 4
    assert result.report["summary"] == {"critical": 0, "high": 0, "medium": 0, "low": 0, "suppressed": 4}
    text = keylint("scan")
    assert text.out == (
        "b/other.py:1:12: suppressed hardcoded-api-key (baseline: accepted at adoption)\n"
        "bot.py:2:12: suppressed hardcoded-api-key (baseline: accepted at adoption)\n"
        "bot.py:3:15: suppressed hardcoded-api-key (baseline: accepted at adoption)\n"
        "c/third.py:1:12: suppressed hardcoded-api-key (baseline: accepted at adoption)\n"
        "\n"
        "No findings, 4 suppressed in 5 files (903 bytes).\n"
    )
    assert len(keylint("scan", "--quiet").out.splitlines()) == 4


def test_one_entry_a_line_sorted_and_without_what_changes(adopted: Path) -> None:
    text = (adopted / NAME).read_text()
    lines = text.splitlines()
    assert (lines[0], lines[-1], len(lines)) == (f'[{{"schema": "{SCHEMA}"}}', "]", 6)
    entries = json.loads(text)[1:]
    assert [(one["path"], sorted(one)) for one in entries] == [
        (path, ["fingerprint", "path", "rule"]) for path in ("b/other.py", "bot.py", "bot.py", "c/third.py")
    ]
    for label in ("key:one", "secret:one", "key:two"):
        secret = expand(f"{{{{{label}}}}}")
        assert not any(secret[at : at + 5] in text for at in range(60))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda folder: edit(folder / "bot.py", lambda text: "# new\n" * 9 + text), id="lines above"),
        pytest.param(
            lambda folder: edit(folder / "bot.py", lambda text: "".join(reversed(text.splitlines(keepends=True)))),
            id="a block moved",
        ),
        pytest.param(
            lambda folder: edit(folder / "bot.py", lambda text: text.replace("API_KEY", "api_key")), id="name"
        ),
        pytest.param(lambda folder: edit(folder / "bot.py", lambda text: text + text), id="twice in the file"),
        pytest.param(lambda folder: (folder / "clean.py").rename(folder / "a.py"), id="another file renamed"),
        pytest.param(lambda folder: (folder / "new.py").write_text("import os\n"), id="another file added"),
    ],
)
def test_edits_around_it_change_nothing(keylint: Run, adopted: Path, change: Callable[[Path], object]) -> None:
    file = adopted / NAME
    before = file.read_bytes(), file.stat()
    change(adopted)
    assert counted(keylint) == []
    assert keylint("baseline", "update").err == f"keylint: {NAME}: 0 dropped, 0 added, 4 kept\n"
    assert (file.read_bytes(), file.stat()) == before


@pytest.mark.parametrize(
    ("files", "places"),
    [
        pytest.param({"b/other.py": 'API_KEY = "{{key:new}}"\n'}, [("b/other.py", 1)], id="another secret on the line"),
        pytest.param({"new.py": 'API_KEY = "{{key:new}}"\n'}, [("new.py", 1)], id="a new secret"),
        pytest.param({"z.py": '#\nAPI_KEY = "{{key:two}}"\n'}, [("z.py", 2)], id="a copy in another file"),
        pytest.param({"a.py": 'API_KEY = "{{key:two}}"\n'}, [("a.py", 1)], id="a copy that comes first"),
        pytest.param(
            {"a.py": '# api key\nx = "{{key:two}}"\n', "z.py": 'API_KEY = "{{key:two}}"\n'},
            [("z.py", 1)],
            id="two copies, the surest speaks",
        ),
    ],
)
def test_what_is_new_counts_where_it_stands(
    keylint: Run, adopted: Path, files: dict[str, str | bytes], places: list[tuple[str, int]]
) -> None:
    write(adopted, files)
    assert keylint("scan").code == 1
    assert counted(keylint) == places


def test_a_surer_place_elsewhere_does_not_bring_back_what_was_accepted(
    keylint: Run, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write(repository, {"notes.md": "our api key is {{key:one}}\n"}))
    keylint("baseline", "create")
    write(repository, {"bot.py": 'API_KEY = "{{key:one}}"\n'})
    assert counted(keylint) == [("bot.py", 1)]
    keylint("baseline", "update")
    assert counted(keylint) == []
    (repository / "bot.py").unlink()
    assert counted(keylint) == []


@pytest.mark.parametrize("name", ["a.py", "bb.py", "zz.py"])
def test_one_finding_more_or_less_is_one_line_of_a_diff(keylint: Run, adopted: Path, name: str) -> None:
    write(adopted, {name: 'API_KEY = "{{key:new}}"\n'})
    assert keylint("baseline", "update").err == f"keylint: {NAME}: 0 dropped, 1 added, 4 kept\n"
    assert changed_lines(adopted).split() == ["1", "0"]
    git(adopted, "commit", "-qam", "more")
    (adopted / name).unlink()
    assert keylint("baseline", "update").err == f"keylint: {NAME}: 1 dropped, 0 added, 4 kept\n"
    assert changed_lines(adopted).split() == ["0", "1"]


def test_both_sides_of_a_merge_can_be_kept(keylint: Run, adopted: Path) -> None:
    write(adopted, {".gitattributes": f"{NAME} merge=union\n"})
    git(adopted, "add", "-A")
    git(adopted, "commit", "-qm", "keep both sides")
    for branch in ("left", "right"):
        git(adopted, "checkout", "-q", "-b", branch, "main")
        write(adopted, {f"{branch}.py": f'API_KEY = "{{{{key:{branch}}}}}"\n'})
        keylint("baseline", "update")
        git(adopted, "add", "-A")
        git(adopted, "commit", "-qm", branch)
    git(adopted, "merge", "-q", "left", "-m", "merge")
    assert (keylint("scan").code, counted(keylint)) == (0, [])


def test_a_thousand_findings_never_churn(keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = {
        f"f{place % 10}/file{place % 100}.py": [f'API_KEY_{at} = "{{{{key:{place % 100} {at}}}}}"' for at in range(10)]
        for place in range(100)
    }
    write(tmp_path, {name: "\n".join(lines) for name, lines in blocks.items()})
    monkeypatch.chdir(tmp_path)
    assert keylint("baseline", "create").err == f"keylint: {NAME}: 1,000 entries written\n"
    file = tmp_path / NAME
    before = file.read_bytes(), file.stat()
    for seed in range(3):
        chance = random.Random(seed)
        for lines in blocks.values():
            chance.shuffle(lines)
        filling = ["", "# a comment", "x = 1", "def f(): return 2"]
        mixed = {
            name: "\n".join(piece for line in lines for piece in (*chance.choices(filling, k=3), line))
            for name, lines in blocks.items()
        }
        write(tmp_path, mixed)
        monkeypatch.setattr("time.time", lambda: 4e9)  # another day
        assert keylint("scan").code == 0
        assert keylint("baseline", "update").err == f"keylint: {NAME}: 0 dropped, 0 added, 1,000 kept\n"
        assert (file.read_bytes(), file.stat()) == before
        assert keylint("baseline", "create", "--force").code == 0
        assert file.read_bytes() == before[0]
        before = file.read_bytes(), file.stat()


@pytest.mark.parametrize(
    "arguments",
    [["."], ["bot.py", "b", "c"], ["c", "clean.py", "b", "bot.py"], [".", "--no-gitignore"], [".", "bot.py"]],
    ids=" ".join,
)
def test_it_is_the_same_whatever_made_it(keylint: Run, adopted: Path, arguments: Sequence[str]) -> None:
    assert keylint("baseline", "create", *arguments, "--output", "other.json").code == 0
    assert (adopted / "other.json").read_bytes() == (adopted / NAME).read_bytes()
    assert keylint("scan", "bot.py", "b/other.py").code == 0
    # Elsewhere, as a file of a tree handed over, and as standard input.
    assert spawn("scan", str(adopted), cwd=adopted.parent).code == 0
    named = spawn("scan", "-", "--stdin-filename", "bot.py", cwd=adopted, stdin=(adopted / "bot.py").read_bytes())
    assert named.code == 0


def test_a_reason_stays_and_is_shown(keylint: Run, adopted: Path) -> None:
    file = adopted / NAME
    edit(file, lambda text: text.replace('"}\n]', '", "reason": "a sandbox key"}\n]'))
    write(adopted, {"new.py": 'API_KEY = "{{key:new}}"\n'})
    keylint("baseline", "update")
    assert file.read_text().count('"reason": "a sandbox key"') == 1
    assert "c/third.py:1:12: suppressed hardcoded-api-key (baseline: a sandbox key)" in keylint("scan").out


def test_prune_accepts_nothing_new(keylint: Run, adopted: Path) -> None:
    write(adopted, {"new.py": 'API_KEY = "{{key:new}}"\n'})
    (adopted / "b/other.py").unlink()
    stale_line = f"keylint: {NAME}: 1 entry is stale; keylint baseline update --prune drops what is gone\n"
    assert keylint("scan").err == stale_line
    assert keylint("scan", "new.py").err == ""
    assert keylint("scan", ".", "gone.py").err == ""
    assert keylint("baseline", "update", "--prune").err == f"keylint: {NAME}: 1 dropped, 0 added, 3 kept\n"
    assert counted(keylint) == [("new.py", 1)]
    assert keylint("scan").err == ""


def test_what_is_not_sure_enough_to_be_reported_is_neither_accepted_nor_dropped(
    keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write(tmp_path, {"a.py": 'x = "{{key:low}}"\n'}))
    assert keylint("baseline", "create").err == f"keylint: {NAME}: 0 entries written\n"
    assert keylint("baseline", "update", "--min-confidence", "low").err.endswith("0 dropped, 1 added, 0 kept\n")
    assert keylint("baseline", "update").err.endswith("0 dropped, 0 added, 1 kept\n")
    assert (keylint("scan").err, keylint("scan", "--min-confidence", "low").code) == ("", 0)


def test_create_replaces_nothing_unasked(keylint: Run, adopted: Path) -> None:
    refused = f"keylint: {NAME} exists; keylint baseline update changes it, --force replaces it\n"
    assert keylint("baseline", "create") == (2, "", refused)
    assert keylint("baseline", "create", "--force").code == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(["create", "nowhere"], 3, "nothing was scanned: no such file or folder: nowhere", id="nothing"),
        pytest.param(["create", "-"], 2, "a baseline is made of files, not of standard input", id="standard input"),
        pytest.param(
            ["update", "bot.py"], 2, "'bot.py' is no folder; a baseline is kept for a whole scan root", id="a file"
        ),
        pytest.param(["update"], 2, f"{NAME}: cannot be read: No such file or directory", id="no baseline"),
        pytest.param(
            ["create", "--output", "nowhere/x"],
            2,
            "nowhere/x: cannot be written: No such file or directory",
            id="where",
        ),
    ],
)
def test_what_cannot_be_done(
    keylint: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: Sequence[str],
    code: int,
    message: str,
) -> None:
    monkeypatch.chdir(write(tmp_path, KEYED))
    assert keylint("baseline", *arguments) == (code, "", f"keylint: {message}\n")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["b", "bot.py", "c", "clean.py"]


def test_nothing_is_written_after_an_incomplete_scan(keylint: Run, adopted: Path) -> None:
    before = (adopted / NAME).read_bytes()
    (adopted / "b/other.py").unlink()
    result = keylint("baseline", "create", ".", "gone.py", "--force")
    assert result.code == 4
    assert result.err.splitlines() == [
        "keylint: not scanned: gone.py: unreadable (no such file or folder)",
        "keylint: the scan is incomplete; nothing was written",
    ]
    assert (adopted / NAME).read_bytes() == before


def test_update_after_an_incomplete_scan_drops_nothing(
    keylint: Run, adopted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (adopted / NAME).read_bytes()
    monkeypatch.setattr("keylint.scanner.examine", lambda *_: (_ for _ in ()).throw(MemoryError))
    for action in (["update"], ["import", "--format", "detect-secrets", "audited.json"]):
        write(adopted, {"audited.json": '{"results": {}}'})
        assert keylint("baseline", *action).code == 4
    assert (adopted / NAME).read_bytes() == before
    assert keylint("scan").err == ""  # nor is anything called stale


@pytest.mark.parametrize(
    ("text", "message"),
    [  # HEAD is the first line, ENTRY a right one, MARK a fingerprint
        ("", "1:1: not JSON: Expecting value"),
        ("{", "1:2: not JSON: Expecting property name enclosed in double quotes"),
        ("[" * 100_000, "1:1: not JSON: "),
        ("[" + "9" * 5000 + "]", "1:1: not JSON: "),
        ("{}", f'1:1: expected a list that begins with {{"schema": "{SCHEMA}"}}'),
        ("[]", f'1:1: expected a list that begins with {{"schema": "{SCHEMA}"}}'),
        ('[{"schema": "keylint/baseline/2"}]', f'1:2: expected {{"schema": "{SCHEMA}"}}; another version'),
        ("HEAD,1]", "2:2: expected an entry with rule, path and fingerprint"),
        ('HEAD,{"rule": "a", "path": "b"}]', "2:2: 'fingerprint' is missing"),
        ('HEAD,{"rule": "", "path": "b", "fingerprint": "MARK"}]', "2:3: 'rule' takes a text"),
        (
            'HEAD,{"rule": "a", "path": "b", "fingerprint": "abc"}]',
            "2:29: expected 64 hexadecimal digits in lower case",
        ),
        (
            'HEAD,{"rule": "a", "path": "b", "fingerprint": "MARK", "reasn": "c"}]',
            "2:112: unknown key 'reasn'; did you mean 'reason'?",
        ),
        (
            "HEAD,ENTRY\n,ENTRY]",
            "3:2: the same fingerprint as entry 1",
        ),
        (
            'HEAD,{"rule": "a", "path": "b", "path": "c", "fingerprint": "MARK"}]',
            "2:29: key 'path' is written twice",
        ),
        (
            'HEAD,{"rule": "a", "path": "b", "path": "\t", "fingerprint": "MARK"}]',
            "2:38: not JSON: Invalid control character at",
        ),
        (
            "HEAD<<<<<<< HEAD\n,ENTRY\n=======\n>>>>>>> other\n]",
            "2:1: '<<<<<<<' is left from a merge; keep the entries of both sides",
        ),
    ],
)
def test_a_wrong_baseline_is_refused(keylint: Run, tmp_path: Path, text: str, message: str) -> None:
    head = f'[{{"schema": "{SCHEMA}"}}\n'
    text = text.replace("HEAD", head, 1).replace("ENTRY", '{"rule": "a", "path": "b", "fingerprint": "MARK"}')
    text = text.replace("MARK", fingerprint("a", "b", "c"))
    write(tmp_path, {"clean.py": "import os\n", "wrong.json": text.encode()})
    result = keylint("scan", str(tmp_path), "--baseline", str(tmp_path / "wrong.json"))
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"keylint: {tmp_path}/wrong.json:{message}")
    assert keylint("scan", str(tmp_path)).code == 0
    (tmp_path / "wrong.json").rename(tmp_path / NAME)
    assert keylint("scan", str(tmp_path)).code == 2


def test_every_mistake_is_told_at_once(keylint: Run, tmp_path: Path) -> None:
    text = f'[{{"schema": "{SCHEMA}"}}\n,{{"rule": 1, "path": "b"}}\n,2\n]\n'
    write(tmp_path, {"clean.py": "import os\n", NAME: text.encode()})
    file = tmp_path / NAME
    assert keylint("scan", str(tmp_path)).err == (
        f"keylint: {file}:2:2: 'fingerprint' is missing\n"
        f"{file}:2:3: 'rule' takes a text\n"
        f"{file}:3:2: expected an entry with rule, path and fingerprint\n"
    )


def test_mistakes_without_a_place_are_told_as_well() -> None:
    with pytest.raises(BaselineError, match=r"^f:1:1: odd$"):  # JSON, but no YAML
        read_json('["\x7f"]', "f", lambda source: source.problem((0,), "odd"))
    with pytest.raises(BaselineError, match=r"^f:1:1: odd$"):
        read_json('{"a": "\\ud800"}', "f", lambda source: source.problem(("a",), "odd") if not source._places else None)
    with pytest.raises(BaselineError, match=r"^f:2:2: key 'a' is written twice$"):
        read_json('{"a":\t1,\n\t"a": 2}', "f", lambda _: None)


def test_not_text(keylint: Run, tmp_path: Path) -> None:
    write(tmp_path, {"clean.py": "import os\n", NAME: f'[{{"schema": "{SCHEMA}"}}\n,"\xe9"]'.encode("latin-1")})
    result = keylint("scan", str(tmp_path))
    assert (result.code, result.err) == (2, f"keylint: {tmp_path / NAME}:2:1: not UTF-8: invalid continuation byte\n")


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe", "link to nothing"])
def test_a_baseline_that_cannot_be_read(keylint: Run, tmp_path: Path, kind: str) -> None:
    write(tmp_path, {"clean.py": "import os\n"})
    file = tmp_path / NAME
    if kind == "folder":
        file.mkdir()
    elif kind == "pipe":
        os.mkfifo(file)
    elif kind == "link to nothing":
        file.symlink_to("nowhere")
    named = keylint("scan", str(tmp_path), "--baseline", str(file))
    assert (named.code, named.out) == (2, "")
    assert named.err.startswith(f"keylint: {file}: cannot be read: ")
    assert keylint("scan", str(tmp_path)).code == (0 if kind == "missing" else 2)


def test_a_file_too_large_to_be_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keylint.files._LARGEST", 3)
    write(tmp_path, {"large": b"four"})
    with pytest.raises(OSError, match="larger than 3 bytes"):
        read_whole(str(tmp_path / "large"))


def test_replacing_is_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"real.json": b"old"})
    (tmp_path / "real.json").chmod(0o640)
    link = tmp_path / "link.json"
    link.symlink_to("real.json")
    replace(str(link), "new\n")
    assert (link.is_symlink(), (tmp_path / "real.json").read_bytes()) == (True, b"new\n")
    assert (tmp_path / "real.json").stat().st_mode & 0o777 == 0o640

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="No space"):
        replace(str(link), "newer\n")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
        "real.json": b"new\n",
        "link.json": b"new\n",
    }


def test_the_baseline_is_never_a_finding(keylint: Run, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Names and reasons that speak of keys as loudly as can be: only what the file holds may decide.
    names = ["binance_testnet/api_key.py", "binance/client_secret.py", "api_secret=.py", 'x"api_key": "a.py', "d/.env"]
    monkeypatch.chdir(write(repository, dict.fromkeys(names, 'BINANCE_API_KEY = "{{key:loud}}"\n')))
    keylint("baseline", "create")
    edit(repository / NAME, lambda text: text.replace('"}\n', '", "reason": "binance testnet api_key = secret"}\n'))
    edit(
        repository / NAME,
        lambda text: text.replace(f'{SCHEMA}", "reason": "binance testnet api_key = secret"', f'{SCHEMA}"'),
    )
    write(repository, {".secrets.baseline": (repository / NAME).read_bytes()})
    result = keylint("scan", "--min-confidence", "low", "--format", "json", "--fail-on", "low")
    assert (result.code, result.report["summary"]["suppressed"]) == (0, 1)
    assert {path for _, path, _, _ in result.places} == set(names)
    assert keylint("scan", NAME, ".secrets.baseline", "--min-confidence", "low", "--format", "json").places == set()


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(st.sets(st.builds(Entry, TEXTS, TEXTS, st.binary(min_size=32, max_size=32).map(bytes.hex), TEXTS | st.just("")),
               max_size=5))  # fmt: skip
def test_reading_gives_back_what_was_written(entries: set[Entry]) -> None:
    text = render(entries)
    assert text.count("\n") == len(entries) + 2
    if len({entry.fingerprint for entry in entries}) == len(entries):
        assert set(parse(text.encode(), "f")) == entries
        assert render(parse(text.encode(), "f")) == text


def test_stale_asks_for_the_thing_in_its_file() -> None:
    here = Fact("credential", Location("a.py", 1, 1, 1, 65), "one", {})
    known = [("a.py", "one"), ("a.py", "two"), ("b.py", "one")]
    entries = [Entry(path, "rule", fingerprint("rule", path, identity)) for path, identity in known]
    assert stale(entries, [here]) == tuple(entries[1:])


def test_what_is_suppressed_otherwise_is_not_accepted_as_well(
    keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waivers = "".join(
        f"  - {{rule: hardcoded-api-key, paths: ['{name}'], reason: x, owner: '@a', created: {year}-01-01, "
        f"expires: {year}-01-30}}\n"
        for name, year in (("waived.py", 2026), ("expired.py", 2025))
    )
    files = {
        ".keylint.yaml": f"version: 1\nwaivers:\n{waivers}",
        "allowed.py": 'API_KEY = "{{key:allowed}}"  # keylint: allow[hardcoded-api-key] reason="revoked"\n',
        "waived.py": 'API_KEY = "{{key:waived}}"\n',
        "expired.py": 'API_KEY = "{{key:expired}}"\n',
        "known.py": 'API_KEY = "{{key:known}}"\n',
    }
    monkeypatch.chdir(write(tmp_path, files))
    monkeypatch.setattr("keylint.commands.scan._today", lambda: "2026-01-10")
    assert keylint("baseline", "create").code == 0
    assert [entry.path for entry in parse((tmp_path / NAME).read_bytes(), NAME)] == ["expired.py", "known.py"]
    report = keylint("scan", "--format", "json").report
    kinds = {one["path"]: one["suppression"] and one["suppression"]["kind"] for one in report["findings"]}
    assert kinds == {
        ".keylint.yaml": None,  # the expired waiver itself
        "allowed.py": "inline",
        "waived.py": "waiver",
        "expired.py": "baseline",
        "known.py": "baseline",
    }
    assert keylint("baseline", "update").err.endswith("0 dropped, 0 added, 2 kept\n")


def test_isolated_ignores_the_folders_own_baseline(keylint: Run, adopted: Path) -> None:
    assert [keylint("scan", *options).code for options in ([], ["--isolated"])] == [0, 1]
    assert keylint("scan", "--isolated", "--baseline", NAME).code == 0
