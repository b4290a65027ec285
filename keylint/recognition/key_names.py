"""Names whose value is a key or secret of the exchange, and not something about one."""

from __future__ import annotations

import re
from functools import lru_cache

from keylint.documents.document import Document
from keylint.recognition import vocabulary
from keylint.recognition.exchange import exchange_in
from keylint.sieve import holds_match

# What a text must hold, in lower case, before it is worth a closer look.
KEYISH = re.compile(r"api[_. -]?key|api[_. -]?sec|secret|private[_-]?key|access[_-]?key|x-mbx|binance\w{0,20}key")
# Each of its alternatives begins with one of these, which are found in a fraction of the time.
_STEMS = ("api", "secret", "private", "access", "x-mbx", "binance")
holds_keyish = holds_match(KEYISH.pattern.encode())


def keyish_places(lowered: str) -> list[int]:
    """Return where such words begin, in order. Units: characters of a text in lower case."""
    found: list[int] = []
    for stem in _STEMS:
        place = lowered.find(stem)
        while place >= 0:
            if KEYISH.match(lowered, place):
                found.append(place)
            place = lowered.find(stem, place + 1)
    return sorted(found)


# The exchange's signatures are made with the secret; the same word stands for much else.
_SIGNED = frozenset("signature signatures signed signedurl signedquery signedrequest signedparams".split())
# What may follow the word for a key: of which account, in which form.
_FORMS = frozenset(
    "us com live real test testnet prod production main mainnet master sub futures spot margin binance str string "
    "value val values bytes text raw new old env plain encoded decoded b64 base64 hmac ed25519 rsa id".split()
)
_KEYS = ("key", "keys", "secret", "secrets", "sec", "apisec", "passphrase", "sk", "apitoken", "apik")
# What makes a name one about a key: whether there is one, what it looks like, what hides it.
_ABOUT = frozenset(
    "has have had is are was no need needs require requires required use uses using with without valid invalid check "
    "show hide toggle public pub validate hashed masked mask encrypted cipher redacted hidden obfuscated censored "
    "missing empty default placeholder sample example dummy fake count total num len length size error errors per by "
    "on handle update delete remove create add save reset revoke rotate generate missing unknown which type".split()
)


@lru_cache(4096)
def is_key_name(name: str) -> bool:
    """Tell whether a name, dotted or `$NAME`, is bound to an API key or secret itself."""
    if vocabulary.classify(name.lstrip("$")) not in ("api_key", "api_secret"):
        return False
    parts = [part for part in vocabulary.words(name.rpartition(".")[2]) if not part.isdigit()]
    if not _ABOUT.isdisjoint(parts):
        return False
    while len(parts) > 1 and parts[-1] in _FORMS:
        parts.pop()
    # Python's module for random values is called so.
    return bool(parts) and parts != ["secrets"] and parts[-1].endswith(_KEYS)


def is_signed_name(name: str) -> bool:
    """Tell whether a name is that of a signature or of a signed request."""
    return "".join(vocabulary.words(name.rpartition(".")[2])) in _SIGNED


def is_about_exchange(document: Document) -> bool:
    """Tell whether a document speaks of the exchange, in its text or by its name."""
    return exchange_in(document) != "unknown" or "binance" in document.path.lower()
