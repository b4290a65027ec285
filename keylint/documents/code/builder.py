"""A syntax tree to what a source file holds: one walk, from the leaves up, without recursion."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from keylint.documents.code.languages import Language
from keylint.documents.code.values import (
    Argument,
    Assignment,
    Call,
    Entry,
    Function,
    Import,
    Read,
    Scalar,
    Text,
    Throw,
)

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

# Levels of the syntax tree; people write a few dozen, PowerShell's grammar has a dozen for each operand.
DEPTH = 1000
NODES = 300_000
_NAMES = 32
_TEXT = 200
_DOTTED = 200
# A comment is nothing that runs; a name that the grammar made up is not in the text.
_COMMENTS = frozenset({"comment", "line_comment", "block_comment", "multiline_comment", "shebang", "html_comment"})
# Calls that hand on the one value they are given, in a form of their own.
CASTS = frozenset(
    "str int float bool bytes String Some Ok from Number parseInt parseFloat Boolean valueOf SecretStr SecretString "
    "Secret strval intval trim TrimSpace unquote quote decode encode".split()
)


class TooMuch(Exception):
    """The tree is deeper or larger than anyone writes."""


class Part:
    """A node on its way up. What its role finds out is for the role of the node above.

    `dotted` is a name like `a.b.c`, `last` its last piece. `items` are
    arguments, parameters or targets; `argument` and `pair` are what it is to a call and to a mapping.
    """

    # Defaults of the class: nine of ten nodes set two of these, and a file has 100,000 nodes.
    parts: Sequence[Part] = ()
    names: tuple[str, ...] = ()
    dotted = ""
    last = ""
    value: Scalar = None
    call: Call | None = None
    entry: Entry | None = None
    read = -1
    scope = -1
    items: Sequence[Argument] = ()
    argument: Argument | None = None
    pair: Entry | None = None
    quoted: tuple[int, int] | None = None

    def __init__(self, kind: str, field: str | None, start: int, end: int) -> None:
        self.kind = kind
        self.field = field
        self.start = start
        self.end = end

    @property
    def inner(self) -> tuple[int, int]:
        """The span between the quotes."""
        return self.quoted or (self.start, self.end)

    def child(self, which: str | int) -> Part | None:
        """Return a child by its field, else its kind, or by its place (negative from the end)."""
        if isinstance(which, str):
            # Loops, for they are asked for every second node, and generators cost twice as much.
            for part in self.parts:
                if part.field == which:
                    return part
            for part in self.parts:
                if part.kind == which:
                    return part
            return None
        return self.parts[which] if -len(self.parts) <= which < len(self.parts) else None

    def become(self, other: Part) -> None:
        """Mean what another part means; the span stays."""
        own = self.kind, self.field, self.start, self.end, self.parts
        inner = other.inner
        self.__dict__ = other.__dict__.copy()
        self.kind, self.field, self.start, self.end, self.parts = own
        self.quoted = inner


class Builder:
    """What has been found so far, and how the roles add to it."""

    def __init__(self, text: str, language: Language) -> None:
        self.text = text
        self.language = language
        self.scopes = [0]
        self.imports: list[Import] = []
        self.assignments: list[Assignment] = []
        self.calls: list[Call] = []
        self.mappings: list[Entry] = []
        self.texts: list[Text] = []
        self.throws: list[Throw] = []
        self.reads: list[Read] = []
        self.functions: dict[int, Function] = {}
        self.writes: set[int] = set()  # of the reads, those that turned out to be set
        self.broken: list[tuple[int, int]] = []
        self._last_scope = 0

    @property
    def scope(self) -> int:
        return self.scopes[-1]

    def source(self, part: Part) -> str:
        return self.text[part.start : part.end]

    def enter(self, part: Part) -> None:
        self._last_scope += 1
        part.scope = self._last_scope
        self.scopes.append(part.scope)

    def leave(self, part: Part, name: str, parameters: Iterable[str]) -> None:
        self.functions[part.scope] = Function(
            name, tuple(parameters), part.start, part.end, part.scope, self.scopes[-1]
        )

    def argument(self, part: Part, name: str = "") -> Argument:
        start, end = part.start, part.end
        text = self.text[start : end if end - start < _TEXT else start + _TEXT]
        return Argument(name, text, part.value, part.start, part.end, part.names, part.call, part.entry)

    def entry(self, part: Part, name: Part | None = None, word: str = "") -> Entry:
        start, end = part.inner
        found = part.entry or Entry("scalar", "", part.value, start, end, start, start, (), part.names)
        if name is None:
            return found
        return found._replace(name=word, name_start=name.inner[0], name_end=name.inner[1])

    def assign(self, target: Part, value: Part, span: Part) -> None:
        """Note that a target gets a value; a target that is a pattern, that each of its names does."""
        if target.read >= 0 and self.reads[target.read].start == target.start:
            self.writes.add(target.read)
        names = (target.dotted,) if target.dotted else target.names
        for name in names:
            self.assignments.append(Assignment(name, self.argument(value), span.start, span.end, self.scope))
        self.gets(value, names[0] if names else "")
        if value.scope in self.functions and names:
            function = self.functions[value.scope]
            if not function.name:
                self.functions[value.scope] = function._replace(name=names[0].rpartition(".")[2])

    def gets(self, value: Part, target: str) -> None:
        """Note where a variable of the environment goes."""
        if value.read >= 0 and target and not self.reads[value.read].target:
            self.reads[value.read] = self.reads[value.read]._replace(target=target)

    def called(
        self, part: Part, callee: Part, arguments: Sequence[Argument], values: Sequence[Part], *, word: bool = False
    ) -> Call:
        """Note a call. Dots in a callee that is one `word`, as those of commands are, say nothing."""
        dotted = callee.dotted[-_DOTTED:]
        receiver, _, method = ("", "", dotted) if word else dotted.rpartition(".")
        given, span = tuple(arguments), (part.start, part.end, callee.start, callee.end)
        call = Call(dotted, receiver, method, given, *span, self.scope)
        if dotted:
            self.calls.append(call)
            part.call = call
        part.dotted, part.last = dotted + "()", method
        # The object of a method is read; a function's name is not.
        own: tuple[str, ...] = callee.names
        if own == (callee.dotted,):
            own = (receiver,) if receiver else ()
        part.names = union([own, *(argument.names for argument in arguments)])
        first = arguments[0].value if arguments else None
        if dotted in self.language.getters and isinstance(first, str) and first:
            part.names = union(argument.names for argument in arguments)
            self.reading(part, first)
        elif callee.read >= 0:
            part.read = callee.read
        elif len(values) == 1 and method in CASTS:
            part.read = values[0].read
        return call

    def reading(self, part: Part, name: str) -> None:
        """Note that a part reads a variable of the environment; what else it reads is its default."""
        self.reads.append(Read(name, "", part.start, part.end, self.scope))
        part.read = len(self.reads) - 1
        part.names = union([(f"${name}",), part.names])


def union(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return each name once, in order, and no more than a sensible expression has."""
    filled = list(filter(None, groups))
    if len(filled) <= 1:
        return filled[0] if filled else ()
    found = dict.fromkeys(name for group in filled for name in group)
    return tuple(found)[:_NAMES]


