"""API keys, API secrets and private keys, in any encoding."""

from __future__ import annotations

from collections.abc import Iterator

from keylint.detectors import Detector
from keylint.documents.document import Document
from keylint.model import Fact


def find(document: Document) -> Iterator[Fact]:
    """Yield a `credential` fact for every key, secret and private key of a document."""
    # Late: its patterns take longer to compile than five clean files to scan.
    from keylint.recognition.credentials import credentials

    yield from credentials(document)


DETECTOR = Detector(find)
