"""Reports to text. One file a format; each exports REPORTER and its file name is what --format takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from keylint.model import Report


class Style(NamedTuple):
    """What the terminal can show. Machine formats ignore it."""

    color: bool = False
    unicode: bool = True
    quiet: bool = False


class Reporter(NamedTuple):
    """What a reporter module exports."""

    render: Callable[[Report, Style], str]
