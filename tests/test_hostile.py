"""Repositories made to harm whoever scans them: what they say runs nothing, leads nowhere and silences nobody."""

from __future__ import annotations

import csv
import io
import os
import re
import time
import zipfile
from pathlib import Path

import pytest
from conftest import Result, Run, cpu_seconds, git, spawn, write

from keylint.policy.globs import matcher
from keylint.policy.placeholders import expand
from keylint.registry import names

KEYED = {"bot.py": 'API_KEY = "{{key:hostile}}"\n'}
RULE = "hardcoded-api-key"
# What stands outside the repository, and must not be quoted.
OUTSIDE = "root:hunter2-of-the-host"
PACK = "name: acme\nversion: 1\ndescription: ours\n"


def cost(keylint: Run, *arguments: str) -> tuple[Result, float]:
    """Run keylint; return the processor's time that it and its workers took, in seconds."""
    before = os.times()
    result = keylint(*arguments)
    after = os.times()
    return result, sum(after[:4]) - sum(before[:4])


# Configurations that reach out.


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("!!python/object/apply:os.system ['touch pwned']", id="a call"),
        pytest.param("extends: !!python/object/apply:os.system ['touch pwned']", id="a call as a value"),
        pytest.param("extends: !!python/object/new:os.system ['touch pwned']", id="an object"),
        pytest.param("extends: !!python/name:os.system", id="a name"),
        pytest.param("extends: [python:os]", id="a module for a distribution"),
        pytest.param("extends: ['python:../../pwned']", id="a path for a distribution"),
    ],
)
def test_a_configuration_runs_nothing(keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    write(tmp_path, {**KEYED, ".keylint.yaml": f"version: 1\n{text}\n" if "extends" in text else text})
    monkeypatch.chdir(tmp_path)
    result = keylint("scan", ".")
    assert (result.code, result.out, (tmp_path / "pwned").exists()) == (2, "", False)


@pytest.mark.parametrize("field", ["message", "remediation", "rationale"])
def test_a_rule_text_is_no_template_that_computes(keylint: Run, tmp_path: Path, field: str) -> None:
    payload = "{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}"
    fields = {"message": "m", "remediation": "r", "rationale": "r", field: payload}
    rule = "id: own\nseverity: high\ntarget: credential\nforbid: {credential.confidence: high}\n" + "".join(
        f"{name}: '{text}'\n" for name, text in fields.items()
    )
    rule += "tests: {bad: [{name: b, files: {a: 'x'}}], good: [{name: g, files: {a: 'x'}}]}\n"
    write(tmp_path, {**KEYED, ".keylint.yaml": "version: 1\nextends: [./policy]\n", "policy/pack.yaml": PACK})
    (tmp_path / "policy/own.yaml").write_text(rule)
    for form in names("keylint.reporters"):
        result = keylint("scan", str(tmp_path), "--format", form)
        assert result.code == 1, result.err
        assert "<class" not in result.out + result.err


def leading_out(folder: Path, kind: str) -> None:
    """Make a repository one of whose own files leads out of it."""
    outside = write(folder, {"outside/file": f"{OUTSIDE}\n", "outside/pack.yaml": f"{OUTSIDE}: keylint\n"}) / "outside"
    inside = write(folder, {f"inside/{name}": text for name, text in KEYED.items()}) / "inside"
    settings = {
        "a folder above": "extends: [../outside]",
        "an absolute folder": f"extends: [{outside}]",
        "an inventory above": "inventory: [../outside/file]",
        "an absolute inventory": f"inventory: [{outside}/file]",
    }
    links = {
        "the configuration": ".keylint.yaml",
        "the project file": "pyproject.toml",
        "the inventory": "keylint.keys.yaml",
        "the baseline": ".keylint.baseline.json",
    }
    if kind in settings:
        (inside / ".keylint.yaml").write_text(f"version: 1\n{settings[kind]}\n")
    elif kind in links:
        (inside / links[kind]).symlink_to("../outside/pack.yaml")
    else:
        (inside / ".keylint.yaml").write_text("version: 1\nextends: [./policy]\n")
        if kind == "the folder of a pack":
            (inside / "policy").symlink_to("../outside")
        else:
            write(inside, {"policy/pack.yaml": PACK})
            (inside / "policy/rule.yaml").symlink_to("../../outside/file")


@pytest.mark.parametrize("in_git", [False, True])
@pytest.mark.parametrize(
    "kind",
    [
        "a folder above",
        "an absolute folder",
        "an inventory above",
        "an absolute inventory",
        "the configuration",
        "the project file",
        "the inventory",
        "the baseline",
        "the folder of a pack",
    ],
)
def test_what_leads_out_of_the_repository_is_refused_and_not_quoted(
    keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, in_git: bool
) -> None:
    leading_out(tmp_path, kind)
    if in_git:  # then the user may stand wherever there is
        git(tmp_path / "inside", "init", "-q")
        monkeypatch.chdir(tmp_path)
    result = keylint("scan", str(tmp_path / "inside"))
    assert (result.code, result.out) == (2, "")
    assert "leads out of the scanned repository, and is not read" in result.err
    assert OUTSIDE not in result.err


def test_a_rule_file_that_leads_out_is_none_of_the_packs(keylint: Run, tmp_path: Path) -> None:
    leading_out(tmp_path, "a rule file")
    result = keylint("scan", str(tmp_path / "inside"))
    assert (result.code, result.err) == (0, "")  # the pack is empty: it does not extend what is recommended


def test_what_the_caller_names_may_lie_anywhere(keylint: Run, tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "policy/pack.yaml": PACK + "extends: [keylint:recommended]\n",
            "org/keylint.yaml": f"version: 1\nextends: [../policy]\ninventory: [{tmp_path}/keys.yaml]\n",
            "keys.yaml": "keys: []\n",
            **{f"repo/{name}": text for name, text in KEYED.items()},
        },
    )
    result = keylint("scan", str(tmp_path / "repo"), "--config", str(tmp_path / "org/keylint.yaml"), "--format", "json")
    assert RULE in {place[0] for place in result.places}


