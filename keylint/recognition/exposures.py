"""What the places where a key leaks by use have in common."""

from __future__ import annotations

from typing import Literal, NamedTuple

from keylint.documents.document import Document
from keylint.model import Confidence
from keylint.recognition.key_names import is_about_exchange
from keylint.recognition.vocabulary import names_exchange

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

    A key of nobody knows which service is shown on request only.
    """
    if names_exchange(exposure.name) or is_about_exchange(document):
        return ("high" if exposure.sure else "medium"), None
    return "low", "medium" if exposure.sure else None
