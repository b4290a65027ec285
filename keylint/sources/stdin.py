"""Standard input as one file."""

from __future__ import annotations

from keylint.model import World
from keylint.sources import Listing


def list_stdin() -> Listing:
    """Return a listing without entries: the caller reads the bytes. Nothing stands beside standard input."""
    return Listing((), (), World(lambda _: True, lambda _: False))
