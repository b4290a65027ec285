"""Clients of the exchange that a program builds: by which library, of which exchange, with which key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from keylint.data import load
from keylint.documents.code import language_of
from keylint.documents.code.values import Argument, Assignment, Call, Code, Text, within
from keylint.documents.document import Document
from keylint.recognition.exchange import addresses_exchange
from keylint.recognition.hosts import ADDRESS, Host, host_of
from keylint.recognition.programs import Program, program
from keylint.recognition.promising import is_promising
from keylint.recognition.travel import Nested, Travels, travels
from keylint.recognition.vocabulary import CREATORS, classify, names_exchange, words

HEADER = "x-mbx-apikey"
CREDENTIALS = ("api_key", "api_secret")

# Names such as `data.quotes.binance.ethusd` are none of hosts.
_HOST_ALONE = re.compile(
    r"(?:[sfdep]?api|[fd]?stream|ws|wss|rest|testnet)[\w-]*\.[\w.-]{3,60}\."
    r"(?:com?|us|net|org|io|app|pro|vip|cc|xyz|info|me|online|site|top|live|dev|cloud|eu|uk|cn|ru|vision)"
)
# What a program must hold to be worth reading: a library, a client, a path, the header, or an address beside a key.
# One pattern each, for those that begin with a word are found ten times as fast.
_WORTH_WORDS = (HEADER, "go-binance", "node-binance-api")
_WORTH = tuple(
    re.compile(pattern)
    for pattern in (
        (
            r"binance(?:\w{0,30}(?:client|api|exchange|rest|wrapper|trader|connector)\w{0,10}(?:\.new|::new)?\s*[({]|::|"
            r"[a-z-]{0,9}\.(?:us|com|vision))"
        ),
        r"api/v\d(?:(?<=/api/v\d)|(?<=/wapi/v\d)|(?<=/[sfdep]api/v\d)|(?<=/[sfdep]wapi/v\d))",
        r"ccxt(?<![a-z]ccxt)(?![a-z])",
        r"://[\w?-]{2,20}[\w?.-]{0,40}b[\w?]{1,2}n",
        r"new\s+binance\b",
        r"\\binance\b",
    )
)
# What stands before the name where a library is imported. One pattern over whole files would take ten times as long.
_IMPORTED = re.compile(
    r"(?:(?:from|import|using|use)\s+['\"]?|(?:require|include|import)\w*\s*\(?\s*['\"])@?(?:com\.|unicorn_)?\Z"
)
_BEFORE = 60
_NAMED_KEY = re.compile(r"binance\w{0,30}(?:key|secret)")
_ENDS = re.compile(r"[/:?#]|$|\s|\{\}")
# A value that a method of a client returns and that is one, too.
_DERIVED = re.compile(r"(?i)(?:client|wallet|trade|spot|api|account|options|rest|margin|futures|subaccount|connect)!?$")
# Arguments that say where a client talks to; others hold addresses of proxies, pages and callbacks.
_BASES = frozenset(
    "baseurl base_url basepath base_path baseuri base_uri host hostname endpoint urls url api httpbase wsbase "
    "rest public private domain base apiurl api_url restendpoint rest_api_endpoint baseaddress api_endpoint "
    "server".split()
)
_OWN_CLIENT = re.compile(
    r"(?i)binance(?:us|_us)?[a-z_]*?(?:client|api|exchange|rest|wrapper|trader|connector)(?:v\d)?$"
)
_US_ENVIRONMENT = re.compile(r"(?:BinanceEnvironment|Environment|BinanceApiAddresses)\s*[.=]+\s*(?:\w+\.)?Us\b")
_TEST = frozenset("testnet test_net sandbox usetestnet paper sandboxmode set_sandbox_mode istestnet test".split())
_STRINGS_OF_US = frozenset(("us", "binance.us", "binanceus", "binance_us", "binance-us"))


# Calls whose result is what they were given, the header of the exchange too.
_FORMS = frozenset(
    "dict headers assign httprequestmessage map build newrequest newrequestwithcontext request append".split()
)
_NOWHERE = -1


class Address(NamedTuple):
    """A literal that names a host. Units: half-open offsets of scheme and host in the program."""

    scheme: str
    name: str
    host: Host
    start: int
    end: int
    scope: int


class _Destination(NamedTuple):
    """Where a client talks to. Fields as those of a client."""

    exchange: str
    host: str
    chosen: bool = False
    told: int = _NOWHERE


_ELSEWHERE = _Destination("unknown", "")


class Client(NamedTuple):
    """A client as built. `host` is where it talks to, empty if that is not known; so with `exchange`.

    `chosen` says whether the program names the host or its exchange, `told` where the literal with its address stands
    (-1 if there is none).
    """

    library: str
    callee: str
    exchange: str
    host: str
    has_key: bool
    keys: frozenset[str]
    start: int
    end: int
    chosen: bool
    told: int


class Scene(NamedTuple):
    """A program that uses the exchange, with what its names hold.

    Labels: `cred:NAME` a credential, `mark` the exchange's header, `url:N` an address, `client:N` a client.
    """

    program: Program
    nested: Nested
    travels: Travels
    libraries: tuple[str, ...]
    clients: tuple[Client, ...]
    addresses: tuple[Address, ...]
    marks: tuple[int, ...]
    exchange_keys: frozenset[str]

    def is_test(self, offset: int) -> bool:
        """Tell whether an offset lies in the tests at the end of a Rust file."""
        return self.program.code.language == "rust" and 0 <= self.program.text.find("#[cfg(test)]") < offset

    def labels(self, names: Iterable[str], scope: int) -> set[str]:
        """Return what an expression's names hold, and are."""
        names = tuple(names)
        found = self.travels.of(names, scope)
        found.update(_credentials(names))
        return found

    def keys(self, argument: Argument, scope: int) -> frozenset[str]:
        """Return the labels of the exchange's keys that an expression hands on."""
        held = self.labels(self.nested.plain_names(argument), scope)
        keys = held & self.exchange_keys
        if (
            argument.name.lower() == HEADER
            or "mark" in held
            or any(argument.start <= mark < argument.end for mark in self.marks)
        ):
            keys.add("mark")
        return frozenset(keys)

    def client_of(self, receiver: str, scope: int) -> Client | None:
        """Return the client that a receiver is, or is a part of."""
        name = receiver
        while name:
            for label in sorted(self.travels.of((name,), scope)):
                if label.startswith("client:"):
                    return self.clients[int(label[7:])]
            name = name.rpartition(".")[0]
        return None


