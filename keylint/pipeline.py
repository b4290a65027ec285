"""One input to its facts: sieve, decode, detect. Pure: bytes in, values out."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import cast

from keylint.detectors import Detector
from keylint.documents.decoding import MIXED, decode, encoding_of
from keylint.documents.document import Document
from keylint.model import CONFIDENCES, Confidence, Fact, Skip, World
from keylint.registry import load, names
from keylint.sieve import of_interest

_PACKAGE = "keylint.detectors"


@cache
def detectors() -> tuple[Detector, ...]:
    """Return every detector, by file name."""
    return tuple(cast(Detector, load(_PACKAGE, name, "DETECTOR")) for name in names(_PACKAGE))


def is_wanted(path: str) -> bool:
    """Tell whether a detector must see a file for its name alone."""
    for wants in _wants():  # noqa: SIM110  asked for every file, and a generator costs as much as the answer
        if wants(path):
            return True
    return False


@cache
def _wants() -> tuple[Callable[[str], bool], ...]:
    return tuple(detector.wants for detector in detectors() if detector.wants is not None)


def examine(path: str, data: bytes) -> tuple[Fact, ...] | Skip:
    """Return the facts of one input, or why it was left out."""
    encoding = encoding_of(data)
    if encoding is None:
        return Skip(path, "binary")
    # Keys of UTF-16 lines show only once the text is decoded.
    mixed = encoding.name == "utf-8" and b"\0" in data
    wide = encoding.name != "utf-8" or mixed
    if not wide and not of_interest(data) and not is_wanted(path):
        return ()
    document = Document(path, decode(data, encoding), MIXED if mixed else encoding.name)
    if wide and not of_interest(document.ascii) and not is_wanted(path):
        return ()
    return tuple(fact for detector in detectors() for fact in detector.find(document))


def settle(fact: Fact, world: World) -> Fact:
    """Return a fact with what its surroundings outside the file add to it."""
    attributes = dict(fact.attributes)
    raised = attributes.pop("confidence_near_exchange", None)
    if raised is not None and world.is_near_exchange(fact.location.path):
        attributes["confidence"] = raised
        attributes["because"] = f"{attributes['because']}, beside files that name the exchange"
    if fact.target == "file":
        attributes["tracked"] = world.is_tracked(fact.location.path)
    return fact._replace(attributes=attributes)


def is_sure(fact: Fact, least: Confidence) -> bool:
    """Tell whether a fact is at least as sure as asked; one that does not say is sure."""
    confidence = fact.attributes.get("confidence", "high")
    return confidence in CONFIDENCES[CONFIDENCES.index(least) :]