def nothing(builder: Builder, part: Part) -> None:
    """Say nothing: a type, a label. What is in such a node is not walked."""


class _Kind(NamedTuple):
    """What a walk must know of a kind of nodes.

    `is_sign` are those that only the grammar has a name for, `is_silent` those in which nothing is read, for all of a
    tree that is sound.
    """

    name: str
    role: Callable[[Builder, Part], None] | None
    is_silent: bool
    is_sign: bool
    is_comment: bool
    opens: bool


def walk(tree: Tree, text: str, language: Language) -> Builder:
    """Read a syntax tree over a text of as many bytes as characters.

    Raises: TooMuch
    """
    builder = Builder(text, language)
    # The grammar's numbers stand for names, which tree-sitter would make anew for each node.
    kinds: dict[int, _Kind] = {}
    fields: dict[int | None, str | None] = {None: None}
    cursor = tree.walk()
    above: list[tuple[Part, _Kind]] = []
    below: list[list[Part]] = [[]]
    count = 0
    sound = not tree.root_node.has_error
    signs = False
    while True:
        node = cursor.node
        assert node is not None
        kind = kinds.get(node.kind_id)
        if kind is None:
            kind = kinds[node.kind_id] = _kind(node, language)
        if not sound and node.is_missing:
            builder.broken.append((node.start_byte, node.end_byte))
        elif (not kind.is_sign or signs) and not kind.is_comment:
            count += 1
            if count > NODES:
                raise TooMuch(f"more than {NODES:,} syntax nodes")
            field = cursor.field_id
            if field not in fields:
                fields[field] = cursor.field_name
            part = Part(kind.name, fields[field], node.start_byte, node.end_byte)
            if kind.name == "ERROR":
                builder.broken.append((part.start, part.end))
            if kind.opens:
                builder.enter(part)
            if not (sound and kind.is_silent) and cursor.goto_first_child():
                if len(above) == DEPTH:
                    raise TooMuch(f"nested deeper than {DEPTH:,} levels")
                above.append((part, kind))
                below.append([])
                signs = kind.name in language.tokens
                continue
            if kind.opens:
                builder.scopes.pop()
            if kind.role is not None:
                kind.role(builder, part)
            below[-1].append(part)
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return builder
            part, kind = above.pop()
            part.parts = below.pop()
            signs = bool(above) and above[-1][1].name in language.tokens
            _reduce(builder, part, kind)
            below[-1].append(part)


