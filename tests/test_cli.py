"""The command line as users call it: exit codes, options, streams."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Run, git, spawn, write

import keylint as package
from keylint.policy.placeholders import expand
from keylint.registry import names

KEYED = {"bot.py": 'API_KEY = "{{key:cli}}"\n'}
CLEAN = {"bot.py": "import os\n"}


@pytest.mark.parametrize(
    ("files", "arguments", "code"),
    [
        pytest.param(CLEAN, [], 0, id="clean"),
        pytest.param({"a.png": b"\x89PNG\0\0\0\0" * 20}, [], 0, id="binary files are the user's policy"),
        pytest.param({"empty": b""}, [], 0, id="an empty file"),
        pytest.param(KEYED, [], 1, id="a finding"),
        pytest.param(KEYED, ["--fail-on", "critical"], 1, id="a critical finding"),
        pytest.param(KEYED, ["--fail-on", "never"], 0, id="reported, never failed"),
        pytest.param(KEYED, ["--rule", "tracked-secret-file"], 0, id="another rule alone"),
        pytest.param({"a.py": "x = '{{key:cli}}'"}, [], 0, id="low confidence is not reported"),
        pytest.param({"a.py": "x = '{{key:cli}}'"}, ["--min-confidence", "low"], 1, id="unless asked for"),
        pytest.param(
            {"a.py": "# api key\nx = '{{key:cli}}'"}, ["--min-confidence", "high"], 0, id="medium is not high"
        ),
        pytest.param({".env": "PASSWORD={{password:a}}"}, ["--fail-on", "critical"], 0, id="high is not critical"),
        pytest.param(CLEAN, ["--format", "yaml"], 2, id="unknown format"),
        pytest.param(CLEAN, ["--rule", "hardcoded-key"], 2, id="unknown rule"),
        pytest.param(CLEAN, ["--jobs", "0"], 2, id="no workers"),
        pytest.param(CLEAN, ["--jobs", "many"], 2, id="no number"),
        pytest.param(CLEAN, ["--frmat", "json"], 2, id="unknown option"),
        pytest.param(CLEAN, ["--stdin-filename", "x"], 2, id="a name for no standard input"),
        pytest.param(CLEAN, ["-", "."], 2, id="standard input and more"),
        pytest.param(CLEAN, ["--report", "json"], 2, id="a report without a file"),
        pytest.param(CLEAN, ["--report", "yaml=x"], 2, id="a report of an unknown format"),
        pytest.param(CLEAN, ["--report", "json=nowhere/x"], 2, id="a report into no folder"),
        pytest.param(CLEAN, ["--report", "json=."], 2, id="a report into a folder"),
        pytest.param(CLEAN, ["--report", "json=a", "--report", "text=a"], 2, id="two reports into a file"),
        pytest.param({}, [], 3, id="nothing there"),
        pytest.param(CLEAN, ["nowhere"], 3, id="nothing of that name"),
        pytest.param(CLEAN, ["bot.py", "nowhere"], 4, id="something of that name is missing"),
        pytest.param(KEYED, ["bot.py", "nowhere"], 1, id="a finding weighs more than what is missing"),
    ],
)
def test_exit_codes(
    keylint: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: dict[str, str | bytes],
    arguments: list[str],
    code: int,
) -> None:
    monkeypatch.chdir(write(tmp_path, files))
    assert keylint("scan", *arguments).code == code


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rule", "hardcoded-key"], "unknown rule 'hardcoded-key'; did you mean 'hardcoded-api-key'?"),
        (["--rule", "zzz"], "unknown rule 'zzz'; --show-policy lists those there are"),
        (["--report", "json"], "--report takes FORMAT=FILE, not 'json'"),
        (["--report", "yaml=x"], f"unknown format 'yaml' in --report; known: {', '.join(names('keylint.reporters'))}"),
        (["--report", "json=nowhere/x"], "--report cannot write 'nowhere/x': no such folder"),
        (["--report", "json=."], "--report cannot write '.': it is a folder"),
        (["-", "."], "'-' reads standard input and goes with no other path"),
        (["nowhere"], "nothing was scanned: no such file or folder: nowhere"),
    ],
)
def test_messages(
    keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(write(tmp_path, CLEAN))
    result = keylint("scan", *arguments)
    assert (result.out, result.err) == ("", f"keylint: {message}\n")


def test_no_command(keylint: Run) -> None:
    assert keylint().code == 2


def test_version(keylint: Run) -> None:
    assert keylint("--version") == (0, f"keylint {package.__version__}\n", "")


@pytest.mark.parametrize("arguments", [["--help"], ["scan", "--help"]])
def test_help_shows_examples_and_codes(keylint: Run, arguments: list[str]) -> None:
    result = keylint(*arguments)
    assert result.code == 0
    assert "keylint" in result.out
    assert ("exit codes:" in result.out) == ("scan" in arguments)


def test_the_default_is_the_folder_around_you(keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path, KEYED))
    assert keylint("scan").out == keylint("scan", ".").out == keylint("scan", "--color", "never").out


def test_standard_input(tmp_path: Path) -> None:
    data = write(tmp_path, KEYED).joinpath("bot.py").read_bytes()
    result = spawn("scan", "-", "--format", "json", stdin=data)
    assert (result.code, result.report["findings"][0]["path"]) == (1, "stdin")
    named = spawn("scan", "-", "--stdin-filename", "deploy/.env", "--format", "json", stdin=data)
    assert named.places == {("hardcoded-api-key", "deploy/.env", 1, 12), ("tracked-secret-file", "deploy/.env", 1, 12)}


def test_standard_input_that_is_empty_or_binary() -> None:
    empty = spawn("scan", "-")
    assert (empty.code, empty.out) == (0, "No findings in 1 file (0 bytes).\n")
    binary = spawn("scan", "-", stdin=bytes(100))
    assert (binary.code, binary.out) == (0, "No findings in 0 files (0 bytes); skipped 1: 1 binary.\n")


def test_reports_into_files(keylint: Run, tmp_path: Path) -> None:
    write(tmp_path / "tree", KEYED)
    one, two = tmp_path / "one.json", tmp_path / "two.jsonl"
    result = keylint("scan", str(tmp_path / "tree"), "--report", f"json={one}", "--report", f"jsonl={two}")
    assert result.code == 1
    report = json.loads(one.read_text(encoding="utf-8"))
    assert [json.loads(line) for line in two.read_text(encoding="utf-8").splitlines()] == report["findings"]


def test_a_report_that_cannot_be_written(keylint: Run, tmp_path: Path) -> None:
    write(tmp_path, KEYED)
    result = keylint("scan", str(tmp_path), "--report", "json=/dev/full")
    assert (result.code, result.err) == (1, "keylint: --report cannot write '/dev/full': No space left on device\n")
    assert keylint("scan", str(write(tmp_path / "clean", CLEAN)), "--report", "json=/dev/full").code == 4


@pytest.mark.parametrize(("files", "code"), [(KEYED, 1), (CLEAN, 4)])
def test_a_full_output_never_looks_clean(tmp_path: Path, files: dict[str, str], code: int) -> None:
    write(tmp_path, files)
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "keylint", "scan", str(tmp_path)],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        )
    assert done.returncode == code
    assert done.stderr == b"keylint: the report could not be written: No space left on device\n"


def test_an_output_that_is_closed_early(tmp_path: Path) -> None:
    write(tmp_path, {f"bot{place}.py": f'API_KEY = "{{{{key:{place}}}}}"\n' for place in range(3000)})
    with subprocess.Popen(
        [sys.executable, "-m", "keylint", "scan", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        os.read(process.stdout.fileno(), 10)
        process.stdout.close()
        assert process.stderr.read() == b"keylint: the report could not be written: Broken pipe\n"
    assert process.returncode == 1


def test_a_fault_of_its_own(keylint: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, KEYED)
    secret = (tmp_path / "bot.py").read_text().split('"')[1]

    def fail(path: str, data: bytes, *_: object) -> None:
        raise ValueError(data)

    monkeypatch.setattr("keylint.scanner.examine", fail)
    result = keylint("scan", str(tmp_path))
    assert result.code == 5
    assert "not scanned: bot.py: unreadable (a fault of keylint's own)\n" in result.out
    assert "ValueError" in result.err
    assert "please report it" in result.err
    assert not any(secret[at : at + 5] in result.err for at in range(60))


def test_color(tmp_path: Path) -> None:
    write(tmp_path, KEYED)
    assert "\x1b[" not in spawn("scan", str(tmp_path)).out
    assert "\x1b[" in spawn("scan", str(tmp_path), "--color", "always").out
    assert "\x1b[" not in spawn("scan", str(tmp_path), "--color", "never").out


def test_quiet(tmp_path: Path) -> None:
    write(tmp_path, KEYED)
    assert len(spawn("scan", "-q", str(tmp_path)).out.splitlines()) == 1
    assert spawn("scan", "-q", str(write(tmp_path / "clean", CLEAN))).out == ""


def test_ascii_only(tmp_path: Path) -> None:
    write(tmp_path, {"ä.py": 'API_KEY = "{{key:ä}}"  # ü\n'})
    result = spawn("scan", str(tmp_path), env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    # A pipe gets UTF-8, whatever the locale says.
    assert (result.code, "ä.py\n  1:12 " in result.out) == (1, True)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams(tmp_path: Path, closed: str) -> None:
    write(tmp_path, KEYED)
    for arguments, codes in (("scan .", {1}), ("scan nowhere", {3}), ("scan -", {0, 2, 4})):
        done = subprocess.run(
            ["sh", "-c", f"{sys.executable} -m keylint {arguments} {closed}"],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        )
        assert done.returncode in codes
        assert b"Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_errors_that_cannot_be_told_keep_their_code(tmp_path: Path, unbuffered: str) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "keylint", "scan", "nowhere"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=full,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": unbuffered},
            check=False,
        )
    assert (done.returncode, done.stdout) == (3, b"")


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    script = f"mkdir gone && cd gone && rmdir ../gone && {sys.executable} -m keylint scan"
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert (done.returncode, done.stderr) == (2, "keylint: the current folder does not exist any more\n")


def test_a_scanned_folder_cannot_replace_modules(tmp_path: Path) -> None:
    write(tmp_path, {**KEYED, "textwrap.py": "raise SystemExit(7)\n", "yaml.py": "raise SystemExit(7)\n"})
    assert spawn("scan", ".", cwd=tmp_path).code == 1


def test_what_was_left_out_is_told_where_the_report_does_not(tmp_path: Path) -> None:
    write(tmp_path, CLEAN)
    for option in (["--quiet"], ["--format", "jsonl"]):
        result = spawn("scan", "bot.py", "gone.py", *option, cwd=tmp_path)
        assert (result.code, result.out) == (4, "")
        assert result.err == "keylint: not scanned: gone.py: unreadable (no such file or folder)\n"


def test_every_tracked_file_is_deleted(repository: Path) -> None:
    write(repository, CLEAN)
    git(repository, "add", "-A")
    (repository / "bot.py").unlink()
    assert spawn("scan", cwd=repository).code == 3


def test_errors_cannot_command_a_terminal(tmp_path: Path) -> None:
    assert "\x1b" not in spawn("scan", "\x1b[31mnowhere", cwd=tmp_path).err


def test_a_key_in_an_argument_is_masked(tmp_path: Path) -> None:
    key = expand("{{key:argument}}")
    for arguments in ([key], [".", "--rule", key]):
        assert not any(key[at : at + 5] in spawn("scan", *arguments, cwd=tmp_path).err for at in range(60))


def test_reports_of_odd_names_can_be_written(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": b"binance\n| caf\xe9 api key | " + expand("{{key:table}}").encode() + b" |\n"})
    (tmp_path / os.fsdecode(b"caf\xe9.py")).write_text(expand("API_KEY = '{{key:odd}}'"))
    result = spawn("scan", "--report", "json=report.json", "--format", "json", cwd=tmp_path)
    assert result.code == 1
    assert json.loads((tmp_path / "report.json").read_bytes())["findings"] == result.report["findings"]
    odd = os.fsdecode(b"a\xff.py")
    assert spawn("scan", "-", "--stdin-filename", odd, "--report", "json=other.json", cwd=tmp_path).code == 0
