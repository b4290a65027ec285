"""Dockerfiles: a sequence of instructions, each a mapping named after it, with its flags, names and arguments."""

from __future__ import annotations

import re

from keylint.documents.builder import Builder, line_end, unexpected
from keylint.documents.parsers import Parser
from keylint.documents.tree import Node

_FILE = re.compile(r"(?:dockerfile|containerfile)(?:[._-].*)?|.*[._-](?:dockerfile|containerfile)")
_WORDS = frozenset(
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER"
    " VOLUME WORKDIR".split()
)
_HEREDOCS = 100  # in one instruction
_LISTED = ("ADD", "COPY", "EXPOSE", "VOLUME")
_PAIRED = ("ARG", "ENV", "LABEL")
_BACKTICK = re.compile(r"(?:\s*#.*\n)*?\s*#\s*escape\s*=\s*`", re.IGNORECASE)
_EMPTY = re.compile(r"[ \t\r]*(?:#.*)?$", re.MULTILINE)
_INSTRUCTION = re.compile(r"[ \t]*([A-Za-z_]+)(?=[ \t\r\n]|\Z)[ \t]*")
_FLAG = re.compile(r"--([a-z-]+)(?:=(\"[^\"\n]*\"|\S*))?\s*")
_HEREDOC = re.compile(r"<<-?([\"']?)(\w+)\1")
_ESCAPE = re.compile(r"\\([\"'\\$ ])")
_ARGUMENT = re.compile(r"\S+")
_ITEM = re.compile(r'"([^"\\\n]*(?:\\.[^"\\\n]*)*)"')


class _Syntax:
    """The patterns that hang on the character that goes on over the line end."""

    def __init__(self, escape: str) -> None:
        ahead = rf"{escape}[ \t]*\r?\n(?:[ \t]*#.*\n|[ \t\r]*\n)*"
        self.is_continued = re.compile(rf"{escape}[ \t]*\r?$")
        self.joint = re.compile(ahead)
        self.blank = re.compile(rf"[ \t\r\n]*(?:{ahead}[ \t]*)*")
        self.name = re.compile(r"[^\s=\"']+|\"[^\"\n]*\"")
        bare = rf"[^\s{escape}\"']*(?:(?:{escape}[^\r\n \t]|\"[^\"\n]*\"|'[^'\n]*')[^\s{escape}\"']*)*"
        self.value = re.compile(
            rf"\"(?P<double>[^\"\\]*(?:\\[\s\S][^\"\\]*)*)\"(?!\S)|'(?P<single>[^']*)'(?!\S)|(?P<bare>{bare})"
        )


def parse(text: str) -> Node:
    """Read every instruction. Raises: Unparsed for a line that is none."""
    syntax = _Syntax("`" if _BACKTICK.match(text) else r"\\")
    builder = Builder()
    builder.open("sequence", 0)
    place = 0
    while place < len(text):
        if _EMPTY.match(text, place):
            place = line_end(text, place) + 1
            continue
        start = place
        end = _end(text, start, syntax)
        opened = 0
        while True:
            found = _INSTRUCTION.match(text, place)
            if found is None or found[1].upper() not in _WORDS:
                raise unexpected(text, place)
            word = found[1].upper()
            builder.open("mapping", found.start(1), (word, *found.span(1)))
            opened += 1
            place = found.end()
            if word != "ONBUILD":
                break
        _arguments(builder, syntax, text, place, end, word=word)
        for _ in range(opened):
            builder.close(end)
        place = end + 1
    builder.close(len(text))
    return builder.root(text)


def _end(text: str, start: int, syntax: _Syntax) -> int:
    """Return where the instruction ends: past its continued lines and the documents that are written into it."""
    place = start
    while True:
        end = line_end(text, place)
        line = text[place:end]
        is_between = place > start and line.lstrip()[:1] in ("", "#")
        if end >= len(text) or not (is_between or syntax.is_continued.search(line)):
            break
        place = end + 1
    for unclosed, mark in enumerate(_HEREDOC.finditer(text, start, end)):
        last = re.compile(rf"^\t*{mark[2]}[ \t\r]*$", re.MULTILINE).search(text, end)
        if last is None or unclosed > _HEREDOCS:
            raise unexpected(text, mark.start())
        end = last.end()
    return end


def _arguments(builder: Builder, syntax: _Syntax, text: str, place: int, end: int, *, word: str) -> None:
    def after_blank(place: int) -> int:
        blank = syntax.blank.match(text, place, end)
        return blank.end() if blank else place

    def plain(start: int, stop: int) -> str:
        return syntax.joint.sub("", text[start:stop])

    place = after_blank(place)
    while word not in _PAIRED and (flag := _FLAG.match(text, place, end)):
        start, stop = flag.span(2) if flag[2] is not None else flag.span(1)
        if flag[2] and flag[2][0] == '"' and flag[2][-1] == '"' and len(flag[2]) > 1:
            start, stop = start + 1, stop - 1
        value = text[start:stop] if flag[2] is not None else True
        builder.scalar(value, start, stop, (flag[1], *flag.span(1)))
        place = after_blank(flag.end())
    stop = place + len(text[place:end].rstrip())
    if place >= stop:
        return
    if word in _PAIRED:
        _pairs(builder, syntax, text, place, stop, word=word)
    elif text[place] == "[" and text[stop - 1] == "]":
        builder.open("sequence", place)
        for item in _ITEM.finditer(text, place, stop):
            builder.scalar(_unescaped(item[1]), *item.span(1))
        builder.close(stop)
    elif word in _LISTED:
        for item in _ARGUMENT.finditer(text, place, stop):
            if not syntax.joint.match(text, item.start(), end):
                builder.scalar(item[0], *item.span())
    else:
        builder.scalar(plain(place, stop), place, stop)


def _pairs(builder: Builder, syntax: _Syntax, text: str, place: int, end: int, *, word: str) -> None:
    while place < end:
        found = syntax.name.match(text, place, end)
        if found is None:
            raise unexpected(text, place)
        name = (found[0].strip('"'), *found.span())
        place = found.end()
        if text[place : place + 1] == "=":
            value = syntax.value.match(text, place + 1, end)
            assert value is not None  # the bare form may be empty
            group = value.lastgroup or "bare"
            builder.scalar(syntax.joint.sub("", _unescaped(value[group])), *value.span(group), name)
            if value.end() == found.end() + 1 and text[value.end() : value.end() + 1].strip():
                raise unexpected(text, value.end())
            place = value.end()
        elif word == "ARG":
            builder.scalar(None, place, place, name)
        else:  # ENV NAME the rest of the line
            start = place + len(text[place:end]) - len(text[place:end].lstrip())
            builder.scalar(syntax.joint.sub("", text[start:end]), start, end, name)
            return
        blank = syntax.blank.match(text, place, end)
        place = max(place, blank.end() if blank else place)


def _unescaped(written: str) -> str:
    return _ESCAPE.sub(r"\1", written) if "\\" in written else written


PARSER = Parser(lambda name: _FILE.fullmatch(name) is not None, parse, first=True)
