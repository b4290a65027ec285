"""Servers that host repositories. One file a kind; each exports FORGE and its file name is what targets call it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from keylint.sweep.forges._api import Api


class Hosted(NamedTuple):
    """A repository that a forge lists. Units: `size` in bytes, 0 if not told.

    `path` is what it is called below its organisation.
    """

    path: str
    url: str
    archived: bool
    fork: bool
    size: int


class Forge(NamedTuple):
    """What a forge's module exports. `server` is the public one, if there is one that everybody means.

    `base` turns a server into the address of its API. Of one that is `nested`, organisations lie in organisations.
    `tokens` and `host` are variables of the environment: the token, and the server that it is for.
    """

    title: str
    server: str | None
    base: Callable[[str], str]
    nested: bool
    tokens: tuple[str, ...]
    host: str
    headers: Mapping[str, str]
    authorization: Callable[[str], Mapping[str, str]]
    repositories: Callable[[Api, str], Iterable[Hosted]]
