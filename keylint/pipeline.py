"""One input to its facts: sieve, decode, detect. Pure: bytes in, values out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple, cast

from keylint.archives import MEMBER, Archive
from keylint.detectors import Detector
from keylint.documents.decoding import BINARY, HEAD, MIXED, Encoding, decode, encoding_of, is_plain, strings
from keylint.documents.document import Document, Witness
from keylint.model import CONFIDENCES, Client, Confidence, Fact, Pattern, Skip, World
from keylint.recognition.ages import ages
from keylint.registry import load, load_all, names
from keylint.sieve import Versions, holds_word, of_interest, runs

_PACKAGE = "keylint.detectors"
# Archives that may begin without a NUL.
_TEXTLIKE = (b"BZh", b"# v2 git bundle", b"# v3 git bundle")
_SEPARATORS = re.compile(r"[-_.:]+")


@cache
def detectors() -> tuple[Detector, ...]:
    """Return every detector, by file name."""
    return tuple(cast(Detector, load(_PACKAGE, name, "DETECTOR")) for name in names(_PACKAGE))


@cache
def _detectors_of_the_past() -> tuple[Detector, ...]:
    return tuple(detector for detector in detectors() if detector.past)


def prepare() -> None:
    """Import what closer looks may take, for a process that is to start workers for many scans, one after the other.

    A single scan leaves it to its workers to import what its texts need.
    """
    for package in ("keylint.archives", "keylint.documents", "keylint.recognition"):
        load_all(package)


class Lens(NamedTuple):
    """What to look for besides what the sieve finds. `marks` tells of raw bytes whether they hold any of it.

    `past` is for what git remembers: it is asked for credentials, and for files that should not have been there. Its
    `sieve` is made for versions of a file that come one after the other.
    """

    patterns: tuple[Pattern, ...] = ()
    clients: tuple[Client, ...] = ()
    marks: Callable[[bytes], bool] | None = None
    past: bool = False
    sieve: Callable[[bytes], bool] = of_interest


def lens(patterns: tuple[Pattern, ...] = (), clients: tuple[Client, ...] = ()) -> Lens:
    """Return the lens of a policy's own patterns and clients, and of every detector's words."""
    words = {word for detector in detectors() for word in detector.words}
    for client in clients:
        # A registry takes several separators for one; the longest part between them is in every spelling.
        words.add(max(_SEPARATORS.split(client.name.lower().removesuffix("*")), key=len).encode())
    for pattern in patterns:
        if not pattern.keywords:
            return Lens(patterns, clients, lambda _data: True)
        words.update(keyword.lower().encode() for keyword in pattern.keywords)
    return Lens(patterns, clients, holds_word(sorted(words)) if words else None)


def lens_on_the_past(patterns: tuple[Pattern, ...] = ()) -> Lens:
    """Return the lens of a policy's own patterns and of what is looked for in the past."""
    if not all(pattern.keywords for pattern in patterns):
        return Lens(patterns, marks=lambda _data: True, past=True, sieve=Versions())
    asked = [one.versions() for one in _detectors_of_the_past() if one.versions is not None]
    words = {keyword.lower().encode() for pattern in patterns for keyword in pattern.keywords}
    if words:
        asked.append(holds_word(sorted(words)))

    def marks(data: bytes) -> bool:
        return any(tells(data) for tells in asked)

    return Lens(patterns, marks=marks, past=True, sieve=Versions())


def is_wanted(path: str) -> bool:
    """Tell whether a detector must see a file for its name alone."""
    return _is_wanted(path, _wants())


def is_wanted_in_the_past(path: str) -> bool:
    """Tell the same of a file that only git remembers."""
    return _is_wanted(path, _wants_of_the_past())


def _is_wanted(path: str, wants: Sequence[Callable[[str], bool]]) -> bool:
    for one in wants:  # noqa: SIM110  asked for every file, and a generator costs as much as the answer
        if one(path):
            return True
    return False


@cache
def _wants() -> tuple[Callable[[str], bool], ...]:
    return tuple(detector.wants for detector in detectors() if detector.wants is not None)


@cache
def _wants_of_the_past() -> tuple[Callable[[str], bool], ...]:
    return tuple(detector.wants for detector in _detectors_of_the_past() if detector.wants is not None)


def glance(path: str, data: bytes, through: Lens) -> Sequence[Skip] | None:
    """Return what `examine` does if the sieve alone can tell, in linear time; None for what needs a closer look."""
    if not is_plain(data):
        encoding = encoding_of(data)
        if encoding is None:
            return None if _archive_in(data, encoding) or _may_hold_strings(data) else (Skip(path, "binary"),)
        if encoding.name != "utf-8" or b"\0" in data:
            return None
    if data.startswith(_TEXTLIKE) or is_marked(data, through):
        return None
    wanted = is_wanted_in_the_past(path) if through.past else is_wanted(path)
    return None if wanted else ()


