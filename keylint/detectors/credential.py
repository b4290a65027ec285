"""API keys, API secrets and private keys, in any encoding: which values are worth a judgement, and that judgement."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import TYPE_CHECKING

from keylint.detectors import Detector
from keylint.documents.document import Document
from keylint.model import Fact
from keylint.recognition.exchange import names_exchange
from keylint.sieve import (
    ARMOUR,
    ED25519_PREFIX,
    KEY_LENGTH,
    RSA_MARKS,
    Run,
    are_enough,
    differing,
    holds_escapes,
    holds_pieces,
    holds_word,
    is_glued,
    is_hex,
    may_encode_text,
    pieces,
    read,
    runs,
)

if TYPE_CHECKING:
    from keylint.recognition.encoded import Encoded

# An encoding of an encoding of a text is read; one of that is not.
_DEEPEST = 2
# Where none of these stands, in any case, nothing is put together.
_speaks_of_keys = holds_word((b"binance", b"api_key", b"apikey", b"api-key", b"api key", b"secret"))


def find(document: Document) -> Iterator[Fact]:
    """Yield a `credential` fact for every key, secret and private key of a document."""
    yield from _find(document, depth=0)


def _find(document: Document, depth: int) -> Iterator[Fact]:
    yield from _in_one_piece(document, depth)
    # Only where a key, or the exchange, is spoken of at all it is asked what else could be one.
    if _speaks_of_keys(document.ascii):
        yield from _put_together(document)


def _in_one_piece(document: Document, depth: int) -> Iterator[Fact]:
    data = document.ascii
    taken: list[tuple[int, int]] = []  # in order
    if ARMOUR in data or ED25519_PREFIX in data or any(mark in data for mark in RSA_MARKS):
        from keylint.recognition.private_keys import private_keys

        for start, end, fact in sorted(private_keys(document), key=lambda found: found[:2]):
            taken.append((start, end))
            yield fact
    until = tried = 0
    is_of_exchange = document.once(names_exchange)
    for start, end in runs(data):
        # Most runs of a lock file are digests: thousands of them, dismissed before anything is built for them.
        if (
            end - start == KEY_LENGTH
            and is_hex(data[start:end])
            and not (is_of_exchange and _is_named(document, start))
        ):
            continue
        if start < until or (taken and _is_taken(taken, start)):
            continue
        if depth < _DEEPEST and start >= tried and may_encode_text(data, start, end):
            from keylint.recognition.encoded import encoded

            within = encoded(document, start, end)
            if within is not None:
                tried = within.end
                if within.text:
                    until = within.end
                    yield from _within(document, within, depth)
                    continue
        run = read(data, start, end)
        if run is not None and _is_candidate(document, run):
            from keylint.recognition.credentials import credential

            found = credential(document, run)
            if found is not None:
                yield found


def _within(document: Document, within: Encoded, depth: int) -> Iterator[Fact]:
    """Yield the facts of a text that another spells out, each where it is spelt."""
    from keylint.recognition.credentials import bare_values, credential, moved
    from keylint.recognition.encoded import place_in

    values = bare_values(within.text)
    if values:
        for place, value in enumerate(values):
            run = Run(within.start, within.end, value.encode(), within.encoding)
            half = place if len(values) > 1 else None
            found = credential(document, run, half=half) if _is_candidate(document, run) else None
            if found is not None:
                yield found
        return
    inner, heard = _inner(document, document.path, within.text)
    for fact in _find(inner, depth + 1):
        found = moved(fact, document, *place_in(document, within, fact.location.line), heard)
        line = f", line {fact.location.line} of it" if fact.location.line > 1 else ""
        because = f"{found.attributes['because']}, within {within.encoding}{line}"
        yield found._replace(attributes={**found.attributes, "encoding": within.encoding, "because": because})


def _inner(document: Document, path: str, text: str) -> tuple[Document, dict[str, str]]:
    """Return a text within a document as one itself, and the secrets that its witness is going to hear of."""
    heard: dict[str, str] = {}

    def note(fact: Fact, _text: str, secret: str) -> None:
        heard[fact.identity] = secret

    return Document(path, text, witness=note if document.witness is not None else None), heard


def _put_together(document: Document) -> Iterator[Fact]:
    """Yield the facts of values that stand nowhere in one piece, or with every character written as an escape."""
    data = document.ascii
    places = list(pieces(data))
    in_pieces, in_escapes = are_enough(data, places), holds_escapes(data)
    if not in_pieces and not in_escapes:
        return
    from keylint.recognition.credentials import credential, credential_of_pieces, moved
    from keylint.recognition.escaped import escaped
    from keylint.recognition.joined import joined, windows
    from keylint.recognition.wrapped import wrapped

    if document.path.lower().endswith(".ipynb"):
        from keylint.documents.notebook import cells

        for cell in document.once(cells):
            inner, heard = _inner(document, document.path.removesuffix(".ipynb"), cell.text)
            for fact in _put_together(inner):
                yield moved(fact, document, *cell.span(*inner.span(fact.location)), heard)
        return
    found: list[Fact | None] = []
    if in_pieces:
        near = windows(document.text, places)
        found += [credential_of_pieces(document, value) for value in joined(document, near)]
        # Lines of many things are cut: only what is bound to a name for a key, or the like, counts.
        cut = (credential_of_pieces(document, value) for value in wrapped(document, near))
        found += [fact for fact in cut if fact is not None and fact.attributes["confidence"] == "high"]
    if in_escapes:
        found += [credential(document, run, begin=begin) for run, begin in escaped(document)]
    yield from (fact for fact in found if fact is not None)


def _is_taken(taken: list[tuple[int, int]], offset: int) -> bool:
    place = bisect_right(taken, (offset, offset))
    return any(first <= offset < last for first, last in taken[max(0, place - 1) : place + 1])


def _is_candidate(document: Document, run: Run) -> bool:
    """Dismiss by the value alone and by what it is a piece of; what is left is a handful of values in a large tree.

    The patterns that judge those are imported late: they take longer to compile than 1,000 clean files to scan.
    """
    if is_hex(run.value) and not (
        run.encoding == "plain" and document.once(names_exchange) and _is_named(document, run.start)
    ):
        return False
    if is_glued(document.ascii, run.start, run.end):
        return False
    from keylint.recognition.shape import shape

    if shape(run.value.decode("ascii")) not in ("random", "repetitive", "hex"):
        return False
    from keylint.recognition.surroundings import surroundings

    return surroundings(document, run.start, run.end) == "free"


def _is_named(document: Document, start: int) -> bool:
    """Tell a hexadecimal key, which is bound to a name that says so, from a digest."""
    before = document.lowered[max(0, start - 80) : start]
    return "key" in before or "secret" in before or "client" in before


class _Versions:
    """Tells of one version of a file after the other whether a value may be put together in it."""

    def __init__(self) -> None:
        # The last one without: the next is a version of the same file, more often than not.
        self._without = b""

    def __call__(self, data: bytes) -> bool:
        if not _speaks_of_keys(data):
            return False
        new = differing(self._without, data)
        if _may_be_put_together(new) and (holds_pieces(data) or holds_escapes(data)):
            return True
        self._without = data
        return False


def _may_be_put_together(new: bytes) -> bool:
    """Tell whether one piece may be new, for the others may be older, or all characters of a value as escapes."""
    return next(pieces(new), None) is not None or holds_escapes(new)


DETECTOR = Detector(find, past=True, versions=_Versions)
