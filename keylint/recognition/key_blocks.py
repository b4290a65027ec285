"""Blocks of settings that describe a key: what it may do, from where, since when, for whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, NamedTuple, Protocol

from keylint.data import load
from keylint.model import Value

_SEPARATORS = re.compile(r"[\W_]+")
_EVERYWHERE = "0.0.0.0/0"
_ANY_ADDRESS = {**dict.fromkeys(("*", "any", "all", "0.0.0.0"), _EVERYWHERE), "::": "::/0"}  # noqa: S104  a name for it
_UNRESTRICTED = frozenset(("unrestricted", "none", "any", "off"))
_TRUE, _FALSE = (
    frozenset(("true", "yes", "on", "1", "enabled")),
    frozenset(("false", "no", "off", "0", "disabled", "none")),
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?=$|[T ])")
# The exchange's times are milliseconds since 1970; these bounds are the years 2010 and 2100.
_MILLISECONDS = range(1_262_304_000_000, 4_102_444_800_000)
# The gravest first: the field of the gravest one is where a finding on permissions stands.
PERMISSIONS = ("key_admin", "withdraw", "transfer", "margin_futures", "spot_trade", "read")


class Item(Protocol):
    """A value with a name and children: a node of a structured text, or an entry of code."""

    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def value(self) -> str | int | float | bool | None: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def name_start(self) -> int: ...
    @property
    def name_end(self) -> int: ...
    @property
    def children(self) -> Sequence[Item]: ...


class Block(NamedTuple):
    """A key as a block describes it. `places` tell for an attribute the half-open span of the field that decides it."""

    attributes: dict[str, Value]
    places: dict[str, tuple[int, int]]
    start: int
    end: int


class _Fields(NamedTuple):
    telling: frozenset[str]
    flags: dict[str, str]
    kinds: dict[str, str]
    names: dict[str, str]
    key_marks: frozenset[str]
    account_marks: frozenset[str]


@cache
def fields() -> _Fields:
    """Return the names of the data file, field to what it is."""
    data: dict[str, Any] = load("key_fields")
    kinds = {
        name: kind
        for kind in (
            "ip_flags ip_lists permissions platforms created last_used reviewed purpose owner two_factor "
            "withdrawal_address_whitelist id"
        ).split()
        for name in data[kind]
    }
    return _Fields(
        frozenset(data["telling"]),
        data["flags"],
        kinds,
        data["permission_names"],
        frozenset(data["key_marks"]),
        frozenset(data["account_marks"]),
    )


def normal(name: str) -> str:
    """Return a name in lower case without separators."""
    return _SEPARATORS.sub("", name).lower()


def block_of(named: str, items: Sequence[Item], *, is_about_keys: bool) -> Block | None:
    """Return the key that the entries of one mapping describe; None if they describe none.

    `named` is what the mapping itself is called. `is_about_keys` tells whether the text around speaks of the
    exchange's keys; without, only fields count that nothing else has.
    """
    known = fields()
    by_name = {normal(item.name): item for item in items if item.name}
    if known.account_marks & by_name.keys():
        return None
    told = known.telling & by_name.keys()
    recognised = [name for name in by_name if name in known.flags or name in known.kinds]
    has_rights = any(name in known.flags or known.kinds.get(name) == "permissions" for name in recognised)
    marked = known.key_marks & (by_name.keys() | {normal(named)})
    if not told and not (is_about_keys and has_rights and marked and len(recognised) + len(marked) > 2):
        return None
    reader = _Reader(named)
    for name, item in by_name.items():
        reader.read(name, item)
    return reader.block(items)


class _Reader:
    """Gathers the attributes of one block."""

    def __init__(self, named: str) -> None:
        self.named = named
        self.attributes: dict[str, Value] = {}
        self.places: dict[str, tuple[int, int]] = {}
        self.granted: dict[str, Item] = {}
        self.denied: set[str] = set()
        self.restricted: bool | None = None

    def read(self, name: str, item: Item) -> None:
        known = fields()
        permission = known.flags.get(name)
        if permission is not None:
            flag = _flag(item)
            if flag:
                self.granted.setdefault(permission, item)
            elif flag is False:
                self.denied.add(permission)
            return
        kind = known.kinds.get(name)
        if kind == "permissions":
            self._permissions(item)
        elif kind == "ip_flags":
            self.restricted = _flag(item)
            self._place("ip_whitelist", item)
        elif kind == "ip_lists":
            self._addresses(item)
        elif kind in ("created", "last_used", "reviewed"):
            self._set(kind, _day(item), item)
        elif kind == "platforms":
            self._set(kind, _texts(item), item)
        elif kind == "withdrawal_address_whitelist":
            self._set(kind, _flag(item), item)
        elif kind == "two_factor":
            self._set(kind, _second_factor(item), item)
        elif kind is not None and isinstance(item.value, str) and 0 < len(item.value) <= 60:
            self._set(kind, item.value, item)

    def block(self, items: Sequence[Item]) -> Block | None:
        """Return the block, if it says anything of the key's rights."""
        if self.granted or self.denied:
            gravest = [one for one in PERMISSIONS if one in self.granted]
            self.attributes["permissions"] = sorted(self.granted)
            if gravest:
                self._place("permissions", self.granted[gravest[0]])
        if "ip_whitelist" not in self.attributes and self.restricted is False:
            self.attributes["ip_whitelist"] = []
        if not {"permissions", "ip_whitelist", "withdrawal_address_whitelist"} & self.attributes.keys():
            return None
        if self.named and "id" not in self.attributes:
            self.attributes["id"] = self.named
        first = min((item for item in items if item.name), key=lambda item: item.name_start)
        return Block(self.attributes, self.places, first.name_start, first.end)

    def _permissions(self, item: Item) -> None:
        names = fields().names
        listed = [(normal(text), child) for text, child in _parts(item)]
        if not listed or any(text not in names for text, _ in listed):
            return  # of something else: a role, an account, a workflow
        for text, child in listed:
            self.granted.setdefault(names[text], child)

    def _addresses(self, item: Item) -> None:
        texts = _texts(item)
        if texts is None:
            return
        if all(text.lower() in _UNRESTRICTED for text in texts):
            texts = []
        self._set("ip_whitelist", texts, item)
        self.attributes.update(address_attributes(texts))
        for name in ("ip_widest_v4", "ip_widest_v6", "ip_has_private"):
            self._place(name, item)

    def _set(self, name: str, value: Value, item: Item) -> None:
        if value is not None:
            self.attributes[name] = value
            self.places[name] = (item.start, max(item.end, item.start + 1))

    def _place(self, name: str, item: Item) -> None:
        start = item.name_start if item.name_end > item.name_start else item.start
        self.places[name] = (start, item.name_end if item.name_end > item.name_start else item.end)


