"""Addresses that keys travel to, the clients that choose them, and servers whose certificates nobody checks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from keylint.detectors import Detector
from keylint.documents.document import Document
from keylint.model import Confidence, Fact
from keylint.recognition.exchange import ADDRESSES, addresses_exchange

if TYPE_CHECKING:
    from keylint.documents.code.values import Argument, Assignment, Call
    from keylint.recognition.certificates import Switch
    from keylint.recognition.clients import Client, Scene

# Calls that send, or name the address of what is sent.
_SENDERS = frozenset(
    "get post put delete patch request fetch axios got urlopen newrequest newrequestwithcontext uri url curl "
    "curl.exe wget invoke-restmethod invoke-webrequest curl_init file_get_contents open connect websocket "
    "create_connection websocketapp dial postasync getasync sendasync putasync deleteasync postasjsonasync "
    "getstringasync postform send do execute newcall curl_exec perform postforobject exchange requestasync "
    "httprequestmessage post_form ws_connect resource request_with_body".split()
)
_COMMANDS = frozenset("curl curl.exe wget invoke-restmethod invoke-webrequest".split())
_URL_NAMES = frozenset("url uri endpoint address baseurl base_url base_uri baseuri host hostname urls".split())


class _Seen(NamedTuple):
    scheme: str
    host: str
    kind: str
    exchange: str
    keys: frozenset[str]
    receives: bool
    verified: bool
    library: str
    because: str
    confidence: Confidence
    start: int
    end: int
    key_exchange: str = ""


def find(document: Document) -> Iterator[Fact]:
    """Yield an `endpoint` fact for every address and client that a key may travel to."""
    if not document.once(addresses_exchange):
        return
    from keylint.recognition.clients import scene

    found = document.once(scene)
    if found is None:
        from keylint.recognition.endpoint_settings import settings

        for start, end, identity, attributes in settings(document):
            yield _fact(document, start, end, identity, attributes)
        return
    from keylint.recognition.clients import key_exchange, key_names

    for seen in (*_addresses(found), *_defaults(found), *_unverified(document, found)):
        start, end = found.program.span(seen.start, seen.end)
        what = "unverified" if not seen.verified else "address"
        identity = f"{what} {seen.scheme}://{seen.host} {seen.library} {','.join(sorted(seen.keys))} {document.path}"
        told: dict[str, object] = {
            "scheme": seen.scheme,
            "host": seen.host,
            "official": seen.kind == "official" if seen.host else None,
            "lookalike": seen.kind == "lookalike",
            "internal": seen.kind == "internal",
            "receives_key": seen.receives,
            "tls_verified": seen.verified,
            "exchange": seen.exchange or "unknown",
            "key_exchange": seen.key_exchange or key_exchange(seen.keys),
            "library": seen.library,
            "key_names": key_names(seen.keys, found),
            "because": seen.because,
            "confidence": seen.confidence,
        }
        yield _fact(document, start, end, identity, told | ({"context": "test"} if found.is_test(seen.start) else {}))


def _fact(document: Document, start: int, end: int, identity: str, attributes: dict[str, object]) -> Fact:
    from keylint.recognition.masking import quotation
    from keylint.recognition.places import context_of

    return Fact(
        target="endpoint",
        location=document.location(start, end),
        identity=identity,
        attributes={"context": context_of(document.path), **attributes},  # type: ignore[dict-item]  # all are values
        excerpt=quotation(document, start, end),
    )


def _addresses(scene: Scene) -> Iterator[_Seen]:
    sent = _sent(scene)
    for at, address in enumerate(scene.addresses):
        keys, how = sent.get(at, (frozenset(), ""))
        clients = [client for client in scene.clients if client.has_key and client.told == address.start]
        receives, because, library = bool(keys), how, "REST"
        direct = bool(how)
        for client in clients:
            receives, library = True, client.library or "unknown"
            keys |= client.keys
            because = because or f"{client.callee} is given the key and told to talk to {address.name}"
        kind = address.host.kind
        if kind in ("other", "internal") and not receives:
            continue
        if kind == "official" and not (address.host.serves_api or receives):
            continue
        if kind == "lookalike":
            receives = receives or address.host.serves_api
            because = because or f"{address.name} imitates the exchange's own host"
        elif kind == "official" and not because:
            because = f"the exchange's API is called at {address.name}"
        named = any("binance" in key.lower() for key in keys) or "mark" in keys
        confidence: Confidence = "high" if kind in ("official", "lookalike") or (direct and named) else "medium"
        if kind == "other" and _is_anothers(address.name, keys):
            confidence = "low"
        yield _Seen(
            address.scheme, address.name, kind, address.host.exchange, keys, receives, True, library, because,
            confidence, address.start, address.end,
        )  # fmt: skip


def _is_anothers(host: str, keys: frozenset[str]) -> bool:
    """Tell whether a host is that of a service with keys of its own, and nothing says that this key is not one."""
    from keylint.recognition.vocabulary import names_service

    return names_service(host) and not any("binance" in key.lower() for key in keys) and "mark" not in keys


def _sent(scene: Scene) -> dict[int, tuple[frozenset[str], str]]:
    """Return the addresses that requests with a key go to. Shape: address to the labels of keys, and what shows it."""
    from keylint.recognition.clients import carried

    found: dict[int, tuple[frozenset[str], str]] = {}
    for call in scene.program.code.calls:
        if call.method.lower() not in _SENDERS and call.method != "Request":
            continue
        addresses = {at for argument in _urls(call) for at in _held(scene, argument, call)}
        if not addresses:
            continue
        keys = carried(scene, call)
        if keys:
            how = f"{call.callee.replace('()', '')} sends {_named(keys)} there"
            for at in addresses:
                held, shown = found.get(at, (frozenset(), how))
                found[at] = held | keys, shown
    return found


def _named(keys: frozenset[str]) -> str:
    names = sorted(key[5:].lstrip("$") for key in keys if key.startswith("cred:"))
    return names[0] if names else "the X-MBX-APIKEY header"


def _urls(call: Call) -> list[Argument]:
    method = call.method.lower()
    if method in _COMMANDS:
        return list(call.arguments)
    named = [argument for argument in call.arguments if argument.name.lower() in _URL_NAMES]
    return named + [argument for argument in call.arguments[:3] if not argument.name and argument.entry is None]


def _held(scene: Scene, argument: Argument, call: Call) -> Iterator[int]:
    for at, address in enumerate(scene.addresses):
        if argument.start <= address.start and address.end <= argument.end:
            yield at
    labels = scene.travels.of(scene.nested.plain_names(argument), call.scope)
    yield from sorted(int(label[4:]) for label in labels if label.startswith("url:"))


def _defaults(scene: Scene) -> Iterator[_Seen]:
    """Yield what clients talk to that are given a key, and no address of their own."""
    from keylint.recognition.hosts import host_of

    for client in scene.clients:
        if not client.host or not client.has_key or client.told >= 0 or not client.library:
            continue
        host = host_of(client.host)
        chosen = "is told to talk" if client.chosen else "talks by default"
        because = f"{client.callee} {chosen} to {client.host}"
        yield _Seen(
            "https", client.host, host.kind, client.exchange, client.keys, True, True, client.library, because, "high",
            client.start, client.end,
        )  # fmt: skip


def _unverified(document: Document, scene: Scene) -> Iterator[_Seen]:
    """Yield the places where the check of certificates is switched off and a key of the exchange travels."""
    from keylint.recognition.certificates import HINTS, switches
    from keylint.recognition.hosts import host_of

    lowered = document.lowered
    if not any(hint in lowered for hint in HINTS):
        return
    taken: set[tuple[int, str]] = set()
    for switch in switches(scene.program.code):
        tie = _tie(scene, switch)
        line = scene.program.text.count("\n", 0, switch.start)
        if tie is None or (line, switch.what) in taken:
            continue
        taken.add((line, switch.what))
        host, exchange, keys, library, how, confidence = tie
        yield _Seen(
            "https", host, host_of(host).kind if host else "", exchange, keys, True, False, library,
            f"{switch.what}: {how}", confidence, switch.start, switch.end,
        )  # fmt: skip


_Tie = tuple[str, str, frozenset[str], str, str, Confidence]


def _tie(scene: Scene, switch: Switch) -> _Tie | None:
    """Return what a switch has to do with a key of the exchange, None if nothing shows."""
    if switch.holder == "*":
        return _whole(scene)
    around = scene.nested.around.of(switch.start)
    for call in around:
        tie = _of_call(scene, call)
        if tie is not None:
            return tie
    names = {item.target for item in scene.nested.assigned.of(switch.start)}
    if switch.holder:
        names.add(switch.holder)
    names = {name for name in names if name not in ("self", "this")}
    if not names:
        return None
    seen = [item for item in scene.program.code.assignments if _sees(scene, item.scope, switch.scope, names)]
    for _ in range(3):
        names |= {item.target for item in seen if not names.isdisjoint((*item.value.names, *_roots(item)))}
    for name in sorted(names):
        # `client.session = session`: what is switched off is part of a client.
        owner = name.rpartition(".")[0]
        client = scene.client_of(owner, switch.scope) if owner else None
        if client is not None and client.has_key:
            return _of_client(client)
    for call in scene.program.code.calls:
        if not _sees(scene, call.scope, switch.scope, names):
            continue
        reads = {name for argument in call.arguments for name in argument.names}
        if call.receiver in names or not names.isdisjoint(reads) or call.receiver.partition(".")[0] in names:
            tie = _of_call(scene, call)
            if tie is not None:
                return tie
    return None


def _sees(scene: Scene, scope: int, other: int, names: set[str]) -> bool:
    """Tell whether the names of one function are those of another: one inside the other, or names of the object."""
    while scope not in (other, 0):
        scope = scene.travels.parents.get(scope, 0)
    return scope == other or any(name.startswith(("self.", "this.", "@")) for name in names)


def _roots(item: Assignment) -> Iterator[str]:
    call = item.value.call
    if call is not None and call.receiver:
        yield call.receiver


def _of_call(scene: Scene, call: Call) -> _Tie | None:
    from keylint.recognition.clients import carried

    for client in scene.clients:
        if call.callee_start <= client.start < call.end and client.has_key and client.start == call.callee_start:
            return _of_client(client)
    keys = carried(scene, call)
    addresses = [scene.addresses[at] for argument in _urls(call) for at in _held(scene, argument, call)]
    if call.method.lower() not in _SENDERS and call.method != "Request":
        return None
    if keys:
        address = addresses[0] if addresses else None
        name, exchange = (address.name, address.host.exchange) if address else ("", "")
        return name, exchange, keys, "REST", f"{call.callee.replace('()', '')} sends {_named(keys)}", "high"
    for address in addresses:
        if address.host.kind == "official" and scene.exchange_keys:
            return address.name, address.host.exchange, frozenset(), "REST", f"requests go to {address.name}", "low"
    return None


def _of_client(client: Client) -> _Tie:
    exchange = client.exchange if client.host else ""
    return client.host, exchange, client.keys, client.library, f"the client {client.callee} uses the key", "high"


def _whole(scene: Scene) -> _Tie | None:
    official = [address for address in scene.addresses if address.host.kind == "official" and address.host.serves_api]
    clients = [client for client in scene.clients if client.has_key]
    if clients:
        client = clients[0]
        return client.host, client.exchange, client.keys, client.library, "the whole process, which uses a key", "high"
    if official and (scene.exchange_keys or scene.marks):
        first = official[0]
        return (
            first.name,
            first.host.exchange,
            scene.exchange_keys,
            "REST",
            "the whole process, which uses a key",
            "high",
        )
    if official or scene.libraries:
        name, exchange = (official[0].name, official[0].host.exchange) if official else ("", "")
        return name, exchange, frozenset(), "REST", "the whole process, which uses the exchange", "low"
    return None


DETECTOR = Detector(find, words=ADDRESSES)
