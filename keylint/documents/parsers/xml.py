"""XML: elements, attributes and text as they are written.

An own reader: expat does not say where an attribute stands, and nothing here is ever expanded or fetched.
"""

from __future__ import annotations

import re

from keylint.documents.builder import Builder, Name, unexpected
from keylint.documents.parsers import Parser
from keylint.documents.tree import Node

_ENDINGS = tuple(
    ".xml .config .csproj .vbproj .fsproj .props .targets .plist .pom .nuspec .resx .xsd .xsl .xslt .wsdl .xaml .iml"
    " .storyboard .xib .settings .pubxml .user .dataprovider .jmx .entitlements".split()
)
_MARKUP = re.compile(
    r"<!--(?P<comment>[\s\S]*?)-->|<!\[CDATA\[(?P<literal>[\s\S]*?)\]\]>|<\?[\s\S]*?\?>|<!(?P<type>DOCTYPE)\b"
    r"|</(?P<closed>[^\s<>/]+)\s*>|<(?P<opened>[^\s<>/!?][^\s<>/]*)"
)
_ATTRIBUTE = re.compile(r"\s*(?P<name>[^\s=<>/\"']+)\s*=\s*(?:\"(?P<double>[^\"<]*)\"|'(?P<single>[^'<]*)')")
_TAG_END = re.compile(r"\s*(?P<empty>/?)>")
_TYPE_PART = re.compile(r"[^\"'<>\[\]]*(?:\"[^\"]*\"|'[^']*'|<!--[\s\S]*?-->|(?P<bracket>[<>\[\]]))")
_ENTITY = re.compile(r"&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


def parse(text: str) -> Node:
    """Read the elements. Raises: Unparsed if they do not nest."""
    builder = Builder()
    builder.open("mapping", 0)
    open_names: list[Name] = []
    place = 0
    while True:
        start = text.find("<", place)
        _text(builder, text, place, start if start >= 0 else len(text), is_within=bool(open_names))
        if start < 0:
            if open_names:
                raise unexpected(text, len(text))
            builder.close(len(text))
            return builder.root(text)
        markup = _MARKUP.match(text, start)
        if markup is None:
            raise unexpected(text, start)
        place = markup.end()
        if markup["type"]:
            place = _after_type(text, place)
        elif markup["literal"]:
            builder.scalar(markup["literal"], *markup.span("literal"))
        elif markup["closed"]:
            if not open_names or open_names.pop()[0] != markup["closed"]:
                raise unexpected(text, start)
            _close(builder, start)
        elif markup["opened"]:
            name = (markup["opened"], *markup.span("opened"))
            builder.open("mapping", start, name)
            while attribute := _ATTRIBUTE.match(text, place):
                group = "double" if attribute["double"] is not None else "single"
                builder.scalar(
                    _decoded(attribute[group]), *attribute.span(group), (attribute["name"], *attribute.span("name"))
                )
                place = attribute.end()
            end = _TAG_END.match(text, place)
            if end is None:
                raise unexpected(text, place)
            place = end.end()
            if end["empty"]:
                builder.close(place)
            else:
                open_names.append(name)


def _text(builder: Builder, text: str, start: int, end: int, *, is_within: bool) -> None:
    written = text[start:end]
    value = written.strip()
    if value:
        if not is_within:
            raise unexpected(text, start)
        start += len(written) - len(written.lstrip())
        builder.scalar(_decoded(value), start, start + len(value))


def _close(builder: Builder, end: int) -> None:
    """An element that holds only text is that text, under the element's name."""
    node = builder.close(end)
    if len(node.children) == 1 and node.children[0].kind == "scalar" and not node.children[0].name:
        only = node.children[0]
        builder.children[-1] = only._replace(name=node.name, name_start=node.name_start, name_end=node.name_end)


def _after_type(text: str, place: int) -> int:
    """Return where the document type ends. Its entities stay unread."""
    depth = 1
    while depth:
        part = _TYPE_PART.match(text, place)
        if part is None:
            raise unexpected(text, place)
        place = part.end()
        depth += {"<": 1, "[": 1, ">": -1, "]": -1}.get(part["bracket"] or "", 0)
    return place


def _decoded(written: str) -> str:
    if "&" not in written:
        return written
    return _ENTITY.sub(_character, written)


def _character(entity: re.Match[str]) -> str:
    if entity[1]:
        return _ENTITIES[entity[1]]
    code = int(entity[2]) if entity[2] else int(entity[3], 16)
    return chr(code) if code <= 0x10FFFF else entity[0]


PARSER = Parser(lambda name: name.endswith(_ENDINGS), parse)
