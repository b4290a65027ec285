"""Standard output and standard error: what a command prints, and what is said beside it."""

from __future__ import annotations

import errno
import sys
from contextlib import suppress

from keylint.reporters.text import visible


def say(text: str) -> None:
    """Print to standard error, if there is one; a name in the text cannot command the terminal."""
    lines = "\n".join(visible(line) for line in text.split("\n"))
    with suppress(OSError, ValueError):
        if sys.stderr is not None:
            print(f"keylint: {lines}", file=sys.stderr, flush=True)


def put(text: str) -> bool:
    """Print to standard output and tell whether it went well."""
    left = memoryview(text.encode("utf-8" if speaks_unicode() else "ascii", "backslashreplace"))
    if not left:
        return True
    try:
        if sys.stdout is None:
            raise OSError(errno.EBADF, "standard output is closed")
        while left:  # with PYTHONUNBUFFERED a write may take a part only, or nothing
            written = sys.stdout.buffer.write(left)
            if written is None:
                raise OSError(errno.EAGAIN, "standard output takes no more")
            left = left[written:]
        sys.stdout.flush()
    except OSError as error:
        say(f"the report could not be written: {error.strerror}")
        return False
    return True


def speaks_unicode() -> bool:
    """A file or a pipe gets UTF-8; a terminal what it can show."""
    return not is_terminal() or "utf" in (sys.stdout.encoding or "").lower()


def is_terminal() -> bool:
    """Tell whether standard output is one."""
    return sys.stdout is not None and sys.stdout.isatty()
