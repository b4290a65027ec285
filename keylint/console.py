"""Standard error: what is said beside the report."""

from __future__ import annotations

import sys
from contextlib import suppress

from keylint.reporters.text import visible


def say(text: str) -> None:
    """Print to standard error, if there is one; a name in the text cannot command the terminal."""
    lines = "\n".join(visible(line) for line in text.split("\n"))
    with suppress(OSError, ValueError):
        if sys.stderr is not None:
            print(f"keylint: {lines}", file=sys.stderr, flush=True)
