"""What the places where a key leaks by use have in common."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from keylint.documents.code import language_of
from keylint.documents.document import Document
from keylint.model import Confidence
from keylint.recognition.key_names import is_about_exchange, is_key_name
from keylint.recognition.places import context_of
from keylint.recognition.programs import program
from keylint.recognition.vocabulary import names_exchange, owns

# Addresses of services; those of pages that explain something end otherwise.
_HOST = re.compile(r"https?://(?:api|pro-api|rest|www\.api|gateway)[\w.-]{0,100}|https?://[\w.-]{0,100}/(?:api|v\d)\b")
_CLIENT = re.compile(
    r"x-mbx|binance\.(?:us|com|client|spot|enums|exceptions|vision)|(?:import|from|require|using|use)\b.{0,60}(?:binance|ccxt)|"
    r"binance_?(?:us|api|key|secret|client|exchange|bot|live|test)|ccxt\.|new binance|tld"
)

Channel = Literal["log", "url", "command-line", "image-layer", "exception"]


class Exposure(NamedTuple):
    """A key that leaks by use. `how` tells two of the same name in a file apart; offsets are those of the document.

    `sure`: nothing but the name itself had to be understood.
    """

    channel: Channel
    name: str
    how: str
    because: str
    start: int
    end: int
    sure: bool = True


def confidence_of(document: Document, exposure: Exposure) -> tuple[Confidence, Confidence | None]:
    """Return how sure an exposure is, and how sure if files beside it name the exchange.

    A key of nobody knows which service is shown on request only, and so are the made-up keys of tests.
    """
    if owns(document.path, exposure.name):
        return "low", None
    if context_of(document.path) == "test" and not document.once(_reads_key):
        return "low", None
    if not names_exchange(exposure.name) and document.once(_speaks_of_others):
        return "low", None
    if names_exchange(exposure.name) or is_about_exchange(document):
        return ("high" if exposure.sure else "medium"), None
    return "low", "medium" if exposure.sure else None


def _speaks_of_others(document: Document) -> bool:
    """Tell whether a document asks other services, by their addresses, and the exchange nowhere."""
    if _CLIENT.search(document.lowered):
        return False
    hosts = set(_HOST.findall(document.lowered))
    return bool(hosts) and not any("binance" in host for host in hosts)


def _reads_key(document: Document) -> bool:
    """Tell whether a source file takes a key from the environment: a test that does has a real one."""
    read = document.once(program) if language_of(document.path, document.text) else None
    return read is not None and any(is_key_name(found.name) for found in read.reads)
