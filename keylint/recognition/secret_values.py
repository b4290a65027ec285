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
# Of these alone, and of digits, everybody makes up a value for their own machine: `admin123`, `my-jwt-secret-key`. The
# longer before the shorter that it begins with.
_MADE_UP = re.compile(
    r"(?i)administrator|admin|username|users?|guest|root|tests?|testing|temporary|temp|tmp|development|develop|dev|"
    r"localhost|local|demo|docker|compose|default|passw(?:or)?d|passphrase|pass|pwd|secrets?|keys?|tokens?|jwt|api|app|auth|"
    r"database|db|postgresql|postgres|mysql|mariadb|mongodb|mongo|redis|rabbitmq|minio|grafana|freqtrade|binance|trading|"
    r"trader|bot|super|strong|secure|safe|very|long|random|string|value|my|the|this|is|not|for|only|use|in|prod(?:uction)?|"
    r"some|foo|bar|baz|qwerty|abc|hello|world|letmein|welcome|session|cookie|access|refresh|sign(?:ing)?|encryption|private|"
    r"client|server|service|backend|frontend|insecure|always|mock|[\d\W_]+"
)
# What such names hold is built into pages that everybody is sent.
_BUILT_IN = re.compile(
    r"(?i)^(?:next_public|nuxt_public|expo_public|public|react_app|vite|vue_app|gatsby|storybook)_(?!.*(?:secret|passw|private))"
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


def is_kept(name: str, value: str) -> bool:
    """Tell a secret that somebody keeps from one that anybody could make up, or that pages are built with."""
    is_built_in = _BUILT_IN.match(name) is not None and not vocabulary.names_exchange(name)
    return not is_built_in and _MADE_UP.sub("", value[:_LONGEST]) != ""


@lru_cache(4096)
def _is_secret_name(name: str, names_exchange: bool) -> bool:
    compact = "".join(vocabulary.words(name))
    if _ABOUT.search(compact):
        return False
    # Bots call theirs plainly `key`; elsewhere that is a name for anything.
    if _SECRET_NAME.search(compact) or vocabulary.classify(name) in ("api_key", "api_secret"):
        return True
    return names_exchange and compact == "key"
