"""The values in a secret store that are literal secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from keylint.recognition import vocabulary

_PAIR = re.compile(
    r"""(?m)(?:^|[\s,{("'])(?:export\s+)?["']?(?P<name>[A-Za-z_$][\w.\-]*)["']?\s*(?:=>|[:=])[ \t]*"""
    r"""(?:"(?P<double>(?:[^"\\\n]|\\.)*)"|'(?P<single>[^'\n]*)'|(?P<bare>[^\s"',;{}\[\]#][^\s,;#]*))"""
)
_COMMENTED = re.compile(r"\s*(?:#|//|;)")
# What opens an expression of a template: the name in it is no name of a value.
_TEMPLATE = ("{{", "{{ ", "${", "{%")
_SECRET_NAME = re.compile(
    r"(?:api|access|secret|private|signing|hmac|encryption|master|auth)key|secret|token|passw(?:or)?d|passphrase|pwd$|"
    r"privatekey|mnemonic|seedphrase|apisec|credential"
)
# Settings about a secret, not the secret.
_ABOUT = re.compile(
    r"(?:header|name|path|file|dir|url|uri|host|expir\w*|ttl|length|size|type|enabled?|required|algorithm|alg|issuer|audience|"
    r"endpoint|minutes|seconds|hours|days|limit|count|prefix|suffix|version|timeout|interval|symbol|address|decimals|policy|"
    r"public|id|max\w*|min\w*|scopes?|field|format|provider|bits|rounds)$"
)
_REFERENCE = re.compile(
    r"\$\{?[A-Za-z_(]|\{\{|<[^>]*>$|%[A-Za-z_]+%|(?:env|vault|file|op|aws-sm|gcp-sm|ssm|secretsmanager|arn|sops|ref)(?:://|:)|"
    r"process\.env|os\.environ|ENC\[|\$ANSIBLE_VAULT|gAAAAA|/run/secrets/|[./~]*/[\w./-]+$|https?://[^:@/]*(?:/|$|:\d)",
)
_PLACEHOLDER = re.compile(
    r"(?i)your|example|placeholder|change[-_ ]?(?:me|it|this)|replace|insert|dummy|sample|redacted|fake|"
    r"here$|todo|fixme|"
    r"^(?:enter|add|put|paste|fill|my)[-_ ]|(?:secret|api)[-_]?(?:key|secret)|"
    r"supersecret|^(?:test|some|minio|qwerty|123)|"
    r"^(?:x+|\*+|\.+|-+|_+|0+|\?+)(?:[-_].*)?$"
)
_WORDS = frozenset(
    "undefined testing password passw0rd postgres postgresql localhost development production disabled enabled "
    "freqtrade rabbitmq administrator mongodb".split()
)
_SHORTEST = 8
_LONGEST = 200


class SecretValue(NamedTuple):
    """A literal secret in a secret store. Units: `start` and `end` are half-open offsets of the value."""

    name: str
    start: int
    end: int


def secret_values(text: str) -> Iterator[SecretValue]:
    """Yield the values that are literal secrets: not empty, no placeholder, no reference to elsewhere."""
    names_exchange = "binance" in text.lower()
    for match in _PAIR.finditer(text):
        line_start = text.rfind("\n", max(0, match.start("name") - _LONGEST), match.start("name")) + 1
        if _COMMENTED.match(text, line_start, match.start("name")) or text.endswith(_TEMPLATE, 0, match.start("name")):
            continue
        group = match.lastgroup or "bare"
        value = match[group]
        if _is_secret_name(match["name"], names_exchange) and is_secret_value(value):
            yield SecretValue(match["name"], *match.span(group))


def is_secret_value(value: str) -> bool:
    """Tell a literal secret from a placeholder, a reference or a word."""
    value = value.strip()[:_LONGEST]  # enough to tell; the patterns below are not linear
    return (
        len(value) >= _SHORTEST
        and not value.isdigit()
        and " " not in value
        and not _REFERENCE.match(value)
        and value.lower() not in _WORDS
        and not _PLACEHOLDER.search(value)
    )


@lru_cache(4096)
def _is_secret_name(name: str, names_exchange: bool) -> bool:
    compact = "".join(vocabulary.words(name))
    if _ABOUT.search(compact):
        return False
    # Bots call theirs plainly `key`; elsewhere that is a name for anything.
    if _SECRET_NAME.search(compact) or vocabulary.classify(name) in ("api_key", "api_secret"):
        return True
    return names_exchange and compact == "key"
