"""keylint scan: find the keys in files and folders, judge them, report."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from keylint import __version__
from keylint.commands import Command
from keylint.console import say
from keylint.errors import NothingScanned, UsageError
from keylint.model import CONFIDENCES, SEVERITIES, Confidence, Fact, Finding, Report, Scanned, Severity, Skip, World
from keylint.pipeline import Lens, is_sure, lens, settle
from keylint.registry import load, names
from keylint.reporters import Reporter, Style
from keylint.summary import NOT_COMPLETE, exit_code, incomplete

if TYPE_CHECKING:
    import argparse

    from keylint.policy.config import ConfigFile
    from keylint.policy.policy import Policy
    from keylint.sources import Entry, Listing

_REPORTERS = "keylint.reporters"
_STDIN = "-"
_CONFIGURATIONS = (".keylint.yaml", ".keylint.yml", "pyproject.toml")

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


class Options(NamedTuple):
    """What `keylint scan` was asked for; the defaults are those of the command line."""

    paths: Sequence[str] = ()
    stdin_filename: str | None = None
    no_gitignore: bool = False
    format: str = "text"
    report: Sequence[str] = ()
    fail_on: Severity | Literal["never"] = "medium"
    min_confidence: Confidence = "medium"
    rule: Sequence[str] = ()
    jobs: int | None = None
    color: Literal["auto", "always", "never"] = "auto"
    quiet: bool = False
    config: str | None = None
    isolated: bool = False
    show_policy: bool = False
    no_inline: bool = False
    today: str | None = None


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
        "--jobs", type=_process_count, metavar="N", help="worker processes for large scans (default: one a processor)"
    )
    parser.add_argument("--color", choices=["auto", "always", "never"], help="colour (default: auto, on a terminal)")
    parser.add_argument("-q", "--quiet", action="store_true", help="one line a finding, nothing else")
    policy = parser.add_argument_group("policy")
    policy.add_argument("--config", metavar="FILE", help="read this configuration instead of the scanned folder's own")
    policy.add_argument("--isolated", action="store_true", help="ignore the scanned folder's own configuration")
    policy.add_argument(
        "--show-policy", action="store_true", help="print the policy in force and where each value comes from, and stop"
    )
    policy.add_argument("--no-inline", action="store_true", help="do not honour comments that allow a finding")
    policy.add_argument(
        "--today",
        type=_day,
        metavar="YYYY-MM-DD",
        help="the day that ages and ends are judged by (default: today, UTC)",
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

        return int(not _print(shown_policy(_policy(options) or load_policy()))) * NOT_COMPLETE
    report, notices = report_of(options)
    code = exit_code(report, None if options.fail_on == "never" else options.fail_on)
    for notice in notices:
        say(notice)
    if options.quiet or options.format == "jsonl":
        for skip in incomplete(report):
            say(f"not scanned: {skip.path}: {skip.reason}{f' ({skip.detail})' if skip.detail else ''}")
    style = Style(_color(options.color), _unicode(), options.quiet)
    whole = _print(_reporter(options.format).render(report, style))
    for name, file in outputs:
        whole = _write(file, _reporter(name).render(report, Style())) and whole
    # A report that nobody can read is no clean scan.
    return code if whole else code or NOT_COMPLETE


def report_of(options: Options) -> tuple[Report, Sequence[str]]:
    """Scan and judge. Return the report, and what is to be said besides it."""
    policy = _policy(options)
    through = lens(policy.patterns if policy else ())
    seen = _scan(options, policy, through)
    facts = [
        fact for fact in (settle(fact, seen.world) for fact in seen.facts) if is_sure(fact, options.min_confidence)
    ]
    if seen.whole and (facts or policy is not None):
        facts += seen.of_whole(facts)
    notices = list(seen.notices)
    # Without a configuration rules are read only where there is something to judge or a name to check: reading them
    # costs more than a clean scan.
    if policy is None and not facts and not options.rule:
        return Report(__version__, seen.scanned, ()), notices
    policy = policy or load_policy()
    findings, unjudged = _judge(options, policy, facts, seen.whole, notices)
    skipped = tuple(sorted({*seen.scanned.skipped, *unjudged}))
    return Report(__version__, seen.scanned._replace(skipped=skipped), findings), notices


def load_policy(config: ConfigFile | None = None) -> Policy:
    """Return the policy of a configuration; read late, for it costs more than a clean scan."""
    from keylint.policy.merge import load_policy as load_it

    return load_it(config)


def _policy(options: Options) -> Policy | None:
    """Return the policy that is configured; None where the recommended one holds, unread."""
    if options.config:
        from keylint.policy.config import read_config

        return load_policy(read_config(options.config, options.config))
    if options.isolated:
        return None
    root = _root(options)
    if not any(os.path.lexists(os.path.join(root, name)) for name in _CONFIGURATIONS):
        return None
    from keylint.policy.config import find_config

    config = find_config(root)
    return load_policy(config) if config else None


def _root(options: Options) -> str:
    if _STDIN in options.paths:
        return os.curdir
    from keylint.sources.worktree import root_of

    return root_of(options.paths or ["."])


class _Seen(NamedTuple):
    """What a source gave. `whole`: a folder was scanned, so that what is missing can be told."""

    scanned: Scanned
    facts: tuple[Fact, ...]
    world: World
    notices: Sequence[str]
    whole: bool
    # The facts about the whole, given those of its files.
    of_whole: Callable[[Sequence[Fact]], Sequence[Fact]] = lambda _found: ()


def _scan(options: Options, policy: Policy | None, through: Lens) -> _Seen:
    paths = options.paths or ["."]
    if _STDIN in paths:
        if len(paths) > 1:
            raise UsageError("'-' reads standard input and goes with no other path")
        from keylint.scanner import scan_bytes
        from keylint.sources.stdin import read_stdin, stdin_world

        content = read_stdin(options.stdin_filename)
        if isinstance(content, Skip):
            return _Seen(Scanned(0, 0, (content,)), (), stdin_world(), (), whole=False)
        return _Seen(*scan_bytes(*content, through), stdin_world(), (), whole=False)
    if options.stdin_filename:
        raise UsageError("--stdin-filename goes with '-' only")
    from keylint.scanner import scan
    from keylint.sources.worktree import list_paths

    listing = list_paths(paths, use_git=not options.no_gitignore)
    if policy is not None and policy.exclude:
        from keylint.policy.globs import matcher
        from keylint.sources.exclusion import without

        listing = without(listing, matcher(policy.exclude))
    entries = list(listing.entries)
    if listing.late is not None:
        listing = listing._replace(late=_noted(listing.late, entries))
    scanned, found = scan(listing, through, options.jobs)
    if not scanned.files and not scanned.skipped:
        raise NothingScanned("nothing was scanned: every file that git tracks here is deleted")
    whole = len(paths) == 1 and os.path.isdir(paths[0])

    def of_whole(facts: Sequence[Fact]) -> Sequence[Fact]:
        from keylint.sources.reading import read_text
        from keylint.sources.worktree import ignores_above
        from keylint.whole.repository import facts as repository_facts

        files = {entry.path: entry for entry in entries}
        return repository_facts(facts, sorted(files), lambda path: read_text(files.get(path)), ignores_above(paths[0]))

    return _Seen(scanned, found, listing.world, listing.notices, whole, of_whole)


def _noted(late: Callable[[], Listing], entries: list[Entry]) -> Callable[[], Listing]:
    """Return the same search for further inputs, which adds them to those that are known."""

    def look() -> Listing:
        found = late()
        entries.extend(found.entries)
        return found

    return look


def _judge(
    options: Options, policy: Policy, facts: Sequence[Fact], whole: bool, notices: list[str]
) -> tuple[tuple[Finding, ...], tuple[Skip, ...]]:
    from keylint.findings import by_place, judge
    from keylint.suppression import Suppressions

    known = [*(rule.id for rule in policy.rules), *policy.off]
    for name in options.rule:
        if name not in known:
            from difflib import get_close_matches

            near = get_close_matches(name, known, 1)
            hint = f"did you mean '{near[0]}'?" if near else "--show-policy lists those there are"
            raise UsageError(f"unknown rule '{name}'; {hint}")
    today = options.today or _today()
    suppressions = Suppressions(policy, known, today, inline=not options.no_inline)
    first = judge(policy, policy.rules, facts, suppressions.of)
    # Every rule is judged, whatever --rule says: a waiver of another is not unused.
    second = judge(policy, policy.rules, suppressions.waiver_facts(whole=whole), suppressions.of)
    notices += suppressions.notices()
    findings = [
        finding for finding in (*first.findings, *second.findings) if not options.rule or finding.rule in options.rule
    ]
    return tuple(sorted(findings, key=by_place)), (*first.unjudged, *second.unjudged)


def _today() -> str:
    from datetime import datetime, timezone

    return datetime.now(timezone.utc).date().isoformat()


def _day(text: str) -> str:
    from keylint.policy.shapes import is_date

    if not is_date(text):
        import argparse

        raise argparse.ArgumentTypeError(f"expected a day such as 2026-11-22, not '{text}'")
    return text


def _process_count(text: str) -> int:
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
    """Write UTF-8 with line feeds, whatever the platform's habits; tell whether it went well.

    A regular file is replaced in one step, so that nobody reads half of one; a pipe or device is written to.
    """
    data = text.encode("utf-8", "backslashreplace")
    try:
        if os.path.isfile(file) or not os.path.lexists(file):
            beside = f"{file}.{os.getpid()}.part"
            try:
                with open(beside, "xb") as stream:
                    stream.write(data)
                os.replace(beside, file)
            except OSError:
                with suppress(OSError):
                    os.unlink(beside)
                raise
        else:
            descriptor = os.open(file, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
            os.set_blocking(descriptor, True)
            with open(descriptor, "wb") as stream:
                stream.write(data)
    except OSError as error:
        say(f"--report cannot write '{file}': {error.strerror}")
        return False
    return True


def _print(text: str) -> bool:
    """Print the report and tell whether it went well."""
    left = memoryview(text.encode("utf-8" if _unicode() else "ascii", "backslashreplace"))
    if not left:
        return True
    try:
        if sys.stdout is None:
            raise OSError(errno.EBADF, "standard output is closed")
        while left:  # with PYTHONUNBUFFERED a write may take a part only, or nothing
            written = sys.stdout.buffer.write(left)
            if written is None:
                raise OSError(errno.EAGAIN, "standard output takes no more")
            left = left[written:]
        sys.stdout.flush()
    except OSError as error:
        say(f"the report could not be written: {error.strerror}")
        return False
    return True


def _color(choice: str) -> bool:
    if choice != "auto":
        return choice == "always"
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and _is_terminal()


def _unicode() -> bool:
    """A file or a pipe gets UTF-8; a terminal what it can show."""
    return not _is_terminal() or "utf" in (sys.stdout.encoding or "").lower()


def _is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


COMMAND = Command("find keys in files and folders and judge them", _EXAMPLES, _arguments, _run, _plain)
