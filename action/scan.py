"""Scan for the action: from the event to a range, from the reports to outputs, summary and annotations.

Only the standard library. What strangers wrote (names of files and branches) is printed between stop-commands.
"""

from __future__ import annotations

import json
import os
import secrets
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

USAGE = 2
_NOTHING = "0" * 40
# GitHub drops the whole summary of a step that is larger. Units: bytes.
_LARGEST_SUMMARY = 1024 * 1024
_DIFF_EVENTS = ("pull_request", "pull_request_target", "push", "merge_group")
_CHOICES = {
    "MODE": ("auto", "diff", "full"),
    "SARIF": ("auto", "true", "false"),
    "ANNOTATIONS": ("true", "false"),
    "SUMMARY": ("true", "false"),
}


class Refused(Exception):
    """What was asked for cannot be done; the text says why and what to do."""


class Range(NamedTuple):
    """The commits to scan; none where the whole checkout is."""

    base: str
    head: str


def main() -> int:
    """Scan and return the exit code of keylint."""
    try:
        for name, choices in _CHOICES.items():
            if _input(name) not in choices:
                raise Refused(f"input '{name.lower()}' takes {', '.join(choices)}")
        event = _event()
        what = scope(event)
        if what == "nothing":
            print("keylint: the branch was deleted: nothing to scan")
            _put({"findings": "0", "exit-code": "0", "scanned": "0", "skipped": "0"})
            return 0
        return _scan(what, event)
    except Refused as error:
        print(f"::error title=keylint::{_escaped(str(error))}")
        _put({"exit-code": str(USAGE)})
        return USAGE


def scope(event: dict[str, Any]) -> Range | str:
    """Return the range that the event is about, or `full`, or `nothing`. Raises: Refused."""
    name = os.environ.get("GITHUB_EVENT_NAME", "")
    base, head = _input("BASE"), _input("HEAD")
    mode = _input("MODE")
    if mode == "full" or (mode == "auto" and not base and not head and name not in _DIFF_EVENTS):
        return "full"
    if name in ("pull_request", "pull_request_target"):
        base = base or event["pull_request"]["base"]["sha"]
        head = head or event["pull_request"]["head"]["sha"]
    elif name == "merge_group":
        base = base or event["merge_group"]["base_sha"]
        head = head or event["merge_group"]["head_sha"]
    elif name == "push":
        if event.get("deleted"):
            return "nothing"
        head = head or event["after"]
        base = base or _before(event, head)
        if not base:
            print("keylint: there is nothing to compare this push with: scanning all files")
            return "full"
    head = head or "HEAD"
    if not base:
        raise Refused(f"mode diff needs the input 'base' for the event '{name}'")
    for commit in (base, head):
        if commit.startswith("-") or ".." in commit:
            raise Refused("the inputs 'base' and 'head' name a commit, branch or tag")
    _check_history(base, head)
    return Range(base, head)


def _before(event: dict[str, Any], head: str) -> str:
    """Return what a push is compared with: what was there, else where its branch left the default branch."""
    before = str(event.get("before") or _NOTHING)
    if before != _NOTHING and _has(before):
        return before
    if before != _NOTHING and not event.get("forced"):
        return before  # the checkout is shallow, which is told
    default = f"refs/remotes/origin/{event['repository']['default_branch']}"
    if event.get("ref") == f"refs/heads/{event['repository']['default_branch']}" or not _has(default):
        return ""
    return _git("merge-base", default, head)


def _check_history(base: str, head: str) -> None:
    """Raises: Refused if the history between two commits is not all there."""
    shallow = _git("rev-parse", "--is-shallow-repository") == "true"
    if not shallow and _has(base) and _has(head):
        return
    if shallow and _has(base) and _has(head) and _git("merge-base", base, head):
        return
    if shallow:
        raise Refused(
            "this checkout is shallow, and the commits to scan are not all in it. "
            "Give actions/checkout `fetch-depth: 0`, or this action `mode: full`."
        )
    missing = head if _has(base) else base
    raise Refused(f"there is no commit {missing} in this checkout")


