"""Keys that source code prints, logs or puts into exceptions, and switches that make a client log its requests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from keylint.documents.code.flow import Holders, names_of
from keylint.documents.code.values import Argument, Call, Code, Entry, within
from keylint.documents.document import Document
from keylint.recognition.exposures import Channel, Exposure
from keylint.recognition.key_names import is_about_exchange, is_key_name, is_signed_name
from keylint.recognition.log_sinks import is_error, is_log
from keylint.recognition.revealing import Revealed, revealed

_SINK = re.compile(
    r"print|log|console|puts|echo|dump|write|error|exception|throw|raise|panic|warn|debug|trace|verbose|dbg|logger|inspect"
)
# Clients of which `verbose` logs every request with its headers.
_VERBOSE_CLIENT = re.compile(
    r"(?:^|\.)(?:Async)?(?:Binance)?Client$|ccxt|(?:^|[._])[Bb]inance(?:[Uu][Ss])?$|^exchange_class$"
)
_REQUESTS = re.compile(r"(?:^|\.)(?:config|request|req|response\.request|resp\.request|res\.config|error\.config)$")
_REQUEST_HEADERS = re.compile(r"(?:request|req|session|config|options)\.headers$")
_HEADER = "x-mbx-apikey"
_PAIRS = (("key", "secret"), ("key", "api_secret"), ("api_key", "secret"))


class _Names:
    """Which names of a source file hold a key."""

    def __init__(self, document: Document, code: Code) -> None:
        self._document = document
        self._code = code
        self._holders = names_of(code, is_key_name)
        self._pairs = _pairs(code)
        self._given: dict[str, bool] = {}
        self._asked_for: dict[str, bool] = {}
        self.containers = _containers(code, self._holders)

    def holds(self, name: str, scope: int) -> bool:
        if is_key_name(name) or (scope, name) in self._pairs:
            return not self._is_asked_for(name)
        return self._holders.named(name, scope) and self._is_given(name)

    def shows(self, name: str) -> bool:
        """Tell whether a name holds a request with the key in it, or its signature."""
        return name in self.containers or is_signed_name(name) or _REQUEST_HEADERS.search(name) is not None

    def _is_asked_for(self, name: str) -> bool:
        """Tell whether the environment is asked by what a name holds: the name of a variable, then, and no key."""
        if name not in self._asked_for:
            asked = (
                rf"(?:environ(?:\.get)?|getenv|process\.env)\s*[\[(]\s*[\w.]*\b{re.escape(name.lstrip('$'))}\s*[\]),]"
            )
            self._asked_for[name] = re.search(asked, self._document.text, re.IGNORECASE) is not None
        return self._asked_for[name]

    def _is_given(self, name: str) -> bool:
        """Tell whether a name is given a key itself, and not what is known of one: `short = api_key[:4]`."""
        if name not in self._given:
            self._given[name] = False  # a name that is given itself
            self._given[name] = any(read.target == name and is_key_name(read.name) for read in self._code.reads) or any(
                revealed(self._document, self._code, found.value, partial(self.holds, scope=found.scope)) is not None
                for found in self._code.assignments
                if found.target == name
            )
        return self._given[name]


def logged(document: Document, code: Code) -> Iterator[Exposure]:
    """Yield what of a source file reaches a log, a terminal or the text of an exception."""
    if not _SINK.search(document.lowered):
        return
    about = is_about_exchange(document)
    names = _Names(document, code)
    seen: set[int] = set()
    for call in code.calls:
        log = is_log(call, code.language)
        error = not log and is_error(call)
        if not log and not error:
            continue
        for argument in call.arguments:
            found = revealed(document, code, argument, partial(names.holds, scope=call.scope), outer=call)
            if found is None and about and not error:
                found = revealed(document, code, argument, names.shows, outer=call)
            if found is not None and found.start not in seen:
                seen.add(found.start)
                yield _exposure(names, call.callee, found, error=error)
    for throw in code.throws:
        if throw.value.call is None:
            found = revealed(document, code, throw.value, partial(names.holds, scope=throw.scope))
            if found is not None and found.start not in seen:
                seen.add(found.start)
                name = found.name.lstrip("$")
                yield Exposure("exception", name, "throw", f"`{name}` is thrown as text", found.start, found.end)
    if about:
        yield from _switches(code)


def _exposure(names: _Names, callee: str, found: Revealed, *, error: bool) -> Exposure:
    name = found.name.lstrip("$")
    because = f"`{name}` reaches " + (f"the text of `{callee}`" if error else f"`{callee}`")
    if found.name in names.containers:
        because += ", with the key in it"
    elif is_signed_name(found.name):
        because += ": a signed request"
    channel: Channel = "exception" if error else "log"
    return Exposure(channel, name, callee, because, found.start, found.end, is_key_name(found.name))


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
        if call.receiver and call.method.lower() in (
            "update",
            "set",
            "add",
            "setrequestproperty",
            "addheader",
            "append",
        ):
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


def _switches(code: Code) -> Iterator[Exposure]:
    """Yield what makes a client write its requests, with the key in their headers."""
    for call in code.calls:
        if _VERBOSE_CLIENT.search(call.callee) and len(call.arguments) > 1:
            for argument in call.arguments:
                if argument.name == "verbose" and argument.value is True:
                    yield _switch(call.callee, argument.start, argument.end)
        if _VERBOSE_CLIENT.search(call.callee):
            for argument in call.arguments:
                if argument.entry is not None and any(is_key_name(child.name) for child in argument.entry.children):
                    yield from _verbose_entries(call.callee, argument.entry)
        if call.callee.endswith("interceptors.request.use"):
            yield from _interceptor(code, call)
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
                "log",
                "debuglevel",
                owner,
                f"`debuglevel` of `{owner}` prints the headers of every request",
                start,
                end,
                False,
            )


def _verbose_entries(callee: str, entry: Entry) -> Iterator[Exposure]:
    for child in entry.children:
        if child.name == "verbose" and child.value is True:
            yield _switch(callee, child.start, child.end)


def _switch(callee: str, start: int, end: int) -> Exposure:
    return Exposure(
        "log",
        "verbose",
        callee,
        f"`verbose` makes `{callee}` log its requests, with the key in their headers",
        start,
        end,
    )


def _interceptor(code: Code, call: Call) -> Iterator[Exposure]:
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
