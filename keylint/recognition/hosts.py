"""Whose a host is: the exchange's, an imitation of it, one's own network's, or somebody else's."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from keylint.data import load

Kind = Literal["official", "lookalike", "internal", "other"]

ADDRESS = re.compile(
    r"(?P<scheme>https?|wss?)://(?:[^\s/@\"'<>`\\]{1,200}@)?(?P<host>[^\s/:?#\"'<>`\\{}$@(),;|\[\]]{1,253}|\[[0-9a-fA-F:.]{2,45}\])",
    re.IGNORECASE,
)
_V4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_PRIVATE = re.compile(
    r"(?:127|10|0)\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\."
)
_SECOND_LEVEL = frozenset("co com org net gov ac edu or ne".split())
_NAME = "binance"
# What follows the exchange's own domain within another: `api.binance.us.example.org`.
_EMBEDDED = re.compile(r"(?:^|\.)(?:[a-z0-9]+[.-])*binance[.-]?(?:us|com)\.")
# How the hosts begin that programs talk to, unlike those that people read.
_SERVED = re.compile(
    r"(?:s|f|d|e|p)?api|stream|fstream|dstream|ws|wss|rest|testnet|websocket|gateway|nbstream|socket|data"
)


class Host(NamedTuple):
    """A host as judged. `exchange` is empty for what belongs to none."""

    kind: Kind
    exchange: str
    serves_api: bool


@lru_cache(4096)
def host_of(name: str) -> Host:
    """Judge a host by its name alone, whatever its case."""
    host = _plain(name)
    hosts = load("hosts")
    serves = _SERVED.match(host) is not None
    for exchange, domains in hosts["exchanges"].items():
        if any(_is_under(host, domain) for domain in domains):
            return Host("official", exchange, serves)
    if "." not in host or ":" in host or _PRIVATE.match(host) or any(_is_under(host, end) for end in hosts["internal"]):
        return Host("internal", "", serves)
    if any(_is_under(host, domain) for domain in (*hosts["related"], *hosts["platforms"])) or _V4.fullmatch(host):
        return Host("other", "", serves)
    return Host("lookalike" if _imitates(host) else "other", "", serves)


def _plain(name: str) -> str:
    host = name.strip("[]").rstrip(".").lower()
    if "xn--" not in host:
        return host
    return ".".join(map(_decoded, host.split(".")))


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:  # no punycode: it imitates nothing
        return label


def _is_under(host: str, domain: str) -> bool:
    return host == domain or host.endswith("." + domain)


def _imitates(host: str) -> bool:
    hosts = load("hosts")
    skeleton = "".join(hosts["confusables"].get(character, character) for character in host)
    if _EMBEDDED.search(skeleton) and not _EMBEDDED.fullmatch(skeleton):
        return True
    labels = skeleton.split(".")
    at = -3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL and len(labels[-1]) == 2 else -2
    label = labels[at]
    if label in hosts["words"]:
        return False
    whole = label.replace("-", "")
    if _NAME in whole:
        return _is_affixed(whole.replace(_NAME, "-", 1), tuple(hosts["affixes"]))
    pieces = label.split("-")
    stems = {piece for piece in (label, pieces[0], pieces[-1]) if piece not in hosts["words"]}
    return any(_is_one_off(stem, _NAME) or _is_one_off(stem, _NAME + "us") for stem in stems)


def _is_affixed(rest: str, affixes: tuple[str, ...]) -> bool:
    """Tell whether what stands around the exchange's name is nothing but words that imitations use."""
    return all(not part or part in affixes or _is_two(part, affixes) for part in rest.split("-"))


def _is_two(part: str, affixes: tuple[str, ...]) -> bool:
    return any(part.startswith(affix) and part[len(affix) :] in affixes for affix in affixes)


def _is_one_off(found: str, name: str) -> bool:
    """Tell whether a letter was added, lost, changed, or swapped with the next."""
    if found == name or abs(len(found) - len(name)) > 1 or len(found) < len(_NAME) - 1:
        return False
    start = next(
        (at for at, pair in enumerate(zip(found, name, strict=False)) if pair[0] != pair[1]), min(len(found), len(name))
    )
    one, other = found[start:], name[start:]
    return (
        one[1:] == other[1:]
        or one[1:] == other
        or one == other[1:]
        or (one[:2] == other[:2][::-1] and one[2:] == other[2:])
    )