def _scan(what: Range | str, event: dict[str, Any]) -> int:
    folder = Path(os.environ["RUNNER_TEMP"], "keylint-reports")
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: folder / f"keylint.{name}" for name in ("json", "sarif", "github", "markdown")}
    for file in files.values():
        file.unlink(missing_ok=True)
    command = [_program(), "scan", "--no-progress", "--fail-on", _input("FAIL_ON")]
    for name, file in files.items():
        command += ["--report", f"{name}={file}"]
    for option in ("CONFIG", "BASELINE"):
        if _input(option):
            command += [f"--{option.lower()}", _input(option)]
    try:
        command += shlex.split(_input("ARGS"))
    except ValueError as error:
        raise Refused(f"input 'args': {error}") from None
    if isinstance(what, Range):
        command += ["--range", f"{what.base}..{what.head}"]
    else:
        paths = [line.strip() for line in _input("PATHS").splitlines() if line.strip()]
        command += ["--", *(paths or ["."])]
    code = _quoted(command)
    outputs = {"exit-code": str(code), "upload-file": ""}
    if files["json"].is_file():
        report = json.loads(files["json"].read_text(encoding="utf-8"))
        total = sum(count for name, count in report["summary"].items() if name != "suppressed")
        outputs |= {
            "findings": str(total),
            "scanned": str(report["scanned"]["files"]),
            "skipped": str(len(report["scanned"]["skipped"])),
            "json-file": str(files["json"]),
            "sarif-file": str(files["sarif"]),
        }
        if _may_upload(event):
            outputs["upload-file"] = str(_for_upload(files["sarif"]))
        if _input("ANNOTATIONS") == "true":
            sys.stdout.write(files["github"].read_text(encoding="utf-8"))
        if _input("SUMMARY") == "true":
            _summarise(files["markdown"].read_text(encoding="utf-8"))
    else:
        print(f"::error title=keylint::keylint gave no verdict (exit code {code}); the log above says why")
    _put(outputs)
    return code


def _quoted(command: list[str]) -> int:
    """Run a command whose output the runner takes for no commands."""
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}", flush=True)
    try:
        return subprocess.run(command, stderr=subprocess.STDOUT, check=False).returncode
    finally:
        print(f"\n::{token}::", flush=True)


def _program() -> str:
    folder = Path(os.environ["RUNNER_TEMP"], "keylint-environment")
    return str(folder / ("Scripts/keylint.exe" if os.name == "nt" else "bin/keylint"))


def _may_upload(event: dict[str, Any]) -> bool:
    """Tell whether to upload: a pull request from a fork may not write, whatever the workflow grants it."""
    choice = _input("SARIF")
    if choice == "false":
        return False
    pull = event.get("pull_request")
    source = (pull["head"].get("repo") or {}).get("full_name") if pull else ""
    if pull and source != event["repository"]["full_name"] and os.environ.get("GITHUB_EVENT_NAME") == "pull_request":
        print("keylint: a pull request from a fork may not upload to code scanning; the annotations stand")
        return False
    return choice == "true" or not event.get("repository", {}).get("private", True)


def _for_upload(sarif: Path) -> Path:
    """Write the report without what is suppressed: code scanning would show it as open alerts."""
    document = json.loads(sarif.read_text(encoding="utf-8"))
    for run in document["runs"]:
        run["results"] = [result for result in run["results"] if not result["suppressions"]]
    file = sarif.with_name("upload.sarif")
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def _summarise(text: str) -> None:
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    file = Path(name)
    there = file.stat().st_size if file.exists() else 0
    if there + len(text.encode()) <= _LARGEST_SUMMARY:
        with file.open("a", encoding="utf-8") as stream:
            stream.write(text)


def _put(outputs: dict[str, str]) -> None:
    name = os.environ.get("GITHUB_OUTPUT")
    if not name:
        return
    with Path(name).open("a", encoding="utf-8") as stream:
        for key, value in outputs.items():
            end = secrets.token_hex(16)
            stream.write(f"{key}<<{end}\n{value}\n{end}\n")


def _input(name: str) -> str:
    return os.environ.get(f"KEYLINT_{name}", "").strip()


def _event() -> dict[str, Any]:
    name = os.environ.get("GITHUB_EVENT_PATH", "")
    event: dict[str, Any] = json.loads(Path(name).read_text(encoding="utf-8")) if name else {}
    return event


def _has(commit: str) -> bool:
    # A partial clone would fetch what is missing.
    environment = {**os.environ, "GIT_NO_LAZY_FETCH": "1"}
    command = ["git", "cat-file", "-e", f"{commit}^{{commit}}"]
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0


def _git(*arguments: str) -> str:
    """Return what git says; nothing if it fails."""
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


if __name__ == "__main__":
    sys.exit(main())
