"""Variables that code and config read keys from: what ties an inventory entry to the code that uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.detectors import Detector
from keylint.documents.document import Document
from keylint.model import Fact

# How a variable of the environment is read: os.environ["NAME"], getenv("NAME"), process.env.NAME, ENV["NAME"],
# env::var("NAME"), config("NAME"), $env:NAME, ${NAME}, secrets.NAME, %NAME%; and how one is set for others, NAME: … or
# NAME=…. Told by the text alone: parsing every file that names the exchange would take ten times as long as the scan.
# Compiled when first used.
_REFERENCE = (
    r"(?:environ|env|config|variables?|var|lookup|secrets|vars)(?:\.get|\.fetch|\.require)?[\[(.:\"'\s]{1,6}"
    r"(?P<read>[A-Za-z_][A-Za-z0-9_]{4,80})"
    r"|(?:\$\{|\$|%)(?P<shown>[A-Za-z_][A-Za-z0-9_]{4,80})"
    r"|^[ \t-]{0,40}(?:export[ \t]+|ENV[ \t]+|ARG[ \t]+)?[\"']?(?P<set>[A-Z_][A-Z0-9_]{4,80})[\"']?[ \t]*[:=]"
)
_MOST = 500


def find(document: Document) -> Iterator[Fact]:
    """Yield a `reference` fact for every variable named after a key, once a file. No rule speaks of these facts."""
    if "binance" not in document.lowered or "key" not in document.lowered:
        return
    from keylint.recognition import vocabulary
    from keylint.recognition.exchange import exchange_in, exchange_of
    from keylint.recognition.masking import quotation
    from keylint.recognition.places import context_of

    context = context_of(document.path)
    if context in ("test", "docs"):
        return
    seen: set[str] = set()
    for match in re.finditer(_REFERENCE, document.text, re.MULTILINE | re.IGNORECASE):
        group = match.lastgroup
        assert group is not None
        name = match[group]
        if name in seen or "key" not in name.lower() or (group == "set" and not name.isupper()):
            continue
        seen.add(name)
        if len(seen) > _MOST:
            return
        if vocabulary.classify(name) != "api_key":
            continue
        own = exchange_of(name.lower())
        exchange = exchange_in(document) if own in ("binance", "unknown") else own
        start, end = match.span(group)
        yield Fact(
            target="reference",
            location=document.location(start, end),
            identity=f"reference {document.path} {name}",
            attributes={
                "name": name,
                "exchange": exchange,
                "context": context,
                # A name that does not say whose key it is may be anybody's.
                "confidence": "high" if vocabulary.names_exchange(name) else "low",
            },
            excerpt=quotation(document, start, end),
        )


DETECTOR = Detector(find, words=(b"binance",))
