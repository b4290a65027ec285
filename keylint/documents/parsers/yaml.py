"""YAML: every document of a file, with aliases and merge keys resolved within limits, and templates of YAML."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from keylint.documents.builder import DEPTH, NAMELESS, Builder, Name, Unparsed
from keylint.documents.parsers import Parser
from keylint.documents.tree import Kind, Node, Scalar

_ENDINGS = (".yaml", ".yml", ".eyaml", ".sls", ".cff", ".raml")
_NAMES = frozenset(".clang-format .clang-tidy .condarc .gemrc .yamllint chart.lock pubspec.lock".split())

# A bounded number of values is shown again where aliases name them; the others stay `*name`.
_AGAIN = 20_000
# What libyaml refuses to read anywhere; another character stands in while it parses.
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_STAND_IN = "\ufffd"
_TEMPLATE = re.compile(r"\{\{[^{}\n]{0,500}\}\}|\{%[^%\n]{0,500}%\}|\{#[^#\n]{0,500}#\}|<%[^%\n]{0,500}%>")
_LOOK = 200
_PROPERTIES = re.compile(r"(?:[&!]\S*\s*(?:#.*\s*)?)+")
_HEADER = re.compile(r"[|>].*\r?\n?\s*")


def parse(text: str) -> Node:
    """Read every document of a text. Raises: Unparsed."""
    masked = _without_templates(text)
    if masked != text:
        try:
            return _parse(masked, text)
        except Unparsed:
            pass  # braces that are no template after all
    return _parse(text, text)


def _without_templates(text: str) -> str:
    """Put letters in the place of templates, and blanks where they are all of a line: no offset changes."""
    if "{{" not in text and "{%" not in text and "<%" not in text:
        return text

    def masked(found: re.Match[str]) -> str:
        start, end = found.span()
        # Alone on its line, as far as need be looked.
        before = text[max(0, start - _LOOK) : start].rpartition("\n")[2]
        after = text[end : end + _LOOK].partition("\n")[0]
        return ("x" if before.strip() or after.strip() else " ") * len(found[0])

    return _TEMPLATE.sub(masked, text)


def _parse(text: str, written: str) -> Node:
    import yaml

    loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    reader = _Reader(text, written)
    try:
        for event in yaml.parse(_UNREADABLE.sub(_STAND_IN, text), Loader=loader):
            assert event.start_mark is not None
            assert event.end_mark is not None
            start, end = event.start_mark.index, event.end_mark.index
            if isinstance(event, yaml.CollectionStartEvent):
                reader.open("mapping" if isinstance(event, yaml.MappingStartEvent) else "sequence", event.anchor, start)
            elif isinstance(event, yaml.CollectionEndEvent):
                reader.close(end)
            elif reader.is_within_key:
                continue
            elif isinstance(event, yaml.ScalarEvent):
                is_bare = event.anchor is None and event.tag is None
                start = start if is_bare else reader.after_properties(start, end)
                value = plain(event.value) if event.implicit[0] else _tagged(event.value, event.tag)
                reader.scalar((event.value, value), event.style, event.anchor, (start, end))
            elif isinstance(event, yaml.AliasEvent):
                reader.alias(event.anchor or "", start, end)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unparsed(f"{error.problem or error.context} on line {mark.line + 1 if mark else 1}") from None
    return reader.builder.root(text)


class _Frame:
    """An open mapping or sequence, with the name of the value to come."""

    __slots__ = ("anchor", "kind", "name", "room")

    def __init__(self, kind: Kind, anchor: str | None, room: int) -> None:
        self.kind = kind
        self.anchor = anchor
        self.room = room  # how much there was before it
        self.name: Name | None = None


class _Reader:
    """Puts a tree together from libyaml's events; PyYAML's own `compose` recurses, and its marks come from these."""

    def __init__(self, text: str, written: str) -> None:
        self.builder = Builder()
        self._text = text
        self._written = written
        self._is_template = text is not written
        self._again = _AGAIN
        self._anchors: dict[str, tuple[Node, int]] = {}  # with the number of nodes
        self._frames: list[_Frame] = []
        self._key_depth = self._key_start = 0  # of a key that is itself a mapping or sequence

    @property
    def is_within_key(self) -> bool:
        return self._key_depth > 0

    def after_properties(self, start: int, end: int) -> int:
        properties = _PROPERTIES.match(self._text, start, end)
        return properties.end() if properties else start

    def open(self, kind: Kind, anchor: str | None, start: int) -> None:
        if self._key_depth or self._is_key():
            self._key_start = self._key_start if self._key_depth else start
            self._key_depth += 1
            if self._key_depth > DEPTH:
                raise Unparsed(f"nested deeper than {DEPTH}")
            return
        name = self._name()
        self._frames.append(_Frame(kind, anchor, self.builder.left + self._again))
        self.builder.open(kind, start, name)

    def close(self, end: int) -> None:
        if self._key_depth:
            self._key_depth -= 1
            if not self._key_depth:
                self._frames[-1].name = (self._written[self._key_start : end], self._key_start, end)
            return
        frame = self._frames.pop()
        if frame.kind == "mapping":
            self._merge()
        self._remember(frame.anchor, self.builder.close(end), frame.room)

    def scalar(self, content: tuple[str, Scalar], style: str | None, anchor: str | None, span: tuple[int, int]) -> None:
        text, value = content
        start, end = span
        if style in ("'", '"'):
            start, end = start + 1, end - 1
        elif style in ("|", ">"):
            header = _HEADER.match(self._text, start, end)
            start = header.end() if header else start
            end = start + len(self._text[start:end].rstrip())
        if self._is_template and self._text[start:end] != self._written[start:end]:
            value = text = self._written[start:end]
        if self._is_key():
            # A name stays as it is written: `on` is no boolean to a workflow.
            self._frames[-1].name = (text, start, end)
            return
        room = self.builder.left + self._again
        self.builder.scalar(value, start, end, self._name())
        self._remember(anchor, self.builder.children[-1], room)

    def alias(self, anchor: str, start: int, end: int) -> None:
        node, size = self._anchors.get(anchor, (None, 0))  # unknown within itself, too
        if self._is_key():
            value = node.value if node is not None else None
            self._frames[-1].name = (value if isinstance(value, str) else f"*{anchor}", start, end)
            return
        name = self._name()
        if node is None or size > self._again:
            self.builder.scalar(f"*{anchor}", start, end, name)
            return
        self._again -= size
        self.builder.add(node._replace(name=name[0], name_start=name[1], name_end=name[2]))

    def _is_key(self) -> bool:
        return bool(self._frames) and self._frames[-1].kind == "mapping" and self._frames[-1].name is None

    def _name(self) -> Name:
        """Return the name of the value that comes now, and await the next name."""
        if not self._frames:
            return NAMELESS
        name, self._frames[-1].name = self._frames[-1].name, None
        return name or NAMELESS

    def _remember(self, anchor: str | None, node: Node, room: int) -> None:
        if anchor is not None:
            self._anchors[anchor] = (node, room - self.builder.left - self._again)

    def _merge(self) -> None:
        """Put what `<<` names in its place, but for what the mapping itself says."""
        children = self.builder.children
        if not any(map(_sources, children)):
            return
        own = {child.name for child in children}
        merged: dict[str, Node] = {}
        for child in children:
            for source in _sources(child):
                for inherited in source.children:
                    if inherited.name not in own:
                        merged.setdefault(inherited.name, inherited)
        children[:] = [*merged.values(), *(child for child in children if not _sources(child))]


def _sources(child: Node) -> Sequence[Node]:
    """Return the mappings that an entry is to be replaced by."""
    if child.name != "<<":
        return ()
    sources = (child,) if child.kind == "mapping" else child.children
    return sources if all(source.kind == "mapping" for source in sources) else ()


def plain(text: str) -> Scalar:
    """Return what YAML 1.1 reads an unquoted text as."""
    from yaml.resolver import Resolver

    for tag, pattern in Resolver.yaml_implicit_resolvers.get(text[:1], ()):
        if pattern.match(text):
            return _tagged(text, tag)
    return text


def _tagged(text: str, tag: str | None) -> Scalar:
    return _READERS.get(tag.rpartition(":")[2], str)(text) if tag else text


def _boolean(text: str) -> bool:
    return text.lower() in ("yes", "true", "on")


def _integer(text: str) -> Scalar:
    digits = text.replace("_", "")
    try:
        return int(digits, 8 if re.fullmatch("[-+]?0[0-7]+", digits) else 0)
    except ValueError:  # 1:30 and what is longer than Python reads
        return text


def _decimal(text: str) -> Scalar:
    try:
        return float(text.replace("_", ""))
    except ValueError:  # .inf and 1:30.5
        return text


def _nothing(_: str) -> None:
    return None


_READERS: dict[str, Callable[[str], Scalar]] = {
    "bool": _boolean,
    "int": _integer,
    "float": _decimal,
    "null": _nothing,
}
PARSER = Parser(lambda name: name.endswith(_ENDINGS) or name in _NAMES, parse)
