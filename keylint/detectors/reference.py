"""Variables that code and config read keys from: what ties an inventory entry to the code that uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.detectors import Detector
from keylint.documents.document import Document
from keylint.model import Fact

# A reference in config: ${NAME}, $NAME, secrets.NAME, %NAME%, and a name that is set, as in a mapping of variables.
_REFERENCE = re.compile(
    r"(?:\$\{|\$|%|secrets\.|env\.|vars\.)(?P<name>[A-Za-z_][A-Za-z0-9_]{2,80})"
    r"|^[ \t-]{0,40}(?:export[ \t]+)?(?P<set>[A-Z_][A-Z0-9_]{2,80})[ \t]*[:=]",
    re.MULTILINE,
)
_MOST = 500


def find(document: Document) -> Iterator[Fact]:
    """Yield a `reference` fact for every variable named after a key, once a file. No rule speaks of these facts."""
    if "binance" not in document.lowered and "bnb" not in document.lowered:
        return
    from keylint.recognition import vocabulary
    from keylint.recognition.exchange import exchange_in, exchange_of
    from keylint.recognition.masking import excerpt_around
    from keylint.recognition.places import context_of

    context = context_of(document.path)
    if context in ("test", "docs"):
        return
    seen: set[str] = set()
    for name, start, end in _names(document):
        kind = vocabulary.classify(name)
        if name in seen or kind not in ("api_key", "api_secret") or len(seen) >= _MOST:
            continue
        seen.add(name)
        own = exchange_of(name.lower())
        exchange = exchange_in(document) if own in ("binance", "unknown") else own
        yield Fact(
            target="reference",
            location=document.location(start, end),
            identity=f"reference {document.path} {name}",
            attributes={
                "name": name,
                "kind": kind,
                "exchange": exchange,
                "context": context,
                # A name that does not say whose key it is may be anybody's.
                "confidence": "high" if vocabulary.names_exchange(name) else "low",
            },
            excerpt=excerpt_around(document, start, end),
        )


def _names(document: Document) -> Iterator[tuple[str, int, int]]:
    """Yield the variables that a document reads, with their half-open spans."""
    from keylint.documents.code import code

    source = document.once(code)
    if source is not None:
        for read in source.reads:
            yield read.name, read.start, read.end
        return
    for match in _REFERENCE.finditer(document.text):
        group = "name" if match["name"] else "set"
        yield match[group], *match.span(group)


DETECTOR = Detector(find, words=(b"binance",))
