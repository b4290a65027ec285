"""keylint.keys.yaml to entries with their places; every mistake told at once, at its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keylint.policy.inventory_file import Entry, read_inventory
from keylint.policy.placeholders import expand
from keylint.policy.source_map import Plain, SourceMap, read

FILE = "keylint.keys.yaml"
WHOLE = """\
keys:
  - id: tax-2026
    exchange: binance.com
    fingerprint: sha256:{{hex64:tax}}
    purpose: tax-reporting
    permissions: [read, withdraw]
    created: 2026-10-01
    last_used: 2026-10-01
    reviewed: 2026-11-01
    ip_whitelist: [203.0.113.7/32]
    withdrawal_address_whitelist: false
    two_factor: authenticator
    platforms: [koinly]
    stored_in: env:BINANCE_US_API_KEY
    owner: "@alice"
  - {id: bot, permissions: []}
"""
LEAST = Entry(
    id="bot",
    exchange="binance.us",
    fingerprint=None,
    purpose=None,
    permissions=(),
    created=None,
    last_used=None,
    reviewed=None,
    ip_whitelist=None,
    withdrawal_address_whitelist=None,
    two_factor=None,
    platforms=None,
    stored_in=None,
    owner=None,
    file=FILE,
    places={"id": (16, 6), "permissions": (16, 15)},
)


def test_every_field_and_its_place() -> None:
    source = read(expand(WHOLE), FILE)
    names = ("id exchange fingerprint purpose permissions created last_used reviewed ip_whitelist").split()
    names += "withdrawal_address_whitelist two_factor platforms stored_in owner".split()
    whole = Entry(
        id="tax-2026",
        exchange="binance.com",
        fingerprint=expand("sha256:{{hex64:tax}}"),
        purpose="tax-reporting",
        permissions=("read", "withdraw"),
        created="2026-10-01",
        last_used="2026-10-01",
        reviewed="2026-11-01",
        ip_whitelist=("203.0.113.7/32",),
        withdrawal_address_whitelist=False,
        two_factor="authenticator",
        platforms=("koinly",),
        stored_in="env:BINANCE_US_API_KEY",
        owner="@alice",
        file=FILE,
        places={name: (line, 5) for line, name in enumerate(names, 2)},
    )
    assert (read_inventory(source), source.problems) == ((whole, LEAST), [])


def test_a_fingerprint_in_capitals_is_the_same() -> None:
    digest = expand("{{hex64:a}}")
    (entry,) = read_inventory(read(f"keys: [{{id: a, fingerprint: 'sha256:{digest.upper()}'}}]", FILE))
    assert entry.fingerprint == f"sha256:{digest}"


@pytest.mark.parametrize("store", ["env:A_1", "file:conf/key file.pem", "vault:kv/data/bot#key"])
def test_what_a_key_can_be_stored_in(store: str) -> None:
    (entry,) = read_inventory(read(f"keys: [{{id: a, stored_in: '{store}'}}]", FILE))
    assert entry.stored_in == store


def test_a_list_of_no_keys_is_one() -> None:
    source = read("keys: []", FILE)
    assert (read_inventory(source), source.problems) == ((), [])


MISTAKES = [
    pytest.param("", "1:1: expected a mapping with keys, found nothing", id="empty file"),
    pytest.param("keys:", "1:1: expected a list, found nothing", id="no list"),
    pytest.param("- id: a", "1:1: expected a mapping with keys, found a list", id="a bare list"),
    pytest.param("keys: [a]", "1:8: expected a mapping with id, ", id="no mapping"),
    pytest.param("keys: [{}]", "1:8: 'id' is missing: what the team calls the key", id="no id"),
    pytest.param("key: []\nkeys: []", "1:1: unknown key 'key'; did you mean 'keys'?", id="unknown key"),
    pytest.param(
        "keys: [{id: a, permisions: []}]",
        "1:16: unknown key 'permisions'; did you mean 'permissions'?",
        id="unknown field",
    ),
    pytest.param(
        "keys: [{id: a, permissions: [trade]}]",
        "1:30: unknown permission 'trade'; did you mean 'spot_trade'?",
        id="permission",
    ),
    pytest.param(
        "keys: [{id: a, exchange: binance.su}]",
        "1:16: unknown exchange 'binance.su'; did you mean 'binance.us'?",
        id="exchange",
    ),
    pytest.param(
        "keys: [{id: a, two_factor: email}]", "1:16: unknown second factor 'email'; known: ", id="second factor"
    ),
    pytest.param(
        "keys: [{id: a, created: 2026-02-29}]",
        "1:16: expected a date such as 2026-11-22, found '2026-02-29'",
        id="date",
    ),
    pytest.param(
        "keys: [{id: a, ip_whitelist: [10.0.0.0/33]}]", "1:31: expected an address or network such as", id="network"
    ),
    pytest.param(
        "keys: [{id: a, fingerprint: 'md5:00'}]",
        "1:16: expected sha256: and 64 hexadecimal digits, found 'md5:00'",
        id="fingerprint",
    ),
    pytest.param(
        "keys: [{id: a, stored_in: 'env:A-B'}]", "1:16: expected env:NAME, file:PATH or vault:…, found", id="store"
    ),
    pytest.param(
        "keys: [{id: a, withdrawal_address_whitelist: 1}]",
        "1:16: expected true or false, found the number 1",
        id="flag",
    ),
    pytest.param("keys: [{id: a, id: b}]", "1:16: key 'id' is written twice", id="twice"),
    pytest.param("keys:\n- {id: a}\n- {id: b}\n- {id: a}", "4:4: key 'a' is listed already, in line 2", id="same id"),
    pytest.param(
        "keys: [{id: a, created: 2026-10-02, last_used: 2026-10-01}]",
        "1:37: expected a day on or after 'created' (2026-10-02), found '2026-10-01'",
        id="used before it was created",
    ),
    pytest.param(
        "keys: [{id: a, created: 2026-10-02, reviewed: 2026-10-01}]",
        "1:37: expected a day on or after 'created' (2026-10-02), found '2026-10-01'",
        id="reviewed before it was created",
    ),
]


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_a_mistake(text: str, said: str) -> None:
    source = read(text, FILE)
    assert read_inventory(source) == ()
    (problem,) = map(str, source.problems)
    assert problem.startswith(f"{FILE}:{said}")


def test_every_mistake_is_told_at_once_in_order() -> None:
    source = read("keys:\n- {id: a, owner: 1}\n- {id: a, purpose: ''}\n", FILE)
    assert read_inventory(source) == ()
    assert [(problem.line, problem.column) for problem in source.problems] == [(2, 11), (3, 4), (3, 11)]


@pytest.mark.parametrize("field", ["id", "purpose", "owner"])
def test_a_key_written_into_it_is_refused_and_not_repeated(field: str) -> None:
    key = expand("{{key:pasted}}")
    other = "" if field == "id" else "id: a, "
    source = read(f"keys: [{{{other}{field}: {key}}}]", FILE)
    assert read_inventory(source) == ()
    (problem,) = map(str, source.problems)
    assert "looks like a key" in problem
    assert key not in problem
    assert f"{key[:4]}…{key[-2:]}" in problem


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["2026-10-01", "read", "a"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["keys", *Entry._fields]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_anything_gives_entries_or_mistakes(value: Plain) -> None:
    source = SourceMap(FILE, value, {})
    entries = read_inventory(source)
    assert not (entries and source.problems)
    listed = value.get("keys") if isinstance(value, dict) else None
    if not source.problems:
        assert isinstance(listed, list)
        assert len(entries) == len(listed)
