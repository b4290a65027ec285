"""Where a program, or a configuration, stops checking the certificate of the server that it talks to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from keylint.documents.code.values import Argument, Assignment, Call, Code, Scalar

# Names that are given False, 0 or "none" to stop the check, and those that are given True.
_OFF = frozenset(
    "verify verify_ssl verifyssl ssl_verify sslverify rejectunauthorized strictssl strict_ssl check_hostname "
    "curlopt_ssl_verifypeer curlopt_ssl_verifyhost verify_peer verify_peer_name enablecertificatevalidation".split()
)
_ON = frozenset(
    "insecureskipverify insecure_skip_verify skipcertificatecheck danger_accept_invalid_certs "
    "danger_accept_invalid_hostnames trustallcertificates allow_invalid_certs accept_invalid_certs "
    "ignoresslerrors ignore_ssl_errors".split()
)
_NONE = re.compile(r"(?:^|\.)(?:VERIFY_NONE|CERT_NONE|OPENSSL_VERIFY_NONE)$")
_MODES = frozenset("verify_mode cert_reqs sslverifymode".split())
_CALLBACKS = frozenset(
    "servercertificatevalidationcallback servercertificatecustomvalidationcallback "
    "remotecertificatevalidationcallback".split()
)
_ACCEPTS = re.compile(r"=>\s*\{?\s*(?:return\s+)?true\b|return\s+true\b|\$true|DangerousAcceptAny")
_SWITCHES = {"node_tls_reject_unauthorized": ("0",), "pythonhttpsverify": ("0",), "git_ssl_no_verify": ("1", "true")}
_CONTEXT = "_create_default_https_context"
_UNVERIFIED = re.compile(r"(?:^|\.)_create_unverified_context$")
_TRUSTING = re.compile(
    r"(?i)trustall|trust_all|noophostnameverifier|allow_all_hostname|allowallhostname|trustselfsigned"
)
_TAKES_TRUST = re.compile(r"(?i)ssl|verifier|trust|socketfactory|init")
_SHORT_FLAGS = re.compile(r"-[a-jl-zA-Z]*k[a-zA-Z]*")
# What a document must hold to be worth reading for it; lower case.
HINTS = tuple(
    "verif rejectunauthorized strictssl node_tls_reject cert_none certificate danger_accept trustall trust_all "
    "hostnameverifier newproxiedclient insecure curl check_hostname ssl=false --no-check".split()
)


class Switch(NamedTuple):
    """A check that is switched off. `holder` is the name that it is switched off for, `*` for the whole process."""

    what: str
    holder: str
    start: int
    end: int
    scope: int


def switches(code: Code) -> Iterator[Switch]:
    """Yield every place of a program that switches the check off."""
    for assignment in code.assignments:
        yield from _assigned(assignment)
    for call in code.calls:
        yield from _called(call)
    for mapping in code.mappings:
        waiting = [mapping]
        while waiting:
            entry = waiting.pop()
            waiting.extend(entry.children)
            if entry.name and is_off(entry.name, entry.value, entry.names):
                inside = [each for each in code.functions if each.start <= entry.start < each.end]
                scope = max(inside, key=lambda each: each.start).scope if inside else 0
                yield Switch(_shown(entry.name, entry.value), "", entry.start, max(entry.end, entry.start + 1), scope)


def is_off(name: str, value: Scalar, names: tuple[str, ...] = ()) -> bool:
    """Tell whether a setting of this name and value stops the check."""
    plain = name.rpartition(".")[2].lower().replace("-", "_")
    if plain in _OFF:
        return value is False or (isinstance(value, (int, str)) and str(value).lower() in ("0", "false", "no"))
    if plain in _ON:
        return value is True or (isinstance(value, str) and value.lower() in ("1", "true"))
    if plain in _MODES:
        return any(_NONE.search(each) for each in names)
    return False


def is_process_wide(name: str, value: Scalar) -> bool:
    """Tell whether a variable of the environment stops the check for the whole process."""
    return str(value).lower() in _SWITCHES.get(name.rpartition(".")[2].lower(), ())


def _assigned(item: Assignment) -> Iterator[Switch]:
    holder, _, last = item.target.rpartition(".")
    value = item.value
    if is_process_wide(last, value.value):
        yield Switch(_shown(last, value.value), "*", item.start, item.end, item.scope)
    elif last == _CONTEXT and any(_UNVERIFIED.search(name) for name in value.names):
        yield Switch(f"{last} = _create_unverified_context", "*", item.start, item.end, item.scope)
    elif last.lower() in _CALLBACKS and _ACCEPTS.search(value.text):
        wide = "servicepointmanager" in holder.lower()
        yield Switch(f"{last} accepts every certificate", "*" if wide else holder, item.start, item.end, item.scope)
    elif holder and is_off(last, value.value, value.names):
        yield Switch(_shown(last, value.value), holder, item.start, item.end, item.scope)


def _called(call: Call) -> Iterator[Switch]:
    method = call.method.lower()
    arguments = call.arguments
    if method == "newproxiedclient":
        yield Switch("NewProxiedClient checks no certificate", "", call.callee_start, call.callee_end, call.scope)
    elif method in _ON and arguments and arguments[0].value is True:
        yield Switch(call.method, "", call.callee_start, call.callee_end, call.scope)
    elif method in ("curl_setopt", "curl_easy_setopt") and len(arguments) > 2:
        option = " ".join(arguments[1].names).lower()
        if option in _OFF and arguments[2].value in (False, 0, "0") and arguments[2].value is not None:
            yield Switch(
                option.upper(), arguments[0].names[0] if arguments[0].names else "", call.start, call.end, call.scope
            )
    elif method == "_create_unverified_context":
        yield Switch(call.method, "", call.callee_start, call.callee_end, call.scope)
    elif method in ("curl", "curl.exe", "wget"):
        for argument in arguments:
            if _is_insecure_flag(method, argument.value):
                yield Switch(str(argument.value), "", argument.start, argument.end, call.scope)
                break
    else:
        for argument in arguments:
            if _is_off_argument(argument):
                yield Switch(_shown(argument.name, argument.value), "", argument.start, argument.end, call.scope)
            elif argument.entry is None and _trusts(argument) and _TAKES_TRUST.search(call.method):
                yield Switch(f"{call.method} trusts every certificate", "", argument.start, argument.end, call.scope)


def _trusts(argument: Argument) -> bool:
    return any(_TRUSTING.search(name) for name in argument.names)


def _is_off_argument(argument: Argument) -> bool:
    if not argument.name:
        return False
    if argument.name == "ssl" and argument.value is False:  # aiohttp
        return True
    return is_off(argument.name, argument.value, argument.names)


def _is_insecure_flag(method: str, value: Scalar) -> bool:
    if not isinstance(value, str):
        return False
    if method == "wget":
        return value == "--no-check-certificate"
    return value == "--insecure" or _SHORT_FLAGS.fullmatch(value) is not None


def _shown(name: str, value: Scalar) -> str:
    return name if value is None else f"{name} {value}"
