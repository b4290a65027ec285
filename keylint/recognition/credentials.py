"""API keys, API secrets and private keys: what 64 alphanumerics or an armoured block are, and how sure that is.

Three questions in order of cost: what does the value look like by itself, what is it a piece of, what is
it bound to. docs/detection.md tells the same to users, with the figures behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from keylint.documents.document import Document
from keylint.model import Confidence, Fact
from keylint.recognition import vocabulary
from keylint.recognition.binding import Binding, bind, insert_column
from keylint.recognition.exchange import exchange_of
from keylint.recognition.masking import excerpt, mask_opaque
from keylint.recognition.places import context_of
from keylint.recognition.public_examples import is_public_example
from keylint.recognition.shape import shape
from keylint.recognition.surroundings import surroundings
from keylint.sieve import ARMOUR, Run, read, runs

_PEM = re.compile(
    r"-----BEGIN (?P<label>(?:[A-Z0-9]+ )*PRIVATE KEY)-----(?P<body>.{40,20000}?)-----END (?P=label)-----", re.DOTALL
)
_BARE_PRIVATE_KEY = re.compile(
    r"(?<![A-Za-z0-9+/])(?:MC4CAQAwBQYDK2VwBCIEI[A-Za-z0-9+/]{43}|MII[A-Za-z0-9+/]{2,4}IB(?:ADANBgkqhkiG9w0BAQEFAASC|AAKCAQEA)[A-Za-z0-9+/]{300,})(?![A-Za-z0-9+/])"
)
_ENCRYPTED_BODY = re.compile(r"ENCRYPTED|ENC\[|\$ANSIBLE_VAULT")
_TESTNET = re.compile(r"test[ _-]?net|futures|sandbox")
_LABELS = {
    "api_key": "API key",
    "api_secret": "API secret",
    "private_key": "Private key",
    "unknown": "API key or secret",
}
# A key of a server's certificate signs no requests.
_SERVER_KEY = re.compile(r"(?i)-----BEGIN CERTIFICATE|(?:^|/)[^/]*(?:tls|ssl|https|server|localhost|cert|ssh|nginx|(?<![a-z])ca(?![a-z]))[^/]*(?:/[^/]*)?$")
# Lines above and below in which a credential word speaks for a bare value.
_ABOVE, _BELOW = 2, 1


class Verdict(NamedTuple):
    """How sure it is that a value is a credential, of what kind, and why, in words for the user."""

    kind: str
    confidence: Confidence
    because: str
    # What the confidence rises to if the files beside this one speak of the exchange.
    near_exchange: Confidence | None = None


def credentials(document: Document) -> Iterator[Fact]:
    """Yield a `credential` fact for every key, secret and private key of a document."""
    taken: list[tuple[int, int]] = []
    for start, end, fact in _private_keys(document):
        taken.append((start, end))
        yield fact
    data = document.ascii
    for start, end in runs(data):
        run = read(data, start, end)
        if run is None or any(first <= start < last for first, last in taken):
            continue
        found = _credential(document, run)
        if found:
            yield found


def _credential(document: Document, run: Run) -> Fact | None:
    value = run.value.decode("ascii")
    looks = shape(value)
    if looks in ("uniform", "prefixed-hex", "words"):
        return None
    if looks == "hex" and not (run.encoding == "plain" and _may_be_hex_key(document, run)):
        return None
    around = surroundings(document, run.start, run.end)
    if around != "free" and not (run.encoding == "base64" and document.text[run.end : run.end + 1] == "="):
        return None
    binding = _bind(document, run)
    if looks == "repetitive":
        return _placeholder(document, run, binding)
    verdict = _hex_verdict(document, run, binding) if looks == "hex" else _verdict(document, run, binding)
    if verdict is None:
        return None
    return _fact(document, run.start, run.end, value, verdict, name=binding.name, encoding=run.encoding)


def _bind(document: Document, run: Run) -> Binding:
    binding = bind(document, run.start, run.end)
    if binding.name is None and binding.form in ("argument", "element", "bare"):
        if binding.callee is None or binding.callee.lower() == "values":
            column = insert_column(document, run.start, binding.position)
            if column:
                return binding._replace(name=column)
    return binding


def _verdict(document: Document, run: Run, binding: Binding) -> Verdict:
    name, callee = binding.name or "", binding.callee or ""
    named = vocabulary.classify(name) if name else "none"
    exchange = "binance" in document.lowered or "x-mbx" in document.lowered
    kind = {"api_key": "api_key", "key": "api_key", "api_secret": "api_secret", "secret": "api_secret"}.get(named, "unknown")
    shown = f"`{_name(name)}`" if name else ""
    if named == "digest":
        return Verdict("unknown", "low", f"{shown} names a digest or an identifier")
    if named == "other":
        return Verdict("unknown", "low", f"{shown} names another service")
    if named in ("api_key", "api_secret"):
        return Verdict(kind, "high", f"bound to {shown}")
    if callee and vocabulary.signs(callee):
        return Verdict("api_secret", "high", f"signs a request in `{_name(callee)}`")
    if binding.form == "argument" and callee and vocabulary.is_client(callee) and binding.position < 4:
        kind = {0: "api_key", 1: "api_secret"}.get(binding.position, "unknown")
        return Verdict(kind, "high", f"argument {binding.position + 1} of `{_name(callee)}`")
    if exchange and named in ("key", "secret"):
        return Verdict(kind, "high", f"bound to {shown} in a file that names the exchange")
    near = vocabulary.speaks_of_credentials(_neighbourhood(document, run))
    if exchange and near:
        return Verdict(kind, "high", "beside words for a key, in a file that names the exchange")
    if near:
        return Verdict(kind, "medium", "beside words for a key", "high")
    if exchange:
        return Verdict(kind, "medium", "in a file that names the exchange")
    if named in ("key", "secret"):
        return Verdict(kind, "medium" if binding.quoted else "low", f"bound to {shown}", "high")
    because = "a random literal of 64 characters in quotes" if binding.quoted else "64 random characters"
    return Verdict(kind, "low", because, "medium")


def _hex_verdict(document: Document, run: Run, binding: Binding) -> Verdict | None:
    """Only the exchange's futures test network issues hexadecimal keys: the name must say so."""
    name = binding.name or ""
    named = vocabulary.classify(name) if name else "none"
    if named not in ("api_key", "api_secret"):
        return None
    if vocabulary.names_exchange(name) or _TESTNET.search(document.lowered):
        return Verdict(named, "medium", f"hexadecimal, bound to `{_name(name)}` in a file that names the exchange")
    return None


