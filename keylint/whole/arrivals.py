"""Who brought a thing in: the same secret in many commits is one fact a path, with the commit that first held it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from keylint.model import Allow, Commit, Fact, Location


class Hit(NamedTuple):
    """A fact about an object of git, as it stood at a path."""

    object: str
    path: str
    fact: Fact


class Arrival(NamedTuple):
    """A commit put an object at a path, in place of those `before`. `turn` orders commits, parents before children."""

    turn: int
    commit: str
    path: str
    object: str
    before: tuple[str, ...]


class Trace(NamedTuple):
    """All that was seen of one thing. `brought`: when it came to a path that did not hold it, the earliest first."""

    hits: tuple[Hit, ...]
    brought: tuple[Arrival, ...]

    @property
    def first(self) -> Arrival | None:
        """When it first came."""
        return self.brought[0] if self.brought else None


Place = tuple[str, str]  # object, path


def traces(hits: Sequence[Hit], arrivals: Mapping[Place, Sequence[Arrival]], live: set[Place]) -> list[Trace]:
    """Return what was seen of each thing. What is no credential counts only where it is `live`: there today."""
    groups: dict[tuple[str, str], list[Hit]] = {}
    for hit in hits:
        if hit.fact.target == "credential" or (hit.object, hit.path) in live:
            groups.setdefault((hit.fact.target, hit.fact.identity), []).append(hit)
    return [Trace(tuple(group), _brought(group, arrivals)) for group in groups.values()]


def _brought(hits: Sequence[Hit], arrivals: Mapping[Place, Sequence[Arrival]]) -> tuple[Arrival, ...]:
    holding = {hit.object for hit in hits}
    by_path: dict[str, set[Arrival]] = {}
    for hit in hits:
        by_path.setdefault(hit.path, set()).update(arrivals.get((hit.object, hit.path), ()))
    brought: list[Arrival] = []
    for some in by_path.values():
        new = [arrival for arrival in some if holding.isdisjoint(arrival.before)]
        # It may have been there all the time that was looked at.
        brought += new or ([min(some)] if some else [])
    return tuple(sorted(brought))


def placed(trace: Trace, live: set[Place], commits: Mapping[str, Commit], *, is_new: bool) -> Iterator[Fact]:
    """Yield the facts of one thing: where it is today, or, marked as removed, where it was first at each path.

    `is_new`: nothing before the first arrival held it.
    """
    at: dict[Place, list[Fact]] = {}
    for hit in trace.hits:
        at.setdefault((hit.object, hit.path), []).append(hit.fact)
    first = trace.first
    there = [place for place in at if place in live]
    if there:
        commit = commits[first.commit]._replace(first_seen=is_new) if first else None
        today = {fact.location for place in there for fact in at[place]}
        further = tuple(
            location._replace(commit=arrival.commit)
            for arrival in trace.brought
            for location in _locations(at, arrival)
            if arrival is not first or location not in today
        )
        for place in there:
            for fact in at[place]:
                yield fact._replace(commit=commit, occurrences=further)
        return
    for path in dict.fromkeys(path for _, path in at):
        yield from _removed(trace, path, at, commits, is_new=is_new)


def _removed(
    trace: Trace, path: str, at: Mapping[Place, list[Fact]], commits: Mapping[str, Commit], *, is_new: bool
) -> Iterator[Fact]:
    some = [arrival for arrival in trace.brought if arrival.path == path]
    # A comment that came later lets its elder pass, too.
    allows: dict[Allow, None] = {}
    for (_, where), facts in at.items():
        if where == path:
            allows.update((allow, None) for fact in facts for allow in fact.allows)
    if not some:  # in no commit: a tag's message, or what nothing leads to
        facts = next(facts for (_, where), facts in at.items() if where == path)
        yield from (_marked(fact, None, (), tuple(allows)) for fact in facts)
        return
    commit = commits[some[0].commit]._replace(first_seen=is_new and some[0] is trace.first)
    further = tuple(
        location._replace(commit=arrival.commit) for arrival in some[1:] for location in _locations(at, arrival)
    )
    for fact in at[some[0].object, path]:
        yield _marked(fact, commit, further, tuple(allows))


def _marked(fact: Fact, commit: Commit | None, further: tuple[Location, ...], allows: tuple[Allow, ...]) -> Fact:
    return fact._replace(
        attributes={**fact.attributes, "removed": True},
        location=fact.location._replace(commit=commit.id if commit else ""),
        commit=commit,
        occurrences=further,
        allows=allows,
    )


def _locations(at: Mapping[Place, list[Fact]], arrival: Arrival) -> list[Location]:
    return [fact.location for fact in at[arrival.object, arrival.path]]
