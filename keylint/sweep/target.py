"""One repository of a sweep."""

from __future__ import annotations

from typing import NamedTuple


class Target(NamedTuple):
    """One repository of a sweep. `name` is unique within it; `location` is a folder, or a URL that git understands.

    `config` is a configuration of its own, empty if there is none. Units: `size` in bytes, 0 if nobody told.
    """

    name: str
    location: str
    owner: str = ""
    tags: tuple[str, ...] = ()
    config: str | None = None
    size: int = 0
