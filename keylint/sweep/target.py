"""A repository of a sweep, and what went wrong with one."""

from __future__ import annotations

from typing import NamedTuple

from keylint.errors import SourceFailed


class Target(NamedTuple):
    """One repository. Units: `size` in bytes, 0 if nobody told.

    `name` is its own within a sweep, and what reports show; `location`, a folder or what git clones, is never shown: it
    may hold a password. Of what stands for repositories that are not known, `lacks` says why.
    `config` is the absolute path of a configuration that the file of targets names for it.
    """

    name: str
    location: str
    owner: str = ""
    tags: tuple[str, ...] = ()
    config: str | None = None
    size: int = 0
    lacks: str = ""


class TargetFailed(SourceFailed):
    """A repository could not be had; the text says why, is one line and holds no password."""
