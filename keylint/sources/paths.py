"""Paths as text: no secret, no odd byte, `/` for every separator."""

from __future__ import annotations

import os
from functools import cache

from keylint.sieve import KEY_LENGTH


def shown(path: str) -> str:
    """Return a path as reports show it: bytes that are no UTF-8 become escapes, and a key in a name is masked."""
    if os.sep != "/":
        path = path.replace(os.sep, "/")
    if not path.isascii():
        path = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    if len(path) >= KEY_LENGTH:
        folder, _, name = path.rpartition("/")
        if len(name) >= KEY_LENGTH or _holds_long_name(folder):
            from keylint.recognition.masking import mask_keys

            path = mask_keys(path)
    return path


@cache
def _holds_long_name(folder: str) -> bool:
    """Tell whether a name on a path is as long as a key; remembered, for a folder holds many files."""
    return max(map(len, folder.split("/"))) >= KEY_LENGTH
