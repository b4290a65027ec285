"""keylint scan: find the keys in files and folders, judge them, report."""

from __future__ import annotations

import argparse
import os
import sys
from typing import cast

from keylint import __version__
from keylint.commands import Command
from keylint.errors import UsageError
from keylint.model import CONFIDENCES, SEVERITIES, Confidence, Fact, Finding, Report, Scanned, Severity, World
from keylint.registry import load, names
from keylint.reporters import Reporter, Style
from keylint.summary import exit_code

_REPORTERS = "keylint.reporters"
_STDIN = "-"
_STDIN_NAME = "stdin"

_EXAMPLES = """\
examples:
  keylint scan                        the working tree around you
  keylint scan src config/bot.yaml    a folder and a file
  git show HEAD:bot.py | keylint scan - --stdin-filename bot.py
  keylint scan --format json --fail-on never > report.json
  keylint scan --report jsonl=findings.jsonl     text here, one finding a line there

exit codes:
  0 clean   1 findings   2 usage, configuration or rule error   3 nothing was scanned
  4 incomplete: something could not be read   5 a fault of keylint's own   130 interrupted
"""


def _arguments(parser: argparse.ArgumentParser) -> None:
    formats = names(_REPORTERS)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files and folders (default: .); - reads standard input")
    parser.add_argument("--stdin-filename", metavar="NAME", help="what standard input is called in reports, and judged as")
    parser.add_argument("--no-gitignore", action="store_true", help="take every file, also those that git ignores")
    parser.add_argument("--format", choices=formats, default="text", help="what standard output gets (default: text)")
    parser.add_argument(
        "--report", action="append", default=[], metavar="FORMAT=FILE", help="write another format to a file; repeatable"
    )
    parser.add_argument(
        "--fail-on",
        choices=[*SEVERITIES, "never"],
        default="medium",
        help="the least severity that makes the exit code 1 (default: medium)",
    )
    parser.add_argument(
        "--min-confidence", choices=CONFIDENCES, default="medium", help="the least confidence that is reported (default: medium)"
    )
    parser.add_argument("--rule", action="append", default=[], metavar="ID", help="judge only this rule; repeatable")
    parser.add_argument("--jobs", type=_positive, metavar="N", help="worker processes for large scans (default: one a processor)")
    parser.add_argument("--color", choices=["auto", "always", "never"], default="auto", help="default: auto")
    parser.add_argument("-q", "--quiet", action="store_true", help="one line a finding, nothing else")


def _run(arguments: argparse.Namespace) -> int:
    outputs = _outputs(arguments.report)
    scanned, found, world = _scan(arguments)
    min_confidence = cast(Confidence, arguments.min_confidence)
    findings = _judge(found, world, min_confidence, arguments.rule)
    report = Report(__version__, scanned, findings)
    for name, file in outputs:
        _write(file, _reporter(name).render(report, Style()))
    style = Style(_color(arguments.color), _unicode(), arguments.quiet)
    _print(_reporter(arguments.format).render(report, style))
    fail_on = None if arguments.fail_on == "never" else cast(Severity, arguments.fail_on)
    return exit_code(report, fail_on)


def _scan(arguments: argparse.Namespace) -> tuple[Scanned, tuple[Fact, ...], World]:
    paths: list[str] = arguments.paths or ["."]
    if _STDIN in paths:
        if len(paths) > 1:
            raise UsageError("'-' reads standard input and goes with no other path")
        from keylint.scanner import scan_bytes
        from keylint.sources.stdin import list_stdin

        name = arguments.stdin_filename or _STDIN_NAME
        return (*scan_bytes(name, sys.stdin.buffer.read()), list_stdin().world)
    if arguments.stdin_filename:
        raise UsageError("--stdin-filename goes with '-' only")
    from keylint.scanner import scan
    from keylint.sources.worktree import list_paths

    listing = list_paths(paths, use_git=not arguments.no_gitignore)
    return (*scan(listing, arguments.jobs), listing.world)


def _judge(
    found: tuple[Fact, ...], world: World, min_confidence: Confidence, only: list[str]
) -> tuple[Finding, ...]:
    # Rules are read only where there is something to judge, or a rule's name to check: YAML costs more than a clean scan.
    if not found and not only:
        return ()
    from keylint.findings import judge
    from keylint.pipeline import settle
    from keylint.policy.load import load_rules, rules_folder

    rules = load_rules(rules_folder())
    known = [rule.id for rule in rules]
    for name in only:
        if name not in known:
            from difflib import get_close_matches

            near = get_close_matches(name, known, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known)}"
            raise UsageError(f"unknown rule '{name}'; {hint}")
    rules = tuple(rule for rule in rules if not only or rule.id in only)
    return judge(rules, [settle(fact, world) for fact in found], min_confidence)


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of processes")
    return int(text)


def _outputs(reports: list[str]) -> list[tuple[str, str]]:
    """Check before the scan what can go wrong after it: the format's name and the file's folder."""
    outputs: list[tuple[str, str]] = []
    for report in reports:
        name, separator, file = report.partition("=")
        if not separator or not file:
            raise UsageError(f"--report takes FORMAT=FILE, not '{report}'")
        if name not in names(_REPORTERS):
            raise UsageError(f"unknown format '{name}' in --report; known: {', '.join(names(_REPORTERS))}")
        folder = os.path.dirname(os.path.abspath(file))
        if not os.path.isdir(folder) or os.path.isdir(file):
            raise UsageError(f"--report cannot write '{file}': {'it is a folder' if os.path.isdir(file) else 'no such folder'}")
        outputs.append((name, file))
    return outputs


def _reporter(name: str) -> Reporter:
    return cast(Reporter, load(_REPORTERS, name, "REPORTER"))


def _write(file: str, text: str) -> None:
    """Write UTF-8 with line feeds, whatever the platform's habits."""
    try:
        with open(file, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except OSError as error:
        raise UsageError(f"--report cannot write '{file}': {error.strerror}") from None


def _print(text: str) -> None:
    stream = sys.stdout
    stream.buffer.write(text.encode("utf-8" if _unicode() else "ascii", "backslashreplace"))
    stream.flush()


def _color(choice: str) -> bool:
    if choice != "auto":
        return choice == "always"
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and sys.stdout.isatty()


def _unicode() -> bool:
    """A file or a pipe gets UTF-8; a terminal what it can show."""
    return not sys.stdout.isatty() or "utf" in (sys.stdout.encoding or "").lower()


COMMAND = Command("find keys in files and folders and judge them", _EXAMPLES, _arguments, _run)