def scene(document: Document) -> Scene | None:
    """Return the program of a document that speaks of the exchange, None for all others; to be asked through `once`."""
    lowered = document.lowered
    if not document.once(addresses_exchange):
        return None
    if not _is_worth(lowered) and not ("://" in lowered and _NAMED_KEY.search(lowered)):
        return None
    language = language_of(document.path, document.text)
    if language is not None and not is_promising(document, language):
        return None
    found = document.once(program)
    return _scene(found) if found else None


def _is_worth(lowered: str) -> bool:
    return (
        any(word in lowered for word in _WORTH_WORDS)
        or any(pattern.search(lowered) for pattern in _WORTH)
        or any(
            _IMPORTED.search(lowered, max(0, found.start() - _BEFORE), found.start())
            for found in re.finditer("binance", lowered)
        )
    )


def carried(scene: Scene, call: Call) -> frozenset[str]:
    """Return the labels of the exchange's keys that go along with a request."""
    chain = scene.nested.chain(call)
    keys: set[str] = set()
    for each in chain:
        for argument in each.arguments:
            keys |= scene.keys(argument, each.scope)
    receiver = chain[0].receiver if chain else call.receiver
    names = [receiver] if receiver and "(" not in receiver else []
    around = scene.nested.assigned.of(call.start)
    names += [
        item.target for item in around if item.value.call is not None and item.value.start == around[-1].value.start
    ]
    while names:
        name = names.pop()
        held = scene.travels.of((name,), call.scope)
        if "mark" in held:
            keys |= (held & scene.exchange_keys) | {"mark"}
        parent = name.rpartition(".")[0]
        if parent not in ("", "self", "this"):
            names.append(parent)
    return frozenset(keys)


