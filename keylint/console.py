"""Standard error: what is said beside the report, and how far a long scan has got."""

from __future__ import annotations

import sys
import time
from contextlib import suppress

from keylint.reporters._wording import plural, size, visible

# Units: seconds. Most scans are over before the first.
_FIRST_AFTER = 1.0
_EVERY = 0.2


def say(text: str) -> None:
    """Print to standard error, if there is one; a name in the text cannot command the terminal."""
    lines = "\n".join(visible(line) for line in text.split("\n"))
    with suppress(OSError, ValueError):
        if sys.stderr is not None:
            print(f"keylint: {lines}", file=sys.stderr, flush=True)


class Progress:
    """A line on the terminal that is written over, and gone when the work is done. Units: bytes."""

    def __init__(self) -> None:
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
        self._draw(f"keylint: {files:,} of {plural(of, 'file')}, {size(read)}, {size(read / spent)}/s{about}")

    def done(self) -> None:
        """Wipe the line."""
        if self._drawn:
            self._draw("")

    def _draw(self, text: str) -> None:
        self._drawn = bool(text)
        with suppress(OSError, ValueError):
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
