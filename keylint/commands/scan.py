"""keylint scan: find the keys in files and folders, judge them, report."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from keylint.assessment import (
    Options,
    bounds_of,
    known_policy_of,
    load_policy,
    policy_of,
    report_of,
    root_of,
    rules_in_force,
)
from keylint.commands import Command
from keylint.console import confess, is_terminal, put, say, speaks_unicode
from keylint.errors import BaselineError, UsageError
from keylint.files import read_whole, replace
from keylint.model import (
    BASELINE_FILE,
    CONFIDENCES,
    SEVERITIES,
    Fact,
)
from keylint.registry import load, names
from keylint.reporters import Reporter, Style
from keylint.reporters._wording import visible
from keylint.summary import NOT_COMPLETE, exit_code, incomplete

if TYPE_CHECKING:
    import argparse

    from keylint.baseline import Entry
    from keylint.findings import Suppress

_REPORTERS = "keylint.reporters"

_EXAMPLES = """\
examples:
  keylint scan                        the working tree around you
  keylint scan src config/bot.yaml    a folder and a file
  git show HEAD:bot.py | keylint scan - --stdin-filename bot.py
  keylint scan --staged               what the next commit will hold
  keylint scan --range origin/main..HEAD
  keylint scan --history              every commit, message, note and stash
  keylint scan --format json --fail-on never > report.json
  keylint scan --report sarif=keylint.sarif --report html=keylint.html    text here, two reports there

exit codes:
  0 clean   1 findings   2 usage, configuration or rule error   3 nothing was scanned
  4 incomplete: something could not be read   5 a fault of keylint's own   130 interrupted
