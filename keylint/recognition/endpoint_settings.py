"""Addresses in configuration files: hosts beside the names of keys, and checks of certificates switched off there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.documents.tree import Node, Path, tree, walk
from keylint.recognition.certificates import is_off, is_process_wide
from keylint.recognition.hosts import ADDRESS, host_of
from keylint.recognition.vocabulary import classify, names_exchange

# Settings that say where an API is; others hold addresses of proxies, webhooks and pages.
_BASE = re.compile(r"(?i)url|uri|host|endpoint|base|server|api|address|stream|ws|rest|domain")
_ELSEWHERE = re.compile(
    r"(?i)proxy|proxies|webhook|callback|redirect|doc|home|referer|icon|image|logo|repo|\bhelp|support|link|schema|slack|discord|telegram|license|source|database|db_|redis|mongo|postgres|sql|frontend|website|push|\$id|\$ref|title|description|notif"
)
# What a file must hold to be worth reading: an address of an API that could be the exchange's, a check switched off,
# or any address beside a key of the exchange.
_WORTH = re.compile(
    r"://(?:[sfdep]?api|[fd]?stream|nbstream|ws|rest|testnet|gateway|socket|data)[\w?.-]{0,60}b[\w?]{1,2}n"
)
_UNVERIFIED = ("verify", "node_tls_reject", "rejectunauthorized", "strictssl", "insecure")
_NAMED_KEY = re.compile(r"(?:key|secret)\w{0,20}[\"']?\s*[:=]")
_EXCHANGES = ("binance", "binanceus", "binance_us", "binance.us", "binance-us")


def settings(document: Document) -> Iterator[tuple[int, int, str, dict[str, object]]]:
    """Yield what a configuration file says of addresses. Shape: half-open span, identity, attributes."""
    lowered = document.lowered
    if "binance" not in lowered or document.path.lower().endswith((".lock", ".ipynb")):
        return
    if not any(word in lowered for word in _UNVERIFIED) and not (
        "://" in lowered and (_WORTH.search(lowered) or _NAMED_KEY.search(lowered))
    ):
        return
    if document.once(_language) is not None:
        return
    found = document.once(tree)
    if found is None:
        return
    blocks: dict[int, tuple[str, ...]] = {}  # what the same block says to all its settings
    for visit in walk(found.root):
        node, parent = visit.node, visit.parent
        if node.kind != "scalar" or parent is None or not isinstance(node.value, (str, bool, int)):
            continue
        wide = bool(node.name) and is_process_wide(node.name, node.value)
        is_address = isinstance(node.value, str) and "://" in node.value
        if not (is_address or wide or (node.name and is_off(node.name, node.value))):
            continue
        if id(parent) not in blocks:
            blocks[id(parent)] = _keys(parent, visit.path, is_root=parent is found.root)
        near = blocks[id(parent)]
        if parent is found.root and not (wide or names_exchange(node.name)):
            near = ()  # a file of one block, such as a dotenv file, is not all the exchange's
        if is_address:
            yield from _address(document, visit.path, node, near)
        elif wide or near:
            because = f"{node.name} {node.value}"
            identity = f"unverified {node.name} {document.path}"
            yield node.start, node.end, identity, _attributes("https", "", near, because, verified=False)


def _language(document: Document) -> str | None:
    from keylint.documents.code import language_of

    return language_of(document.path, document.text)


def _address(
    document: Document, path: Path, node: Node, near: tuple[str, ...]
) -> Iterator[tuple[int, int, str, dict[str, object]]]:
    value = str(node.value)
    match = ADDRESS.match(value.strip())
    if match is None:
        return
    name, scheme = match["host"].lower(), match["scheme"].lower()
    host = host_of(name)
    words = ".".join(str(part) for part in path if isinstance(part, str))
    is_base = _BASE.search(node.name or words) is not None and not _ELSEWHERE.search(node.name or words)
    if host.kind == "internal" or (host.kind == "other" and not (is_base and near and names_exchange(words))):
        return
    if host.kind in ("official", "lookalike") and not (host.serves_api and is_base):
        return
    start = document.text.find(match[0], node.start, node.end)
    if start < 0:
        return
    because = f"{words} stands beside {near[0]}" if near else f"{words} is {name}"
    yield (
        start,
        start + len(match[0]),
        f"address {scheme}://{name} {words} {document.path}",
        {
            **_attributes(scheme, name, near, because, verified=True),
            "receives_key": bool(near) or host.kind == "lookalike",
        },
    )


def _attributes(scheme: str, name: str, near: tuple[str, ...], because: str, *, verified: bool) -> dict[str, object]:
    from keylint.recognition.clients import names_us

    host = host_of(name) if name else None
    exchange_keys = [key for key in near if names_exchange(key)]
    is_us = bool(exchange_keys) and all(map(names_us, exchange_keys))
    return {
        "scheme": scheme,
        "host": name,
        "official": host.kind == "official" if host else None,
        "lookalike": host is not None and host.kind == "lookalike",
        "internal": False,
        "receives_key": True,
        "tls_verified": verified,
        "exchange": (host.exchange if host else "") or "unknown",
        "key_exchange": "binance.us" if is_us else "unknown",
        "library": "configuration",
        "key_names": near,
        "because": because,
        "confidence": "high" if host is not None and host.kind in ("official", "lookalike") else "medium",
    }


def _keys(block: Node, path: Path, *, is_root: bool) -> tuple[str, ...]:
    """Return the exchange's keys that stand in a block; one that names the exchange has no others."""
    names = [child.name for child in block.children if child.name and child.kind == "scalar" and child.value]
    held = not is_root and (
        any(names_exchange(str(part)) for part in path[:-1])
        or any(
            child.name.lower() in ("name", "exchange", "id") and str(child.value).lower() in _EXCHANGES
            for child in block.children
        )
    )
    kinds = ("api_key", "api_secret", "key", "secret")
    return tuple(name for name in names if classify(name) in kinds and (held or names_exchange(name)))
