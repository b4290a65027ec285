"""API keys, API secrets and private keys, in any encoding: which values are worth a judgement, and that judgement."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from keylint.detectors import Detector
from keylint.documents.document import Document
from keylint.model import Fact
from keylint.sieve import ARMOUR, ED25519_PREFIX, RSA_MARKS, Run, is_hex, read, runs


def find(document: Document) -> Iterator[Fact]:
    """Yield a `credential` fact for every key, secret and private key of a document."""
    data = document.ascii
    taken: list[tuple[int, int]] = []  # in order
    if ARMOUR in data or ED25519_PREFIX in data or any(mark in data for mark in RSA_MARKS):
        from keylint.recognition.private_keys import private_keys

        for start, end, fact in sorted(private_keys(document), key=lambda found: found[:2]):
            taken.append((start, end))
            yield fact
    for start, end in runs(data):
        run = read(data, start, end)
        if run is None or _is_taken(taken, start):
            continue
        if _is_candidate(document, run):
            from keylint.recognition.credentials import credential

            found = credential(document, run)
            if found is not None:
                yield found


def _is_taken(taken: list[tuple[int, int]], offset: int) -> bool:
    place = bisect_right(taken, (offset, offset))
    return any(first <= offset < last for first, last in taken[max(0, place - 1) : place + 1])


def _is_candidate(document: Document, run: Run) -> bool:
    """Dismiss by the value alone and by what it is a piece of; what is left is a handful of values in a large tree.

    The patterns that judge those are imported late: they take longer to compile than 1,000 clean files to scan.
    """
    from keylint.recognition.shape import shape

    if is_hex(run.value) and not (run.encoding == "plain" and _may_be_hex_key(document, run)):
        return False
    if shape(run.value.decode("ascii")) not in ("random", "repetitive", "hex"):
        return False
    from keylint.recognition.surroundings import surroundings

    return surroundings(document, run.start, run.end) == "free"


def _may_be_hex_key(document: Document, run: Run) -> bool:
    """Dismiss the thousands of digests first: a hexadecimal key is bound to a name that says so."""
    before = document.lowered[max(0, run.start - 80) : run.start]
    return ("key" in before or "secret" in before or "client" in before) and document.once(_names_exchange)


def _names_exchange(document: Document) -> bool:
    return "binance" in document.lowered


DETECTOR = Detector(find)