def _kind(node: Node, language: Language) -> _Kind:
    name = node.type
    role = language.roles.get(name)
    return _Kind(name, role, role is nothing, not node.is_named, name in _COMMENTS, name in language.functions)


def _reduce(builder: Builder, part: Part, kind: _Kind) -> None:
    """Give a part its meaning, all of its own parts having theirs."""
    parts = part.parts
    if kind.opens:
        builder.scopes.pop()
    if kind.role is not None:
        kind.role(builder, part)
    elif len(parts) == 1:
        only = parts[0]
        if (only.start == part.start and only.end == part.end) or kind.name in builder.language.wrappers:
            part.become(only)
        elif only.names:
            part.names = only.names
    elif parts:
        part.names = union([child.names for child in parts if child.names])
    for child in parts:
        if child.parts:
            child.parts = ()


def mapping(kind: Literal["mapping", "sequence"], part: Part, children: Iterable[Entry]) -> Entry:
    return Entry(kind, "", None, part.start, part.end, part.start, part.start, tuple(children), part.names)


def outermost(mappings: list[Entry]) -> tuple[Entry, ...]:
    """Drop the mappings that are values in others."""
    held: set[tuple[int, int]] = set()
    found = []
    for entry in sorted(mappings, key=lambda entry: (entry.start, -entry.end)):
        if (entry.start, entry.end) in held:
            continue
        found.append(entry)
        waiting = [entry]
        while waiting:
            below = waiting.pop()
            held.add((below.start, below.end))
            waiting.extend(child for child in below.children if child.kind != "scalar")
    return tuple(found)


_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|(\r?\n)|(.))", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f", "v": "\v", "a": "\a", "e": "\x1b"}


def unescape(text: str) -> str:
    """Return what a string literal means, by the escapes that most languages share."""
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        return chr(min(int(code, 16), 0x10FFFF))
    if match[4]:
        return ""
    return _PLAIN.get(match[5], match[5])


_NUMBER = re.compile(
    r"(?P<whole>[0-9][0-9_]*)(?P<rest>\.[0-9_]*)?(?P<power>[eE][+-]?[0-9]{1,3})?(?P<suffix>[A-Za-z_]\w*)?"
)
_LONGEST_NUMBER = 40


def number(text: str) -> Scalar:
    """Return the value of a number literal; None for forms of some languages alone."""
    match = _NUMBER.fullmatch(text) if len(text) <= _LONGEST_NUMBER else None
    if match is None or (match["whole"] == "0" and (match["suffix"] or "")[:1] in tuple("xXoObB")):
        try:
            return int(text.replace("_", ""), 0) if len(text) <= _LONGEST_NUMBER else None
        except ValueError:
            return None
    digits = "".join(match["whole"].split("_"))
    if match["rest"] or match["power"]:
        return float(digits + (match["rest"] or "").replace("_", "") + (match["power"] or ""))
    return int(digits)
