"""Places where a key leaks by use: logs, exceptions, URLs, command lines, layers of images."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.detectors import Detector
from keylint.documents.document import Document
from keylint.model import Fact
from keylint.sieve import holds_word

_switches = holds_word((b"verbose", b"debuglevel", b"log_responses", b"interceptors.request"))
_is_about_exchange = holds_word((b"binance", b"x-mbx"))
_DOCS = (".md", ".markdown", ".rst", ".adoc", ".html", ".htm", ".txt", ".csv", ".svg", ".lock", ".patch", ".diff")


_COPIED = r"(?:copy|add)\s.{0,200}(?:\.env|\.pem|\.key|\.p8|key|secret|credential|user\.cfg|conf)"


def find(document: Document) -> Iterator[Fact]:
    """Yield an `exposure` fact for every place where a key is used in a way that others can see."""
    if document.path.lower().endswith(_DOCS):
        return  # nothing of it runs
    from keylint.recognition.key_names import holds_keyish

    data = document.ascii
    if (
        not holds_keyish(data)
        and not (is_image(document.path) and re.search(_COPIED, document.lowered))
        and not (_is_about_exchange(data) and _switches(data))
    ):
        return
    from keylint.recognition.exposing import exposures

    for exposure, confidence, raised in exposures(document):
        yield _fact(document, exposure, confidence, raised)


def is_image(path: str) -> bool:
    """Tell whether a file says how an image is built; such files name keys by the names of files alone."""
    name = path.rpartition("/")[2].lower()
    return "dockerfile" in name or "containerfile" in name


def _fact(document: Document, exposure: object, confidence: str, raised: str | None) -> Fact:
    from keylint.recognition.exposures import Exposure
    from keylint.recognition.masking import mask_opaque, printable, quotation
    from keylint.recognition.places import context_of

    assert isinstance(exposure, Exposure)
    name = printable(mask_opaque(exposure.name))[:80]
    attributes = {
        "channel": exposure.channel,
        "name": name,
        "because": printable(mask_opaque(exposure.because))[:200],
        "confidence": confidence,
        "context": context_of(document.path),
    }
    if raised is not None:
        attributes["confidence_near_exchange"] = raised
    return Fact(
        target="exposure",
        location=document.location(exposure.start, exposure.end),
        identity=f"{exposure.channel} {exposure.how} {name} {document.path}",
        attributes=attributes,
        excerpt=quotation(document, exposure.start, exposure.end),
    )


DETECTOR = Detector(
    find,
    wants=is_image,
    words=(
        b"binance",
        b"x-mbx",
        b"api_key",
        b"apikey",
        b"api-key",
        b"api_secret",
        b"secret_key",
        b"secretkey",
        b"apisecret",
    ),
)
