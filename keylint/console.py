"""Standard output and standard error: what a command prints, what is said beside it, how far a long scan has got."""

from __future__ import annotations

import errno
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

from keylint import __version__
from keylint.reporters._wording import plural, size, visible

_ISSUES = "https://github.com/keylint/keylint/issues"
_MOST_TRACEBACKS = 3
# Units: seconds. Most scans are over before the first.
_FIRST_AFTER = 1.0
_EVERY = 0.2


def say(text: str) -> None:
    """Print to standard error, if there is one; a name in the text cannot command the terminal."""
    lines = "\n".join(visible(line) for line in text.split("\n"))
    with suppress(OSError, ValueError):
        if sys.stderr is not None:
            print(f"keylint: {lines}", file=sys.stderr, flush=True)


def confess(tracebacks: Sequence[str]) -> None:
    """Print what a fault of keylint's own left; even here no secret is shown."""
    from keylint.recognition.masking import mask_opaque

    for traceback in [*dict.fromkeys(tracebacks)][:_MOST_TRACEBACKS]:
        lines = traceback.splitlines()
        say("\n".join(line if line.startswith('  File "') else mask_opaque(line) for line in lines))
    say(f"{__version__}: this is a fault of keylint's own; please report it with the lines above at {_ISSUES}")


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


class Progress:
    """A line on the terminal that is written over, and gone when the work is done. Units: bytes."""

    def __init__(self, noun: str = "file", plural_noun: str = "files") -> None:
        self._nouns = noun, plural_noun
        self._start = self._last = time.monotonic()
        self._drawn = False

    def __call__(self, files: int, of: int, read: int) -> None:
        """Show so many files done, of so many, if it is time to."""
        now = time.monotonic()
        spent = now - self._start
        if spent < _FIRST_AFTER or now - self._last < _EVERY:
            return
        self._last = now
        left = spent * (of - files) / files if files else 0.0
        about = f", about {plural(max(1, round(left)), 'second')} left" if files < of and files else ""
        noun = self._nouns[of != 1]
        self._draw(f"keylint: {files:,} of {of:,} {noun}, {size(read)}, {size(read / spent)}/s{about}")

    def done(self) -> None:
        """Wipe the line."""
        if self._drawn:
            self._draw("")

    def _draw(self, text: str) -> None:
        self._drawn = bool(text)
        with suppress(OSError, ValueError):
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
