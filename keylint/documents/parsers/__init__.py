"""Texts to trees. One file a format; each exports PARSER and is found by its file name."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from keylint.documents.discovery import modules
from keylint.documents.tree import Node


class Parser(NamedTuple):
    """What a parser module exports.

    `matches` is asked with a file's name alone, in lower case and without endings such as `.example`. `parse` raises
    Unparsed. Formats that are told by a narrow name go before those that take an ending: `first`.
    """

    matches: Callable[[str], bool]
    parse: Callable[[str], Node]
    first: bool = False


def parser(name: str) -> tuple[str, Callable[[str], Node]] | None:
    """Return the format, and what reads it, of the first parser that claims a file name."""
    return next(((form, known.parse) for form, known in parsers() if known.matches(name)), None)


@cache
def parsers() -> tuple[tuple[str, Parser], ...]:
    """Return every format with its parser."""
    import keylint.documents.parsers as package

    found = modules(package).items()
    return tuple(sorted(((name, module.PARSER) for name, module in found), key=lambda pair: not pair[1].first))
