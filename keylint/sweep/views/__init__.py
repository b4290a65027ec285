"""What is said of a sweep. One file a format; each exports VIEW and its file name is what --format takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from keylint.reporters import Style

if TYPE_CHECKING:
    # Late: it loads the store, which not everybody has, and all option parsers ask for the names of the views.
    from keylint.sweep.overview import Overview


class View(NamedTuple):
    """What a view module exports: the sweep as a text, or as texts by the name of a file in a folder."""

    render: Callable[[Overview, Style], str] | None = None
    files: Callable[[Overview], dict[str, str]] | None = None
