"""Calls and requests that need a permission of a key: by client library, REST path or WebSocket method."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from keylint.detectors import Detector
from keylint.documents.document import Document
from keylint.model import Confidence, Fact
from keylint.recognition.exchange import ADDRESSES, addresses_exchange

if TYPE_CHECKING:
    from keylint.documents.code.values import Call, Text
    from keylint.recognition.clients import Client, Scene
    from keylint.recognition.operations import Match

# A file that names so many paths is a client library of its own: it offers calls and makes none.
_PATHS_OF_A_LIBRARY = 8
_CALLS_OF_A_LIBRARY = 3
# This pattern and the next are compiled when first used.
_OWN_PACKAGE = r"(?m)^\s*(?:namespace\s+Binance\b|package\s+(?:com\.binance|binance\b|futures\b|delivery\b|options\b))"
# A path, or an address with one; not prose with a path in it.
_PLAIN = r"(?:\{\})*/|[a-z{]+://|\{\}"
_PLAUSIBLE = frozenset(
    "client exchange ex api rest bot trader account wallet spot cli conn connector broker svc service".split()
)


class _Seen(NamedTuple):
    permission: str
    name: str
    library: str
    exchange: str
    keys: frozenset[str]
    confidence: Confidence
    start: int
    end: int


def find(document: Document) -> Iterator[Fact]:
    """Yield an `operation` fact for every call and request that needs a permission."""
    if not document.once(addresses_exchange):
        return
    from keylint.recognition.clients import scene

    found = document.once(scene)
    if found is None:
        return
    from keylint.recognition.clients import key_names
    from keylint.recognition.masking import quotation
    from keylint.recognition.places import context_of

    requests = list(_requests(found))
    context = context_of(document.path)
    if context not in ("test", "docs") and _is_library(found, requests):
        context = "library"
    for seen in (*_calls(found), *requests):
        start, end = found.program.span(seen.start, seen.end)
        yield Fact(
            target="operation",
            location=document.location(start, end),
            identity=f"{seen.permission} {seen.library} {seen.name} {document.path}",
            attributes={
                "permission": seen.permission,
                "name": seen.name,
                "library": seen.library,
                "exchange": seen.exchange,
                "key_names": key_names(seen.keys, found),
                "confidence": seen.confidence,
                "context": context if not found.is_test(seen.start) else "test",
            },
            excerpt=quotation(document, start, end),
        )


def _calls(scene: Scene) -> Iterator[_Seen]:
    from keylint.recognition.operations import all_calls, calls_of, compact, is_common

    code = scene.program.code
    known = all_calls(code.language)
    for call in code.calls:
        name = compact(call.method)
        if name not in known or not call.receiver:
            continue
        client = _built_in(scene, call) or scene.client_of(call.receiver, call.scope)
        if client is not None:
            permission = calls_of(client.library).get(name) if client.library else known[name]
            if permission is None:
                continue
            yield _seen(call, permission, client, "high" if client.library else "medium")
            continue
        root = call.receiver.partition(".")[0].lower()
        if root in ("self", "this", "super()", "super") and "." not in call.receiver:
            continue
        libraries = [library for library in scene.libraries if name in calls_of(library)]
        named = "binance" in call.receiver.lower()
        if not libraries and not (named and (name == "withdraw" or not is_common(name))):
            continue
        if is_common(name) and not named and not _is_plausible(call.receiver):
            continue
        library = libraries[0] if libraries else ""
        permission = calls_of(library)[name] if library else known[name]
        yield _Seen(
            permission,
            f"{call.receiver}.{call.method}",
            library or "unknown",
            _only_exchange(scene),
            frozenset(),
            "medium" if libraries or named else "low",
            call.callee_start,
            call.callee_end,
        )


def _seen(call: Call, permission: str, client: Client, confidence: Confidence) -> _Seen:
    return _Seen(
        permission,
        f"{call.receiver}.{call.method}",
        client.library or "unknown",
        client.exchange,
        client.keys,
        confidence,
        call.callee_start,
        call.callee_end,
    )


def _built_in(scene: Scene, call: Call) -> Client | None:
    """Return the client that is built where it is called: `Client(…).withdraw(…)`."""
    return next(
        (client for client in scene.clients if client.start == call.callee_start and client.end < call.end), None
    )


def _is_plausible(receiver: str) -> bool:
    from keylint.recognition.vocabulary import words

    return not _PLAUSIBLE.isdisjoint(words(receiver))


def _only_exchange(scene: Scene) -> str:
    """Return the exchange of a file that speaks to one alone."""
    found = {client.exchange for client in scene.clients if client.library}
    found |= {address.host.exchange for address in scene.addresses if address.host.exchange}
    return found.pop() if len(found) == 1 else "unknown"


def _requests(scene: Scene) -> Iterator[_Seen]:
    from keylint.recognition.operations import Match, path_in, request_permission, websocket_permission

    for text in scene.program.code.texts:
        value = text.value
        if "/" not in value:
            if "." in value and len(value) < 40:
                permission = websocket_permission(value)
                if permission is not None and _is_method_entry(scene, text):
                    needs = Match(permission, "", sure=True)
                    yield _request(scene, text, value, needs, "medium")
            continue
        path = path_in(value)
        if path is None:
            continue
        call, method = _sender(scene, text)
        if not re.match(_PLAIN, value) and not (method and value.lstrip("/") and path.endswith(value.lstrip("/"))):
            continue
        match = request_permission(method, path)
        if match is None:
            continue
        confidence: Confidence = "high" if method and call else "medium" if match.sure else "low"
        name = f"{method} {path}".strip()
        yield _request(scene, text, name, match, confidence, call=call)


def _request(
    scene: Scene, text: Text, name: str, match: Match, confidence: Confidence, *, call: Call | None = None
) -> _Seen:
    from keylint.recognition.clients import carried

    keys = carried(scene, call) if call else frozenset()
    exchange = match.exchange
    at = next((address for address in scene.addresses if text.start <= address.start and address.end <= text.end), None)
    if at is not None:
        exchange = at.host.exchange or "unknown"
    else:
        hosts = {
            scene.addresses[int(label[4:])].host.exchange
            for names in (text.holes if not call else (*text.holes, *(argument.names for argument in call.arguments)))
            for label in scene.travels.of(names, text.scope)
            if label.startswith("url:")
        }
        exchange = hosts.pop() if len(hosts) == 1 else exchange or _only_exchange(scene)
    return _Seen(match.permission, name, "REST", exchange or "unknown", keys, confidence, text.start, text.end)


def _is_method_entry(scene: Scene, text: Text) -> bool:
    before = scene.program.text[max(0, text.start - 40) : text.start]
    return "method" in before.lower()


def _sender(scene: Scene, text: Text) -> tuple[Call | None, str]:
    """Return the call that sends a request to a literal's path, and its method; empty if nothing shows it."""
    from keylint.recognition.operations import method_beside, method_of

    code = scene.program.code
    holding = [call for call in scene.nested.around.of(text.start) if call.callee_end <= text.start]
    for call in sorted(holding, key=lambda call: call.callee_start, reverse=True):
        method = method_of(call, scene.nested)
        if method:
            return call, method
    beside = method_beside(code, text.start)
    if beside:
        return (holding[-1] if holding else None), beside
    assigned = [item for item in scene.nested.assigned.of(text.start) if not holding or item.start >= holding[-1].start]
    for item in assigned:
        methods = {}
        for call in code.calls:
            if call.scope == item.scope and any(item.target in argument.names for argument in call.arguments):
                method = method_of(call, scene.nested)
                if method:
                    methods[method] = call
        if len(methods) == 1:
            method, call = methods.popitem()
            return call, method
    return (holding[-1] if holding else None), ""


def _is_library(scene: Scene, requests: list[_Seen]) -> bool:
    """Tell whether a file offers the exchange's calls to others: a client library, not a program."""
    if len({seen.name.rpartition(" ")[2] for seen in requests}) >= _PATHS_OF_A_LIBRARY:
        return True
    if any(client.library and client.has_key for client in scene.clients):
        # Whoever gives a library's client the key runs it, whatever they call their methods.
        return False
    from keylint.recognition.operations import all_calls, compact, is_common

    code = scene.program.code
    known = all_calls(code.language)
    offered = {compact(function.name) for function in code.functions if function.name}
    if len([name for name in offered if name in known and not is_common(name)]) >= _CALLS_OF_A_LIBRARY:
        return True
    return (
        not any(client.library for client in scene.clients) and re.search(_OWN_PACKAGE, scene.program.text) is not None
    )


DETECTOR = Detector(find, words=ADDRESSES)