def test_a_pack_beside_the_scanned_folder_of_the_same_repository(keylint: Run, repository: Path) -> None:
    write(repository, {"policy/pack.yaml": PACK + "extends: [keylint:recommended]\n"})
    write(repository / "service", {**KEYED, ".keylint.yaml": "version: 1\nextends: [../policy]\n"})
    assert keylint("scan", str(repository / "service")).code == 1


# Configurations that cost.


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            "a: &a [x,x,x,x,x,x,x,x,x]\n"
            + "".join(f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)),
            "aliases that never end",
            id="a billion laughs",
        ),
        pytest.param("a: &a [*a]", "aliases that never end", id="an alias of itself"),
        pytest.param("[" * 100_000, "nested deeper", id="brackets"),
        pytest.param("- " * 100_000, "nested deeper", id="dashes"),
        pytest.param("x: y\n" * 1_000_000, "larger than", id="five megabytes"),
        pytest.param(f"patterns: [{{id: own, regex: '{'|'.join(f'a{n}' for n in range(100_000))}'}}]", "at most 2,000", id="a long pattern"),
        pytest.param(f"patterns: [{{id: own, regex: '{'(' * 990}a{')' * 990}'}}]", "expected a regular expression", id="a deep pattern"),
    ],
)  # fmt: skip
def test_a_configuration_made_to_break_its_reader(keylint: Run, tmp_path: Path, text: str, told: str) -> None:
    write(tmp_path, KEYED)
    (tmp_path / ".keylint.yaml").write_text(text)
    result, seconds = cost(keylint, "scan", str(tmp_path))
    assert (result.code, result.out) == (2, "")
    assert told in result.err
    assert seconds < 30


