"""Made-up values for tests and examples, the same on every run: no key-shaped literal is ever committed.

`{{key:LABEL}}`, `{{secret:LABEL}}`   64 letters and digits as the exchange issues them
`{{key63:LABEL}}`, `{{key65:LABEL}}`  one short, one long
`{{hex64:LABEL}}`, `{{hex128:LABEL}}` digests
`{{password:LABEL}}`                  16 letters and digits
`{{ed25519:LABEL}}`                   a PKCS#8 Ed25519 private key in base64, 64 characters
`{{base64data:COUNT:LABEL}}`          random base64 of COUNT characters
`{{pem:TYPE:LABEL}}`                  an armoured block of TYPE, 64 characters a line
`{{repeat:TEXT:COUNT}}`               TEXT, COUNT times
`{{base64:TEXT}}`, `{{hex:TEXT}}`     the encoding of TEXT, which may hold placeholders itself
"""

from __future__ import annotations

import re
from collections.abc import Callable

_INNERMOST = re.compile(
    r"\{\{(?P<kind>key|secret|key63|key65|hex64|hex128|password|ed25519|base64data|pem|repeat|base64|hex):(?P<rest>[^{}]*)\}\}"
)
_BASE62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_BASE64 = _BASE62 + "+/"
_PEM_CHARACTERS = 64 * 6 + 44
# No example needs more. Units: characters.
_LONGEST = 1 << 24


def expand(text: str) -> str:
    """Return a text with its placeholders replaced, the innermost first. Raises: ValueError for a wrong count."""
    while True:
        expanded = _INNERMOST.sub(lambda match: _KINDS[match["kind"]](match["rest"]), text)
        if expanded == text:
            return text
        text = expanded


def _stream(seed: str, alphabet: str, count: int) -> str:
    """Characters from SHAKE-256 of a seed; bytes that would favour some letters are dropped."""
    from hashlib import shake_256

    fair = 256 - 256 % len(alphabet)
    noise = shake_256(seed.encode()).digest(4 * count)
    return "".join(alphabet[byte % len(alphabet)] for byte in noise if byte < fair)[:count]


def _key(seed: str, count: int = 64) -> str:
    return _stream(f"keylint/{seed}", _BASE62, count)


def _ed25519(label: str) -> str:
    return "MC4CAQAwBQYDK2VwBCIEI" + _stream(f"keylint/ed25519/{label}", _BASE64, 43)


def _pem(rest: str) -> str:
    kind, _, label = rest.partition(":")
    body = _stream(f"keylint/pem/{kind}/{label}", _BASE64, _PEM_CHARACTERS)
    lines = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n"


def _repeat(rest: str) -> str:
    text, _, count = rest.rpartition(":")
    return text * _count(count, len(text))


def _base64(text: str) -> str:
    from base64 import b64encode

    return b64encode(text.encode()).decode("ascii")


def _base64data(rest: str) -> str:
    count, _, label = rest.partition(":")
    return _stream(f"keylint/base64data/{label}", _BASE64, _count(count))


def _count(text: str, size: int = 1) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9) or int(text) * size > _LONGEST:
        raise ValueError(f"expected a count of at most {_LONGEST} characters in a placeholder, found '{text[:20]}'")
    return int(text)


def _digest(label: str, count: int) -> str:
    return _stream(f"keylint/hex/{label}", "0123456789abcdef", count)


_KINDS: dict[str, Callable[[str], str]] = {
    "key": lambda label: _key(f"key/{label}"),
    "secret": lambda label: _key(f"secret/{label}"),
    "key63": lambda label: _key(f"key63/{label}", 63),
    "key65": lambda label: _key(f"key65/{label}", 65),
    "hex64": lambda label: _digest(label, 64),
    "hex128": lambda label: _digest(label, 128),
    "password": lambda label: _key(f"password/{label}", 16),
    "ed25519": _ed25519,
    "base64data": _base64data,
    "pem": _pem,
    "repeat": _repeat,
    "base64": _base64,
    "hex": lambda text: text.encode().hex(),
}
