"""Private keys: armoured blocks and bare PKCS#8 or PKCS#1 base64, and whether they sign exchange requests."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.model import Fact
from keylint.recognition.credentials import Verdict, credential_fact
from keylint.recognition.exchange import exchange_in
from keylint.recognition.places import context_of
from keylint.recognition.surroundings import armours

_BARE = re.compile(
    r"(?<![A-Za-z0-9+/])(?:MC4CAQAwBQYDK2VwBCIEI[A-Za-z0-9+/]{43}"
    r"|MII[A-Za-z0-9+/]{2,4}IB(?:ADANBgkqhkiG9w0BAQEFAASC|AAKCAQEA)[A-Za-z0-9+/]{300,})(?![A-Za-z0-9+/])"
)
# A key of a server's certificate signs no requests.
_SERVER_PATH = re.compile(
    r"(?i)(?:^|/)[^/]*(?:tls|ssl|https|server|localhost|cert|ssh|nginx|(?<![a-z])ca(?![a-z]))[^/]*(?:/[^/]*)?$"
)
_CERTIFICATE = "-----BEGIN CERTIFICATE"
# How far from a key its certificate may stand in one file. Units: characters.
_BESIDE = 4000
# The shortest private key is the 64 characters of Ed25519; less, or a few characters over and over, is a placeholder.
_SHORTEST = 60
# Examples of what one looks like show its first line: those of RSA, of DSA and of OpenSSH are never as short as that,
# nor is what tells its length in two bytes.
_SHORTEST_OF = {"RSA PRIVATE KEY": 420, "DSA PRIVATE KEY": 420, "OPENSSH PRIVATE KEY": 300}
_LONG, _SHORTEST_LONG = "MII", 340
_LEAST_DISTINCT = 20


def private_keys(document: Document) -> Iterator[tuple[int, int, Fact]]:
    """Yield the private keys of a document with their half-open spans."""
    text = document.text
    for block in armours(document):
        if block.label.endswith("PRIVATE KEY") and _is_key_material(block.body, _least(block.label, block.body)):
            encrypted = "ENCRYPTED" in block.label or "ENCRYPTED" in block.inside
            yield block.start, block.end, _private_key(document, block.start, block.end, block.body, encrypted)
    for match in _BARE.finditer(text) if "MII" in text or "MC4C" in text else ():
        if _is_key_material(match[0]):
            yield match.start(), match.end(), _private_key(document, match.start(), match.end(), match[0], False)


def _least(label: str, body: str) -> int:
    return _SHORTEST_OF.get(label, _SHORTEST_LONG if body.startswith(_LONG) else _SHORTEST)


def _is_key_material(body: str, least: int = _SHORTEST) -> bool:
    return len(body) >= least and len(set(body)) >= _LEAST_DISTINCT


def _private_key(document: Document, start: int, end: int, body: str, encrypted: bool) -> Fact:
    if context_of(document.path) == "test":
        # No recording holds one: it never goes over the wire. Those of tests were made for them.
        verdict = Verdict("private_key", "low", "a private key among tests")
    elif exchange_in(document) != "unknown" or "binance" in document.path.lower():
        verdict = Verdict("private_key", "high", "a private key where the exchange is named")
    else:
        beside = document.text[max(0, start - _BESIDE) : end + _BESIDE]
        server = _CERTIFICATE in beside or _SERVER_PATH.search(document.path) is not None
        verdict = Verdict("private_key", "low", "a private key by its form", None if server else "medium")
    return credential_fact(document, start, end, body, verdict, encrypted=encrypted)
