"""keylint baseline: accept the findings of today, so that only new ones count."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from keylint.assessment import Options, Seen, report_of
from keylint.commands import Command
from keylint.commands.scan import baseline_file, read_baseline
from keylint.console import say
from keylint.errors import BaselineError, UsageError
from keylint.files import replace
from keylint.model import BASELINE_FILE, CONFIDENCES, Confidence, Report
from keylint.summary import CLEAN, NOT_COMPLETE, incomplete

if TYPE_CHECKING:
    import argparse

    from keylint.baseline import Entry

_EXAMPLES = f"""\
examples:
  keylint baseline create             accept every finding of the working tree around you
  keylint scan                        {BASELINE_FILE} is read: only new findings count
  keylint baseline update --prune     drop what is gone, accept nothing new
  keylint baseline update             drop what is gone, accept what is new
  keylint baseline import --format detect-secrets .secrets.baseline
  keylint baseline export --format detect-secrets --output .secrets.keylint.baseline

exit codes:
  0 done   2 usage, configuration or baseline error   3 nothing was scanned
  4 incomplete: something could not be read, and nothing was written   5 a fault of keylint's own
"""
_FORMATS = ("detect-secrets",)


def _arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    def action(name: str, run: object, summary: str) -> argparse.ArgumentParser:
        added = actions.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        added.formatter_class = parser.formatter_class
        added.epilog = "\n".join(
            ["examples:", *(line for line in _EXAMPLES.splitlines() if f"baseline {name}" in line)]
        )
        added.set_defaults(action=run)
        return added

    create = action("create", _create, "accept every finding there is")
    create.add_argument("paths", nargs="*", metavar="PATH", help="files and folders (default: .)")
    _add_target(create)
    create.add_argument("--force", action="store_true", help="replace a baseline that exists, reasons and all")
    update = action("update", _update, "drop what is gone and accept what is new; what stays keeps its reason")
    _add_folder(update)
    _add_target(update)
    update.add_argument("--prune", action="store_true", help="only drop what is gone")
    imported = action("import", _import, "accept what an audit with another tool cleared")
    imported.add_argument("file", metavar="FILE", help="the other tool's baseline")
    _add_folder(imported)
    _add_format(imported)
    _add_target(imported)
    imported.add_argument("--all", action="store_true", help="accept what was not audited, or was found true, as well")
    export = action("export", _export, "write the baseline in the format of another tool")
    _add_folder(export)
    _add_format(export)
    export.add_argument("--baseline", metavar="FILE", help=f"what is exported (default: {BASELINE_FILE} of the folder)")
    export.add_argument("--output", metavar="FILE", help="what is written (default: .secrets.baseline of the folder)")
    export.add_argument("--force", action="store_true", help="replace a file that exists")
    export.add_argument(
        "--plugin",
        metavar="PATH",
        default="keylint_plugin.py",
        help="where the plugin for detect-secrets is, seen from the folder (default: %(default)s)",
    )
    for scanning in (create, update, imported, export):
        scanning.add_argument(
            "--no-gitignore", action="store_true", help="take every file, also those that git ignores"
        )
        scanning.add_argument("--config", metavar="FILE", help="read this configuration instead of the folder's own")
        scanning.add_argument("--isolated", action="store_true", help="ignore the folder's own configuration")
    for judging in (create, update, imported):
        judging.add_argument(
            "--min-confidence",
            choices=CONFIDENCES,
            default="medium",
            help="the least confidence that is accepted (default: medium)",
        )


def _add_target(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--baseline", "--output", metavar="FILE", help=f"what is written (default: {BASELINE_FILE} at the scan root)"
    )


def _add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", metavar="FOLDER", default=".", help="the scan root (default: .)")


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=_FORMATS, required=True, help="the other tool")


def _run(arguments: argparse.Namespace) -> int:
    code: int = arguments.action(arguments)
    return code


def _create(arguments: argparse.Namespace) -> int:
    options = _options(arguments, arguments.paths or ["."])
    if "-" in options.paths:
        raise UsageError("a baseline is made of files, not of standard input")
    file = baseline_file(options)
    if os.path.lexists(file) and not arguments.force:
        raise UsageError(f"{file} exists; keylint baseline update changes it, --force replaces it")
    entries: set[Entry] = set()
    if _judged(options, entries) is None:
        return NOT_COMPLETE
    _write(file, entries)
    say(f"{file}: {_plural(len(entries), 'entry')} written")
    return CLEAN


def _update(arguments: argparse.Namespace) -> int:
    from keylint.baseline import stale, updated

    options = _options(arguments, [_folder(arguments)])
    file = baseline_file(options)
    entries = read_baseline(file)
    there: set[Entry] = set()
    found = _judged(options, there)
    if found is None:
        return NOT_COMPLETE
    gone = stale(entries, found[1].facts)
    known = {entry.fingerprint for entry in entries}
    new = set() if arguments.prune else {entry for entry in there if entry.fingerprint not in known}
    _rewrite(file, entries, updated(entries, gone, new))
    say(f"{file}: {len(gone):,} dropped, {len(new):,} added, {len(entries) - len(gone):,} kept")
    return CLEAN


def _import(arguments: argparse.Namespace) -> int:
    from keylint.baseline import updated
    from keylint.commands._interchange import read_foreign, taken

    secrets = read_foreign(arguments.file)
    options = _options(arguments, [_folder(arguments)])
    file = baseline_file(options)
    entries = read_baseline(file) if os.path.lexists(file) else ()
    there: set[Entry] = set()
    if _judged(options, there) is None:
        return NOT_COMPLETE
    new, told = taken(secrets, there, options, everything=arguments.all)
    after = updated(entries, (), new)
    _rewrite(file, entries, after)
    added = len(after) - len(entries)
    explained = len(set(after) - set(entries)) - added
    done = f"{_plural(added, 'entry')} added" + (f", {explained:,} given a reason" if explained else "")
    for line in (*told, f"{file}: {done}"):
        say(line)
    return CLEAN


def _export(arguments: argparse.Namespace) -> int:
    from keylint.commands._interchange import exported

    folder = _folder(arguments)
    options = _options(arguments, [folder])
    file = arguments.output or os.path.normpath(os.path.join(folder, ".secrets.baseline"))
    if os.path.lexists(file) and not arguments.force:
        raise UsageError(f"{file} exists; --force replaces it")
    entries = read_baseline(baseline_file(options))
    text, told = exported(entries, options, arguments.plugin)
    _write_text(file, text)
    say(f"{file}: {told}")
    return CLEAN


def _folder(arguments: argparse.Namespace) -> str:
    folder: str = arguments.folder
    if not os.path.isdir(folder):
        raise UsageError(f"'{folder}' is no folder; a baseline is kept for a whole scan root")
    return folder


def _options(arguments: argparse.Namespace, paths: Sequence[str]) -> Options:
    least: Confidence = getattr(arguments, "min_confidence", "medium")
    return Options(
        paths=paths,
        no_gitignore=arguments.no_gitignore,
        min_confidence=least,
        config=arguments.config,
        isolated=arguments.isolated,
        baseline=arguments.baseline,
    )


def _judged(options: Options, there: set[Entry]) -> tuple[Report, Seen] | None:
    """Scan, and note the entries of all that counts.

    None if that is incomplete: what was not read would be missing from the baseline, or dropped.
    """
    from keylint.baseline import note_in

    report, seen, notices = report_of(options, note_in(there))
    for notice in notices:
        say(notice)
    missed = incomplete(report)
    for skip in missed:
        say(f"not scanned: {skip.path}: {skip.reason}{f' ({skip.detail})' if skip.detail else ''}")
    if missed:
        say("the scan is incomplete; nothing was written")
        return None
    return report, seen


def _rewrite(file: str, before: Sequence[Entry], after: Sequence[Entry]) -> None:
    if after != before or not os.path.lexists(file):
        _write(file, after)


def _write(file: str, entries: Sequence[Entry] | set[Entry]) -> None:
    from keylint.baseline import render

    _write_text(file, render(entries))


def _write_text(file: str, text: str) -> None:
    try:
        replace(file, text)
    except OSError as error:
        raise BaselineError(f"{file}: cannot be written: {error.strerror}") from None


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun if count == 1 else noun[:-1] + 'ies'}"


COMMAND = Command("keep a list of accepted findings, so that only new ones count", _EXAMPLES, _arguments, _run)
