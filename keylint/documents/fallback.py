"""What single lines show of a text that no parser reads: names with values."""

from __future__ import annotations

import re

from keylint.documents.builder import NODES
from keylint.documents.tree import Node, Scalar

# `"name": value` anywhere in a line; `name: value` and `name = value` at its beginning. The parts are bounded, so that
# a hostile text takes no more than its length.
_PAIR = re.compile(
    r"(?P<quote>[\"'])(?P<quoted>[^\"'\\\n]{1,200})(?P=quote)[ \t]{0,200}(?:=>|[:=])[ \t]{0,200}"
    r"|^[ \t+>-]{0,200}(?:(?:export|set|ENV|ARG)[ \t]{1,20})?(?P<bare>[^\W\d][\w.-]{0,200})[ \t]{0,20}"
    r"(?::=?(?=[ \t\r\n\"'])|=(?![=>~]))[ \t]{0,200}",
    re.MULTILINE,
)
_QUOTED = {'"': re.compile(r'[^"\\\n]*(?:\\.[^"\\\n]*)*'), "'": re.compile(r"[^'\\\n]*(?:\\.[^'\\\n]*)*")}
_BARE = re.compile(r"[^\s,;}\])#]*")
_LINE = re.compile(r"[^\n]*")
_COMMENT = re.compile(r"[ \t](?:#|//|;)")
_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None, "none": None}


def lines(text: str) -> Node:
    """Return one flat mapping of what looks like a setting; of very many the first."""
    children: list[Node] = []
    place = 0
    while len(children) < NODES:
        pair = _PAIR.search(text, place)
        if pair is None:
            break
        group = "quoted" if pair["quote"] else "bare"
        place = pair.end()
        value, start, end = _value(text, place, is_json=group == "quoted")
        if start < end or text[start - 1 : start] in ("'", '"'):
            children.append(Node("scalar", pair[group], value, start, end, *pair.span(group)))
            place = max(place, end)
    return Node("mapping", "", None, 0, len(text), 0, 0, tuple(children))


def _value(text: str, start: int, *, is_json: bool) -> tuple[Scalar, int, int]:
    quote = text[start : start + 1]
    if quote in _QUOTED:
        quoted = _QUOTED[quote].match(text, start + 1)
        if quoted and text[quoted.end() : quoted.end() + 1] == quote:
            return quoted[0], start + 1, quoted.end()
    pattern = _BARE if is_json else _LINE
    found = pattern.match(text, start)
    assert found is not None  # it may be empty
    written = found[0]
    comment = _COMMENT.search(f" {written}")
    written = (written[: max(0, comment.start() - 1)] if comment else written).rstrip(" \t\r,;")
    end = start + len(written)
    word = written.lower()
    if word in _WORDS:
        return _WORDS[word], start, end
    for read in (int, float):
        try:
            return read(written), start, end
        except ValueError:
            continue
    return written, start, end
