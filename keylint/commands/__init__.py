"""One file a subcommand; each exports COMMAND."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import argparse


class Command(NamedTuple):
    """What a command module exports. `run` returns the exit code.

    `plain` runs the command with operands alone and every option at its default: the way of hooks, which
    need no option parser and are spared its import.
    """

    summary: str
    examples: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    plain: Callable[[Sequence[str]], int] | None = None
