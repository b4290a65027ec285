"""URLs that git clones: which are taken, what makes two the same, and how they are shown."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from keylint.errors import UsageError
from keylint.sources.paths import shown

SCHEMES = ("file", "git", "http", "https", "ssh")
_PORTS = {"git": 9418, "http": 80, "https": 443, "ssh": 22}
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
# A transport of git's own, such as ext::, may run commands.
_TRANSPORT = re.compile(r"[A-Za-z0-9+.-]+::")
# As git: what has a slash before its colon is a path.
_SCP_LIKE = re.compile(r"(?:(?P<user>[^/:@]+)@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^/:@\[\]]+):(?P<path>[^:].*)")
_USER = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)([^/\s]*)@")


class Url(NamedTuple):
    """A URL as text, and what it comes to: the same for every way to write, and to reach, one repository."""

    text: str
    identity: str
    name: str


def url_of(text: str) -> Url | None:
    """Return what git would clone, None for what is a path. Raises: UsageError for what is not to be cloned."""
    scheme = _SCHEME.match(text)
    if scheme is None and _TRANSPORT.match(text) is None:
        return _scp_like(text)
    if scheme is None or scheme[1].lower() not in SCHEMES:
        found = text[: text.index(":")]
        raise UsageError(f"{masked(text)}: expected a URL with {', '.join(SCHEMES)} or host:path, found '{found}'")
    return _whole(text, scheme[1].lower())


def masked(text: str) -> str:
    """Return a text in which URLs name nobody: a user may be a token. Of ssh the user alone is shown."""
    return _USER.sub(lambda found: found[1] + _shown_user(found[1], found[2]) + "@", text)


def _shown_user(scheme: str, user: str) -> str:
    return user if scheme == "ssh://" and ":" not in user else "…"


def _whole(text: str, scheme: str) -> Url:
    from urllib.parse import unquote, urlsplit

    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        # What cannot be told apart may be a password.
        raise UsageError(f"{scheme}://…: no URL: the port is none, or a character must be written as %XX") from None
    _check_characters(text)
    if parts.query or parts.fragment:
        raise UsageError(f"{masked(text).partition('?')[0]}: expected a URL of a repository, found one with a query")
    if scheme == "file":
        if host not in ("", "localhost"):
            raise UsageError(f"{masked(text)}: expected file:///PATH, found a host")
        folder = unquote(parts.path)
        _check_characters(folder, spaces=True)
        return Url(text, os.path.realpath(folder), shown(folder.rstrip("/") or "/"))
    path = _path(parts.path)
    _check_parts(text, host, parts.username or "", path)
    place = f"[{host}]" if ":" in host else host
    if port not in (None, _PORTS[scheme]):
        place = f"{place}:{port}"
    return Url(text, f"{place}/{path}", shown(f"{place}/{path}"))


def _scp_like(text: str) -> Url | None:
    parts = _SCP_LIKE.fullmatch(text)
    if parts is None:
        return None
    _check_characters(text)
    host, path = parts["host"].lower(), _path(parts["path"])
    _check_parts(text, host, parts["user"] or "", parts["path"])
    return Url(text, f"{host}/{path}", shown(f"{host}/{path}"))


def _path(path: str) -> str:
    return path.strip("/").removesuffix(".git").rstrip("/")


def _check_characters(text: str, *, spaces: bool = False) -> None:
    if not text.isprintable() or (" " in text and not spaces):
        raise UsageError(f"{masked(text)}: expected a URL, found a space or a control character in it")


def _check_parts(text: str, host: str, user: str, path: str) -> None:
    """Git hands these to programs such as ssh, for whom a dash begins an option."""
    if not host:
        raise UsageError(f"{masked(text)}: expected a URL with a host")
    if not path:
        raise UsageError(f"{masked(text)}: expected a URL of a repository, found no path")
    if "-" in (host[0], path[0], user[:1]):
        raise UsageError(f"{masked(text)}: a host, user or path that begins with '-' is not given to git")
