"""Paths as text: bytes that are no UTF-8 become visible escapes, separators become `/`."""

from __future__ import annotations

import os


def shown(path: str) -> str:
    """Return a path as reports show it. Distinct files stay distinct, whatever bytes their names hold."""
    if os.sep != "/":
        path = path.replace(os.sep, "/")
    if path.isascii():
        return path
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return path