def names_us(name: str) -> bool:
    """Tell whether the name of a key says that it is of Binance.US."""
    parts = words(name)
    return "binanceus" in parts or ("binance", "us") in pairwise(parts)


def key_names(labels: Iterable[str], scene: Scene) -> tuple[str, ...]:
    """Return the variables of the environment among labels of credentials."""
    found = {label[6:] for label in labels if label.startswith("cred:$")}
    if scene.program.code.language == "shell":  # whatever is not given a value there
        given = {assignment.target for assignment in scene.program.code.assignments}
        found |= {label[5:] for label in labels if label.startswith("cred:")} - given
    return tuple(sorted(name.lstrip("$") for name in found))


def key_exchange(labels: Iterable[str]) -> str:
    """Return the exchange that the names of a key speak of."""
    return "binance.us" if any(names_us(label[5:]) for label in labels if label.startswith("cred:")) else "unknown"


@cache
def libraries(language: str) -> tuple[dict[str, Any], ...]:
    """Return the client libraries of a language."""
    return tuple(library for library in load("operations")["libraries"] if language in library["languages"])


def _scene(found: Program) -> Scene:
    code = found.code
    known = libraries(code.language)
    bound, present = _bound(code, known)
    nested = Nested(code)
    addresses = tuple(_addresses(code.texts, found.text))
    marks = tuple(text.start for text in code.texts if HEADER in text.value.lower())
    built = [(call, library) for call in code.calls if (library := _library(call, known, bound, present)) is not None]
    chains: dict[int, list[int]] = {}
    for at, (call, _) in enumerate(built):
        chains.setdefault(max(nested.chain(call), key=lambda each: each.end).callee_start, []).append(at)
    makers = _makers(code, [call for call, _ in built])

    def own(item: Assignment | Call) -> set[str]:
        start, end = (item.value.start, item.value.end) if isinstance(item, Assignment) else (item.start, item.end)
        labels = {f"url:{at}" for at, address in enumerate(addresses) if start <= address.start and address.end <= end}
        if any(start <= mark < end for mark in marks):
            labels.add("mark")
        if isinstance(item, Call):
            for argument in item.arguments:
                labels.update(_credentials(nested.plain_names(argument)))
            return labels
        labels.update(_credentials(nested.plain_names(item.value)))
        call = item.value.call
        if call is not None:
            labels.update(f"client:{at}" for at in chains.get(call.callee_start, ()))
            made = makers.get(call.method)
            if made is not None:
                labels.add(f"client:{made}")
            if "mark" in labels and call.method.lower() not in _FORMS:
                labels.discard("mark")
        return labels

    def derived(assignment: Assignment) -> tuple[str, ...]:
        call = assignment.value.call
        if call is None or "(" in call.receiver or not _DERIVED.search(call.method):
            return ()
        return (call.receiver,) if call.receiver else ()

    going = travels(code, own, derived)
    bare = Scene(found, nested, going, present, (), addresses, marks, frozenset())
    named: dict[str, set[str]] = {}
    for (_, name), labels in going.labels.items():
        for label in labels:
            named.setdefault(label, set()).add(name)
    parts: dict[str, list[Assignment]] = {}  # what is set on an object, and on its parts
    for item in code.assignments:
        pieces = item.target.split(".")
        for count in range(1, len(pieces)):
            parts.setdefault(".".join(pieces[:count]), []).append(item)
    clients = tuple(
        _client(bare, call, library, sorted(named.get(f"client:{at}", ())), parts)
        for at, (call, library) in enumerate(built)
    )
    keys = {label for client in clients for label in client.keys}
    keys.update(_header_keys(bare))
    keys.update(_named_keys(code))
    return bare._replace(clients=clients, exchange_keys=frozenset(keys))


