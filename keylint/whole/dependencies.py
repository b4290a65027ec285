"""Manifests and the locks beside them: what a manifest leaves open, its lock may fix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from keylint.model import Fact, Value
from keylint.recognition.dependencies import MALFORMED
from keylint.recognition.packages import is_below

DEPENDENCY = "dependency"
# More files than this in a notice help nobody.
_MOST_NAMED = 3


def joined(facts: Sequence[Fact], *, whole: bool) -> list[Fact]:
    """Return all facts, those of manifests with what the locks of their folder, or of one above, fix.

    What a manifest asks for and its lock fixes is one fact, at the manifest. Where not all files were seen nobody can
    tell whether there is a lock: `pinned` is None then.
    """
    locks: dict[tuple[Value, Value], list[Fact]] = {}
    pins: set[tuple[Value, Value, str]] = set()
    for fact in facts:
        if fact.target == DEPENDENCY and fact.attributes["locked"]:
            locks.setdefault(_package(fact), []).append(fact)
        elif fact.target == DEPENDENCY and fact.attributes["pinned"]:
            pins.add((*_package(fact), _folder(fact)))
    told: set[int] = set()
    result: list[Fact] = []
    for fact in facts:
        if fact.target != DEPENDENCY or fact.attributes["locked"]:
            result.append(fact)
            continue
        lock = _lock_of(fact, locks.get(_package(fact), ()))
        if lock is not None:
            told.add(id(lock))
            result.append(_fixed(fact, lock))
        elif (*_package(fact), _folder(fact)) in pins:
            # Requirements with versions beside a project that leaves them open.
            result.append(fact._replace(attributes={**fact.attributes, "pinned": True}))
        elif not whole and not fact.attributes["pinned"]:
            result.append(fact._replace(attributes={**fact.attributes, "pinned": None}))
        else:
            result.append(fact)
    return [fact for fact in result if id(fact) not in told]


def count(facts: Iterable[Fact]) -> int:
    """Return how many clients of the exchange a repository depends on."""
    return len({_package(fact) for fact in facts if fact.target == DEPENDENCY})


def malformed(facts: Iterable[Fact]) -> list[str]:
    """Return what is to be said of manifests that could not be parsed.

    Notices, and no skipped files: what stands in their lines was read, and a broken manifest of somebody's is no
    reason for every scan to fail.
    """
    broken = [fact for fact in facts if fact.target == MALFORMED]
    if not broken:
        return []
    named = "; ".join(
        f"{fact.location.path}:{fact.location.line}: {fact.attributes['because']}" for fact in broken[:_MOST_NAMED]
    )
    more = f"; and {len(broken) - _MOST_NAMED} more" if len(broken) > _MOST_NAMED else ""
    files = "1 manifest" if len(broken) == 1 else f"{len(broken)} manifests"
    return [
        f"{files} could not be parsed and {'was' if len(broken) == 1 else 'were'} read line by line ({named}{more})"
    ]


def _package(fact: Fact) -> tuple[Value, Value]:
    return fact.attributes["ecosystem"], fact.attributes["name"]


def _lock_of(fact: Fact, locks: Sequence[Fact]) -> Fact | None:
    """Return the nearest lock: in the same folder or in one above, as a workspace has it."""
    folder = _folder(fact)
    above = [lock for lock in locks if f"{folder}/".startswith(f"{_folder(lock)}/".removeprefix("/"))]
    return max(above, key=lambda lock: (len(_folder(lock)), -lock.location.line), default=None)


def _folder(fact: Fact) -> str:
    return fact.location.path.replace("!", "/").rpartition("/")[0]


def _fixed(fact: Fact, lock: Fact) -> Fact:
    version = lock.attributes["version"] or fact.attributes["version"]
    floor = fact.attributes["floor"]
    outdated = bool(floor) and is_below(str(fact.attributes["ecosystem"]), str(version), str(floor))
    status = lock.attributes["status"] if lock.attributes["status"] == "malicious" else fact.attributes["status"]
    return fact._replace(
        attributes={**fact.attributes, "version": version, "pinned": True, "outdated": outdated, "status": status}
    )