def test_a_pattern_that_never_ends_costs_its_time_and_is_told(keylint: Run, tmp_path: Path) -> None:
    write(tmp_path, {"a.txt": "gateway " + "a" * 4000 + "\n", **KEYED})
    (tmp_path / ".keylint.yaml").write_text(
        "version: 1\npatterns: [{id: own, regex: '(a|aa|a?)+$[^a]', keywords: [gateway]}]\n"
    )
    result, seconds = cost(keylint, "scan", str(tmp_path), "--format", "json")
    assert result.code == 1
    assert [skip["reason"] for skip in result.report["scanned"]["skipped"]] == ["timeout"]
    assert RULE in {place[0] for place in result.places}
    assert seconds < 30


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        pytest.param("*a" * 400 + "b", "a" * 4096, id="stars in a name"),
        pytest.param("?*" * 400 + "b", "a" * 4096, id="signs and stars"),
        pytest.param("**/a/" * 150 + "b", "a/" * 2048 + "a", id="stars over folders"),
        pytest.param("**/" * 300 + "b", "a/" * 2048 + "a", id="nothing but stars"),
        pytest.param("**/*a*a*a/" * 90 + "b", "aaaa/" * 800 + "a", id="both"),
    ],
)
def test_a_glob_of_many_stars(glob: str, path: str) -> None:
    before = cpu_seconds()
    assert (matcher([glob])(path), cpu_seconds() - before < 5) == (False, True)


def test_a_glob_of_any_length_is_refused(keylint: Run, tmp_path: Path) -> None:
    (tmp_path / ".keylint.yaml").write_text(f"version: 1\nexclude: [a, '{'*a' * 501}']\n")
    result = keylint("scan", str(tmp_path))
    assert (result.code, ".keylint.yaml:2:14: expected a gitignore-style pattern of at most 1,000" in result.err) == (
        2,
        True,
    )


# Texts that command.

EVIL = "\x1b]0;title\x07\x1b[2J\x9b31m\u202e\u2028::error::x ##vso[task.setvariable]y"
_COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]|##\w*\[")


def commanding(folder: Path) -> Path:
    """Make a repository with texts of that kind everywhere that a report may quote."""
    quoted = "".join(f"\\u{ord(one):04x}" for one in EVIL)
    rule = (
        f'id: own\nseverity: high\ntarget: credential\nmessage: "{quoted}"\nrationale: "{quoted}"\n'
        f'remediation: "{quoted}"\nforbid: {{credential.confidence: high}}\n'
        "tests: {bad: [{name: b, files: {a: 'api_key={{key:a}}'}}], good: [{name: g, files: {a: x}}]}\n"
    )
    waiver = (
        f'{{rule: stale-key, paths: ["*"], reason: "{quoted}", owner: "{quoted}", '
        "created: 2026-11-01, expires: 2026-11-30}"
    )
    write(folder, {f"a{EVIL.replace('/', '')}\n::error::.py": f'API_KEY = "{{{{key:a}}}}"  # {EVIL}\n'})
    write(folder, {"b.py": f'API_KEY = "{{{{key:b}}}}"  # keylint: allow[{RULE}] reason="{EVIL}"\n'})
    write(folder, {"c.py": f'API_KEY = "{{{{key:c}}}}"  # keylint: allow[{EVIL}]\n'})
    write(folder, {"policy/pack.yaml": f"{PACK}extends: [keylint:recommended]\n"})
    (folder / "policy/own.yaml").write_text(rule)
    (folder / ".keylint.yaml").write_text(f"version: 1\nextends: [./policy]\nwaivers: [{waiver}]\n")
    (folder / os.fsdecode(b"d\xff\x1b[31m.py")).symlink_to("/etc/passwd")
    return folder


@pytest.mark.parametrize("form", names("keylint.reporters"))
def test_no_report_of_a_hostile_repository_commands(keylint: Run, tmp_path: Path, form: str) -> None:
    result = keylint("scan", str(commanding(tmp_path)), "--format", form, "--today", "2026-11-22")
    assert result.code == 1
    assert _COMMANDS.findall(result.out) == []
    assert _COMMANDS.findall(result.err) == []
    if form != "github":
        assert not re.search(r"^::", result.out, re.MULTILINE)


