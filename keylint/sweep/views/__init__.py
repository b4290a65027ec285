"""What is said of a sweep. One file a format; each exports VIEW and its file name is what --format takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from keylint.reporters import Style

if TYPE_CHECKING:
    # Late: it loads the store, which not everybody has, and all option parsers ask for the names of the views.
    from keylint.sweep.overview import Overview


class View(NamedTuple):
    """What a view module exports: the sweep as a text, piece by piece, or as texts with names of files in a folder."""

    render: Callable[[Overview, Style], Iterator[str]] | None = None
    files: Callable[[Overview], Iterator[tuple[str, str]]] | None = None
