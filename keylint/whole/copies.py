"""Files that images get a copy of, and what the repository shows of them."""

from __future__ import annotations

from collections.abc import Sequence

from keylint.model import Fact


def copied(facts: Sequence[Fact]) -> list[Fact]:
    """Return all facts; a copy of a file of secrets that is there and holds none is hardly an exposure."""
    empty = {
        fact.attributes["path"]
        for fact in facts
        if fact.target == "file" and fact.attributes["role"] == "secret-store" and not fact.attributes["secrets"]
    }
    return [_as_harmless(fact) if _is_copy(fact) and not empty.isdisjoint(_places(fact)) else fact for fact in facts]


def _is_copy(fact: Fact) -> bool:
    return fact.target == "exposure" and fact.attributes["channel"] == "image-layer"


def _places(fact: Fact) -> tuple[str, str]:
    """Return where the copied file may lie: below the top, as most images are built, or beside what copies it."""
    name = str(fact.attributes["name"]).removeprefix("./")
    return name, f"{fact.location.path.rpartition('/')[0]}/{name}".lstrip("/")


def _as_harmless(fact: Fact) -> Fact:
    return fact._replace(attributes={**fact.attributes, "confidence": "low", "confidence_near_exchange": None})
