"""Run keylint as `python -m keylint`."""

from __future__ import annotations

import os
import sys

# `python -m` puts the current folder first on the path: a scanned repository could put its modules before the real
# ones. A checkout that runs itself still needs the folder, but last.
_FIRST = sys.path.pop(0) if sys.path else ""
if os.path.dirname(os.path.dirname(os.path.abspath(__file__))) == (_FIRST or None):
    sys.path.append(_FIRST)

from keylint.cli import command  # noqa: E402  after the path is mended

if __name__ == "__main__":
    command()
