"""Clients of the exchange that manifests, lock files and commands name, and what gives itself out for one."""

from __future__ import annotations

from collections.abc import Iterator

from keylint.detectors import Detector
from keylint.documents.document import Document
from keylint.model import Fact
from keylint.recognition.manifests import is_manifest, reader_of

# As in keylint.recognition.client_packages, which is not loaded for nothing.
_WORDS = (b"binance", b"ccxt", b"wagni_bot", b"cryptoaitools", b"bnb-javascript-sdk")


def find(document: Document) -> Iterator[Fact]:
    """Yield a `dependency` fact for every client named, and a `malformed` one for a file that could not be parsed."""
    if reader_of(document.path) is None:
        return
    from keylint.recognition.client_packages import names_client

    if not names_client(document.lowered):
        return
    from keylint.recognition.dependencies import dependencies

    yield from dependencies(document)


DETECTOR = Detector(find, wants=is_manifest, words=_WORDS)
