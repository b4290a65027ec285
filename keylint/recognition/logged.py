"""Keys that source code prints, logs or puts into exceptions, and switches that make a client log its requests."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.code.flow import Holders, names_of
from keylint.documents.code.values import Argument, Call, Code, Entry, within
from keylint.documents.document import Document
from keylint.recognition.exposures import Exposure
from keylint.recognition.key_names import is_about_exchange, is_key_name, is_signed_name
from keylint.recognition.log_sinks import is_error, is_log
from keylint.recognition.revealing import revealed

_SINK = re.compile(
    r"print|log|console|puts|echo|dump|write|error|exception|throw|raise|panic|warn|debug|trace|verbose|dbg|logger|inspect"
)
# Clients of which `verbose` logs every request with its headers.
_VERBOSE_CLIENT = re.compile(r"(?:^|\.)(?:Async)?(?:Client|BinanceClient)$|ccxt|(?:^|[._])binance\w*$|^exchange_class$|Binance")
_REQUESTS = re.compile(r"(?:^|\.)(?:config|request|req|response\.request|resp\.request|res\.config|error\.config)$")
_REQUEST_HEADERS = re.compile(r"(?:request|req|session|config|options)\.headers$")
_HEADER = "x-mbx-apikey"
_PAIRS = (("key", "secret"), ("key", "api_secret"), ("api_key", "secret"))


def logged(document: Document, code: Code) -> Iterator[Exposure]:
    """Yield what of a source file reaches a log, a terminal or the text of an exception."""
    if not _SINK.search(document.lowered):
        return
    about = is_about_exchange(document)
    holders = names_of(code, is_key_name)
    containers = _containers(code, holders)
    parameters = _pairs(code)
    seen: set[int] = set()

    def holds(name: str, scope: int) -> bool:
        return holders.named(name, scope) or (scope, name) in parameters

    for call in code.calls:
        error = is_error(call)
        if not error and not is_log(call, code.language):
            continue
        for argument in call.arguments:
            found = revealed(document, code, argument, lambda name, at=call.scope: holds(name, at), outer=call)
            direct = found is not None and is_key_name(found.name)
            if found is None and about and not error:
                found = revealed(
                    document,
                    code,
                    argument,
                    lambda name: name in containers or is_signed_name(name) or _REQUEST_HEADERS.search(name) is not None,
                    outer=call,
                )
            if found is None or found.start in seen:
                continue
            seen.add(found.start)
            where = f"`{call.callee}`" if not error else f"the text of `{call.callee}`"
            what = f"`{found.name.lstrip('$')}` reaches {where}"
            if found.name in containers:
                what += ", with the key in it"
            elif is_signed_name(found.name):
                what += ": a signed request"
            yield Exposure(
                "exception" if error else "log", found.name.lstrip("$"), call.callee, what, found.start, found.end, direct
            )
    for throw in code.throws:
        if throw.value.call is not None:
            continue
        found = revealed(document, code, throw.value, lambda name, at=throw.scope: holds(name, at))
        if found is not None and found.start not in seen:
            seen.add(found.start)
            name = found.name.lstrip("$")
            yield Exposure("exception", name, "throw", f"`{name}` is thrown as text", found.start, found.end)
    if about:
        yield from _switches(document, code)


def _containers(code: Code, holders: Holders) -> frozenset[str]:
    """Return the names of mappings that a key was put into: `headers["X-MBX-APIKEY"] = key`."""
    found = set()
    for assignment in code.assignments:
        entry = assignment.value.entry
        if entry is not None and _holds_key(entry, holders, assignment.scope):
            found.add(assignment.target)
        owner, _, last = assignment.target.rpartition(".")
        if owner and last.lower() == _HEADER:
            found.add(owner)
    for call in code.calls:
        if call.receiver and call.method.lower() in ("update", "set", "add", "setrequestproperty", "addheader", "append"):
            for argument in call.arguments:
                named = isinstance(argument.value, str) and argument.value.lower() == _HEADER
                if named or (argument.entry is not None and _holds_key(argument.entry, holders, call.scope)):
                    found.add(call.receiver)
    return frozenset(found - {"self", "this", "client"})


def _holds_key(entry: Entry, holders: Holders, scope: int) -> bool:
    if entry.kind != "mapping":
        return False
    for child in entry.children:
        if child.kind != "scalar" or not child.names:
            continue
        if child.name.lower() == _HEADER:
            return True
        if is_key_name(child.name) and len(child.names) == 1 and holders.named(child.names[0], scope):
            return True
    return False


def _pairs(code: Code) -> frozenset[tuple[int, str]]:
    """Return parameters that are called plainly `key`, beside one that is called a secret."""
    found = set()
    for function in code.functions:
        lowered = {parameter.lower() for parameter in function.parameters}
        if "key" in lowered and not lowered.isdisjoint(("secret", "api_secret", "apisecret", "secret_key")):
            found |= {(function.scope, name) for name in function.parameters if name.lower() == "key"}
    return frozenset(found)


def _switches(document: Document, code: Code) -> Iterator[Exposure]:
    """Yield what makes a client write its requests, with the key in their headers."""
    for call in code.calls:
        if _VERBOSE_CLIENT.search(call.callee):
            for argument in call.arguments:
                if argument.name == "verbose" and argument.value is True:
                    yield _switch(call.callee, argument.start, argument.end)
                elif argument.entry is not None:
                    yield from _verbose_entries(call.callee, argument.entry)
        if call.callee.endswith("interceptors.request.use"):
            yield from _interceptor(document, code, call)
    for assignment in code.assignments:
        owner, _, last = assignment.target.rpartition(".")
        on = assignment.value.value is True or assignment.value.value == 1
        if not on or not owner:
            continue
        if last == "verbose" and re.search(r"exchange|ccxt|binance|client", owner, re.IGNORECASE):
            yield _switch(owner, assignment.value.start, assignment.value.end)
        elif last == "debuglevel" and owner.endswith(("HTTPConnection", "HTTPSConnection")):
            start, end = assignment.value.start, assignment.value.end
            yield Exposure(
                "log", "debuglevel", owner, f"`debuglevel` of `{owner}` prints the headers of every request", start, end, False
            )


def _verbose_entries(callee: str, entry: Entry) -> Iterator[Exposure]:
    for child in entry.children:
        if child.name == "verbose" and child.value is True:
            yield _switch(callee, child.start, child.end)


def _switch(callee: str, start: int, end: int) -> Exposure:
    return Exposure(
        "log", "verbose", callee, f"`verbose` makes `{callee}` log its requests, with the key in their headers", start, end
    )


def _interceptor(document: Document, code: Code, call: Call) -> Iterator[Exposure]:
    for inner in within(code.calls, call.start + 1, call.end):
        if is_log(inner, code.language):
            for argument in inner.arguments:
                name = _logged_request(argument)
                if name:
                    yield Exposure(
                        "log",
                        name,
                        inner.callee,
                        f"`{name}` of every request reaches `{inner.callee}`, with the key in its headers",
                        argument.start,
                        argument.end,
                        False,
                    )


def _logged_request(argument: Argument) -> str:
    return next((name for name in argument.names if _REQUESTS.search(name) or name.endswith(".headers")), "")
