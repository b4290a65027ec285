"""Environment files: `export`, quotes over lines, comments, and blanks around `=` that no shell would take."""

from __future__ import annotations

import re

from keylint.documents.builder import Builder, line_end
from keylint.documents.parsers import Parser
from keylint.documents.tree import Node

_NAMES = frozenset((".envrc", ".flaskenv", ".envy", ".dev.vars", "dotenv"))
_STARTS = (".env.", ".env-", ".env_", "env.")
_ASSIGNMENT = re.compile(
    r"^[ \t]*(?:(?:export|set|setenv|declare -x|-)[ \t]+)?(?P<name>[^\W\d][\w.-]*)[ \t]*(?:=|:(?=[ \t]))[ \t]*"
    r"(?P<quote>[\"'`])?",
    re.MULTILINE,
)
_COMMENT = re.compile(r"(?:^|[ \t])#")
_TO_QUOTE = {'"': re.compile(r'[^"\\]*'), "'": re.compile(r"[^']*"), "`": re.compile(r"[^`]*")}
_TAIL = re.compile(r"[ \t]*(?:;|#.*)?\r?$", re.MULTILINE)
_ESCAPE = re.compile(r"\\([\s\S])")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "\n": ""}


def parse(text: str) -> Node:
    """Read every assignment; other lines are a shell's."""
    builder = Builder()
    builder.open("mapping", 0)
    place = 0
    while True:
        found = _ASSIGNMENT.search(text, place)
        if found is None:
            builder.close(len(text))
            return builder.root(text)
        name = (found["name"], *found.span("name"))
        start = found.end()
        end = _closing(text, start, found["quote"]) if found["quote"] else None
        if end is None:
            start -= 1 if found["quote"] else 0
            line = text[start : line_end(text, start)]
            comment = _COMMENT.search(line)
            end = start + len(line[: comment.start() if comment else None].rstrip())
            builder.scalar(text[start:end], start, end, name)
            place = end
            continue
        value = text[start:end]
        if found["quote"] == '"' and "\\" in value:
            value = _ESCAPE.sub(lambda escape: _ESCAPED.get(escape[1], escape[1]), value)
        builder.scalar(value, start, end, name)
        place = end + 1


def _closing(text: str, start: int, quote: str) -> int | None:
    """Return where the quoted text ends; None if the quote is forgotten, which is not to swallow what follows."""
    place = start
    while True:
        plain = _TO_QUOTE[quote].match(text, place)
        assert plain is not None
        place = plain.end()
        if text[place : place + 1] != "\\":
            break
        place += 2
    if place >= len(text):
        return None
    return place if "\n" not in text[start:place] or _TAIL.match(text, place + 1) else None


def _matches(name: str) -> bool:
    return name in _NAMES or name.endswith(".env") or name.startswith(_STARTS) or ".env." in name


PARSER = Parser(_matches, parse, first=True)
