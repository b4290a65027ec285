"""Reports to text. One file a format; each exports REPORTER and its file name is what --format takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from keylint.model import Report


class Style(NamedTuple):
    """What the terminal can show. Machine formats ignore it. Units: `width` in columns.

    `links`: it makes links of OSC 8 sequences.
    """

    color: bool = False
    unicode: bool = True
    quiet: bool = False
    width: int = 100
    links: bool = False


class Reporter(NamedTuple):
    """What a reporter module exports. `explains`: it wants the rules in force, also where nothing was found."""

    render: Callable[[Report, Style], str]
    explains: bool = False