def _bound(
    code: Code, known: tuple[dict[str, Any], ...]
) -> tuple[dict[str, tuple[dict[str, Any], str]], tuple[str, ...]]:
    """Return which names come from which library, as what; and the libraries that are there."""
    bound: dict[str, tuple[dict[str, Any], str]] = {}
    present: dict[str, None] = {}
    for each in code.imports:
        library = _module_of(each.module, known)
        if library is None:
            continue
        present[library["name"]] = None
        last = re.split(r"[./]", each.module.removesuffix("/v2"))[-1]
        bound.setdefault({"go-binance": "binance"}.get(last, last), (library, ""))
        bound.setdefault(each.module.partition(".")[0], (library, ""))
        for name, alias in each.names:
            bound[alias or name] = (library, name)
    for call in code.calls:
        if call.method in ("require", "import") and call.arguments and isinstance(call.arguments[0].value, str):
            library = _module_of(call.arguments[0].value, known)
            if library is None:
                continue
            present[library["name"]] = None
            for assignment in code.assignments:
                if assignment.value.start <= call.start and call.end <= assignment.value.end:
                    bound.setdefault(assignment.target, (library, ""))
    return bound, tuple(present)


def _module_of(module: str, known: tuple[dict[str, Any], ...]) -> dict[str, Any] | None:
    best, length = None, 0
    for library in known:
        for prefix in library["modules"]:
            fits = module == prefix or (module.startswith(prefix) and module[len(prefix)] in "./_:\\")
            if fits and len(prefix) > length:
                best, length = library, len(prefix)
    return best


def _library(
    call: Call,
    known: tuple[dict[str, Any], ...],
    bound: dict[str, tuple[dict[str, Any], str]],
    present: tuple[str, ...],
) -> dict[str, Any] | None:
    """Return the library whose client a call constructs; one without a name for a client of the program's own."""
    parts = [part for part in call.callee.split(".") if part.lower().rstrip("!") not in CREATORS]
    if not parts or "(" in call.callee or call.method.endswith("!"):
        return None
    root, last = parts[0], parts[-1]
    library, original = bound.get(root, (None, ""))
    if library is not None:
        name = original if len(parts) == 1 and original not in ("", "default", "*") else last
        if name in library["clients"] or ("*" in library["clients"] and len(parts) == 1):
            return library
        if library["name"] == "ccxt" and len(parts) > 1:
            return None
    if len(parts) > 1 and root.lower() == "ccxt" and last in ("binance", "binanceus", "binanceusdm", "binancecoinm"):
        return next((each for each in known if each["name"] == "ccxt"), None)
    for each in known:
        is_there = each["name"] in present or root.startswith("Binance")
        if last in each["clients"] and last[0].isupper() and is_there and library in (None, each):
            return each
    if _OWN_CLIENT.search(last) and last[0].isupper() and call.method.lower() not in ("error", "exception"):
        return _OWN
    return None


_OWN: dict[str, Any] = {"name": "", "clients": [], "calls": {}, "host": ""}


def _makers(code: Code, built: list[Call]) -> dict[str, int]:
    """Return the functions that build one client and no other, by name: they may return it."""
    found: dict[str, list[int]] = {}
    for at, call in enumerate(built):
        for function in code.functions:
            if function.scope == call.scope and function.name and not function.name.startswith("__"):
                found.setdefault(function.name, []).append(at)
    return {name: places[0] for name, places in found.items() if len(places) == 1}


def _addresses(texts: Iterable[Text], source: str) -> Iterator[Address]:
    for text in texts:
        match = ADDRESS.match(text.value.lstrip()) if "://" in text.value[:12] else None
        if match is not None:
            if "." not in match["host"] and match["host"] != "localhost":
                continue
            # A host that goes on in a hole of the text is not known.
            if not _ENDS.match(text.value.lstrip(), match.end()) or match["host"].endswith("."):
                continue
            start = source.find(match[0], text.start, text.end)
            if start >= 0:
                name = match["host"].lower()
                yield Address(match["scheme"].lower(), name, host_of(name), start, start + len(match[0]), text.scope)
        elif "." in text.value and len(text.value) < 80 and _HOST_ALONE.fullmatch(text.value.lower()):
            judged = host_of(text.value)
            if judged.kind in ("official", "lookalike") and judged.serves_api:
                yield Address("", text.value.lower(), judged, text.start, text.end, text.scope)


