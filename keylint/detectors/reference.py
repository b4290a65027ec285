"""Variables that code and config read keys from: what ties an inventory entry to the code that uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.detectors import Detector
from keylint.documents.document import Document
from keylint.model import Fact
from keylint.recognition.exchange import names_exchange

# How a variable of the environment is read: os.environ["NAME"], getenv("NAME"), process.env.NAME, ENV["NAME"],
# env::var("NAME"), config("NAME"), $env:NAME, ${NAME}, secrets.NAME, %NAME%; and how one is set for others, NAME: … or
# NAME=…. Told by the text around each name with "key" in it: to parse every file that names the exchange would take ten
# times as long as the scan, and one pattern over whole texts half of it. Compiled when first used.
_READ = (
    r"(?i)(?:(?:environ|env|config|variables?|var|lookup|secrets|vars)(?:\.get|\.fetch|\.require)?[\[(.:\"'\s]{1,6}"
    r"|\$\{|\$|%)\Z"
)
_SET = r"(?im)^[ \t-]{0,40}(?:export[ \t]+|ENV[ \t]+|ARG[ \t]+)?[\"']?\Z"
_TO = r"[\"']?[ \t]*[:=]"
_BEFORE = 60
_WORD = "abcdefghijklmnopqrstuvwxyz0123456789_"
_SHORTEST, _LONGEST = 5, 80
_MOST = 500


def find(document: Document) -> Iterator[Fact]:
    """Yield a `reference` fact for every variable named after a key, once a file. No rule speaks of these facts."""
    if not document.once(names_exchange) or "key" not in document.lowered:
        return
    from keylint.recognition import vocabulary
    from keylint.recognition.exchange import exchange_in, exchange_of
    from keylint.recognition.masking import quotation
    from keylint.recognition.places import context_of

    context = context_of(document.path)
    if context in ("test", "docs"):
        return
    seen: set[str] = set()
    for start, end in _names(document.lowered):
        name = document.text[start:end]
        if name in seen or not _is_variable(document.text, start, end):
            continue
        seen.add(name)
        if len(seen) > _MOST:
            return
        if vocabulary.classify(name) != "api_key":
            continue
        own = exchange_of(name.lower())
        exchange = exchange_in(document) if own in ("binance", "unknown") else own
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


def _names(lowered: str) -> Iterator[tuple[int, int]]:
    """Yield the half-open spans of the names with "key" in them."""
    at = lowered.find("key")
    while at >= 0:
        before, after = lowered[max(0, at - _LONGEST) : at], lowered[at : at + _LONGEST]
        start = at - len(before) + len(before.rstrip(_WORD))
        end = at + len(after) - len(after.lstrip(_WORD))
        if _SHORTEST <= end - start <= _LONGEST and not lowered[start].isdigit():
            yield start, end
        at = lowered.find("key", end)


def _is_variable(text: str, start: int, end: int) -> bool:
    """Tell whether a name is one of a variable that is read, or set for others, where it stands."""
    before = max(0, start - _BEFORE)
    if re.compile(_READ).search(text, before, start):
        return True
    return (
        text[start:end].isupper()
        and re.compile(_SET).search(text, before, start) is not None
        and re.compile(_TO).match(text, end) is not None
    )


DETECTOR = Detector(find, words=(b"binance",))
