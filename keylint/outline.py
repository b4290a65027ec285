"""What a scan asks of a policy before anything is found, remembered: reading all of it takes longer than a hook.

It holds nothing but what the configuration itself says, and counts only while that, the shipped rules and the code that
reads them are the same.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from keylint import __version__
from keylint.cache import cache_folder, read_own, write_own
from keylint.model import Client, Pattern
from keylint.policy.shipped import rules_folder

if TYPE_CHECKING:
    from keylint.policy.policy import Policy

_FOLDER = "policies"
_LARGEST = 1 << 20
# A configuration shares its place with one in so many others.
_PLACES = 1 << 12
_CONFIG, _MISNAMED, _SHARED = ".keylint.yaml", ".keylint.yml", "pyproject.toml"
_NAMED = "keylint"


class Outline(NamedTuple):
    """What a scan needs of a policy that has no waivers: what is left out and looked for; named as in `Policy`."""

    exclude: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    clients: tuple[Client, ...]
    inventory: tuple[str, ...]
    trust: tuple[str, ...]
    names_inventory: bool


def outline_of(root: str, config: str | None = None) -> Outline | None:
    """Return what is remembered of the policy that a scan root's configuration makes, or a file that was named instead.

    None: it is to be read.
    """
    said = _said(root, config)
    file = _file(said) if said else None
    if file is None:
        return None
    try:
        data = read_own(file, _LARGEST)
        if data is None:
            return None
        import json

        known, described = json.loads(data)
        if known != said:
            return None
        exclude, patterns, clients, inventory, trust, names_inventory = described
        return Outline(
            tuple(exclude),
            tuple(one._replace(keywords=tuple(one.keywords)) for one in (Pattern(*some) for some in patterns)),
            tuple(one._replace(versions=tuple(one.versions)) for one in (Client(*some) for some in clients)),
            tuple(inventory),
            tuple(trust),
            bool(names_inventory),
        )
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def remember(policy: Policy, root: str, config: str | None = None) -> None:
    """Remember a policy that such a configuration made of shipped packs alone. Never raises."""
    shipped = os.path.realpath(rules_folder()) + os.sep
    if (
        policy.waivers
        or "waivers" in policy.trust
        or not all(f"{pack.folder}{os.sep}".startswith(shipped) for pack in policy.packs)
    ):
        return
    said = _said(root, config)
    file = _file(said) if said else None
    if file is None:
        return
    import json

    outline = Outline(
        policy.exclude, policy.patterns, policy.clients, policy.inventory, policy.trust, policy.names_inventory
    )
    with suppress(UnicodeError):
        write_own(file, json.dumps([said, outline]).encode())


def _file(said: list[str]) -> str | None:
    place = cache_folder()
    if place is None:
        return None
    import binascii

    slot = binascii.crc32("".join(said).encode("utf-8", "surrogateescape")) % _PLACES
    return os.path.join(place, _FOLDER, f"{slot:03x}.json")


def _said(root: str, config: str | None) -> list[str] | None:
    """Return all that the policy hangs on; None where there is more to it than can be told here."""
    if config is None and os.path.lexists(os.path.join(root, _MISNAMED)):
        return None
    files = (os.path.join(root, _CONFIG), os.path.join(root, _SHARED)) if config is None else (config,)
    texts: list[str] = []
    for file in files:
        text = _text(file)
        if text is None:
            return None
        # What other tools are told there is not this one's.
        is_shared = os.path.basename(file) == _SHARED
        texts += [str(is_shared), text] if text and (not is_shared or _NAMED in text) else []
    return [*texts, __version__, sys.version, *_readers()] if texts else None


def _text(file: str) -> str | None:
    """Return what a file says, nothing where there is none; None for what is no plain file of text."""
    try:
        if not stat.S_ISREG(os.lstat(file).st_mode):
            return None
        with open(file, "rb") as stream:
            data = stream.read(_LARGEST + 1)
    except FileNotFoundError:
        return ""
    except OSError:
        return None
    return None if len(data) > _LARGEST or not data else data.decode("latin-1")


def _readers() -> Iterator[str]:
    """Yield what tells the shipped rules, and what reads them, from those of another day."""
    yield from _states(os.path.join(os.path.dirname(os.path.abspath(__file__)), "policy"))
    yield from _states(rules_folder())


def _states(folder: str) -> Iterator[str]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _states(entry.path) if entry.name != "__pycache__" else ()
        else:
            status = entry.stat()
            yield f"{entry.name} {status.st_size} {status.st_mtime_ns}"
