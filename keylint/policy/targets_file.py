"""The file of targets: which repositories a sweep takes, who owns them, and which configuration holds for which tag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from keylint.policy.globs import GLOB
from keylint.policy.shapes import FLAG, KEBAB_CASE, TEXT, Field, Shape, either, exactly, list_of, map_of, record
from keylint.policy.source_map import Path, Plain, SourceMap

# The modules of keylint/sweep/forges, which a lower layer cannot look up; a test compares them.
FORGES = ("gitea", "github", "gitlab")
PLACES = ("path", "url", *FORGES)
_OF_LISTINGS = ("archived", "forks", "match")

_ENTRY_FIELDS = record(
    {
        "path": Field(TEXT, "a repository, a folder that holds repositories, or a pattern, relative to this file"),
        "url": Field(TEXT, "what git clones: file, ssh or https, or host:path"),
        **{forge: Field(TEXT, "whose repositories there are taken: NAME or https://SERVER/NAME") for forge in FORGES},
        "archived": Field(FLAG, "whether archived repositories are taken, too"),
        "forks": Field(FLAG, "whether forks are taken, too"),
        "match": Field(
            either("a gitignore-style pattern or a list of them", GLOB, list_of(GLOB, least=1)),
            "gitignore-style patterns of the repositories that are taken, by name",
        ),
        "owner": Field(TEXT, "who answers for them; later entries win"),
        "tags": Field(list_of(KEBAB_CASE), "names for groups of repositories; entries add to each other"),
    }
)


def _check_entry(source: SourceMap, path: Path, value: Plain) -> bool:
    well = _ENTRY_FIELDS.check(source, path, value)
    if not isinstance(value, dict):
        return False
    places = [name for name in PLACES if name in value]
    if len(places) != 1:
        found = " and ".join(f"'{name}'" for name in places) if places else "none"
        source.problem(path, f"expected one of {', '.join(PLACES)}, found {found}")
        return False
    if places[0] not in FORGES:
        for name in _OF_LISTINGS:
            if name in value:
                source.problem((*path, name), f"'{name}' is for {', '.join(FORGES)}; '{places[0]}' takes what is there")
                well = False
    return well


_ENTRY = Shape(_check_entry, {**_ENTRY_FIELDS.schema, "oneOf": [{"required": [name]} for name in PLACES]})
TARGETS_FILE = record(
    {
        "version": Field(exactly(1), "the version of this format", required=True),
        "policies": Field(
            map_of(TEXT),
            "the configuration of all that carry a tag, by tag, relative to this file; later ones win",
        ),
        "targets": Field(list_of(_ENTRY, least=1), "what is swept", required=True),
    }
)


class TargetEntry(NamedTuple):
    """An entry as written. `place` is a name of PLACES, `what` its value; None where it says nothing."""

    place: str
    what: str
    owner: str
    tags: tuple[str, ...]
    archived: bool | None
    forks: bool | None
    match: tuple[str, ...]
    origin: str


class TargetsFile(NamedTuple):
    """A file of targets as written. `policies` are paths as written by tag, in their order."""

    policies: Mapping[str, str]
    entries: tuple[TargetEntry, ...]


def read_targets(source: SourceMap) -> TargetsFile:
    """Return what a file says; empty with every mistake noted on the source if there is one."""
    TARGETS_FILE.check(source, (), source.value)
    value = source.value if isinstance(source.value, dict) else {}
    listed = value.get("targets")
    entries = tuple(
        _entry(source, ("targets", place), one)
        for place, one in enumerate(listed if isinstance(listed, list) else ())
        if isinstance(one, dict)
    )
    written = value.get("policies")
    policies = {tag: str(file) for tag, file in (written if isinstance(written, dict) else {}).items()}
    tags = tuple(sorted({tag for entry in entries for tag in entry.tags}))
    for tag in policies:
        if tag not in tags:
            source.unknown(("policies", tag), tag, "tag", tags)
    if source.problems:
        source.problems.sort()
        return TargetsFile({}, ())
    return TargetsFile(policies, entries)


def _entry(source: SourceMap, path: Path, entry: dict[str, Plain]) -> TargetEntry:
    def flag(name: str) -> bool | None:
        value = entry.get(name)
        return value if isinstance(value, bool) else None

    place = next((name for name in PLACES if name in entry), "")
    return TargetEntry(
        place=place,
        what=str(entry.get(place, "")).strip(),
        owner=str(entry.get("owner", "")).strip(),
        tags=tuple(dict.fromkeys(_texts(entry.get("tags")))),
        archived=flag("archived"),
        forks=flag("forks"),
        match=tuple(_texts(entry.get("match"))),
        origin=source.origin((*path, place)),
    )


def _texts(value: Plain) -> Iterator[str]:
    for one in value if isinstance(value, list) else (value,):
        if isinstance(one, str):
            yield one
