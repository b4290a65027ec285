"""The inventory against the code: which keys are read, what the code reading them needs, which keys nobody declared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from keylint.documents.document import Document
from keylint.model import Fact, Value
from keylint.policy.inventory_file import Entry
from keylint.recognition.inline_allows import with_allows
from keylint.recognition.key_blocks import address_attributes
from keylint.recognition.masking import quotation

# Facts that detectors make for this module alone: no rule speaks of them.
REFERENCE = "reference"
_EXPECTED = ("purpose", "permissions", "owner")
# What code needs, by the permission that the exchange grants it with.
_GRANTED_BY = {"key_only": "read"}


def declared(entries: Sequence[Entry], document: Document) -> list[Fact]:
    """Return a `key` fact for every entry of an inventory, standing at its `id`."""
    named = Counter(name for entry in entries for name in (entry.fingerprint, entry.stored_in) if name)
    return [
        _declared(entry, document, shared=any(named[name] > 1 for name in (entry.fingerprint, entry.stored_in) if name))
        for entry in entries
    ]


def _declared(entry: Entry, document: Document, *, shared: bool) -> Fact:
    addresses = entry.ip_whitelist or ()
    attributes: dict[str, Value] = {
        "id": entry.id,
        "exchange": entry.exchange,
        "purpose": entry.purpose,
        "permissions": entry.permissions,
        "created": entry.created,
        "last_used": entry.last_used,
        "reviewed": entry.reviewed,
        # The inventory says all that is to be said: a whitelist that it leaves out is none.
        "ip_whitelist": addresses,
        "withdrawal_address_whitelist": bool(entry.withdrawal_address_whitelist),
        "two_factor": entry.two_factor,
        "platforms": entry.platforms,
        "stored_in": entry.stored_in,
        "owner": entry.owner,
        **address_attributes(addresses),
        "declared": True,
        "shared": shared,
        "missing": [name for name in _EXPECTED if not getattr(entry, name)],
        "evidence": "declared",
        "confidence": "high",
        "context": "config",
    }
    line, column = entry.places["id"]
    start = document.line_span(line)[0] + column - 1
    end = start + len("id")
    place, excerpt = document.location(start, end), quotation(document, start, end)
    return with_allows(document, Fact("key", place, f"key {entry.id}", attributes, excerpt))


def tied(keys: Iterable[Fact], found: Sequence[Fact]) -> list[Fact]:
    """Return the declared keys with what the code that reads them needs, compared with what they may do."""
    readers = _readers(found)
    needs = _needs(found)
    return [_tied(key, readers, needs) for key in keys]


def undeclared(keys: Sequence[Fact], found: Sequence[Fact]) -> list[Fact]:
    """Return a `key` fact for every variable that code or config reads an API key from and no entry names."""
    stored = {_variable(key) for key in keys}
    facts: list[Fact] = []
    for fact in found:
        attributes = fact.attributes
        if fact.target == REFERENCE and attributes["name"] not in stored:
            attributes = {
                "id": attributes["name"],
                "exchange": attributes["exchange"],
                "stored_in": f"env:{attributes['name']}",
                "declared": False,
                "in_use": True,
                "confidence": attributes["confidence"],
                "context": attributes["context"],
            }
            facts.append(
                Fact("key", fact.location, f"undeclared {attributes['id']}", attributes, fact.excerpt, fact.allows)
            )
    return facts


def _readers(found: Sequence[Fact]) -> dict[str, set[str]]:
    """Return for every variable the files that read it."""
    readers: dict[str, set[str]] = {}
    for fact in found:
        if fact.target == REFERENCE:
            readers.setdefault(str(fact.attributes["name"]), set()).add(fact.location.path)
    return readers


def _needs(found: Sequence[Fact]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return the permissions that operations need by the variable that their client's key comes from, and by file."""
    by_name: dict[str, set[str]] = {}
    by_file: dict[str, set[str]] = {}
    for fact in found:
        if fact.target == "operation" and fact.attributes.get("context") not in ("test", "docs"):
            permission = str(fact.attributes["permission"])
            permission = _GRANTED_BY.get(permission, permission)
            names = fact.attributes.get("key_names") or ()
            for name in names if isinstance(names, (list, tuple)) else ():
                by_name.setdefault(name, set()).add(permission)
            if not names:
                by_file.setdefault(fact.location.path, set()).add(permission)
    return by_name, by_file


def _tied(key: Fact, readers: Mapping[str, set[str]], needs: tuple[dict[str, set[str]], dict[str, set[str]]]) -> Fact:
    variable = _variable(key)
    if variable is None:
        return key  # a file or a vault: who reads it is not to be seen
    by_name, by_file = needs
    files = readers.get(variable, set())
    needed = set(by_name.get(variable, ())).union(*(by_file.get(file, set()) for file in files))
    attributes = {**key.attributes, "in_use": bool(files) or variable in by_name}
    granted = attributes.get("permissions")
    if needed and isinstance(granted, (list, tuple)):
        attributes["code_needs"] = sorted(needed)
        # Every key can read; a permission to trade is no use without.
        attributes["unused"] = sorted(set(granted) - needed - {"read"})
        attributes["ungranted"] = sorted(needed - set(granted) - ({"read"} if granted else set()))
    return key._replace(attributes=attributes)


def _variable(key: Fact) -> str | None:
    stored = key.attributes.get("stored_in")
    return stored[len("env:") :] if isinstance(stored, str) and stored.startswith("env:") else None
