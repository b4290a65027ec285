"""What shows that a file which is read by its text is broken off, or is not what its name says."""

from __future__ import annotations

import re

_CONFLICT = re.compile(r"^<{7} ", re.MULTILINE)
# What is in every file of a format, by the module that reads it, if that parses nothing.
_MARKS = {
    "npm_lock": ('"lockfileVersion"', '"packages"', '"dependencies"'),
    "yarn_lock": ("yarn lockfile v1", "__metadata:", "version"),
    "pnpm_lock": ("lockfileVersion:", "importers:", "packages:"),
    "bun_lock": ('"lockfileVersion"', '"packages"'),
    "toml_lock": ("[[package", "version =", "[metadata]"),
    "composer": ('"packages"',),
    "bundler": ("DEPENDENCIES", "specs:", "gem", "Gem::", "source"),
    "go": ("module ", "require", " h1:", "/go.mod "),
}
_IN_BRACES = ("npm_lock", "bun_lock", "composer")


def doubt(text: str, reader: str, *, is_empty: bool) -> str:
    """Return why a file seems not to be whole, as parsers say it, or nothing. `is_empty`: nothing was read."""
    marks = _MARKS.get(reader)
    if marks is None or not text.strip():
        return ""
    conflict = _CONFLICT.search(text)
    if conflict:
        return f"unresolved conflict on line {text.count(chr(10), 0, conflict.start()) + 1}"
    if reader in _IN_BRACES and not text.rstrip().endswith("}"):
        return f"unexpected end on line {text.rstrip().count(chr(10)) + 1}"
    if is_empty and not any(mark in text for mark in marks):
        return "nothing of its format on line 1"
    return ""
