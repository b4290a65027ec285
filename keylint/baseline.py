"""The baseline: findings accepted at adoption, by the fingerprint of every place (docs/adr/0005-baseline.md)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from keylint.errors import BaselineError
from keylint.findings import Suppress, fingerprint
from keylint.model import Fact, Suppression
from keylint.policy.json_text import read_json
from keylint.policy.source_map import Plain, Problem, SourceMap

SCHEMA = "keylint/baseline/1"
# The reason of an entry that gives none.
ACCEPTED = "accepted at adoption"
_REQUIRED = ("rule", "path", "fingerprint")
_KNOWN = (*_REQUIRED, "reason")
_FINGERPRINT_LENGTH = 64


class Entry(NamedTuple):
    """One accepted place of a finding; they sort as the file lists them."""

    path: str
    rule: str
    fingerprint: str
    reason: str = ""


def parse(data: bytes, file: str) -> tuple[Entry, ...]:
    """Return the entries of a baseline file, sorted. Raises: BaselineError with every mistake's line and column."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BaselineError(str(Problem(file, line, 1, f"not UTF-8: {error.reason}"))) from None
    return read_json(text, file, _entries)


def render(entries: Iterable[Entry]) -> str:
    """Return a baseline file: each line stands alone, so that one entry more or less is one line of a diff."""
    import json

    lines = [{"schema": SCHEMA}, *(_as_mapping(entry) for entry in sorted(entries))]
    return "[" + "\n,".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n]\n"


def suppress_by(entries: Iterable[Entry]) -> Suppress:
    """Return what tells of a place of a finding that it was accepted, and why."""
    accepted = {entry.fingerprint: Suppression("baseline", entry.reason or ACCEPTED) for entry in entries}

    def suppress(_rule: str, _fact: Fact, mark: str) -> Suppression | None:
        return accepted.get(mark)

    return suppress


def note_in(entries: set[Entry]) -> Suppress:
    """Return what suppresses nothing and notes every place it is asked about: what counts.

    Findings on waivers are not noted: what was to end must not be accepted for good.
    """

    def note(rule: str, fact: Fact, mark: str) -> None:
        if fact.target != "waiver":
            entries.add(Entry(fact.location.path, rule, mark))

    return note


def stale(entries: Sequence[Entry], facts: Iterable[Fact]) -> tuple[Entry, ...]:
    """Return the entries whose thing is gone from its file, whatever the rules say of it today."""
    rules: dict[str, set[str]] = {}
    for entry in entries:
        rules.setdefault(entry.path, set()).add(entry.rule)
    there = {
        fingerprint(rule, fact.location.path, fact.identity)
        for fact in facts
        for rule in rules.get(fact.location.path, ())
    }
    return tuple(entry for entry in entries if entry.fingerprint not in there)


def updated(entries: Sequence[Entry], gone: Iterable[Entry], new: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries without those that are gone and with new ones; what stays keeps its reason, or gets one."""
    kept = {entry.fingerprint: entry for entry in entries}
    for entry in gone:
        del kept[entry.fingerprint]
    for entry in new:
        known = kept.get(entry.fingerprint)
        if known is None or not known.reason:
            kept[entry.fingerprint] = entry
    return tuple(sorted(kept.values()))


def _as_mapping(entry: Entry) -> dict[str, str]:
    mapping = {"rule": entry.rule, "path": entry.path, "fingerprint": entry.fingerprint}
    return {**mapping, "reason": entry.reason} if entry.reason else mapping


def _entries(source: SourceMap) -> tuple[Entry, ...]:
    listed = source.value
    if not isinstance(listed, list) or not listed:
        source.problem((), f'expected a list that begins with {{"schema": "{SCHEMA}"}}')
        return ()
    if listed[0] != {"schema": SCHEMA}:
        source.problem((0,), f'expected {{"schema": "{SCHEMA}"}}; another version of keylint may have written this')
        return ()
    first: dict[str, int] = {}
    found = [_entry(source, place, value) for place, value in enumerate(listed[1:], 1)]
    for place, entry in enumerate(found, 1):
        if entry is not None and first.setdefault(entry.fingerprint, place) != place:
            source.problem((place,), f"the same fingerprint as entry {first[entry.fingerprint]}")
    return tuple(sorted(entry for entry in found if entry is not None))


def _entry(source: SourceMap, place: int, value: Plain) -> Entry | None:
    if not isinstance(value, dict):
        source.problem((place,), "expected an entry with rule, path and fingerprint")
        return None
    texts: dict[str, str] = {}
    for key, text in value.items():
        if key not in _KNOWN:
            source.unknown((place, key), key, "key", _KNOWN)
        elif not isinstance(text, str) or not text:
            source.problem((place, key), f"'{key}' takes a text")
        else:
            texts[key] = text
    for key in _REQUIRED:
        if key not in value:
            source.problem((place,), f"'{key}' is missing")
    mark = texts.get("fingerprint", "")
    if mark and (len(mark) != _FINGERPRINT_LENGTH or mark.strip("0123456789abcdef")):
        source.problem((place, "fingerprint"), f"expected {_FINGERPRINT_LENGTH} hexadecimal digits in lower case")
    if len(texts.keys() & set(_REQUIRED)) < len(_REQUIRED):
        return None
    return Entry(texts["path"], texts["rule"], mark, texts.get("reason", ""))