def address_attributes(texts: Sequence[str]) -> dict[str, Value]:
    """Return how wide a list of addresses is. What is no address is left out."""
    networks = [network for network in map(_network, texts) if network is not None]
    v4 = [network.prefixlen for network in networks if network.version == 4]
    v6 = [network.prefixlen for network in networks if network.version == 6]
    attributes: dict[str, Value] = {}
    if v4:
        attributes["ip_widest_v4"] = min(v4)
    if v6:
        attributes["ip_widest_v6"] = min(v6)
    if networks:
        # 0.0.0.0/0 is not private, and documentation's networks stand for public ones.
        attributes["ip_has_private"] = any(_is_private(network) for network in networks)
    return attributes


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(_ANY_ADDRESS.get(text.lower(), text), strict=False)
    except ValueError:
        return None


_PRIVATE_NETWORKS = "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16"
_PRIVATE = [ip_network(text) for text in f"{_PRIVATE_NETWORKS} fc00::/7 fe80::/10 ::1/128".split()]


def _is_private(network: IPv4Network | IPv6Network) -> bool:
    return any(network.version == one.version and network.subnet_of(one) for one in _PRIVATE)  # type: ignore[arg-type]


def _flag(item: Item) -> bool | None:
    value = item.value
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower() if value is not None else ""
    return True if text in _TRUE else False if text in _FALSE else None


def _second_factor(item: Item) -> str | None:
    flag = _flag(item)
    if flag is False:
        return "none"
    text = normal(str(item.value)) if item.value is not None else ""
    if text in ("authenticator", "totp", "app", "googleauthenticator", "gauth"):
        return "authenticator"
    if text in ("passkey", "webauthn", "fido2", "yubikey", "securitykey"):
        return "passkey"
    return "sms" if text in ("sms", "phone", "text") else None


def _parts(item: Item) -> Iterator[tuple[str, Item]]:
    if item.kind == "sequence":
        for child in item.children:
            if isinstance(child.value, str):
                yield child.value, child
    elif isinstance(item.value, str):
        for part in item.value.split(","):
            if part.strip():
                yield part.strip(), item


def _texts(item: Item) -> list[str] | None:
    """Return the texts of a list, or of one text with commas; None for what is neither, or names a variable."""
    if item.kind == "mapping":
        return None
    texts = [text for text, _ in _parts(item)]
    if item.kind == "sequence" and len(texts) != len(item.children):
        return None
    if item.kind == "scalar" and not isinstance(item.value, str):
        return None
    return None if any("$" in text or "{" in text for text in texts) else texts


def _day(item: Item) -> str | None:
    value = item.value
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        match = _DATE.match(value.strip())
        if match:
            try:
                return datetime.strptime(match[0], "%Y-%m-%d").replace(tzinfo=timezone.utc).date().isoformat()
            except ValueError:
                return None
        if not value.strip().isdigit():
            return None
    number = int(value)
    return datetime.fromtimestamp(number / 1000, timezone.utc).date().isoformat() if number in _MILLISECONDS else None
