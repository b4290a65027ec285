"""What calls and REST paths need of a key: by permission, from the data file."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from keylint.data import load
from keylint.documents.code.values import Argument, Call, Code, Entry
from keylint.recognition.travel import Nested

METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")
PATH = re.compile(r"/(?:s|f|d|e|p)?w?api/v\d[/\w.-]*")
# Low-level methods of libraries take paths without their beginning.
_SHORT = re.compile(
    r"(?:v\d/)?(?P<path>(?:capital|fiatpayment|localentity|sub-account|broker|asset|margin|convert|staking)/[\w/-]+)"
)
_VERB = re.compile(
    r"(?i)(?:^|_|[a-z])(get|post|put|delete|patch)(?:json|async|form|string|for\w+|signed|private|request|_|$)|^(?:http_?)?(get|post|put|delete|patch)$"
)
_VERB_NAME = re.compile(
    r"(?:^|[._])(?:Method|HttpMethod|RequestMethod|Verb|http)?\.?(GET|POST|PUT|DELETE|PATCH|Get|Post|Put|Delete|Patch|MethodGet|MethodPost|MethodPut|MethodDelete)$"
)
_CURLOPT_POST = frozenset(("CURLOPT_POST", "CURLOPT_POSTFIELDS"))


class Match(NamedTuple):
    """What a request needs. `exchange` is binance.com for what only that exchange has, else empty."""

    permission: str
    exchange: str
    sure: bool


class _Rule(NamedTuple):
    permission: str
    exchange: str
    methods: frozenset[str]
    path: re.Pattern[str]


@cache
def _rules() -> tuple[_Rule, ...]:
    found = []
    for permission, lists in load("operations")["permissions"].items():
        for side, exchange in (("us", ""), ("com", "binance.com")):
            for row in lists[side]:
                methods, _, path = row.rpartition(" ")
                found.append(_Rule(permission, exchange, frozenset(methods.split()), re.compile(path)))
    return tuple(found)


@cache
def request_permission(method: str, path: str) -> Match | None:
    """Return what a request needs; without a method by the path alone, sure if all its methods need the same."""
    plain = path.rstrip("/")
    fitting = [rule for rule in _rules() if rule.path.search(plain) and (not method or method in rule.methods)]
    if not fitting or fitting[0].permission == "public":
        return None
    first = fitting[0]
    # A rule for all that begins alike does not make a path that is named in full doubtful.
    whole = {rule.permission for rule in fitting if not rule.path.pattern.endswith("/")} or {first.permission}
    return Match(first.permission, first.exchange, bool(method) or len(whole) == 1)


@cache
def websocket_permission(method: str) -> str | None:
    """Return what a request over the WebSocket API needs."""
    return next((name for name, methods in load("operations")["websocket"].items() if method in methods), None)


def compact(name: str) -> str:
    """Return a method's name without case, underscores, and what marks it as asynchronous or daring."""
    plain = name.replace("_", "").rstrip("!").lower()
    return plain[:-5] if plain.endswith("async") and len(plain) > 5 else plain


@cache
def calls_of(library: str) -> dict[str, str]:
    """Return the permission that each method of a library needs."""
    for each in load("operations")["libraries"]:
        if each["name"] == library:
            return {compact(name): permission for permission, names in each["calls"].items() for name in names}
    return {}


@cache
def all_calls(language: str) -> dict[str, str]:
    """Return the same for all libraries of a language; where they disagree, the first."""
    found: dict[str, str] = {}
    for each in load("operations")["libraries"]:
        if language in each["languages"]:
            for name, permission in calls_of(each["name"]).items():
                found.setdefault(name, permission)
    return found


@cache
def is_common(name: str) -> bool:
    """Tell whether a method's name (see `compact`) says nothing of the exchange."""
    return name in {compact(each) for each in load("operations")["common"]}


def path_in(value: str) -> str | None:
    """Return the REST path that a literal names: the whole of it, before a query."""
    match = PATH.search(value)
    if match is None:
        short = _SHORT.match(value) if len(value) < 80 else None
        return f"/sapi/v1/{short['path']}" if short and short.end() == len(value) else None
    rest = value[match.end() : match.end() + 1]
    return match[0] if rest in ("", "?", "{", " ", '"', "'", "&", "$", "#") else None


def method_of(call: Call, nested: Nested) -> str:
    """Return the HTTP method of a request call, in capitals; empty if nothing says."""
    chain = nested.chain(call)
    for each in chain:
        for argument in each.arguments:
            found = _stated(argument)
            if found:
                return found
    name = call.method
    if name.lower() in ("curl", "invoke-restmethod", "invoke-webrequest", "wget", "curl.exe"):
        return _command(call)
    for each in chain:
        verb = _verb(each.method)
        if verb:
            return verb
    return "GET" if name in ("urlopen", "file_get_contents") and len(call.arguments) == 1 else ""


def method_beside(code: Code, start: int) -> str:
    """Return the method that stands in the same literal as something: `{path: …, method: 'POST'}`."""
    found = ""
    waiting = [mapping for mapping in code.mappings if mapping.start <= start < mapping.end]
    while waiting:
        mapping = waiting.pop()
        for entry in mapping.children:
            if entry.name.lower() in ("method", "verb", "type", "http_method", "httpmethod"):
                found = _as_method(entry.value, entry.names) or found
        waiting.extend(child for child in mapping.children if child.children and child.start <= start < child.end)
    return found


def _stated(argument: Argument) -> str:
    if argument.entry is not None:
        for entry in _flat(argument.entry):
            if entry.name.lower() == "method":
                return _as_method(entry.value, entry.names)
        return ""
    if argument.name and argument.name.lower() not in ("method", "http_method", "verb", "custommethod"):
        return ""
    return _as_method(argument.value, argument.names)


def _flat(entry: Entry) -> list[Entry]:
    return [child for child in entry.children if child.name]


def _as_method(value: object, names: tuple[str, ...]) -> str:
    if isinstance(value, str):
        return value.upper() if value.upper() in METHODS else ""
    for name in names:
        match = _VERB_NAME.search(name)
        if match:
            return match[1].upper().removeprefix("METHOD")
    return ""


def _verb(method: str) -> str:
    match = _VERB.search(method)
    return (match[1] or match[2]).upper() if match else ""


def _command(call: Call) -> str:
    values = [argument.value for argument in call.arguments]
    for at, value in enumerate(values):
        if value in ("-X", "--request") and at + 1 < len(values):
            return str(values[at + 1]).upper()
        if isinstance(value, str) and value.startswith("-X") and value[2:].upper() in METHODS:
            return value[2:].upper()
    given = {argument.name.lower() for argument in call.arguments}
    if "body" in given or any(
        value in ("-d", "--data", "--data-raw", "--data-urlencode", "--post-data") for value in values
    ):
        return "GET" if "-G" in values or "--get" in values else "POST"
    return "GET"