@pytest.mark.parametrize(
    "arguments",
    [
        ["scan", "--show-policy"],
        ["rules", "list"],
        ["rules", "list", "--format", "json"],
        ["rules", "show", "own"],
        ["rules", "show", "own", "--format", "json"],
        ["rules", "test", "policy"],
        ["baseline", "create"],
    ],
    ids=" ".join,
)
def test_no_command_on_a_hostile_repository_commands(
    keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(commanding(tmp_path))
    result = keylint(*arguments)
    assert _COMMANDS.findall(result.out) == []
    assert _COMMANDS.findall(result.err) == []
    assert result.out + result.err


def test_no_mistake_of_a_hostile_configuration_commands(keylint: Run, tmp_path: Path) -> None:
    quoted = "".join(f"\\u{ord(one):04x}" for one in EVIL)
    write(tmp_path, KEYED)
    (tmp_path / ".keylint.yaml").write_text(
        f'version: 1\n"{quoted}": 1\nrules: {{"{quoted}": off}}\nextends: ["{quoted}"]\nexclude: [1, "{quoted}"]\n'
    )
    result = keylint("scan", str(tmp_path))
    assert result.code == 2
    assert _COMMANDS.findall(result.err) == []


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "\uff1d"])
def test_no_cell_computes(keylint: Run, tmp_path: Path, start: str) -> None:
    write(tmp_path, {f'{start}HYPERLINK("x").py': 'API_KEY = "{{key:a}}"\n'})
    rows = list(csv.reader(io.StringIO(keylint("scan", str(tmp_path), "--format", "csv").out)))
    assert len(rows) == 2
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d")) for cell in rows[1])


# Repositories that silence.

SILENCING = {
    "its configuration": {".keylint.yaml": f"version: 1\nextends: [keylint:recommended]\nrules: {{{RULE}: off}}\n"},
    "its project file": {"pyproject.toml": f"[tool.keylint]\nversion = 1\nrules = {{{RULE} = 'off'}}\n"},
    "an override": {
        ".keylint.yaml": f"version: 1\noverrides: [{{paths: ['*'], rules: {{{RULE}: {{severity: low}}}}}}]\n"
    },
    "an exclusion": {".keylint.yaml": "version: 1\nexclude: ['*.py']\n"},
    "an empty policy": {".keylint.yaml": "version: 1\nextends: []\n"},
    "a waiver": {
        ".keylint.yaml": f"version: 1\nwaivers: [{{rule: {RULE}, paths: ['*'], reason: ours, owner: me, "
        "created: 2026-11-01, expires: 2026-12-01}]\n"
    },
    "a mistake": {".keylint.yaml": "version: 2\n"},
}


@pytest.mark.parametrize("option", ["--config", "--isolated"])
@pytest.mark.parametrize("how", SILENCING)
def test_no_repository_silences_the_callers_policy(keylint: Run, tmp_path: Path, how: str, option: str) -> None:
    repo = write(tmp_path / "repo", {**KEYED, **SILENCING[how]})
    write(tmp_path, {"org.yaml": "version: 1\n"})
    silenced = keylint("scan", str(repo), "--today", "2026-11-22")
    assert silenced.code in (0, 2)
    options = [option] if option == "--isolated" else [option, str(tmp_path / "org.yaml")]
    assert keylint("scan", str(repo), *options, "--today", "2026-11-22").code == 1


def suppressed(folder: Path, how: str) -> Path:
    """Make a repository that suppresses the finding of its key."""
    waiver = {rule: files for rule, files in SILENCING.items() if rule == "a waiver"}["a waiver"]
    if how == "waivers":
        return write(folder, {**KEYED, **waiver})
    if how == "inline":
        allow = f'# keylint: allow[{RULE}] reason="ours"'
        return write(folder, {"bot.py": f'API_KEY = "{{{{key:hostile}}}}"  {allow}\n'})
    write(folder, KEYED)
    assert spawn("baseline", "create", cwd=folder).code == 0
    return folder


@pytest.mark.parametrize("how", ["inline", "baseline", "waivers"])
def test_a_repository_suppresses_what_the_caller_trusts_it_with(keylint: Run, tmp_path: Path, how: str) -> None:
    repo = suppressed(tmp_path / "repo", how)

    def code(trust: str) -> int:
        (tmp_path / "org.yaml").write_text(f"version: 1\ntrust: {trust}\n")
        return keylint("scan", str(repo), "--config", str(tmp_path / "org.yaml"), "--today", "2026-11-22").code

    assert code(f"[{how}]") == 0
    assert code("[]") == 1
    others = [one for one in ("inline", "baseline", "waivers") if one != how]
    assert code(f"[{', '.join(others)}]") == 1


