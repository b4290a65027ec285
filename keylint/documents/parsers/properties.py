"""Java properties: `=`, `:` or a blank after the name, lines that go on after a backslash."""

from __future__ import annotations

import re

from keylint.documents.builder import Builder
from keylint.documents.parsers import Parser
from keylint.documents.tree import Node

_PAIR = re.compile(
    r"^[ \t\f]*(?![#!\s])(?P<name>[^\\\s=:]*(?:\\[^\r\n][^\\\s=:]*)*)(?:[ \t\f]*[=:]|[ \t\f])[ \t\f]*"
    r"(?P<value>[^\\\r\n]*(?:\\(?:\r\n|[\s\S])[^\\\r\n]*)*)",
    re.MULTILINE,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|\r?\n[ \t\f]*|([\s\S]))")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}


def parse(text: str) -> Node:
    """Read every pair."""
    builder = Builder()
    builder.open("mapping", 0)
    for pair in _PAIR.finditer(text):
        start, end = pair.span("value")
        end = start + len(pair["value"].rstrip())
        name_start, name_end = pair.span("name")
        builder.scalar(_read(text[start:end]), start, end, (_read(pair["name"]), name_start, name_end))
    builder.close(len(text))
    return builder.root(text)


def _read(written: str) -> str:
    if "\\" not in written:
        return written
    return _ESCAPE.sub(
        lambda found: chr(int(found[1], 16)) if found[1] else _ESCAPED.get(found[2] or "", found[2] or ""), written
    )


PARSER = Parser(lambda name: name.endswith(".properties"), parse)
