"""What a scan asks of a policy before anything is found, remembered: reading all of it takes longer than a hook.

It counts only while the configuration, the shipped rules and the code that reads both are the same; of the
configuration's own text no more than a digest and what is named in `Outline` is kept.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from keylint import __version__
from keylint.cache import cache_folder, libraries, read_own, states, write_own
from keylint.model import CONFIG_FILE, MISNAMED_CONFIG, PYPROJECT, Client, Pattern
from keylint.policy.bounds import is_inside
from keylint.policy.shipped import BUILT_IN, rules_folder
from keylint.sieve import of_interest

if TYPE_CHECKING:
    from keylint.policy.policy import Policy

_FOLDER = "policies"
_LARGEST = 1 << 20
# What has one of so many beginnings in common shares a place: there are no more files than that.
_PLACE = 3
_NAMED = b"keylint"
# What reads a configuration, besides the folder of policies.
_READERS = ("model.py", os.path.join("recognition", "packages.py"))


class Outline(NamedTuple):
    """What a scan needs of a policy that has no waivers: what is left out and looked for; named as in `Policy`."""

    exclude: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    clients: tuple[Client, ...]
    inventory: tuple[str, ...]
    trust: tuple[str, ...]
    names_inventory: bool


class Key(NamedTuple):
    """What an outline is remembered under. Shape: a digest of all that the policy hangs on, and the file."""

    digest: str
    file: str


def key_of(root: str, bounds: str, config: str | None = None) -> Key | None:
    """Return the key of a scan root's configuration, or of a file that was named instead; None: it is to be read.

    So is one with something like a key in it, and every one where what is remembered would lie within the bounds of
    what is scanned: a repository could bring it along.
    """
    place = cache_folder()
    if place is None or is_inside(os.path.join(place, _FOLDER), bounds):
        return None
    try:
        said = _said(root, config)
        readers = [*_readers(), *libraries()] if said else []
    except OSError:
        return None
    if not said or any(map(of_interest, said)):
        return None
    digest = _digest((*said, *(os.fsencode(one) for one in (__version__, sys.version, *readers))))
    return Key(digest, os.path.join(place, _FOLDER, f"{digest[:_PLACE]}.json"))


def outline_of(key: Key) -> Outline | None:
    """Return what is remembered; None if nothing is."""
    try:
        data = read_own(key.file, _LARGEST)
        if data is None:
            return None
        import json

        digest, described = json.loads(data)
        if digest != key.digest:
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


def remember(key: Key, policy: Policy) -> None:
    """Remember a policy made of shipped packs alone. Never raises."""
    if policy.waivers or "waivers" in policy.trust or not all(name.startswith(BUILT_IN) for name in policy.extends):
        return
    import json

    outline = Outline(
        policy.exclude, policy.patterns, policy.clients, policy.inventory, policy.trust, policy.names_inventory
    )
    with suppress(UnicodeError):
        data = json.dumps([key.digest, outline]).encode()
        if len(data) <= _LARGEST:
            write_own(key.file, data)


def _said(root: str, config: str | None) -> list[bytes]:
    """Return what the configuration says, each text after what it is of; nothing if it is to be read for itself.

    Raises: OSError.
    """
    if config is None and os.path.lexists(os.path.join(root, MISNAMED_CONFIG)):
        return []
    files = (os.path.join(root, CONFIG_FILE), os.path.join(root, PYPROJECT)) if config is None else (config,)
    said: list[bytes] = []
    for file in files:
        try:
            status = os.lstat(file)
        except FileNotFoundError:
            continue
        if not stat.S_ISREG(status.st_mode) or not 0 < status.st_size <= _LARGEST:
            return []
        with open(file, "rb") as stream:
            text = stream.read(_LARGEST + 1)
        # What other tools are told there is not this one's.
        is_shared = os.path.basename(file) == PYPROJECT
        if not is_shared or _NAMED in text:
            said += [b"shared" if is_shared else b"own", text]
    return said


def _digest(said: tuple[bytes, ...]) -> str:
    try:
        from _blake2 import blake2b  # hashlib, which hands it on, takes ten times as long to import
    except ImportError:
        from hashlib import blake2b
    whole = blake2b(digest_size=20)
    for one in said:
        whole.update(b"%d " % len(one))
        whole.update(one)
    return whole.hexdigest()


def _readers() -> Iterator[str]:
    """Yield what tells the shipped rules, and what reads them, from those of another day."""
    package = os.path.dirname(os.path.abspath(__file__))
    for name in _READERS:
        status = os.stat(os.path.join(package, name))
        yield f"{name} {status.st_size} {status.st_mtime_ns}"
    yield from states(os.path.join(package, "policy"))
    yield from states(rules_folder())
