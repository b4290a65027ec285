"""TOML. A table is a mapping for every header that names it; so is every table of an array."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.documents.builder import NAMELESS, Builder, Name
from keylint.documents.parsers import Parser
from keylint.documents.tree import Node, Scalar

if TYPE_CHECKING:
    from tree_sitter import Node as Syntax

_NAMES = frozenset("cargo.lock poetry.lock uv.lock pdm.lock pylock.toml pipfile".split())
_KEY = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'|([\w-]+)")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|[ \t]*\r?\n\s*|([\s\S]))")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "e": "\x1b"}
_TABLES = ("table", "table_array_element")
_QUOTED = ("string", "quoted_key")


def parse(text: str) -> Node:
    """Read the tables. Raises: Unparsed."""
    import tree_sitter_toml

    from keylint.documents.parsers._grammars import syntax

    builder = Builder()
    builder.open("mapping", 0)
    # What is still to be read, the next thing last; a number closes what was opened.
    waiting: list[tuple[Syntax | int, Name]] = [
        (len(text), NAMELESS),
        (syntax(text, tree_sitter_toml.language()), NAMELESS),
    ]
    while waiting:
        node, name = waiting.pop()
        if isinstance(node, int):
            builder.close(node)
        elif node.type == "document":
            waiting.extend((child, NAMELESS) for child in reversed(node.named_children))
        elif node.type in _TABLES:
            key, *pairs = _parts(node)
            names = _names(text, key)
            for part in names:
                builder.open("mapping", node.start_byte, part)
            end = node.start_byte + len(text[node.start_byte : node.end_byte].rstrip())
            waiting.extend([(end, NAMELESS)] * len(names))
            waiting.extend((pair, NAMELESS) for pair in reversed(pairs))
        elif node.type == "pair":
            key, value = _parts(node)
            *around, last = _names(text, key)
            for part in around:
                builder.open("mapping", node.start_byte, part)
            waiting.extend([(node.end_byte, NAMELESS)] * len(around))
            waiting.append((value, last))
        elif node.type in ("array", "inline_table"):
            builder.open("sequence" if node.type == "array" else "mapping", node.start_byte, name)
            waiting.append((node.end_byte, NAMELESS))
            waiting.extend((child, NAMELESS) for child in reversed(_parts(node)))
        elif node.type != "comment":
            builder.scalar(*_scalar(text, node), name)
    return builder.root(text)


def _parts(node: Syntax) -> list[Syntax]:
    return [child for child in node.named_children if child.type != "comment"]


def _names(text: str, key: Syntax) -> list[Name]:
    names = []
    for part in _KEY.finditer(text, key.start_byte, key.end_byte):
        group = part.lastindex or 0
        names.append((_unescaped(part[group]) if group == 1 else part[group], *part.span(group)))
    return names


def _scalar(text: str, node: Syntax) -> tuple[Scalar, int, int]:
    start, end = node.start_byte, node.end_byte
    written = text[start:end]
    if node.type == "string":
        marks = 3 if written[:3] in ('"""', "'''") and len(written) > 5 else 1
        start, end = start + marks, end - marks
        if marks == 3:  # a first line end does not count
            start += len(written[3:5]) if written[3:5] == "\r\n" else written[3:4] == "\n"
        value = text[start:end]
        return (_unescaped(value) if written[0] == '"' else value), start, end
    if node.type == "boolean":
        return written == "true", start, end
    try:
        if node.type == "integer":
            return int(written.replace("_", ""), 0 if written[:1] == "0" and len(written) > 1 else 10), start, end
        if node.type == "float":
            return float(written.replace("_", "")), start, end
    except ValueError:  # longer than Python reads
        return written, start, end
    return written, start, end


def _unescaped(written: str) -> str:
    return _ESCAPE.sub(_character, written) if "\\" in written else written


def _character(escape: re.Match[str]) -> str:
    code = int(escape[1] or escape[2] or "110000", 16)
    letter = escape[3] or ""
    return chr(code) if code < 0x110000 else _ESCAPED.get(letter, letter)


PARSER = Parser(lambda name: name.endswith(".toml") or name in _NAMES, parse)