"""


def _arguments(parser: argparse.ArgumentParser) -> None:
    # argparse appends to a copy of the default, which must be a list.
    defaults = {name: list(value) if value == () else value for name, value in Options._field_defaults.items()}
    parser.set_defaults(**defaults)
    formats = names(_REPORTERS)
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="files and folders (default: .); - reads standard input"
    )
    parser.add_argument(
        "--stdin-filename", metavar="NAME", help="what standard input is called in reports, and judged as"
    )
    parser.add_argument("--no-gitignore", action="store_true", help="take every file, also those that git ignores")
    source = parser.add_argument_group("what git holds, instead of files")
    source.add_argument(
        "--staged", action="store_true", help="what the next commit will hold: the index, not the files"
    )
    source.add_argument("--range", metavar="BASE..HEAD", help="the commits of HEAD that BASE does not have")
    source.add_argument(
        "--history", action="store_true", help="all that branches, tags, notes, stashes and the index lead to"
    )
    source.add_argument(
        "--unreachable", action="store_true", help="with --history: what nothing leads to any more, as well"
    )
    source.add_argument(
        "--pre-push", action="store_true", help="what a push sends, as git tells its hook on standard input"
    )
    source.add_argument(
        "--remote", metavar="NAME", help="with --pre-push: the other side, which git names to its hook as $1"
    )
    parser.add_argument("--format", choices=formats, help="what standard output gets (default: text)")
    parser.add_argument(
        "--report", action="append", metavar="FORMAT=FILE", help="write another format to a file; repeatable"
    )
    parser.add_argument(
        "--fail-on",
        choices=[*SEVERITIES, "never"],
        help="the least severity that makes the exit code 1 (default: medium)",
    )
    parser.add_argument(
        "--min-confidence", choices=CONFIDENCES, help="the least confidence that is reported (default: medium)"
    )
    parser.add_argument("--rule", action="append", metavar="ID", help="judge only this rule; repeatable")
    parser.add_argument(
        "--jobs", type=process_count, metavar="N", help="worker processes for large scans (default: one a processor)"
    )
    parser.add_argument("--color", choices=["auto", "always", "never"], help="colour (default: auto, on a terminal)")
    parser.add_argument("-q", "--quiet", action="store_true", help="one line a finding, nothing else")
    parser.add_argument("--no-progress", action="store_true", help="do not tell a terminal how far a long scan has got")
    parser.add_argument("--no-cache", action="store_true", help="neither use nor keep what earlier scans remembered")
    policy = parser.add_argument_group("policy")
    policy.add_argument("--config", metavar="FILE", help="read this configuration instead of the scanned folder's own")
    policy.add_argument("--isolated", action="store_true", help="ignore the scanned folder's own configuration")
    policy.add_argument(
        "--show-policy", action="store_true", help="print the policy in force and where each value comes from, and stop"
    )
    policy.add_argument("--no-inline", action="store_true", help="do not honour comments that allow a finding")
    policy.add_argument(
        "--today",
        type=day,
        metavar="YYYY-MM-DD",
        help="the day that ages and ends are judged by (default: today, UTC)",
    )
    policy.add_argument(
        "--baseline", metavar="FILE", help=f"accepted findings (default: {BASELINE_FILE} of the scanned folder)"
    )


def _run(arguments: argparse.Namespace) -> int:
    return run(Options(*(getattr(arguments, field) for field in Options._fields)))


def _plain(paths: Sequence[str]) -> int:
    return run(Options(paths))


def run(options: Options) -> int:
    """Scan, judge, report; return the exit code."""
    outputs = _outputs(options.report)
    if options.show_policy:
        from keylint.policy.shown import shown_policy
        from keylint.recognition.masking import mask_keys

        shown = mask_keys(shown_policy(policy_of(options) or load_policy()))
        return int(not put("".join(f"{visible(line)}\n" for line in shown.splitlines()))) * NOT_COMPLETE
    policy = known_policy_of(options)
    accepted = () if options.baseline is None and policy and "baseline" not in policy.trust else _accepted(options)
    report, seen, notices = report_of(options, _suppress_by(accepted), policy)
    if seen.whole and not incomplete(report):
        notices = [*notices, *_stale(options, accepted, seen.facts)]
    code = exit_code(report, None if options.fail_on == "never" else options.fail_on)
    for notice in notices:
        say(notice)
    if report.scanned.faults:
        confess(report.scanned.faults)
    if options.quiet or options.format == "jsonl":
        for skip in incomplete(report):
            say(f"not scanned: {skip.path}: {skip.reason}{f' ({skip.detail})' if skip.detail else ''}")
    style = Style(color(options.color), speaks_unicode(), options.quiet, width(), _links())
    if not report.rules and any(_reporter(name).explains for name in (options.format, *(name for name, _ in outputs))):
        report = report._replace(rules=rules_in_force(policy_of(options) or load_policy(), options))
    whole = put(_reporter(options.format).render(report, style))
    for name, file in outputs:
        whole = _write(file, _reporter(name).render(report, Style())) and whole
    # A report that nobody can read is no clean scan.
    return code if whole else code or NOT_COMPLETE


def baseline_file(options: Options) -> str:
    """Return the baseline that a user named, or else where the one of the scan root is."""
    if options.baseline is not None:
        return options.baseline
    root = root_of(options)
    return BASELINE_FILE if root in (os.curdir, os.getcwd()) else os.path.join(root, BASELINE_FILE)


def read_baseline(file: str) -> tuple[Entry, ...]:
    """Return the entries of a baseline. Raises: BaselineError if it cannot be read or is wrong."""
    from keylint.baseline import parse

    try:
        return parse(read_whole(file), file)
    except OSError as error:
        raise BaselineError(f"{file}: cannot be read: {error.strerror}") from None


def _accepted(options: Options) -> tuple[Entry, ...]:
    """Return the entries of the baseline, before the scan: a mistake in it is told at once."""
    if options.baseline is None and options.isolated:
        return ()
    file = baseline_file(options)
    if options.baseline is not None:
        return read_baseline(file)
    if not os.path.lexists(file):
        return ()
    from keylint.policy.bounds import is_inside

    if not is_inside(file, bounds_of(root_of(options))):
        raise BaselineError(f"{file}: leads out of the scanned repository, and is not read")
    return read_baseline(file)


def _suppress_by(accepted: Sequence[Entry]) -> Suppress | None:
    if not accepted:
        return None
    from keylint.baseline import suppress_by

    return suppress_by(accepted)


def _stale(options: Options, accepted: Sequence[Entry], facts: Sequence[Fact]) -> list[str]:
    if not accepted:
        return []
    from keylint.baseline import stale

    count = len(stale(accepted, facts))
    them = "1 entry is" if count == 1 else f"{count:,} entries are"
    told = f"{baseline_file(options)}: {them} stale; keylint baseline update --prune drops what is gone"
    return [told] if count else []


def day(text: str) -> str:
    from keylint.policy.shapes import is_date

    if not is_date(text):
        import argparse

        raise argparse.ArgumentTypeError(f"expected a day such as 2026-11-22, not '{text}'")
    return text


def process_count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        import argparse

        raise argparse.ArgumentTypeError(f"expected a number of processes, not '{text}'")
    return int(text)


def _outputs(reports: Sequence[str]) -> list[tuple[str, str]]:
    """Check before the scan what can go wrong after it: the format's name, the file's folder, a file named twice."""
    outputs: list[tuple[str, str]] = []
    for report in reports:
        name, separator, file = report.partition("=")
        if not separator or not file:
            raise UsageError(f"--report takes FORMAT=FILE, not '{report}'")
        if name not in names(_REPORTERS):
            raise UsageError(f"unknown format '{name}' in --report; known: {', '.join(names(_REPORTERS))}")
        folder = os.path.dirname(os.path.abspath(file))
        if os.path.isdir(file):
            raise UsageError(f"--report cannot write '{file}': it is a folder")
        if not os.path.isdir(folder):
            raise UsageError(f"--report cannot write '{file}': no such folder")
        if not os.access(file if os.path.lexists(file) else folder, os.W_OK):
            raise UsageError(f"--report cannot write '{file}': Permission denied")
        if any(os.path.abspath(file) == os.path.abspath(other) for _, other in outputs):
            raise UsageError(f"--report writes '{file}' twice")
        outputs.append((name, file))
    return outputs


def _reporter(name: str) -> Reporter:
    return cast(Reporter, load(_REPORTERS, name, "REPORTER"))


def _write(file: str, text: str) -> bool:
    """Write a report and tell whether it went well."""
    try:
        replace(file, text)
    except OSError as error:
        say(f"--report cannot write '{file}': {error.strerror}")
        return False
    return True


def color(choice: str) -> bool:
    if choice != "auto":
        return choice == "always"
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and is_terminal()


def width() -> int:
    """Return the columns of the terminal; a file or a pipe gets the same whatever the window is."""
    if not is_terminal():
        return Style().width
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or Style().width
    except (OSError, ValueError):
        return Style().width


def _links() -> bool:
    """Terminals that know no links ignore them, but for the oldest."""
    return is_terminal() and os.environ.get("TERM", "dumb") not in ("dumb", "linux")


COMMAND = Command("find keys in files and folders and judge them", _EXAMPLES, _arguments, _run, _plain)
