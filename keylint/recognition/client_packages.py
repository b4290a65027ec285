"""Clients of the exchange: the catalogue, and names that are made to be taken for those in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from keylint.model import Client
from keylint.recognition.packages import normalised

# A text without any of these names no client. What is malicious by another name stands here besides the stems.
STEMS = ("binance", "ccxt", "wagni_bot", "cryptoaitools", "bnb-javascript-sdk")
# The stems with a letter dropped, added, swapped or replaced; `finance` is a word of its own. A `?` stands for what is
# not ASCII and could pass for a letter. Several patterns, for each begins with a letter that is quickly found.
_MISTYPED = (
    re.compile(
        r"b(?:nance|iance|innce|inace|inane|inanc(?!e)|niance|ianance|iannce|inacne|innace|inanec"
        r"|[a-hj-z0-9?]nance|i[a-mo-z0-9?]ance|in[b-z0-9?]nce|ina[a-mo-z0-9?]ce|inan[abd-z0-9?]e"
        r"|i[a-z0-9?]nance|in[a-z0-9?]ance|ina[a-z0-9?]nce|inan[a-z0-9?]ce|[1li?]n[4a?]nc[3e?])"
    ),
    re.compile(r"inance(?<=[ac-eg-z0-9?]inance)"),
    re.compile(r"\?cxt"),
    re.compile(r"c(?:ctx|xct|cxxt|ccxt|cxtt|\?xt|c\?t|cx\?)(?![a-z])"),
)
_SEPARATORS = re.compile(r"[-_./:@\s]+")
# Characters that pass for others; of two letters that pass for one the pair comes first.
_ALIKE = str.maketrans("0134578іаеосрухѕԁһјνɑοιεαкмтɡ", "olea5tb" "iaeocpyxsdhjvaoieakmtg")  # fmt: skip  # noqa: RUF001
_PAIRS = (("rn", "m"), ("vv", "w"))
_SHORTEST = 7
# The one name too short to be told by a letter.
_TWISTED = frozenset(("cctx", "cxct", "ccxxt", "cccxt", "ccxtt"))
_LONGEST = 100
# Words that are a letter away from the exchange's name.
_WORDS = ("finance", "financ", "balance", "finanze")
# What people who are not the exchange call a scope to be taken for it.
_OFFICIAL_WORDS = frozenset(
    "official api sdk js node org team dev labs exchange connector io com us inc libs packages".split()
)


class Resemblance(NamedTuple):
    """The client that a name is made to look like, and what shows it, in words."""

    client: Client
    because: str
    is_fork: bool = False


class Catalogue(NamedTuple):
    """The clients known, by ecosystem and normalised name."""

    clients: Mapping[tuple[str, str], Client]
    prefixes: tuple[tuple[str, str, Client], ...]

    def get(self, ecosystem: str, name: str) -> Client | None:
        """Return the entry of a package, or of what it is a part of."""
        name = normalised(ecosystem, name)
        found = self.clients.get((ecosystem, name))
        if found is None:
            for at, prefix, client in self.prefixes:
                if at == ecosystem and name.startswith(prefix):
                    return client
        return found


def catalogue_of(clients: Iterable[Client]) -> Catalogue:
    """Return a catalogue. A name that ends in `*` stands for all that begin so."""
    exact: dict[tuple[str, str], Client] = {}
    prefixes: list[tuple[str, str, Client]] = []
    for client in clients:
        if client.name.endswith("*"):
            prefixes.append((client.ecosystem, client.name[:-1].lower(), client))
        else:
            exact[client.ecosystem, normalised(client.ecosystem, client.name)] = client
    return Catalogue(exact, tuple(prefixes))


@cache
def shipped() -> Catalogue:
    """Return the catalogue that ships."""
    from keylint.data import load

    return catalogue_of(
        Client(
            ecosystem=entry["ecosystem"],
            name=entry["name"],
            status=entry["status"],
            floor=entry.get("floor"),
            replacement=entry.get("replacement"),
            reason=entry.get("reason", ""),
            versions=tuple(entry.get("versions", ())),
        )
        for entry in load("clients")["clients"]
    )


def names_client(lowered: str) -> bool:
    """Tell whether a text could name a client, or something that is made to look like one."""
    return any(stem in lowered for stem in STEMS) or any(pattern.search(lowered) for pattern in _MISTYPED)


def resemblance(ecosystem: str, name: str) -> Resemblance | None:
    """Return what a name that is not in the catalogue is made to look like, if anything."""
    if len(name) > _LONGEST or not names_client(_plain(name)):
        return None
    targets = _targets(ecosystem)
    bare = normalised(ecosystem, name)
    if ecosystem == "npm" and bare[:1] == "@":
        return _in_scope(bare, targets)
    folded = folded_name(bare)
    same = targets.by_folded.get(folded)
    if same is not None:
        return Resemblance(same, f"reads like {_shown(same)}")
    swapped = targets.by_words.get(_words(bare))
    if swapped is not None:
        return Resemblance(swapped, f"has the words of {_shown(swapped)} in another order")
    if folded in _TWISTED:
        short = targets.by_folded.get("ccxt")
        return Resemblance(short, f"one letter from {_shown(short)}") if short else None
    if len(folded) < _SHORTEST or (_is_word(folded) and "binance" not in folded):
        return None
    for form in _forms(bare):
        for shorter in sorted(_without_one(form)):
            for target in targets.by_shorter.get(shorter, ()):
                if _is_near(form, target):
                    client = targets.by_folded[target]
                    return Resemblance(client, f"one letter from {_shown(client)}")
    return None


def _in_scope(name: str, targets: _Targets) -> Resemblance | None:
    scope, _, rest = name[1:].partition("/")
    if scope == "binance":
        return None  # nobody else can publish under it
    client = targets.by_folded.get(folded_name(f"@binance/{rest}")) or targets.by_folded[folded_name("@binance/spot")]
    folded = folded_name(scope)
    words = frozenset(_SEPARATORS.split(scope)) - {"", "binance"}
    if folded == "binance" or (_is_near(folded, "binance") and not _is_word(folded)):
        return Resemblance(client, f"its scope @{scope} reads like @binance, the exchange's own")
    if "binance" in _SEPARATORS.split(scope) and words and words <= _OFFICIAL_WORDS:
        return Resemblance(client, f"its scope @{scope} gives itself out for the exchange, whose own is @binance")
    copied = targets.by_folded.get(folded_name(rest))
    if copied is not None:
        return Resemblance(copied, f"{_shown(copied)} by the same name in another scope", is_fork=True)
    return None


def _shown(client: Client) -> str:
    return client.name.removesuffix("*")


class _Targets(NamedTuple):
    """What is worth imitating, by the forms that imitations are told by."""

    by_folded: Mapping[str, Client]
    by_words: Mapping[tuple[str, ...], Client]
    by_shorter: Mapping[str, tuple[str, ...]]


@cache
def _targets(ecosystem: str) -> _Targets:
    from keylint.data import load

    imitated = [
        entry["name"]
        for entry in load("clients")["clients"]
        if entry["ecosystem"] == ecosystem and (entry["status"] == "official" or entry.get("imitated"))
    ]
    by_folded: dict[str, Client] = {}
    by_words: dict[tuple[str, ...], Client] = {}
    by_shorter: dict[str, set[str]] = {}
    for name in imitated:
        client = shipped().get(ecosystem, name.removesuffix("*"))
        assert client is not None
        bare = normalised(ecosystem, name.removesuffix("*"))
        if len(_words(bare)) > 1:
            by_words.setdefault(_words(bare), client)
        for form in _forms(bare):
            by_folded.setdefault(form, client)
            for shorter in _without_one(form) if len(form) >= _SHORTEST else ():
                by_shorter.setdefault(shorter, set()).add(form)
    return _Targets(by_folded, by_words, {key: tuple(sorted(value)) for key, value in by_shorter.items()})


def folded_name(name: str) -> str:
    """Return a name without separators, and with every character as the one that it could be taken for."""
    return _SEPARATORS.sub("", _plain(name))


def _forms(name: str) -> tuple[str, ...]:
    """Return a name as it could be read, and as it is spelled: a letter between two that pass for one parts them."""
    read, spelled = folded_name(name), _SEPARATORS.sub("", _letters(name))
    return (read,) if read == spelled else (read, spelled)


def _plain(name: str) -> str:
    text = _letters(name)
    for pair, letter in _PAIRS:
        text = text.replace(pair, letter)
    return text


def _letters(name: str) -> str:
    return unicodedata.normalize("NFKC", name).lower().translate(_ALIKE)


def _words(name: str) -> tuple[str, ...]:
    return tuple(sorted(word for word in _SEPARATORS.split(_plain(name)) if word))


def _without_one(text: str) -> set[str]:
    return {text} | {text[:place] + text[place + 1 :] for place in range(len(text))}


def _is_word(folded: str) -> bool:
    return any(word in folded for word in _WORDS)


def _is_near(one: str, other: str) -> bool:
    """Tell whether one letter dropped, added, replaced or swapped with its neighbour makes one text of the other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return one == other
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    if one[start + 1 :] == other[start + 1 :] or one[start:] == other[start + 1 :] or one[start + 1 :] == other[start:]:
        return True
    return one[start : start + 2] == other[start : start + 2][::-1] and one[start + 2 :] == other[start + 2 :]
