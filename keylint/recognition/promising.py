"""Whether a source file can tell anything of the exchange, by its words alone: to parse it takes twenty times as long.

What is said here errs on one side: a file that is not promising has no client, no request, no call and no address that
the reader of its syntax tree would tell of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from keylint.data import load
from keylint.documents.document import Document
from keylint.recognition.certificates import HINTS
from keylint.recognition.hosts import ADDRESS, host_of
from keylint.recognition.operations import PATH, all_calls, is_common, request_permission
from keylint.recognition.vocabulary import CREATORS, EXCHANGE_STEMS, classify

_HEADER = "x-mbx-apikey"
_IMPORTS = re.compile(
    r"\b(?:import|from|use|using|require\w*|include\w*|extern)\b[^;\n]{0,300}?"
    r"(?<![\w./-])(?:(?:@|com\.|unicorn_|php-|node-)?binance|ccxt)|go-binance|\buse\s*\{|"
    r"(?:require|import)\w*\s*\(\s*[\"'`](?:@|php-|node-)?(?:binance|ccxt)"
)
# What follows the name of a class where it is called, or taken under another name.
_CALLED = (
    r"(?!\w)[\"'`\]]*\s*(?:[({<;]|as\b|:\s*\w+\s*[,}]|(?:\?\.|\.|::|->)\s*"
    rf"(?i:{'|'.join(sorted(CREATORS))})\b)"
)
_OWN_CLIENT = re.compile(
    r"(?<!class )\b(?=[A-Z])\w{0,100}?[Bb][Ii][Nn][Aa][Nn][Cc][Ee]\w{0,100}?"
    r"(?i:client|api|exchange|rest|wrapper|trader|connector)(?i:v\d)?" + _CALLED
)
_OF_CCXT = re.compile(r"(?<!\w)binance(?:us|usdm|coinm)?[\"'`\]]*\s*(?:[({<;]|as\b|from\b)|new\b[^\n;(]{0,80}binance")
# Low-level methods of libraries take paths without their beginning.
_SHORT = re.compile(
    r"(?<=[\"'`])(?:v\d/)?"
    r"((?:capital|fiatpayment|localentity|sub-account|broker|asset|margin|convert|staking)/[\w/-]+)(?=[\"'`])"
)
_HOST_ALONE = re.compile(r"(?:[sfdep]?api|[fd]?stream|ws|wss|rest|testnet)[\w-]*\.[\w.-]{3,60}")
_WORD = re.compile(r"[a-z0-9]+")
_NAME = re.compile(r"\w+")
# A name with the exchange in it, with whatever belongs to it.
_OF_EXCHANGE = re.compile(
    rf"(?<![\w$])[\w$]{{0,100}}?(?:{'|'.join(EXCHANGE_STEMS)})(?:[\w$.\[\]\"'`()>:?!&{{}}\\-]|\s*(?:\.|->|::)\s*)*",
    re.IGNORECASE,
)
_OF_SOMETHING = re.compile(r"[.>:\"'`]\s*[$@#]?\Z")
_GAP = 200
_CREDENTIALS = ("api_key", "api_secret", "key", "secret")


def is_promising(document: Document, language: str) -> bool:
    """Tell whether a source file that speaks of the exchange may call it, be given a key of it, or name its hosts."""
    text = document.text.replace("\\/", "/")
    lowered = document.lowered
    if _builds_client(document.text, lowered, language) or _requests(text):
        return True
    imports = _IMPORTS.search(lowered) is not None
    if _calls(lowered, language, imports=imports):
        return True
    hosts = [host_of(match["host"]) for match in ADDRESS.finditer(text) if "." in match["host"] or _is_local(match)]
    hosts += [host_of(name) for name in _alone(text.lower())]
    if any(host.kind == "lookalike" or (host.kind == "official" and host.serves_api) for host in hosts):
        return True
    is_unverified = any(hint in lowered for hint in HINTS)
    if is_unverified and (imports or any(host.kind == "official" for host in hosts)):
        return True
    return (bool(hosts) or is_unverified) and (_HEADER in lowered or _names_key(document.text))


def _builds_client(text: str, lowered: str, language: str) -> bool:
    """Tell whether a class of a library, or one of the program's own that is named after the exchange, is called."""
    if "binance-api-node" in lowered or "node-binance-api" in lowered or _OWN_CLIENT.search(text):
        return True
    if "ccxt" in lowered and _OF_CCXT.search(lowered):
        return True
    clients = _clients(language)
    return clients is not None and clients.search(text) is not None


@cache
def _clients(language: str) -> re.Pattern[str] | None:
    libraries: list[dict[str, Any]] = load("operations")["libraries"]
    names = {
        name for each in libraries if language in each["languages"] for name in each["clients"] if name[0].isupper()
    }
    if not names:
        return None
    return re.compile(rf"(?<!class )(?<!\w)(?:{'|'.join(sorted(names))}){_CALLED}")


def _calls(lowered: str, language: str, *, imports: bool) -> bool:
    """Tell whether a method of a library's name is called on something."""
    plain = lowered.replace("_", "")
    words = set(_WORD.findall(plain))
    words.update([word[:-5] for word in words if word.endswith("async")])
    known = [
        name for name in all_calls(language).keys() & words if imports or name == "withdraw" or not is_common(name)
    ]
    if not known:
        return False
    # Ruby needs no brackets.
    brackets = "" if language == "ruby" else r"[\"'`\]]*[!?.]{0,2}(?:::)?\s*[({<`]"
    return any(
        _OF_SOMETHING.search(plain, max(0, found.start() - _GAP), found.start())
        for name in known
        for found in re.finditer(rf"{name}(?:async)?(?![a-z0-9]){brackets}", plain)
    )


def _requests(text: str) -> bool:
    """Tell whether a path is named that needs a permission, or a method of the WebSocket API that does."""
    if any(request_permission("", path) is not None for path in set(PATH.findall(text))):
        return True
    if any(request_permission("", f"/sapi/v1/{path}") is not None for path in set(_SHORT.findall(text))):
        return True
    return any("." in name and name in text for names in load("operations")["websocket"].values() for name in names)


def _is_local(match: re.Match[str]) -> bool:
    return match["host"] == "localhost"


def _alone(lowered: str) -> Iterator[str]:
    """Yield hosts of programs that stand without a scheme."""
    for name in set(_HOST_ALONE.findall(lowered)):
        host = host_of(name)
        if host.serves_api and host.kind in ("official", "lookalike"):
            yield name


def _names_key(text: str) -> bool:
    """Tell whether a name that may hold a key says that it is one of the exchange."""
    expressions = {match[0] for match in _OF_EXCHANGE.finditer(text)}
    names = {name for expression in expressions for name in _NAME.findall(expression)}
    return any(classify(name) in _CREDENTIALS for name in names)
