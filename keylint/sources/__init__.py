"""Where bytes come from: a working tree, files, standard input."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from keylint.model import Skip, World


class Entry(NamedTuple):
    """One input. `path` is what reports show, `file` what the operating system is asked for."""

    path: str
    file: str
    # Git's index has it: if it is not on disk, it is no part of the working tree.
    in_index: bool = False


class Listing(NamedTuple):
    """What a source offers: inputs in the order of their paths, what it left out, and what it knows of them."""

    entries: tuple[Entry, ...]
    skipped: tuple[Skip, ...]
    world: World
    # What a user should know of how it was made.
    notices: Sequence[str] = ()
    # What is still being looked for, while the inputs so far are examined; must be called, once.
    late: Callable[[], Listing] | None = None
