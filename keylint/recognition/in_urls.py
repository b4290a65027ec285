"""Keys in the query or the user part of a URL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.code.flow import names_of
from keylint.documents.code.values import Argument, Code, Entry
from keylint.documents.document import Document
from keylint.recognition.exposures import Exposure
from keylint.recognition.key_names import is_about_exchange, is_key_name
from keylint.recognition.vocabulary import names_exchange

_QUERY = re.compile(
    r"(?i)[?&](?P<name>(?:binance_?)?api[_-]?key|x-mbx-apikey|api[_-]?secret(?:[_-]?key)?|secret[_-]?key)=(?P<value>[^\s&#]{0,200})"
)
_USER = re.compile(r"(?i)https?://(?P<user>[^\s/@\"'`<>?#]{1,200})@(?P<host>[^\s/\"'`<>?#]{1,200})")
_HOST = re.compile(r"(?i)(?:https?|wss?)://(?:[^\s/@\"'`]{1,200}@)?(?P<host>[^\s/\"'`?#]{1,200})")
# What stands where a value is put in: a hole, an expansion, the end of a string that another is added to.
_FILLED = re.compile(r"\{|\$|%[sv@d(]|[\"'`]\s*(?:[+.,%]|\|\||$)|:\w|<%")
_IDENTIFIER = re.compile(r"[A-Za-z_][\w.]*")
_LITERAL = re.compile(r"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{16,}")
_DECLARED = re.compile(r"<|\[|YOUR|your|xxx|XXX|\.\.\.|\*\*\*")
_REQUESTS = frozenset("get post put delete request fetch send head patch axios urlopen".split())
_PARAMETERS = frozenset("params query qs searchparams queryparams".split())
# How much of the text before a `?` may be its URL.
_URL = 300


def in_urls(document: Document, code: Code | None) -> Iterator[Exposure]:
    """Yield keys in URLs of any text, and in the query parameters of requests that code makes."""
    text = document.text
    for match in _QUERY.finditer(text):
        name, value = match["name"], match["value"]
        filled = _FILLED.match(value) or (value == "" and _FILLED.match(text, match.end()))
        if not filled and not (_LITERAL.match(value) and not _DECLARED.search(value)):
            continue
        host = _host_before(text, match.start())
        if host.startswith("ws"):
            continue  # the WebSocket API takes the key as a parameter
        bound = _IDENTIFIER.search(value) or _IDENTIFIER.search(text, match.end(), match.end() + 60)
        if (
            "://" in host
            and "binance" not in host
            and not _is_open(host)
            and not names_exchange(bound[0] if bound else "")
        ):
            continue  # another service's
        if _is_comment(text, match.start()) and not _LITERAL.match(value):
            continue
        yield Exposure(
            "url",
            name,
            "query",
            f"`{name}` is part of a URL's query",
            match.start("name"),
            match.end("name"),
            bool("binance" in host),
        )
    for match in _USER.finditer(text):
        words = _IDENTIFIER.findall(match["user"])
        named = next((word for word in words if is_key_name(word)), "")
        if named and _FILLED.search(match["user"]) and ("binance" in match["host"].lower() or names_exchange(named)):
            yield Exposure("url", named, "user", f"`{named}` is the user part of a URL", *match.span("user"))
    if code is not None and is_about_exchange(document):
        yield from _parameters(code)


def _parameters(code: Code) -> Iterator[Exposure]:
    holders = names_of(code, is_key_name)
    for call in code.calls:
        if call.method.lower() not in _REQUESTS:
            continue
        for argument in call.arguments:
            for entry in _queries(argument):
                for child in entry.children:
                    holds = any(holders.named(name, call.scope) for name in child.names)
                    if is_key_name(child.name) and holds and child.name.lower() != "x-mbx-apikey":
                        because = f"`{child.name}` is a query parameter of `{call.callee}`"
                        yield Exposure("url", child.name, call.callee, because, child.name_start, child.name_end, False)


def _queries(argument: Argument) -> Iterator[Entry]:
    if argument.entry is None or argument.entry.kind != "mapping":
        return
    if argument.name.lower() in _PARAMETERS:
        yield argument.entry
    for child in argument.entry.children:
        if child.kind == "mapping" and child.name.lower() in _PARAMETERS:
            yield child


def _host_before(text: str, offset: int) -> str:
    """Return scheme and host of the URL that a query stands in; empty if they are not written there."""
    line = text.rfind("\n", max(0, offset - _URL), offset) + 1
    before = text[max(line, offset - _URL) : offset]
    found = list(_HOST.finditer(before))
    # Blanks end a URL, save in expressions that put one together.
    if not found:
        return ""
    last = found[-1]
    return last[0].lower()


def _is_open(host: str) -> bool:
    """Tell whether a host is put in when the program runs."""
    return "{" in host or "$" in host or "%" in host or "localhost" in host


def _is_comment(text: str, offset: int) -> bool:
    start = text.rfind("\n", 0, offset) + 1
    return (
        text[start : start + 200].lstrip()[:2] in ("//", "# ", "/*", "* ", "--")
        or text[start : start + 200].lstrip()[:1] == "*"
    )
