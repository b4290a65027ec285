"""What 64 free-standing alphanumerics are, and how sure that is, from the name they are bound to and the words around.

docs/detection.md tells the same to users, with the figures behind it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

from keylint.documents.decoding import BINARY, MIXED
from keylint.documents.document import Document
from keylint.model import Confidence, Fact
from keylint.recognition import vocabulary
from keylint.recognition.binding import Binding, bind, insert_column
from keylint.recognition.exchange import exchange_in, is_of_test_network
from keylint.recognition.joined import Joined
from keylint.recognition.masking import excerpt, mask_opaque, printable
from keylint.recognition.places import context_of
from keylint.recognition.public_examples import is_public_example
from keylint.recognition.shape import shape
from keylint.sieve import Run

_LABELS = {
    "api_key": "API key",
    "api_secret": "API secret",
    "private_key": "Private key",
    "unknown": "API key or secret",
}
_KINDS = {"api_key": "api_key", "key": "api_key", "api_secret": "api_secret", "secret": "api_secret"}
# Keys are among the first arguments.
_MOST_ARGUMENTS = 4
_TWIN_BEFORE = re.compile(r"""["'`](?P<twin>[A-Za-z0-9]{64})["'`]\s*,\s*["'`]$""")
_TWIN_AFTER = re.compile(r"""["'`]\s*,\s*["'`](?P<twin>[A-Za-z0-9]{64})["'`]""")
# Values that are encrypted say so before them: SOPS, Travis, AppVeyor, sealed secrets, Ansible.
_ENCRYPTED = re.compile(r"""(?:ENC\[[A-Z0-9_]+,data:|(?:\bsecure|encryptedData)["']?\s*:\s*["']?|!vault[^\n]{0,40})$""")
_BARE_VALUE = re.compile(r"[A-Za-z0-9]{64}")
_BARE_VALUES = re.compile(r"\s*[A-Za-z0-9]{64}(?:[\s:;,|]+[A-Za-z0-9]{64})?\s*")
# Lines above and below in which a credential word speaks for a bare value.
_ABOVE, _BELOW = 2, 1
# The same in a binary file. Units: characters.
_BESIDE = 400


class Verdict(NamedTuple):
    """How sure it is that a value is a credential, of what kind, and why, in words for the user."""

    kind: str
    confidence: Confidence
    because: str
    # What the confidence rises to if the files beside this one speak of the exchange.
    near_exchange: Confidence | None = None


def credential(document: Document, run: Run, *, half: int | None = None, begin: int | None = None) -> Fact | None:
    """Return the `credential` fact of 64 free-standing alphanumerics, or None for a value of no account.

    `half` tells of a value that is encoded together with another which of the two it is, from 0. `begin` is where the
    expression begins that makes the value, if not with it.
    """
    value = run.value.decode("ascii")
    looks = shape(value)
    binding = _bind(document, run if begin is None else run._replace(start=begin))
    if looks == "repetitive":
        verdict = _placeholder_verdict(binding)
    elif looks == "hex":
        verdict = _hex_verdict(document, binding)
    else:
        verdict = _verdict(document, run, binding)
        if half is not None:
            verdict = _of_pair(verdict, half)
    if verdict is None:
        return None
    return credential_fact(
        document,
        run.start,
        run.end,
        value,
        verdict,
        name=binding.name,
        encoding=run.encoding,
        placeholder=looks == "repetitive",
        encrypted=_ENCRYPTED.search(document.text, max(0, run.start - 80), run.start) is not None,
    )


def credential_of_pieces(document: Document, found: Joined) -> Fact | None:
    """Return the `credential` fact of a value that was put together, or None for one of no account."""
    if shape(found.value) != "random":
        return None
    whole = Run(found.whole_start, found.whole_end, found.value.encode("ascii"), "joined")
    binding = _bind(document, whole)
    verdict = _verdict(document, whole, binding)
    line = document.line_number(found.whole_start)
    where = f" on line {line}" if line != document.line_number(found.start) else ""
    because = f"{verdict.because}; put together{where} from {found.pieces} pieces"
    return credential_fact(
        document,
        found.start,
        found.end,
        found.value,
        verdict._replace(because=because),
        name=binding.name,
        encoding="joined",
    )


def _bind(document: Document, run: Run) -> Binding:
    binding = bind(document, run.start, run.end)
    in_a_row = binding.name is None and binding.form in ("argument", "element", "bare")
    if in_a_row and (binding.callee is None or binding.callee.lower() == "values"):
        return binding._replace(name=insert_column(document, run.start, binding.position))
    return binding


def _verdict(document: Document, run: Run, binding: Binding) -> Verdict:
    name, callee = binding.name or "", binding.callee or ""
    named = vocabulary.classify(name) if name else "none"
    if named == "none" and not name and vocabulary.classify(callee) in ("api_key", "api_secret"):
        named, name = vocabulary.classify(callee), callee  # a setter
    exchange = exchange_in(document) != "unknown" or "binance" in document.path.lower()
    if document.encoding == BINARY:
        return _verdict_in_binary(document, run)
    if document.encoding == MIXED and named == "none" and not callee:
        return Verdict("unknown", "low", "64 random characters in what may be a binary file")
    kind = _KINDS.get(named, "unknown")
    if named == "key" and binding.form == "element" and binding.position == 1:
        kind = "api_secret"  # the second of a pair
    shown = f"`{_name(name)}`" if name else ""
    # In `storage.set("apiKey", …)` the called name only keeps what the string names.
    owner = binding.owner or ("" if binding.form == "argument" and binding.name else callee)
    if named == "digest":
        return Verdict("unknown", "low", f"{shown} names a digest or an identifier")
    if named == "other":
        return Verdict("unknown", "low", f"{shown} names another service")
    if owner and vocabulary.owns(owner, name):
        return Verdict("unknown", "low", f"`{_name(owner)}` names another service")
    if named in ("api_key", "api_secret"):
        return Verdict(kind, "high", f"bound to {shown}")
    if callee and vocabulary.signs(callee):
        return Verdict("api_secret", "high", f"signs a request in `{_name(callee)}`")
    if binding.form == "argument" and callee and vocabulary.is_client(callee) and binding.position < _MOST_ARGUMENTS:
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
        literal = binding.quoted or binding.form == "option"
        return Verdict(kind, "medium" if literal else "low", f"bound to {shown}", "high")
    if binding.quoted and _has_twin(document, run):
        return Verdict(kind, "medium", "beside another random literal of 64 characters, as a key and its secret are")
    because = "a random literal of 64 characters in quotes" if binding.quoted else "64 random characters"
    return Verdict(kind, "low", because, "medium")


def _verdict_in_binary(document: Document, run: Run) -> Verdict:
    """Where strings stand without order a word for a key, or the exchange, must stand close by."""
    beside = document.lowered[max(0, run.start - _BESIDE) : run.end + _BESIDE]
    if vocabulary.speaks_of_credentials(beside) or "binance" in beside:
        return Verdict("unknown", "medium", f"beside words for a key, at byte {run.start} of a binary file")
    return Verdict("unknown", "low", "64 random characters in a binary file")


def _of_pair(verdict: Verdict, half: int) -> Verdict:
    """Two random values in one encoding are a key and its secret, as for basic authentication."""
    kind = ("api_key", "api_secret")[half]
    if verdict.confidence == "low":
        return Verdict(kind, "medium", "encoded with another, as a key and its secret are", "high")
    return verdict._replace(kind=kind)


def bare_values(text: str) -> list[str]:
    """Return the values of 64 letters and digits that a text consists of, if it is nothing else."""
    return _BARE_VALUE.findall(text) if _BARE_VALUES.fullmatch(text) else []


def moved(fact: Fact, document: Document, start: int, end: int, heard: Mapping[str, str]) -> Fact:
    """Return the fact of a text within a document as one of the stretch of it that spells it out.

    `heard` are the secrets, by the identity of facts, that a witness of the text has heard of.
    """
    attributes = dict(fact.attributes)
    if attributes["exchange"] == "unknown":
        attributes["exchange"] = exchange_in(document)
        raised = attributes["confidence_near_exchange"]
        if attributes["exchange"] != "unknown" and raised is not None:
            attributes["confidence"], attributes["confidence_near_exchange"] = raised, None
    found = fact._replace(
        location=document.location(start, end), attributes=attributes, excerpt=excerpt(document, start, end)
    )
    if document.witness is not None:
        document.witness(found, document.text[start:end], heard[fact.identity])
    return found


def _has_twin(document: Document, run: Run) -> bool:
    """Tell whether the literal before or after is of the same kind: a key and its secret go together."""
    text = document.text
    beside = (
        _TWIN_BEFORE.search(text, max(0, run.start - 90), run.start),
        _TWIN_AFTER.match(text, run.end, run.end + 90),
    )
    return any(match is not None and shape(match["twin"]) == "random" for match in beside)


def _hex_verdict(document: Document, binding: Binding) -> Verdict | None:
    """Only the exchange's futures test network issues hexadecimal keys: the name or the file must say so."""
    name, callee = binding.name or "", binding.callee or ""
    named = vocabulary.classify(name) if name else "none"
    if named in ("api_key", "api_secret"):
        if vocabulary.names_exchange(name) or is_of_test_network(document):
            return Verdict(named, "medium", f"hexadecimal, bound to `{_name(name)}` in a file that names the exchange")
        return None
    is_client = vocabulary.is_client(callee) and not vocabulary.signs(callee)
    if not name and is_client and binding.position < 2 and is_of_test_network(document):
        kind = ("api_key", "api_secret")[binding.position]
        return Verdict(kind, "medium", f"hexadecimal, argument {binding.position + 1} of `{_name(callee)}`")
    return None


def _placeholder_verdict(binding: Binding) -> Verdict | None:
    named = vocabulary.classify(binding.name) if binding.name else "none"
    if named not in ("api_key", "api_secret"):
        return None
    return Verdict(named, "low", f"a placeholder for `{_name(binding.name or '')}`")


def _neighbourhood(document: Document, run: Run) -> str:
    """The lower-case text around a value without it: its line, 2 above, 1 below, and the names of file and folder."""
    line = document.line_number(run.start)
    first = max(document.line_span(max(1, line - _ABOVE))[0], run.start - 400)
    last = min(document.line_span(line + _BELOW)[1], run.end + 200)
    name = "/".join(document.path.lower().split("/")[-2:])
    return f"{name}\n{document.lowered[first : run.start]}\n{document.lowered[run.end : last]}"


def credential_fact(
    document: Document,
    start: int,
    end: int,
    value: str,
    verdict: Verdict,
    *,
    name: str | None = None,
    encoding: str = "plain",
    placeholder: bool = False,
    encrypted: bool = False,
) -> Fact:
    """Return the fact of a credential at a half-open span: its digest, never the value."""
    digest = sha256(value.encode("utf-8", "surrogateescape")).hexdigest()
    wide = document.encoding.startswith("utf-16") and encoding == "plain"
    fact = Fact(
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
            "exchange": exchange_in(document),
            "context": context_of(document.path),
            "digest": f"sha256:{digest}",
        },
        excerpt=excerpt(document, start, end),
    )
    if document.witness is not None:
        document.witness(fact, document.text[start:end], value)
    return fact


def _name(name: str) -> str:
    """A name fit to be shown: one line, never a secret itself."""
    return printable(mask_opaque(" ".join(name.split())))[:60]
