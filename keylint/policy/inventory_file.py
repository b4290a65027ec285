"""The inventory, keylint.keys.yaml: the keys that a team holds, never a secret value."""

from __future__ import annotations

from typing import NamedTuple

from keylint.policy.shapes import DATE, FLAG, NETWORK, TEXT, Field, Shape, choice, described, list_of, record, written
from keylint.policy.source_map import Path, Plain, SourceMap

EXCHANGES = ("binance.us", "binance.com")
PERMISSIONS = ("read", "spot_trade", "transfer", "withdraw", "key_admin", "margin_futures")
TWO_FACTORS = ("authenticator", "passkey", "sms", "none")
_KEYS = "keys"
_DAYS = ("last_used", "reviewed")


def _is_secret(source: SourceMap, path: Path, value: Plain) -> bool:
    from keylint.recognition.masking import mask_keys

    if isinstance(value, str) and mask_keys(value) != value:
        source.problem(path, f"expected a name, found what looks like a key, {described(value)}; never write one here")
        return True
    return False


def _text(source: SourceMap, path: Path, value: Plain) -> bool:
    return TEXT.check(source, path, value) and not _is_secret(source, path, value)


_NAME = Shape(_text, TEXT.schema)
_ENTRY = record(
    {
        "id": Field(_NAME, "what the team calls the key", required=True),
        "exchange": Field(choice("exchange", EXCHANGES), "where it is a key (default: binance.us)"),
        "fingerprint": Field(
            written("sha256: and 64 hexadecimal digits", "sha256:[0-9A-Fa-f]{64}"),
            "the SHA-256 of the API key, which ties the entry to what is found in code",
        ),
        "purpose": Field(_NAME, "what it is for; vars.purposes says what each purpose may have"),
        "permissions": Field(list_of(choice("permission", PERMISSIONS)), "what it is allowed to do"),
        "created": Field(DATE, "the day it was created"),
        "last_used": Field(DATE, "the day it was last used"),
        "reviewed": Field(DATE, "the day that somebody last looked whether it is still needed"),
        "ip_whitelist": Field(list_of(NETWORK), "the addresses and networks that may use it"),
        "withdrawal_address_whitelist": Field(FLAG, "whether withdrawals go to approved addresses only"),
        "two_factor": Field(choice("second factor", TWO_FACTORS), "what guards the account besides the password"),
        "platforms": Field(list_of(_NAME), "whom it is shared with"),
        "stored_in": Field(
            written("env:NAME, file:PATH or vault:…", r"(?:env:[A-Za-z_][A-Za-z0-9_]*|file:\S.*|vault:\S.*)"),
            "where it is kept, which ties the entry to the code that reads it",
        ),
        "owner": Field(_NAME, "who answers for it"),
    }
)
INVENTORY = record({_KEYS: Field(list_of(_ENTRY), "one entry a key", required=True)})


class Entry(NamedTuple):
    """An entry as written; None where it says nothing. Units: places are line and column from 1, of each field."""

    id: str
    exchange: str
    fingerprint: str | None
    purpose: str | None
    permissions: tuple[str, ...] | None
    created: str | None
    last_used: str | None
    reviewed: str | None
    ip_whitelist: tuple[str, ...] | None
    withdrawal_address_whitelist: bool | None
    two_factor: str | None
    platforms: tuple[str, ...] | None
    stored_in: str | None
    owner: str | None
    file: str
    places: dict[str, tuple[int, int]]


def read_inventory(source: SourceMap) -> tuple[Entry, ...]:
    """Return the entries of one file, in its order; empty with every mistake noted on the source if there is one."""
    INVENTORY.check(source, (), source.value)
    value = source.value if isinstance(source.value, dict) else {}
    listed = value.get(_KEYS)
    entries = [
        (place, one) for place, one in enumerate(listed if isinstance(listed, list) else ()) if isinstance(one, dict)
    ]
    _check_ids(source, entries)
    for place, entry in entries:
        _check_days(source, (_KEYS, place), entry)
    if source.problems:
        source.problems.sort()
        return ()
    return tuple(_entry(source, (_KEYS, place), entry) for place, entry in entries)


def _check_ids(source: SourceMap, entries: list[tuple[int, dict[str, Plain]]]) -> None:
    seen: dict[str, int] = {}
    for place, entry in entries:
        name = entry.get("id")
        if isinstance(name, str):
            if name in seen:
                first = source.place((_KEYS, seen[name], "id"))
                source.problem((_KEYS, place, "id"), f"key '{name}' is listed already, in line {first[0]}")
            seen.setdefault(name, place)


def _check_days(source: SourceMap, path: Path, entry: dict[str, Plain]) -> None:
    from keylint.policy.shapes import is_date

    created = entry.get("created")
    for name in _DAYS:
        day = entry.get(name)
        if is_date(created) and is_date(day) and str(day) < str(created):
            source.problem((*path, name), f"expected a day on or after 'created' ({created}), found '{day}'")


def _entry(source: SourceMap, path: Path, entry: dict[str, Plain]) -> Entry:
    def text(name: str) -> str | None:
        value = entry.get(name)
        return value.strip() if isinstance(value, str) else None

    def texts(name: str) -> tuple[str, ...] | None:
        value = entry.get(name)
        return tuple(str(one) for one in value) if isinstance(value, list) else None

    whitelisted = entry.get("withdrawal_address_whitelist")
    return Entry(
        id=text("id") or "",
        exchange=text("exchange") or EXCHANGES[0],
        fingerprint=(text("fingerprint") or "").lower() or None,
        purpose=text("purpose"),
        permissions=texts("permissions"),
        created=text("created"),
        last_used=text("last_used"),
        reviewed=text("reviewed"),
        ip_whitelist=texts("ip_whitelist"),
        withdrawal_address_whitelist=whitelisted if isinstance(whitelisted, bool) else None,
        two_factor=text("two_factor"),
        platforms=texts("platforms"),
        stored_in=text("stored_in"),
        owner=text("owner"),
        file=source.file,
        places={name: source.place((*path, name)) for name in entry},
    )
