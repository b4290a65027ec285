"""JSON and what people write for it: comments, trailing commas, single quotes, bare names, several values in a file."""

from __future__ import annotations

import re
from typing import Literal

from keylint.documents.builder import NAMELESS, Builder, Name, Unparsed, unexpected
from keylint.documents.parsers import Parser
from keylint.documents.tree import Node, Scalar

_ENDINGS = tuple(
    ".json .json5 .jsonc .jsonl .jsonld .ndjson .geojson .har .webmanifest .ipynb .tfstate .avsc .arb .importmap"
    " .code-workspace .sublime-project .sublime-settings .postman_collection .postman_environment".split()
)
_NAMES = frozenset(
    ".babelrc .eslintrc .jshintrc .prettierrc .stylelintrc .swcrc .bowerrc .lintstagedrc .watchmanconfig"
    " composer.lock pipfile.lock flake.lock deno.lock".split()
)

_Awaited = Literal["value", "colon", "comma"]

# Every token with the white space before it. `{{ … }}` is no JSON, but what templates of it hold.
_TOKEN = re.compile(
    r"[\s\ufeff]*(?:(?P<quote>[\"'])|(?P<template>\{\{[^{}\n]*\}\})|(?P<mark>[{}\[\],:])"
    r"|(?P<number>[-+]?\.?\d[\w.]*(?:(?<=[eE])[-+]\d+)?)|(?P<word>[-+]?[^\W\d][\w.-]*|\$[\w$.-]*)"
    r"|(?P<comment>//[^\n]*|/\*[\s\S]*?\*/|\#[^\n]*)|(?P<end>\Z))"
)
_STATEMENT = re.compile(
    r"\{%[^%]{0,500}%\}|\{#[^#]{0,500}#\}|\{\{[-~]?[ \t]*(?:if|else|end|range|with)\b[^{}]{0,500}\}\}"
)
_NOT_LINE_END = re.compile(r"[^\r\n]")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))")
_PLAIN = {'"': re.compile(r'[^"\\\n]*'), "'": re.compile(r"[^'\\\n]*")}
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}
_NOT_FINITE = frozenset("NaN Infinity -Infinity +Infinity undefined".split())


def parse(text: str) -> Node:
    """Read one value, or several after one another. Raises: Unparsed."""
    try:
        return _parse(text)
    except Unparsed:
        without = _STATEMENT.sub(_blanks, text)
        if without == text:
            raise
    return _parse(without)


def _blanks(found: re.Match[str]) -> str:
    return _NOT_LINE_END.sub(" ", found[0])


def _parse(text: str) -> Node:
    builder = Builder()
    texts = _Texts(text)
    name: Name = NAMELESS
    place = 0
    # What may come: a value, the colon after a name, the comma after a value; in a mapping "value" is first a name.
    awaited: _Awaited = "value"
    match_token = _TOKEN.match
    while True:
        token = match_token(text, place)
        if token is None:
            raise unexpected(text, place)
        group = token.lastgroup
        assert group is not None
        start, place = token.span(group)
        if group == "comment":
            continue
        if group == "end":
            if awaited == "colon" or name is not NAMELESS:
                raise unexpected(text, start)
            return builder.root(text)
        if group == "mark":
            following = _mark(builder, text[start], start, name, awaited)
            if following is None:
                raise unexpected(text, start)
            name = name if text[start] == ":" else NAMELESS
            awaited = following
            continue
        if awaited != "value":
            raise unexpected(text, start)
        value: Scalar
        end = place
        if group == "quote":
            value, place = texts.read(start)
            start, end = start + 1, place - 1
        elif group == "number":
            value = _number(text[start:end])
        else:
            value = text[start:end]
        if builder.kind == "mapping" and name is NAMELESS:
            name, awaited = (str(value), start, end), "colon"
            continue
        if group == "word":
            word = str(value)
            if word not in _WORDS and word not in _NOT_FINITE:
                raise unexpected(text, start)
            value = _WORDS.get(word, word)
        builder.scalar(value, start, end, name)
        name = NAMELESS
        awaited = "comma" if builder.depth else "value"


def _mark(builder: Builder, mark: str, start: int, name: Name, awaited: _Awaited) -> _Awaited | None:
    """Open or close what a bracket does, and return what may come after the mark; None if it may not stand here."""
    if mark in "{[":
        if awaited != "value" or (builder.kind == "mapping" and name is NAMELESS):
            return None
        builder.open("mapping" if mark == "{" else "sequence", start, name)
        return "value"
    if mark in ",:":
        return "value" if awaited == ("comma" if mark == "," else "colon") else None
    if name is not NAMELESS or builder.kind != ("mapping" if mark == "}" else "sequence"):
        return None
    builder.close(start + 1)
    return "comma" if builder.depth else "value"


class _Texts:
    """Reads what stands in quotes: with the standard library as long as it can, which is fast."""

    def __init__(self, text: str) -> None:
        from json import JSONDecoder

        self._text = text
        self._decode = JSONDecoder(strict=False).raw_decode
        self._is_json = True

    def read(self, start: int) -> tuple[str, int]:
        """Return the text in the quotes that begin here, and where it ends with them."""
        from json import JSONDecodeError

        quote = self._text[start]
        if quote == '"' and self._is_json:
            try:
                return self._decode(self._text, start)
            except JSONDecodeError:  # its making counts all lines before: once is enough
                self._is_json = False
        return quoted(self._text, start + 1, quote)


def quoted(text: str, place: int, quote: str) -> tuple[str, int]:
    """Read a text in quotes as JavaScript does, from after the quote to after its end."""
    parts = []
    while True:
        plain = _PLAIN[quote].match(text, place)
        assert plain is not None
        parts.append(plain[0])
        place = plain.end()
        if text[place : place + 1] == quote:
            return "".join(parts), place + 1
        escape = _ESCAPE.match(text, place)
        if escape is None:
            raise unexpected(text, place)
        code = escape[1] or escape[2]
        parts.append(chr(int(code, 16)) if code else _ESCAPED.get(escape[3], escape[3]))
        place = escape.end()


def _number(text: str) -> Scalar:
    for read in (int, float, _hexadecimal):
        try:
            return read(text)
        except ValueError:  # of integers, too, that are longer than Python reads
            continue
    raise Unparsed("a number that is none")


def _hexadecimal(text: str) -> int:
    return int(text, 16)


PARSER = Parser(lambda name: name.endswith(_ENDINGS) or name in _NAMES, parse)