def test_a_trusted_waiver_is_judged_by_the_callers_rules(keylint: Run, tmp_path: Path) -> None:
    repo = suppressed(tmp_path / "repo", "waivers")
    (tmp_path / "org.yaml").write_text("version: 1\nvars: {max_waiver_days: 7}\ntrust: [waivers]\n")
    options = ("--config", str(tmp_path / "org.yaml"), "--today", "2026-11-22", "--format", "json")
    result = keylint("scan", str(repo), *options)
    assert [(one["rule"], one["path"]) for one in result.report["findings"] if one["suppression"] is None] == [
        ("overlong-waiver", ".keylint.yaml")
    ]


def test_a_waiver_that_is_wrong_is_told_where_it_is_trusted(keylint: Run, tmp_path: Path) -> None:
    write(
        tmp_path,
        {"repo/.keylint.yaml": "version: 1\nwaivers: [{rule: no-such-rule}]\n", "org.yaml": "trust: [waivers]"},
    )
    write(tmp_path / "repo", KEYED)
    result = keylint("scan", str(tmp_path / "repo"), "--config", str(tmp_path / "org.yaml"))
    assert result.code == 2
    assert ".keylint.yaml:2:" in result.err


# Names.


def test_a_name_in_other_case_is_no_configuration(keylint: Run, tmp_path: Path) -> None:
    silent = SILENCING["its configuration"][".keylint.yaml"]
    write(tmp_path, {**KEYED, ".KEYLINT.YAML": silent, ".Keylint.yaml": silent, "PyProject.toml": silent})
    assert keylint("scan", str(tmp_path)).code == 1


@pytest.mark.parametrize(
    "name", [".GIT/config", ".Git/bot.py", "git~1/bot.py", ".git\u200c/bot.py", "NUL", "aux.py", "a.py ", "a.py."]
)
def test_a_name_that_some_file_systems_fold_hides_nothing(keylint: Run, tmp_path: Path, name: str) -> None:
    write(tmp_path, {name: 'api_key = "{{key:a}}"\n'})
    result = keylint("scan", str(tmp_path), "--format", "json")
    assert [(one["rule"], one["path"]) for one in result.report["findings"]] == [(RULE, name)]


def test_a_path_of_more_than_4096_bytes_is_told(tmp_path: Path) -> None:
    write(tmp_path, KEYED)
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(tmp_path)
        for _ in range(20):
            os.mkdir("d" * 250)
            os.chdir("d" * 250)
        Path("key.py").write_text(expand('API_KEY = "{{key:deep}}"\n'))
    finally:
        os.fchdir(here)
        os.close(here)
    result = spawn("scan", ".", "--format", "json", cwd=tmp_path)
    assert result.code == 1
    (skip,) = result.report["scanned"]["skipped"]
    assert (skip["reason"], skip["detail"], len(skip["path"]) > 3000) == ("unreadable", "File name too long", True)
    (tmp_path / "bot.py").unlink()
    assert spawn("scan", ".", cwd=tmp_path).code == 4


def test_no_link_is_followed(keylint: Run, tmp_path: Path) -> None:
    write(tmp_path, {"outside/bot.py": KEYED["bot.py"], "inside/a.txt": ""})
    inside = tmp_path / "inside"
    (inside / "file.py").symlink_to("../outside/bot.py")
    (inside / "folder").symlink_to("../outside")
    (inside / "loop").symlink_to(".")
    result = keylint("scan", str(inside), "--format", "json")
    skipped = {skip["path"]: skip["reason"] for skip in result.report["scanned"]["skipped"]}
    assert (result.code, result.places, skipped) == (0, set(), dict.fromkeys(("file.py", "folder", "loop"), "symlink"))


# Archives.


@pytest.mark.parametrize(
    "name",
    [
        "../../outside.py",
        "/etc/outside.py",
        "..\\..\\outside.py",
        "C:\\outside.py",
        "a/" * 2000 + "b.py",
        f"a{EVIL}\n.py",
    ],
    ids=["above", "absolute", "backslashes", "a drive", "4,000 bytes", "commands"],
)
def test_a_member_by_whatever_name_writes_nothing_and_commands_nobody(keylint: Run, tmp_path: Path, name: str) -> None:
    inside = write(tmp_path / "a/b/c", {"x.txt": ""})
    with zipfile.ZipFile(inside / "backup.zip", "w") as archive:
        archive.writestr(name, expand('API_KEY = "{{key:member}}"\n'))
    before = sorted(tmp_path.rglob("*"))
    result = keylint("scan", str(inside), "--format", "json")
    assert (result.code, sorted(tmp_path.rglob("*"))) == (1, before)
    assert _COMMANDS.findall(result.out + keylint("scan", str(inside)).out) == []