def _may_be_hex_key(document: Document, run: Run) -> bool:
    """Dismiss the thousands of digests before anything costly is asked about them."""
    before = document.lowered[max(0, run.start - 80) : run.start]
    return ("key" in before or "secret" in before) and "binance" in document.lowered


def _placeholder(document: Document, run: Run, binding: Binding) -> Fact | None:
    named = vocabulary.classify(binding.name) if binding.name else "none"
    if named not in ("api_key", "api_secret"):
        return None
    verdict = Verdict(named, "low", f"a placeholder for `{_name(binding.name or '')}`")
    value = run.value.decode("ascii")
    return _fact(document, run.start, run.end, value, verdict, name=binding.name, encoding=run.encoding, placeholder=True)


def _neighbourhood(document: Document, run: Run) -> str:
    """The lower-case text around a value without it: its line, 2 above, 1 below, and the file's name."""
    line = document.line_number(run.start)
    first = max(document.line_span(max(1, line - _ABOVE))[0], run.start - 400)
    last = min(document.line_span(line + _BELOW)[1], run.end + 200)
    name = document.path.rpartition("/")[2].lower()
    return f"{name}\n{document.lowered[first : run.start]}\n{document.lowered[run.end : last]}"


def _private_keys(document: Document) -> Iterator[tuple[int, int, Fact]]:
    text = document.text
    if ARMOUR in document.ascii:
        for match in _PEM.finditer(text):
            body = re.sub(r"\\[nr]|[^A-Za-z0-9+/=]", "", match["body"])
            if len(set(body)) < 20:
                continue
            encrypted = "ENCRYPTED" in match["label"] or _ENCRYPTED_BODY.search(match["body"]) is not None
            yield match.start(), match.end(), _private_key(document, match.start(), match.end(), body, encrypted)
    for match in _BARE_PRIVATE_KEY.finditer(text) if "MII" in text or "MC4C" in text else ():
        if len(set(match[0])) >= 20:
            yield match.start(), match.end(), _private_key(document, match.start(), match.end(), match[0], False)


def _private_key(document: Document, start: int, end: int, body: str, encrypted: bool) -> Fact:
    exchange = exchange_of(document.lowered)
    if exchange != "unknown" or "binance" in document.path.lower():
        verdict = Verdict("private_key", "high", "a private key where the exchange is named")
    else:
        server = _SERVER_KEY.search(document.path) or _SERVER_KEY.search(document.text[max(0, start - 4000) : end + 4000])
        because = "a private key that nothing ties to the exchange"
        verdict = Verdict("private_key", "low", because, None if server else "medium")
    return _fact(document, start, end, body, verdict, name=None, encoding="plain", encrypted=encrypted)


def _fact(
    document: Document,
    start: int,
    end: int,
    value: str,
    verdict: Verdict,
    *,
    name: str | None,
    encoding: str,
    placeholder: bool = False,
    encrypted: bool = False,
) -> Fact:
    digest = sha256(value.encode()).hexdigest()
    wide = document.encoding.startswith("utf-16") and encoding == "plain"
    return Fact(
        target="credential",
        location=document.location(start, end),
        identity=digest,
        attributes={
            "kind": verdict.kind,
            "label": _LABELS[verdict.kind],
            "confidence": verdict.confidence,
            "confidence_near_exchange": verdict.near_exchange,
            "because": verdict.because,
            "name": _name(name) if name else None,
            "encoding": "utf-16" if wide else encoding,
            "public_example": is_public_example(value),
            "placeholder": placeholder,
            "encrypted": encrypted,
            "exchange": exchange_of(document.lowered),
            "context": context_of(document.path),
            "digest": f"sha256:{digest}",
        },
        excerpt=excerpt(document, start, end),
    )


def _name(name: str) -> str:
    """A name fit to be shown: one line, never a secret itself."""
    return mask_opaque(" ".join(name.split()))[:60]

