"""What the plugin for detect-secrets asks: the one place where secrets leave keylint, for the other to hash them."""

from __future__ import annotations

import os
from functools import lru_cache

from keylint.commands.scan import Options, lens_of, report_of
from keylint.console import say
from keylint.model import Fact, Skip
from keylint.pipeline import examine, is_sure, is_wanted, lens, settle
from keylint.secrets_baseline import as_one_line
from keylint.sources import Entry
from keylint.sources.reading import read_file
from keylint.sources.stdin import NAME, stdin_world
from keylint.summary import incomplete


def secrets_in(filename: str, line: str) -> tuple[tuple[str, int], ...]:
    """Return the secrets of a file, judged as `keylint scan` does, with their lines.

    A line of no file (`detect-secrets scan --string`) is judged by itself, without rules.
    """
    return _of_file(os.path.realpath(filename)) if os.path.isfile(filename) else _of_line(line)


@lru_cache(maxsize=1)
def _of_file(file: str) -> tuple[tuple[str, int], ...]:
    options = Options(paths=[file], jobs=1)
    through = lens_of(options)
    report, _, _ = report_of(options)
    for skip in incomplete(report):
        say(f"not scanned: {skip.path}: {skip.reason}{f' ({skip.detail})' if skip.detail else ''}")
    counted = {finding.fact.identity for finding in report.findings if finding.suppression is None}
    if not counted:
        return ()
    found: dict[str, int] = {}

    def note(fact: Fact, text: str, _secret: str) -> None:
        if fact.identity in counted:
            written, below = as_one_line(text)
            found.setdefault(written, fact.location.line + below)

    content = read_file(Entry(file, file), is_wanted, through.marks)
    if content is not None and not isinstance(content, Skip):
        examine(file, content.data, through, note)
    return tuple(found.items())


def _of_line(line: str) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}

    def note(fact: Fact, text: str, _secret: str) -> None:
        if is_sure(settle(fact, stdin_world()), "medium"):
            found.setdefault(text, 1)

    examine(NAME, line.encode("utf-8", "surrogateescape"), lens(), note)
    return tuple(found.items())
