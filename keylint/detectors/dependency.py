"""Clients of the exchange that manifests, lock files and commands name, and what gives itself out for one."""

from __future__ import annotations

from collections.abc import Iterator

from keylint.detectors import Detector
from keylint.documents.document import Document
from keylint.model import Fact
from keylint.recognition.manifests import COMMANDS, is_manifest, reader_of
from keylint.sieve import holds_match

# As in keylint.recognition.client_packages, which is not loaded for nothing.
_WORDS = (b"binance", b"ccxt", b"wagni_bot", b"cryptoaitools", b"bnb-javascript-sdk")
# What a command that installs something has after its tool's name; in a notebook a tab is written out.
_installs = holds_match(rb"(?:[ \t\"']|\\t)(?:install|add|i|get|require)[ \t\\\"']")


def find(document: Document) -> Iterator[Fact]:
    """Yield a `dependency` fact for every client named, and a `malformed` one for a file that could not be parsed."""
    reader = reader_of(document.path)
    if reader is None or (reader == COMMANDS and not _installs(document.ascii)):
        return
    from keylint.recognition.client_packages import names_client

    if not names_client(document.lowered):
        return
    from keylint.recognition.dependencies import dependencies

    yield from dependencies(document)


DETECTOR = Detector(find, wants=is_manifest, words=_WORDS)