def _credentials(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name.startswith("$"):  # worth following whatever it is called: it may become a key's argument
            yield f"cred:{name}"
            continue
        last = name.rpartition(".")[2]
        kind = classify(last)
        if kind in CREDENTIALS or (kind in ("key", "secret") and names_exchange(name)):
            yield f"cred:{name}"


def _named_keys(code: Code) -> Iterator[str]:
    """Yield what names itself a key of the exchange."""
    for assignment in code.assignments:
        for label in _credentials((*assignment.value.names, assignment.target)):
            if names_exchange(label) and _is_named(label):
                yield label
    for call in code.calls:
        for argument in call.arguments:
            for label in _credentials(argument.names):
                if names_exchange(label) and _is_named(label):
                    yield label


def _header_keys(bare: Scene) -> Iterator[str]:
    """Yield the credentials that are sent as the exchange's header."""
    code = bare.program.code
    for call in code.calls:
        for at, argument in enumerate(call.arguments):
            if argument.name.lower() == HEADER:
                yield from _only_keys(bare.labels(argument.names, call.scope))
            elif isinstance(argument.value, str) and argument.value.lower() == HEADER and at + 1 < len(call.arguments):
                yield from _only_keys(bare.labels(call.arguments[at + 1].names, call.scope))
    for mapping in code.mappings:
        waiting = [mapping]
        while waiting:
            entry = waiting.pop()
            waiting.extend(entry.children)
            if entry.name.lower() == HEADER:
                scope = next((text.scope for text in code.texts if text.start == entry.name_start), 0)
                yield from _only_keys(bare.labels(entry.names, scope))
    for text in code.texts:
        if text.holes and HEADER in text.value.lower():
            for hole in text.holes:
                yield from _only_keys(bare.labels(hole, text.scope))


def _only_keys(labels: Iterable[str], *, named: bool = False) -> Iterator[str]:
    """Yield the labels of credentials; with `named` those alone whose name says so."""
    return (label for label in labels if label.startswith("cred:") and not (named and not _is_named(label)))


def _is_named(label: str) -> bool:
    name = label[5:].lstrip("$")
    kind = classify(name.rpartition(".")[2])
    return kind in CREDENTIALS or (kind in ("key", "secret") and names_exchange(name))


def _client(
    bare: Scene, call: Call, library: dict[str, Any], names: Iterable[str], parts: Mapping[str, list[Assignment]]
) -> Client:
    """Say where a client talks to, and with which key."""
    arguments = [
        argument for each in bare.nested.chain(call) for argument in each.arguments if _is_construction(each, call)
    ]
    settings = [item for name in names for item in parts.get(name, ())]
    settings += within(bare.program.code.assignments, call.start, call.end)
    labels: set[str] = set()
    has_key = False
    for place, argument in enumerate(arguments):
        labels.update(_only_keys(bare.labels(argument.names, call.scope), named=True))
        is_key = (place < 2 and not argument.name and argument.entry is None) or _takes_key(argument.name)
        if is_key:
            labels.update(_only_keys(bare.labels(argument.names, call.scope)))
        has_key |= _takes_key(argument.name) and bool(argument.names or argument.value)
        for entry in argument.entry.children if argument.entry else ():
            if _takes_key(entry.name):
                labels.update(_only_keys(bare.labels(entry.names, call.scope)))
                has_key |= bool(entry.names or entry.value)
    for item in settings:
        if _takes_key(item.target.rpartition(".")[2]) or "credential" in item.target.lower():
            labels.update(_only_keys(bare.labels(item.value.names, item.scope)))
            has_key = True
    keys = frozenset(labels)
    has_key = has_key or bool(keys) or any(_is_literal_key(argument) for argument in arguments)
    goes = _destination(bare, call, library, arguments, settings)
    return Client(
        library["name"],
        call.callee,
        goes.exchange,
        goes.host,
        has_key,
        keys,
        call.callee_start,
        call.callee_end,
        goes.chosen,
        goes.told,
    )


def _is_construction(each: Call, call: Call) -> bool:
    return (
        each is call
        or each.method.lower() in CREATORS
        or "option" in each.method.lower()
        or "key" in each.method.lower()
    )


def _takes_key(name: str) -> bool:
    return bool(name) and classify(name) in (*CREDENTIALS, "key", "secret")


def _is_literal_key(argument: Argument) -> bool:
    values = [argument.value]
    if argument.entry is not None:
        values += [child.value for child in argument.entry.children if classify(child.name) in (*CREDENTIALS, "secret")]
    return any(isinstance(value, str) and len(value) >= 32 and value.isalnum() for value in values)


def _destination(
    bare: Scene, call: Call, library: dict[str, Any], arguments: list[Argument], settings: list[Assignment]
) -> _Destination:
    """Return where a client talks to: as it is told, else as its library does by default."""
    text = bare.program.text[call.start : max((argument.end for argument in arguments), default=call.end)]
    is_ccxt = library["name"] == "ccxt"
    given = [*_values(arguments), *((item.target.rpartition(".")[2], item.value.value) for item in settings)]
    if any(_plain(name) in _TEST and value not in (False, None, "", 0) for name, value in given):
        return _ELSEWHERE
    for address in _bases(bare, call, arguments, settings):
        return _Destination(address.host.exchange or "unknown", address.name, chosen=True, told=address.start)
    if (
        (is_ccxt and call.callee.lower().endswith("binanceus"))
        or _US_ENVIRONMENT.search(text)
        or any(_chooses_us(_plain(name), value) for name, value in given)
    ):
        return _Destination("binance.us", "api.binance.us", chosen=True)
    if not library["name"]:
        is_us = re.search(r"binance_?us(?![a-z]*d)", call.callee.lower()) is not None
        return _Destination("binance.us" if is_us else "unknown", "")
    if any(_plain(name) == "tld" and value != "com" for name, value in given):
        return _ELSEWHERE
    if not is_ccxt and any(_is_open(bare, argument, call.scope) for argument in arguments):
        return _ELSEWHERE
    return _Destination("binance.com", library["host"], chosen=is_ccxt)


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")


def _chooses_us(name: str, value: object) -> bool:
    if isinstance(value, str):
        return name in ("tld", "exchange", "domain", "") and value.lower() in _STRINGS_OF_US
    return name == "us" and value is True


def _values(arguments: Iterable[Argument]) -> Iterator[tuple[str, object]]:
    for argument in arguments:
        yield argument.name, argument.value
        waiting = list(argument.entry.children) if argument.entry else []
        while waiting:
            entry = waiting.pop()
            if entry.kind == "scalar" and entry.name:
                yield entry.name, entry.value
            waiting.extend(entry.children)


def _bases(bare: Scene, call: Call, arguments: list[Argument], settings: list[Assignment]) -> Iterator[Address]:
    """Yield the addresses that a client is told to talk to."""
    for item in settings:
        parts = {part.lower() for part in item.target.split(".")}
        if parts & _BASES or any("url" in part or "endpoint" in part for part in parts):
            yield from _held(bare, item.value.names, item.value, item.scope)
    for argument in arguments:
        if argument.entry is not None:
            waiting = list(argument.entry.children)
            while waiting:
                entry = waiting.pop()
                if entry.name.lower() in _BASES:
                    yield from _held(bare, entry.names, entry, call.scope)
                elif not entry.name:
                    waiting.extend(entry.children)
        elif not argument.name or argument.name.lower() in _BASES:
            yield from _held(bare, argument.names, argument, call.scope)


def _held(bare: Scene, names: tuple[str, ...], place: Any, scope: int) -> Iterator[Address]:
    for address in bare.addresses:
        if place.start <= address.start and address.end <= place.end:
            yield address
    for label in sorted(bare.travels.of(names, scope)):
        if label.startswith("url:"):
            yield bare.addresses[int(label[4:])]


def _is_open(bare: Scene, argument: Argument, scope: int) -> bool:
    """Tell whether an argument is a name that may hold anything, such as options from elsewhere."""
    if argument.text.startswith(("**", "...", "*")):
        return True
    if argument.value is not None or argument.entry is not None or argument.call is not None:
        return False
    kinds = {classify(name.rpartition(".")[2]) for name in argument.names}
    return bool(kinds) and kinds <= {"none", "other"} and not bare.labels(argument.names, scope) and not argument.name