def examine(path: str, data: bytes, through: Lens, witness: Witness | None = None) -> Sequence[Fact | Skip]:
    """Return the facts of one input, and what of it could not be looked at."""
    glanced = glance(path, data, through)
    if glanced is not None:
        return glanced
    encoding = encoding_of(data)
    archive = _archive_in(data, encoding)
    if archive is not None:
        from keylint.archives._unpacking import unpacked

        return unpacked(path, data, archive, lambda place, member: examine(place, member, _into_archives(through)))
    if encoding is None:
        return _in_binary(path, data) or (Skip(path, "binary"),)
    # Keys of UTF-16 lines show only once the text is decoded.
    mixed = encoding.name == "utf-8" and b"\0" in data
    wide = encoding.name != "utf-8" or mixed
    wanted = is_wanted_in_the_past(path) if through.past else is_wanted(path)
    document = Document(path, decode(data, encoding), MIXED if mixed else encoding.name, witness)
    if wide and not is_marked(document.ascii, through) and not wanted:
        return ()
    looking = _detectors_of_the_past() if through.past else detectors()
    found = [fact for detector in looking for fact in detector.find(document)]
    if through.patterns:
        from keylint.recognition.own_patterns import find

        known = {fact.location for fact in found if isinstance(fact, Fact)}
        found += [
            fact for fact in find(document, through.patterns) if isinstance(fact, Skip) or fact.location not in known
        ]
    if through.clients:
        from keylint.recognition.client_packages import catalogue_of
        from keylint.recognition.dependencies import own_dependencies

        own = list(own_dependencies(document, catalogue_of(through.clients)))
        # What the policy says of a package holds.
        told = {(fact.target, fact.location) for fact in own}
        found = [*(one for one in found if isinstance(one, Skip) or (one.target, one.location) not in told), *own]
    if not found:
        return ()
    from keylint.recognition.inline_allows import with_allows

    return [with_allows(document, fact) if isinstance(fact, Fact) else fact for fact in found]


def _archive_in(data: bytes, encoding: Encoding | None) -> Archive | None:
    """Return how to unpack bytes that are no text, or look like text at first."""
    if encoding is not None and (encoding.name != "utf-8" or b"\0" not in data) and not data.startswith(_TEXTLIKE):
        return None
    from keylint.archives import archive_of

    return archive_of(data[:HEAD])


def _may_hold_strings(data: bytes) -> bool:
    """Tell whether a binary file may hold a key: on Windows programs have their strings in two bytes a character."""
    return next(runs(data), None) is not None or data.startswith(b"MZ")


def _in_binary(path: str, data: bytes) -> list[Fact]:
    """Return the credentials among the strings of a binary file."""
    if not _may_hold_strings(data):
        return []
    document = Document(path, strings(data), BINARY)
    found = [fact for detector in _detectors_of_the_past() for fact in detector.find(document)]
    # Random bytes make runs of anything: without words for a key beside it, it is none.
    return [fact for fact in found if isinstance(fact, Fact) and is_sure(fact, "medium")]


def _into_archives(through: Lens) -> Lens:
    """Return the lens on what is packed: nobody runs it where it is, so that only what it gives away counts."""
    return through._replace(clients=(), past=True)


def is_marked(data: bytes, through: Lens) -> bool:
    """Tell whether raw bytes of plain text hold anything that a detector should look at."""
    return through.sieve(data) or (through.marks is not None and through.marks(data))


def may_hold(data: bytes, through: Lens) -> bool:
    """Tell whether the bytes of any text hold anything that a detector should look at, whatever its path is."""
    if not is_plain(data):
        encoding = encoding_of(data)
        if encoding is None or encoding.name != "utf-8" or b"\0" in data:
            return True
    return is_marked(data, through)


def settle(fact: Fact, world: World, today: str) -> Fact:
    """Return a fact with what its surroundings outside the file, and the day, add to it."""
    attributes = dict(fact.attributes)
    path = _outermost(fact.location.path, world)
    if fact.target == "key":
        attributes.update(ages(attributes, today))
    raised = attributes.pop("confidence_near_exchange", None)
    if raised is not None and world.is_near_exchange(path):
        attributes["confidence"] = raised
        attributes["because"] = f"{attributes['because']}, beside files that name the exchange"
    if fact.target == "file":
        attributes["tracked"] = world.is_tracked(path)
    return fact._replace(attributes=attributes)


def _outermost(path: str, world: World) -> str:
    """Return the file that a member of an archive is in; every other path as it is."""
    outer, mark, _ = path.partition(MEMBER)
    return outer if mark and not world.is_tracked(path) else path


def is_sure(fact: Fact, least: Confidence) -> bool:
    """Tell whether a fact is at least as sure as asked; one that does not say is sure."""
    confidence = fact.attributes.get("confidence", "high")
    return confidence in CONFIDENCES[CONFIDENCES.index(least) :]