# Texts that crash, stall or swell what parses them.


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("bot.cs", "List<" * 50_000, id="types in types"),
        pytest.param("bot.kt", "a<" * 50_000, id="comparisons"),
        pytest.param("bot.py", "(" * 100_000, id="brackets"),
        pytest.param("bot.ts", "`${" * 50_000, id="templates"),
        pytest.param("bot.sh", "".join(f"cat <<E{n}\n" for n in range(5000)), id="here documents"),
        pytest.param("bot.yaml", "&a " * 100_000, id="anchors"),
        pytest.param("bot.json", "[" * 1_000_000, id="arrays"),
        pytest.param("bot.xml", "<a>" * 300_000, id="elements"),
        pytest.param("bot.toml", "a = [" * 100_000, id="tables"),
    ],
)
def test_a_text_made_to_break_its_parser_costs_little_and_hides_nothing(
    keylint: Run, tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(expand('BINANCE_API_KEY = "{{key:a}}"\nBinanceClient(BINANCE_API_KEY)\n') + text)
    result, seconds = cost(keylint, "scan", str(tmp_path), "--format", "json")
    assert result.code in (1, 4)
    assert (RULE in {place[0] for place in result.places}) or result.report["scanned"]["skipped"]
    assert seconds < 60


def test_a_text_that_kills_what_parses_it_is_told_and_the_rest_is_scanned(
    keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"bad.py": "binance\n", **KEYED})
    from keylint import pipeline

    examine = pipeline.examine
    monkeypatch.setattr(
        "keylint.scanner.examine",
        lambda path, *rest: os.kill(os.getpid(), 11) if path == "bad.py" else examine(path, *rest),
    )
    result = keylint("scan", str(tmp_path), "--format", "json")
    assert (result.code, result.report["scanned"]["skipped"]) == (
        1,
        [{"path": "bad.py", "reason": "unreadable", "detail": "a worker was killed by signal 11"}],
    )


def test_standard_input_that_kills_what_parses_it(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(
        "import os, sys, keylint.scanner as scanner\n"
        "scanner.examine = lambda *_: os.kill(os.getpid(), 11)\n"
        "from keylint.cli import main\n"
        "sys.exit(main(['scan', '-']))\n"
    )
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, script], input=b"binance api key", capture_output=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 4
    assert b"not scanned: stdin: unreadable (a worker was killed by signal 11)" in done.stdout


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_text_that_stalls_what_parses_it_is_told(
    keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: str
) -> None:
    write(tmp_path, {"bad.py": "binance\n", **KEYED})
    from keylint import pipeline, workers

    examine = pipeline.examine

    def stall(path: str, *rest: object) -> object:
        while path == "bad.py":
            pass
        return examine(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("keylint.scanner.examine", stall)
    monkeypatch.setitem(workers.run.__kwdefaults__ or {}, "allowance", 0.5)
    start = time.monotonic()
    result = keylint("scan", str(tmp_path), "--jobs", jobs, "--format", "json")
    assert (result.code, result.report["scanned"]["skipped"]) == (
        1,
        [{"path": "bad.py", "reason": "timeout", "detail": "no answer in time"}],
    )
    assert time.monotonic() - start < 60


def test_a_text_that_swells_what_parses_it_is_told(
    keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"bad.py": "binance\n", **KEYED})
    from keylint import pipeline, workers

    examine = pipeline.examine
    swollen: list[bytes] = []

    def swell(path: str, *rest: object) -> object:
        while path == "bad.py":
            swollen.append(b"x" * (16 << 20))
        return examine(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("keylint.scanner.examine", swell)
    monkeypatch.setattr(workers, "MEMORY", 256 << 20)
    result = keylint("scan", str(tmp_path), "--format", "json")
    (skip,) = result.report["scanned"]["skipped"]
    assert (result.code, skip["path"], skip["reason"]) == (1, "bad.py", "unreadable")
    assert "not enough memory" in skip["detail"]
