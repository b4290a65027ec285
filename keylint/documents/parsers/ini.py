"""INI and its kin: sections of names and values; a blank between them serves, too."""

from __future__ import annotations

import re
from typing import NamedTuple

from keylint.documents.builder import Builder
from keylint.documents.parsers import Parser
from keylint.documents.tree import Node

_ENDINGS = tuple(".ini .cfg .conf .cnf .inf .service .socket .timer .desktop .editorconfig .reg .rc .prefs".split())
_NAMES = frozenset(
    ".npmrc .pypirc .gitconfig .coveragerc .flake8 .pylintrc .my.cnf .s3cfg .boto .wgetrc .curlrc .hgrc .yarnrc"
    " credentials config.gateway pylintrc".split()
)
_LINE = re.compile(r"[^\r\n]+")
_SEPARATOR = re.compile(r"(?<![<>!~=])=(?!=)|:")
_SIMPLE = re.compile(r"[\w.-]+")
_COMMENT = re.compile(r"[ \t][;#]")


class _Pair(NamedTuple):
    name: str
    lines: list[str]  # of the value
    indent: int  # of its line
    start: int
    end: int
    name_start: int


def parse(text: str) -> Node:
    """Read every pair; lines that are none are left out."""
    builder = Builder()
    builder.open("mapping", 0)
    pair: _Pair | None = None

    def finish() -> None:
        if pair is not None:
            name = (pair.name, pair.name_start, pair.name_start + len(pair.name))
            builder.scalar("\n".join(pair.lines), pair.start, pair.end, name)

    for line in _LINE.finditer(text):
        written = line[0].strip()
        if not written or written[0] in ";#":
            continue
        indent = len(line[0]) - len(line[0].lstrip())
        start = line.start() + indent
        if written[0] == "[" and not (pair and indent > pair.indent):
            finish()
            pair = None
            if builder.depth > 1:
                builder.close(line.start())
            name = written[1:].partition("]")[0]
            builder.open("mapping", start, (name, start + 1, start + 1 + len(name)))
            continue
        found = _split(written)
        is_assignment = found is not None and _SEPARATOR.search(written) and _SIMPLE.fullmatch(found[0])
        if pair and indent > pair.indent and not is_assignment:
            value, within = _value(written)
            begun = pair.start if pair.lines else start + within
            pair.lines.append(value)
            pair = pair._replace(start=begun, end=start + within + len(value))
            continue
        finish()
        pair = None
        if found is not None:
            name, after = found
            value, within = _value(written[after:])
            value_start = start + after + within
            pair = _Pair(name, [value] if value else [], indent, value_start, value_start + len(value), start)
    finish()
    if builder.depth > 1:
        builder.close(len(text))
    builder.close(len(text))
    return builder.root(text)


def _split(line: str) -> tuple[str, int] | None:
    """Return the name and where what follows it begins.

    A name may hold blanks, as that of `api key = value` does; `option a=b` has one between name and value.
    """
    separator = _SEPARATOR.search(line)
    name = line[: separator.start()].rstrip() if separator else ""
    first = line.split(None, 1)
    if separator and name:
        is_spaced = line[separator.end() : separator.end() + 1].isspace()
        if first[0] == name or is_spaced or len(name.split(None, 1)) == 1:
            return name, separator.end()
    elif separator:
        return None
    return (first[0], len(first[0])) if len(first) > 1 and line[-1] != "{" else None


def _value(written: str) -> tuple[str, int]:
    """Return the value without quotes and comment, and where it begins."""
    value = written.strip()
    within = len(written) - len(written.lstrip())
    if value[:1] in ('"', "'") and value.find(value[0], 1) > 0:
        return value[1 : value.find(value[0], 1)], within + 1
    comment = _COMMENT.search(f" {value}")
    return (value[: max(0, comment.start() - 1)].rstrip() if comment else value), within


PARSER = Parser(lambda name: name.endswith(_ENDINGS) or name in _NAMES, parse)
