"""Standard input as one file."""

from __future__ import annotations

import os
import sys

from keylint.errors import UsageError
from keylint.model import Skip, World
from keylint.sources.paths import shown
from keylint.sources.reading import LARGEST

NAME = "stdin"


def read_stdin(name: str | None) -> tuple[str, bytes] | Skip:
    """Return what standard input is called and holds, or why it was left out. Raises: UsageError if it is closed."""
    path = shown(name or NAME)
    if sys.stdin is None:
        raise UsageError("standard input is closed")
    try:
        data = sys.stdin.buffer.read(LARGEST + 1)
    except OSError as error:
        return Skip(path, "unreadable", error.strerror or "cannot be read")
    except MemoryError:
        return Skip(path, "unreadable", "not enough memory to read it")
    return Skip(path, "too-large", f"the limit is {LARGEST} bytes") if len(data) > LARGEST else (path, data)


def read_lines() -> list[str]:
    """Return the lines that git hands to its pre-push hook. Raises: UsageError if nobody hands any."""
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("--pre-push reads what git tells its hook on standard input, or pre-commit in the environment")
    try:
        data = sys.stdin.buffer.read(LARGEST)
    except OSError as error:
        raise UsageError(f"standard input cannot be read: {error.strerror}") from None
    return os.fsdecode(data).split("\n")


def stdin_world() -> World:
    """Return what is known around standard input: nothing stands beside it, and it counts as tracked."""
    return World(lambda _: True, lambda _: False)
