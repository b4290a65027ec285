"""Names of files that hold keys: secret stores and private keys, no certificates and no public halves."""

from __future__ import annotations

import re

from keylint.recognition.secret_paths import is_secret_store

_PRIVATE = re.compile(r"(?i)\.(?:pem|key|p8|pk8|p12|pfx|secret|secrets)$")
_NAMED = re.compile(
    r"(?i)(?:api[-_.]?(?:key|secret)s?|secret[-_.]?keys?|private[-_.]?keys?|priv[-_]?key|binance[\w.-]*(?:key|secret)s?|"
    r"^(?:\.?secrets?|credentials?))(?:[-_.]?\w{0,12})?(?:\.(?:json|ya?ml|toml|ini|cfg|conf|txt|env|b64|der))?$"
)
_OTHERS = re.compile(
    r"(?i)(?:^|[._-])(?:cert|certs|certificate|crt|ca|cacert|chain|fullchain|bundle|public|pub|csr|example|sample|template|"
    r"tmpl|dist|test)(?:[._-]|$)|\.(?:pub|crt|cer|csr|gpg|age|enc|asc|sops|py|js|ts|go|java|cs|rb|php|rs|kt|sh|md|html)$"
)


def is_key_file(path: str) -> bool:
    """Tell whether a path, as a command or a program names it, is that of a file with keys in it."""
    path = path.strip("\"'").rstrip("*")
    name = path.rpartition("/")[2]
    if not name or "://" in path or _OTHERS.search(name):
        return False
    return is_secret_store(path) or _PRIVATE.search(name) is not None or _NAMED.search(name) is not None
