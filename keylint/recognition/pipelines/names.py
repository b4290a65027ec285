"""Which of a pipeline's secrets are the exchange's."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from keylint.data import load
from keylint.model import Confidence
from keylint.recognition import vocabulary

_STEM = re.compile(r"(?i)bin+ance|bia?nance|bianace|binace|mbx|bnb")
_KEYS = ("api_key", "api_secret", "key", "secret")


class Claim(NamedTuple):
    """How sure it is that a secret is the exchange's, alone and in a repository that names the exchange."""

    confidence: Confidence
    because: str
    near: Confidence | None = None


class _Words(NamedTuple):
    neutral: frozenset[str]
    foreign: frozenset[str]
    test: tuple[str, ...]


def claim(secret: str, variable: str, *, speaks_of_exchange: bool, is_given_away: bool = False) -> Claim | None:
    """Return how far a secret is the exchange's, by its own name and the one it is bound to; None if it is not.

    `is_given_away`: an action gets it, so that a name which says nothing may be of the action's own service.
    """
    names = [name for name in (secret, variable) if name]
    words = _words()
    named = next((name for name in names if vocabulary.names_exchange(name)), None)
    if named is not None:
        if any(_is_foreign(name, words) for name in names) or not any(_is_key(name) for name in names):
            return None
        if any(word in name.lower() for name in names for word in words.test):
            return Claim("low", f"`{secret}` is named for the exchange's test network")
        return Claim("high", f"`{named}` names the exchange")
    if not all(_is_neutral(name, words) for name in names):
        return None
    if is_given_away:
        return Claim("low", f"`{secret}` names an API key, and may be of another service")
    if speaks_of_exchange:
        return Claim("medium", f"`{secret}` names an API key, in a pipeline that names the exchange")
    return Claim("low", f"`{secret}` names an API key", near="medium")


def _is_key(name: str) -> bool:
    """Tell whether a name is of a key or secret: `BINANCE_KEY`, but not `BINANCE_URL`."""
    return vocabulary.classify(name) in _KEYS


def _is_foreign(name: str, words: _Words) -> bool:
    """Tell whether what a name says besides the exchange is another service: `BINANCE_BOT_TELEGRAM_TOKEN`."""
    if not words.foreign.isdisjoint(vocabulary.words(name)):
        return True
    if not vocabulary.names_exchange(name):
        # `password: ${{ secrets.BINANCE_… }}` may be anything; `webhook` and the like are another's.
        return vocabulary.classify(name) == "other"
    return vocabulary.classify(_STEM.sub("", name)) == "other"


def _is_neutral(name: str, words: _Words) -> bool:
    parts = [part for part in vocabulary.words(name) if not part.isdigit()]
    compact = "".join(parts)
    says_api = "api" in parts or "apikey" in compact or "apisecret" in compact
    says_trade = not {"exchange", "trading", "trade", "trader"}.isdisjoint(parts)
    says_key = _is_key(name) or not {"key", "secret"}.isdisjoint(parts)
    return (says_api or says_trade) and says_key and words.neutral.issuperset(parts)


@cache
def _words() -> _Words:
    data = load("pipelines")
    neutral, foreign = (frozenset(data[name].split()) for name in ("neutral_words", "foreign_words"))
    return _Words(neutral, foreign, tuple(data["test_words"]))
