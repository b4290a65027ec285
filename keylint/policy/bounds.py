"""What a scanned repository's own files may lead to: nothing outside it, or an error would quote what stands there."""

from __future__ import annotations

import os


def is_inside(file: str, bounds: str | None) -> bool:
    """Tell whether a file lies within a folder, whatever links lead to it. None: wherever it likes."""
    if bounds is None:
        return True
    real, top = os.path.realpath(file), os.path.realpath(bounds)
    return real == top or real.startswith(top.rstrip(os.sep) + os.sep)
