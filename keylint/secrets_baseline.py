"""The baseline of detect-secrets, `.secrets.baseline`: read in every format since 0.14, written as 1.5 loads it.

Source: detect_secrets/core/baseline.py, core/potential_secret.py and core/upgrades of detect-secrets 1.5.0.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from hashlib import sha1
from typing import NamedTuple

from keylint.documents.decoding import decode, encoding_of
from keylint.policy.json_text import read_json
from keylint.policy.source_map import Path, Plain, SourceMap

# What a plugin that asks keylint is called in settings and in results; both stand in files of users.
PLUGIN_CLASS = "KeylintDetector"
PLUGIN_TYPE = "Exchange API key (keylint)"
PRIVATE_KEY_TYPE = "Private Key"
# The types under which detect-secrets finds what keylint finds.
COMMON_TYPES = frozenset((PLUGIN_TYPE, "Base64 High Entropy String", "Hex High Entropy String", "Secret Keyword"))
_VERSION = "1.5.0"
# Only what a user wrote may hide a finding: detect-secrets' guesses drop keys that keylint is sure of.
_FILTERS = ("detect_secrets.filters.allowlist.is_line_allowlisted",)


class Known(NamedTuple):
    """One secret that detect-secrets knows. `digest` is the SHA-1 of the secret as it stands in the file.

    `is_secret` is what an audit said; None: nobody looked. Units: `line` from 1; 0 where it is not told.
    """

    path: str
    line: int
    digest: str
    type: str
    is_secret: bool | None = None


def parse(data: bytes, file: str) -> tuple[Known, ...]:
    """Return the secrets, sorted; UTF-16, as PowerShell redirects into, is read too.

    Raises: BaselineError with every mistake's line and column.
    """
    encoding = encoding_of(data)
    text = "" if encoding is None else decode(data, encoding)
    return read_json(text, file, _secrets)


def render(secrets: Iterable[Known], plugin: str) -> str:
    """Return a baseline whose settings name a plugin file; without a date, so that the same secrets give the same."""
    import json

    results: dict[str, list[dict[str, object]]] = {}
    for secret in sorted(secrets):
        entry: dict[str, object] = {
            "type": secret.type,
            "filename": secret.path,
            "hashed_secret": secret.digest,
            "is_verified": False,
            "line_number": secret.line,
        }
        if secret.is_secret is not None:
            entry["is_secret"] = secret.is_secret
        results.setdefault(secret.path, []).append(entry)
    document = {
        "version": _VERSION,
        "plugins_used": [{"name": PLUGIN_CLASS, "path": f"file://{plugin}"}],
        "filters_used": [{"path": path} for path in _FILTERS],
        "results": results,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def digest_of(text: str) -> str:
    """Return the hash by which detect-secrets knows a secret."""
    return sha1(text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()


def as_one_line(text: str) -> tuple[str, int]:
    """Return what of a secret stands on one line, for detect-secrets knows nothing longer, and how many lines below.

    Of a private key this is the first of its longest lines, which differs from key to key.
    """
    lines = text.splitlines()
    if len(lines) < 2:
        return text, 0
    inside = [(len(line.strip()), -place) for place, line in enumerate(lines) if "-----" not in line]
    place = -max(inside)[1] if inside else 0
    return lines[place].strip(), place


def _secrets(source: SourceMap) -> tuple[Known, ...]:
    value = source.value
    results = value.get("results") if isinstance(value, dict) else None
    if not isinstance(results, dict):
        source.problem((), "expected a baseline of detect-secrets, with 'results' by file name")
        return ()
    found: list[Known] = []
    for name, listed in results.items():
        if not isinstance(listed, list):
            source.problem(("results", name), "expected a list of secrets")
            continue
        for place, entry in enumerate(listed):
            secret = _secret(source, ("results", name, place), name, entry)
            if secret is not None:
                found.append(secret)
    return tuple(sorted(found, key=lambda secret: secret[:4]))


def _secret(source: SourceMap, place: Path, name: str, entry: Plain) -> Known | None:
    match entry:
        case {"hashed_secret": str(digest), "type": str(kind), **rest}:
            line, is_secret = rest.get("line_number", 0), rest.get("is_secret")
            if isinstance(line, int) and (is_secret is None or isinstance(is_secret, bool)):
                return Known(_plain_path(name), line, digest, kind, is_secret)
    source.problem(place, "expected a secret with hashed_secret, type, and perhaps line_number and is_secret")
    return None


def _plain_path(name: str) -> str:
    # Windows writes the other slash between folders; detect-secrets itself reads either.
    return posixpath.normpath(name.replace("\\", "/"))
