"""Manifests and the locks beside them: what a manifest leaves open, its lock may fix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from keylint.model import Fact, Location, Value
from keylint.recognition.dependencies import MALFORMED
from keylint.recognition.manifests import COMMANDS, reader_of
from keylint.recognition.packages import allows, is_below

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
        # What a command installs is the command's own business, whatever is locked beside it.
        is_command = reader_of(fact.location.path) == COMMANDS
        fixing = [] if is_command else _locks_of(fact, locks.get(_package(fact), ()))
        if fixing:
            told.update(id(lock) for lock in fixing)
            result.append(_fixed(fact, fixing[0]))
        elif not is_command and (*_package(fact), _folder(fact)) in pins:
            # Requirements with versions beside a project that leaves them open.
            result.append(fact._replace(attributes={**fact.attributes, "pinned": True}))
        elif not whole and not fact.attributes["pinned"]:
            result.append(fact._replace(attributes={**fact.attributes, "pinned": None}))
        else:
            result.append(fact)
    return [fact for fact in result if id(fact) not in told]


def clients_of(facts: Iterable[Fact]) -> list[Fact]:
    """Return the clients of the exchange that a repository depends on, each once, those of manifests first."""
    # What tests and examples ask for is nothing that runs.
    own = (fact for fact in facts if fact.target == DEPENDENCY and fact.attributes["context"] == "config")
    first: dict[tuple[Value, Value], Fact] = {}
    for fact in sorted(own, key=_prominence):
        first.setdefault(_package(fact), fact)
    return list(first.values())


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


def _prominence(fact: Fact) -> tuple[bool, bool, int, Location]:
    path = fact.location.path
    return bool(fact.attributes["locked"]), reader_of(path) == COMMANDS, path.count("/"), fact.location


def _package(fact: Fact) -> tuple[Value, Value]:
    return fact.attributes["ecosystem"], fact.attributes["name"]


def _locks_of(fact: Fact, locks: Sequence[Fact]) -> list[Fact]:
    """Return the nearest locks: those in the same folder or in the next one above, as a workspace has them."""
    folder = _folder(fact)
    above = [lock for lock in locks if f"{folder}/".startswith(f"{_folder(lock)}/".removeprefix("/"))]
    nearest = max((_folder(lock) for lock in above), key=len, default="")
    near = [lock for lock in above if _folder(lock) == nearest]
    # What is locked beside that and not asked for here is somebody else's dependency, and told of at the lock.
    wanted = str(fact.attributes["ecosystem"]), str(fact.attributes["version"])
    near = [lock for lock in near if allows(*wanted, str(lock.attributes["version"]))] or near
    # The oldest version comes first: what is to be said of the others holds for it, too.
    return sorted(near, key=lambda lock: (not lock.attributes["outdated"], lock.location))


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
