"""The inventory, keylint.keys.yaml: the keys a team holds, never a secret value. Validated like every configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from keylint.policy.shapes import (
    DATE,
    FLAG,
    NETWORK,
    TEXT,
    Field,
    choice,
    exactly,
    list_of,
    record,
    written,
)
from keylint.policy.source_map import Path, Plain, SourceMap

PERMISSIONS = ("read", "spot_trade", "withdraw", "transfer", "key_admin", "margin_futures")
TWO_FACTOR = ("authenticator", "passkey", "sms", "none")
_KEY = record(
    {
        "id": Field(TEXT, "what the team calls the key", required=True),
        "exchange": Field(exactly("binance.us", "binance.com"), "whose key it is (default: binance.us)"),
        "fingerprint": Field(
            written("sha256: and 64 hexadecimal digits", "sha256:[0-9a-f]{64}"),
            "the SHA-256 of the API key, to tie the entry to what is found in code",
        ),
        "purpose": Field(TEXT, "what the key is for, as in vars.purposes"),
        "permissions": Field(list_of(choice("permission", PERMISSIONS)), "what it may do"),
        "created": Field(DATE, "the day it was created"),
        "last_used": Field(DATE, "the day it was last used"),
        "reviewed": Field(DATE, "the day it was last reviewed"),
        "ip_whitelist": Field(list_of(NETWORK), "the addresses and networks that may use it"),
        "withdrawal_address_whitelist": Field(FLAG, "whether withdrawals go to approved addresses only"),
        "two_factor": Field(choice("two_factor", TWO_FACTOR), "the account's second factor"),
        "platforms": Field(list_of(TEXT), "whom it is shared with"),
        "stored_in": Field(
            written("env:NAME, file:PATH or vault:…", r"(?:env:[A-Za-z_][A-Za-z0-9_]*|file:\S.*|vault:\S.*)"),
            "where it is kept",
        ),
        "owner": Field(TEXT, "who answers for it"),
    }
)
INVENTORY = record({"keys": Field(list_of(_KEY), "the keys that the team holds", required=True)})


class Entry(NamedTuple):
    """A key as the inventory has it. `values` are the fields given; `places` tell where each stands, from 1."""

    values: Mapping[str, Plain]
    places: Mapping[str, tuple[int, int]]


def read_inventory(source: SourceMap) -> tuple[Entry, ...]:
    """Return the entries of an inventory; every mistake in it is noted on the source."""
    INVENTORY.check(source, (), source.value)
    listed = source.value.get("keys") if isinstance(source.value, dict) else None
    entries: list[Entry] = []
    seen: dict[Plain, int] = {}
    for place, values in enumerate(listed if isinstance(listed, list) else ()):
        if not isinstance(values, dict):
            continue
        path: Path = ("keys", place)
        name = values.get("id")
        if isinstance(name, str):
            if name in seen:
                line, _ = source.place(("keys", seen[name], "id"))
                source.problem((*path, "id"), f"key '{name}' is listed already, on line {line}")
            seen.setdefault(name, place)
        created, used = values.get("created"), values.get("last_used")
        if isinstance(created, str) and isinstance(used, str) and used < created:
            source.problem((*path, "last_used"), f"expected a day after 'created' ({created}), found '{used}'")
        entries.append(Entry(values, {field: source.place((*path, field)) for field in values}))
    return tuple(entries)
