"""What a document asks for, looked up in a catalogue of clients: facts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from keylint.documents.document import Document
from keylint.model import Client, Fact, Value
from keylint.recognition.client_packages import Catalogue, resemblance, shipped
from keylint.recognition.manifests import Requirement, read_manifest
from keylint.recognition.masking import quotation
from keylint.recognition.packages import UNKNOWN, is_below, is_pinned, normalised
from keylint.recognition.places import context_of_folder

# Facts that are made for notices: no rule speaks of them.
MALFORMED = "malformed"
_LINE = re.compile(r"on line (\d{1,9})")
# More places of one package in one file tell nothing new.
_MOST = 100


def dependencies(document: Document) -> Iterator[Fact]:
    """Yield a fact for every package of the shipped catalogue, and for every name made to look like one of it."""
    read = document.once(read_manifest)
    if read.reason:
        yield _malformed(document, read.reason)
    known = shipped()
    judged: dict[tuple[str, str], _Verdict | None] = {}
    places: Counter[tuple[str, str]] = Counter()
    for requirement in read.requirements:
        key = requirement.ecosystem, requirement.name
        if key not in judged:
            judged[key] = _judged(known, *key)
        found = judged[key]
        if found is not None and (not found.client.versions or requirement.spec in found.client.versions):
            places[key] += 1
            if places[key] <= _MOST:
                yield _fact(document, requirement, found)


def own_dependencies(document: Document, catalogue: Catalogue) -> Iterator[Fact]:
    """Yield a fact for every package that a policy names."""
    for requirement in document.once(read_manifest).requirements:
        client = catalogue.get(requirement.ecosystem, requirement.name)
        if client is not None:
            yield _fact(document, requirement, _Verdict(client, client.reason))


class _Verdict(NamedTuple):
    client: Client
    because: str
    confidence: str = "high"
    resembles: str | None = None


def _judged(known: Catalogue, ecosystem: str, name: str) -> _Verdict | None:
    client = known.get(ecosystem, name)
    if client is not None:
        return _Verdict(client, client.reason, resembles=client.replacement if client.status == "lookalike" else None)
    like = resemblance(ecosystem, name)
    if like is None:
        return None
    original = like.client.name.removesuffix("*")
    imitation = Client(ecosystem, name, "lookalike", replacement=original)
    return _Verdict(imitation, like.because, "low" if like.is_fork else "medium", original)


def _fact(document: Document, requirement: Requirement, found: _Verdict) -> Fact:
    client = found.client
    ecosystem, spec = requirement.ecosystem, requirement.spec
    pinned = requirement.pinned if requirement.pinned is not None else is_pinned(ecosystem, spec)
    context = context_of_folder(document.path)
    name = normalised(ecosystem, requirement.name) if ecosystem != "go" else requirement.name
    attributes: dict[str, Value] = {
        "ecosystem": ecosystem,
        "name": name,
        "version": spec if spec != UNKNOWN else "",
        "pinned": pinned,
        "locked": requirement.locked,
        "status": client.status,
        "outdated": bool(client.floor) and spec != UNKNOWN and is_below(ecosystem, spec, client.floor or ""),
        "floor": client.floor,
        "replacement": client.replacement,
        "advice": f"use `{client.replacement}`" if client.replacement else "",
        "resembles": found.resembles,
        "because": found.because,
        "confidence": "low" if context == "test" and client.status != "malicious" else found.confidence,
        "context": context,
    }
    return Fact(
        target="dependency",
        location=document.location(requirement.start, requirement.end),
        identity=f"dependency {ecosystem} {name}",
        attributes=attributes,
        excerpt=quotation(document, requirement.start, requirement.end),
    )


def _malformed(document: Document, reason: str) -> Fact:
    line = _LINE.search(reason)
    start, end = document.line_span(int(line[1])) if line else (0, 0)
    return Fact(MALFORMED, document.location(start, end), f"malformed {document.path}", {"because": reason})
