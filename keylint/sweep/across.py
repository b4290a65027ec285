"""What only all repositories together show: keys in several of them, keys in use against keys declared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from keylint.findings import judge
from keylint.model import Fact, Finding, Location, Suppression, World
from keylint.pipeline import settle
from keylint.policy.policy import Policy
from keylint.whole.keys import tied, undeclared

# Between a repository's name and a path in it: neither holds it.
_SEAM = "\0"
_WORLD = World(is_tracked=lambda _path: True, is_near_exchange=lambda _path: True)


def across(
    found: Iterable[tuple[str, Fact]],
    policy_of: Callable[[str], Policy],
    suppress_of: Callable[[str], Callable[[str, Fact, str], Suppression | None]],
    day: str,
) -> dict[str, list[Finding]]:
    """Return the findings by the name of the repository that they stand in. Shape of `found`: repository, fact."""
    keys: list[Fact] = []
    used: list[Fact] = []
    secrets: dict[str, dict[str, list[Location]]] = {}
    first: dict[tuple[str, str], Fact] = {}
    for name, fact in found:
        if fact.target == "key":
            keys.append(_placed(name, fact))
        elif fact.target == "credential":
            secrets.setdefault(fact.identity, {}).setdefault(name, []).append(fact.location)
            first.setdefault((fact.identity, name), fact)
            used.append(_placed(name, fact))
        else:
            used.append(_placed(name, fact))
    about: dict[str, list[Fact]] = {}
    if keys:
        compared = [*_tied(keys, used), *undeclared(keys, [fact for fact in used if fact.target == "reference"])]
        for fact in compared:
            name, _, path = fact.location.path.partition(_SEAM)
            about.setdefault(name, []).append(fact._replace(location=fact.location._replace(path=path)))
    for identity, places in secrets.items():
        if len(places) > 1:
            for name in places:
                about.setdefault(name, []).append(_shared(first[identity, name], name, places))
    result: dict[str, list[Finding]] = {}
    for name, facts in about.items():
        policy = policy_of(name)
        settled = [settle(fact, _WORLD, day) for fact in facts]
        result[name] = list(judge(policy, policy.rules, settled, suppress_of(name)).findings)
    return result


def _placed(name: str, fact: Fact) -> Fact:
    return fact._replace(location=fact.location._replace(path=f"{name}{_SEAM}{fact.location.path}"))


def _tied(keys: Sequence[Fact], used: Sequence[Fact]) -> list[Fact]:
    """Compare a repository's keys with its own code, and with that of all that declare none themselves.

    The same variable is another key in a repository with an inventory of its own.
    """
    by_repository: dict[str, list[Fact]] = {}
    for key in keys:
        by_repository.setdefault(_name(key), []).append(key)
    free = [fact for fact in used if _name(fact) not in by_repository]
    own: dict[str, list[Fact]] = {name: [] for name in by_repository}
    for fact in used:
        if _name(fact) in own:
            own[_name(fact)].append(fact)
    return [key for name, some in by_repository.items() for key in tied(some, [*own[name], *free])]


def _name(fact: Fact) -> str:
    return fact.location.path.partition(_SEAM)[0]


def _shared(fact: Fact, name: str, places: Mapping[str, Sequence[Location]]) -> Fact:
    """Return a secret that several repositories hold as a key, as one of them sees it: nothing more is known of it."""
    elsewhere = tuple(
        place._replace(path=f"{other}:{place.path}")
        for other in sorted(places)
        if other != name
        for place in places[other]
    )
    count = len(places) - 1
    others = f"{count} other repositories" if count > 1 else "1 other repository"
    attributes = {
        "id": f"{fact.location.path}:{fact.location.line}",
        "exchange": fact.attributes.get("exchange"),
        "shared": True,
        "because": f"{others} hold it, too" if count > 1 else f"{others} holds it, too",
        "confidence": fact.attributes.get("confidence", "medium"),
        "context": fact.attributes.get("context", "code"),
    }
    return Fact(
        "key",
        fact.location,
        f"shared {fact.identity}",
        attributes,
        fact.excerpt,
        fact.allows,
        {},
        fact.commit,
        elsewhere,
    )
