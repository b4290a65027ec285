"""Organisations, groups and users of forges, and the repositories of theirs that a sweep takes."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import NamedTuple

from keylint.console import say
from keylint.errors import NothingScanned, UsageError
from keylint.policy.globs import matcher
from keylint.registry import load
from keylint.sources.paths import shown
from keylint.sweep.forges import Forge, Hosted
from keylint.sweep.forges._api import Api, Token
from keylint.sweep.urls import masked, url_of

_ON_SERVER = re.compile(r"(?P<server>https?://(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?)/(?P<name>.+?)/*")
_NAME = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*")
_THIS_MACHINE = re.compile(r"https?://(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?")
_TOKEN = re.compile(r"[!-~]+")


class Organisation(NamedTuple):
    """Whose repositories are listed, and where: `server` is scheme://host, without a slash behind it."""

    forge: str
    server: str
    name: str


class Wanted(NamedTuple):
    """Which repositories of a listing are taken: `match` holds gitignore-style patterns of their names."""

    archived: bool
    forks: bool
    match: tuple[str, ...]


def organisation(place: str, what: str) -> Organisation:
    """Return what a forge's name and an organisation of it stand for. Raises: UsageError."""
    forge = _forge(place)
    server, name = forge.server, what
    told = f"{place}:{shown(what)}"
    if "://" in what:
        parts = _ON_SERVER.fullmatch(what)
        if parts is None:
            raise UsageError(f"{place}: expected NAME or https://SERVER/NAME, found another URL")
        server, name = parts["server"].lower(), parts["name"]
    if _NAME.fullmatch(name) is None or not {".", ".."}.isdisjoint(name.split("/")):
        raise UsageError(f"{told}: expected the name of an organisation or a user")
    if server is None:
        raise UsageError(f"{told}: expected a server, too: {place}:https://SERVER/{name}")
    if "/" in name and not forge.nested:
        raise UsageError(f"{told}: expected the name of an organisation or a user; give a repository by its URL")
    return Organisation(place, server, name)


class Listings:
    """What organisations hold, each listed once; the connections end with their owner."""

    def __init__(self, organisations: Sequence[Organisation]) -> None:
        self._organisations = organisations
        self._apis: dict[tuple[str, str], Api] = {}
        self._known: dict[Organisation, list[Hosted]] = {}
        self._lacking: dict[Organisation, str] = {}

    def of(self, one: Organisation, wanted: Wanted) -> list[Hosted]:
        """Return the repositories that are wanted of one. Raises: SourceFailed, UsageError, NothingScanned."""
        if one not in self._known:
            at = (one.forge, one.server)
            if at not in self._apis:
                self._apis[at] = _api(one, self._organisations)
            api = self._apis[at]
            self._known[one] = [_checked(api, found) for found in _forge(one.forge).repositories(api, one.name)]
            self._lacking[one], api.lacking = api.lacking, ""
        return _taken(one, self._known[one], wanted)

    def lacking(self, one: Organisation) -> str:
        """Return why the listing of an organisation is not whole; empty if it is."""
        return self._lacking[one]

    def close(self) -> None:
        for api in self._apis.values():
            api.close()


def _forge(name: str) -> Forge:
    forge = load("keylint.sweep.forges", name, "FORGE")
    assert isinstance(forge, Forge)
    return forge


def _api(one: Organisation, organisations: Sequence[Organisation]) -> Api:
    forge = _forge(one.forge)
    servers = {other.server for other in organisations if other.forge == one.forge}
    token = _token(forge, one.server, servers)
    variables = " or ".join(forge.tokens)
    if token is None:
        say(f"{forge.title} at {one.server}: without a token ({variables}), only what everybody may see is listed")
    return Api(forge.title, forge.base(one.server), forge.headers, token, f"set {variables}", say=say)


def _token(forge: Forge, server: str, servers: set[str]) -> Token | None:
    """Return the token for a server: a token is for one server, and over plain http it would be everybody's."""
    variable = next((name for name in forge.tokens if os.environ.get(name, "").strip()), None)
    if variable is None:
        return None
    text = os.environ[variable].strip()
    if _TOKEN.fullmatch(text) is None:
        raise UsageError(f"{variable}: expected a token, found characters that none has")
    told = os.environ.get(forge.host, "").strip()
    host = server.partition("://")[2]
    whose = told.partition("://")[2].rstrip("/") or told
    is_its = whose.lower() == host if whose else len(servers) == 1 or server == forge.server
    if not is_its:
        say(f"{variable} is not sent to {server}; {forge.host} says which server it is for")
    elif server.startswith("http://") and _THIS_MACHINE.fullmatch(server) is None:
        say(f"{variable} is not sent to {server}: everybody on the way could read it")
    else:
        return Token(text, variable, forge.authorization(text))
    return None


def _checked(api: Api, found: Hosted) -> Hosted:
    """Return a repository of a listing if its URL is one that a server may name."""
    try:
        url = url_of(found.url)
    except UsageError as error:
        raise api.failed(str(error)) from None
    if url is not None and found.url.startswith(("https://", "http://")):
        return found
    raise api.failed(f"expected a URL of the web for {shown(found.path)}, found {masked(found.url)}")


def _taken(one: Organisation, hosted: Sequence[Hosted], wanted: Wanted) -> list[Hosted]:
    matches = matcher(wanted.match) if wanted.match else lambda _: True
    matching = [found for found in hosted if matches(found.path)]
    unarchived = [found for found in matching if wanted.archived or not found.archived]
    taken = [found for found in unarchived if wanted.forks or not found.fork]
    if taken:
        return taken
    left_out = (
        (len(hosted) - len(matching), "do not match"),
        (len(matching) - len(unarchived), "are archived"),
        (len(unarchived) - len(taken), "are forks"),
    )
    why = ", ".join(f"{count} {what}" for count, what in left_out if count)
    told = f" is taken: of {len(hosted)}, {why}" if why else ""
    raise NothingScanned(f"{one.forge}:{one.name}: no repository on {one.server}{told}")
