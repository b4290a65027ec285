"""What kinds of syntax nodes mean. Each function here makes a role from where a grammar puts the pieces."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Literal

from keylint.documents.code.builder import Builder, Part, mapping, number, unescape, union
from keylint.documents.code.values import Argument, Import, Scalar, Text, Throw

Role = Callable[[Builder, Part], None]
Which = str | int

_CONTENT = frozenset(
    "string_start string_end string_content string_fragment escape_sequence interpreted_string_literal_content "
    "raw_string_literal_content multiline_string_fragment string_literal_content interpolation_start "
    "interpolation_quote raw_string_start raw_string_content raw_string_end string_literal_encoding "
    "escape_interpolation "
    "heredoc_content heredoc_end heredoc_start nowdoc_string heredoc_identifier character_escape_sequence "
    "unescaped_double_string_fragment".split()
)
_QUOTED = re.compile(r"[A-Za-z$@]{0,3}(?P<hashes>\#{0,8})(?P<quote>\"{3,9}|'{3}|[\"'`])")


def name(builder: Builder, part: Part) -> None:
    text = builder.text[part.start : part.end].lstrip("$@#")
    part.dotted = part.last = text
    part.names = (text,)


def constant(value: Scalar) -> Role:
    def role(builder: Builder, part: Part) -> None:
        part.value = value

    return role


def boolean(builder: Builder, part: Part) -> None:
    part.value = builder.source(part).lower() == "true"


def digits(builder: Builder, part: Part) -> None:
    part.value = number(builder.source(part))


def negative(builder: Builder, part: Part) -> None:
    """Read a sign before an operand."""
    operand = part.child(-1)
    if operand is None:
        return
    part.names, part.read = operand.names, operand.read
    sign = builder.source(part)[:1]
    if isinstance(operand.value, (int, float)) and not isinstance(operand.value, bool) and sign in ("-", "+"):
        part.value = -operand.value if sign == "-" else operand.value
    elif sign not in ("-", "+", "!", "~", "n"):
        part.become(operand)  # a pointer, a cast


def either(builder: Builder, part: Part) -> None:
    """Read operands of which one is the value: `a or b`, `a ?? b`; and sums of strings."""
    if len(part.parts) == 1:
        part.become(part.parts[0])
        return
    part.names = union(child.names for child in part.parts)
    part.read = next((child.read for child in part.parts if child.read >= 0), -1)
    values = [child.value for child in part.parts]
    if len(values) > 1 and all(isinstance(value, str) for value in values):
        between = builder.text[part.parts[0].end : part.parts[1].start].strip(" \t\r\n\\")
        if between in ("", "+", "."):
            part.value = "".join(str(value) for value in values)
            part.quoted = (part.parts[0].inner[0], part.parts[-1].inner[1])


def transparent(which: Which = 0) -> Role:
    """A sign, keyword or type around an expression."""

    def role(builder: Builder, part: Part) -> None:
        inside = part.child(which)
        if inside is not None:
            part.become(inside)

    return role


def text(*, raw: bool = False, holes: re.Pattern[str] | None = None, symbol: bool = False) -> Role:
    """A string literal. `holes` finds those that a grammar leaves in the text."""

    def role(builder: Builder, part: Part) -> None:
        string(builder, part, raw=raw, symbol=symbol, holes=holes)

    return role


def string(
    builder: Builder,
    part: Part,
    *,
    raw: bool = False,
    symbol: bool = False,
    holes: re.Pattern[str] | None = None,
) -> None:
    source = builder.source(part)
    start, end = part.start, part.end
    opening = _QUOTED.match(source)
    if symbol:
        start += 1 if source[:1] == ":" else 0
        raw = True
    elif opening:
        closing = opening["quote"] + opening["hashes"]
        start += opening.end()
        if source.endswith(closing) and end - len(closing) >= start:
            end -= len(closing)
        prefix = source[: opening.start("quote")]
        raw = raw or "r" in prefix.lower() or "@" in prefix
    elif part.kind.endswith("doc_body"):
        start += len(source) - len(source.removeprefix("\r").removeprefix("\n"))
        if part.parts and part.parts[-1].kind == "heredoc_end":
            end = part.parts[-1].start
    part.quoted = (start, end)
    filled = [child for child in part.parts if child.kind not in _CONTENT]
    pieces: list[str] = []
    found: list[tuple[str, ...]] = []
    position = start
    for hole in filled:
        first, last = hole.start, hole.end
        if builder.text[first - 1 : first] == "{" and builder.text[last : last + 1] == "}" and first > position:
            first, last = first - 1, last + 1  # "{$name}"
        pieces.append(builder.text[position:first])
        if holes is not None:
            pieces[-1] = _unfilled(pieces[-1], holes, found)
        found.append(hole.names)
        position = max(position, last)
    pieces.append(builder.text[position:end])
    if holes is not None:
        pieces[-1] = _unfilled(pieces[-1], holes, found)
    if not raw:
        pieces = [unescape(piece) for piece in pieces]
    part.names = union(found)
    value = "{}".join(pieces)
    if not found:
        part.value = value
    if not found or any(pieces):
        builder.texts.append(Text(value, start, end, builder.scope, tuple(found)))


def _unfilled(piece: str, holes: re.Pattern[str], found: list[tuple[str, ...]]) -> str:
    """Mark the holes that a grammar leaves in the text of a string."""
    found.extend((name,) for name in holes.findall(piece))
    return holes.sub("{}", piece)


def member(target: Which = 0, piece: Which = -1) -> Role:
    """A piece of something: `a.b`."""

    def role(builder: Builder, part: Part) -> None:
        owner, last = part.child(target), part.child(piece)
        if last is None:
            return
        if owner is None or owner is last:
            part.become(last)
            return
        key = last.last or builder.source(last).lstrip("$#")
        attribute(part, owner, key)
        if builder.language.attributes and owner.dotted in builder.language.records:
            _element(builder, part, key)

    return role


def attribute(part: Part, owner: Part, key: str) -> None:
    plain = owner.names == (owner.dotted,)
    part.last = key
    part.read = owner.read
    if owner.dotted:
        part.dotted = f"{owner.dotted}.{key}"
        part.names = (part.dotted,) if plain else owner.names
    else:
        part.names = owner.names
        # `"x".join(…)`, `[…].map(…)`: a method of a value without a name.
        part.dotted = key


def _element(builder: Builder, part: Part, key: str) -> None:
    part.names = ()
    builder.reading(part, key)


def subscript(target: Which = 0, index: Which = -1) -> Role:
    """An element: `a["b"]` is a piece of `a` if its key is written out."""

    def role(builder: Builder, part: Part) -> None:
        owner, key = part.child(target), part.child(index)
        if owner is None or key is None or owner is key:
            return
        value = key.items[0].value if len(key.items) == 1 else key.value
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            attribute(part, owner, str(value))
            if owner.dotted in builder.language.records:
                _element(builder, part, str(value))
        else:
            part.dotted, part.last, part.read = owner.dotted, owner.last, owner.read
            part.names = union([owner.names, key.names])
        part.pair = None

    return role


def group(builder: Builder, part: Part) -> None:
    """Read arguments in brackets."""
    part.items = [child.argument or builder.argument(child) for child in part.parts]
    part.names = union([child.names for child in part.parts])
    if len(part.parts) == 1:
        part.read = part.parts[0].read


def call(function: Which = "function", arguments: Which = "arguments") -> Role:
    """A call or construction."""

    def role(builder: Builder, part: Part) -> None:
        callee, given = part.child(function), part.child(arguments)
        if callee is None:
            return
        items = given.items if given is not None and given is not callee else []
        builder.called(part, callee, items, [given] if given is not None and given.read >= 0 else [])

    return role


def keyword(label: Which = "name", value: Which = -1) -> Role:
    """An argument, perhaps with a name."""

    def role(builder: Builder, part: Part) -> None:
        named, given = part.child(label), part.child(value)
        if given is None:
            return
        if named is None or named is given:
            inherited = given.argument
            part.become(given)
            part.argument = inherited
            return
        word = key_of(builder, named)
        builder.gets(given, word)
        part.names, part.read = given.names, given.read
        part.argument = builder.argument(given, word)

    return role


def key_of(builder: Builder, part: Part) -> str:
    """Return the name that a key of an entry is."""
    if isinstance(part.value, (str, int, float)):
        return str(part.value)
    return part.dotted or builder.source(part)[:200].strip().lstrip("$:").rstrip(":")


def pair(label: Which = "key", value: Which = "value") -> Role:
    """An entry of a mapping; among arguments, one with a name."""

    def role(builder: Builder, part: Part) -> None:
        named, given = part.child(label), part.child(value)
        if named is None:
            return
        if given is None or given is named:
            part.become(named)
            return
        entry(builder, part, named, given)

    return role


def entry(builder: Builder, part: Part, named: Part, given: Part) -> None:
    word = key_of(builder, named)
    builder.gets(given, word)
    part.names, part.read = given.names, -1
    part.pair = builder.entry(given, named, word)
    part.argument = builder.argument(given, word)
    if given.scope in builder.functions and not builder.functions[given.scope].name:
        builder.functions[given.scope] = builder.functions[given.scope]._replace(name=word)


def shorthand(builder: Builder, part: Part) -> None:
    """Read `{apiKey}`: the entry has the name of its value."""
    if not part.names:
        name(builder, part)
    entry(builder, part, part, part)


def collection(kind: Literal["mapping", "sequence"] | None = None) -> Role:
    """A literal with values in it; without a kind, a mapping if its values have names."""

    def role(builder: Builder, part: Part) -> None:
        collect(builder, part, part.parts, kind)

    return role


def collect(
    builder: Builder, part: Part, children: Sequence[Part], kind: Literal["mapping", "sequence"] | None = None
) -> None:
    part.names = union(child.names for child in children)
    pairs = [child.pair for child in children if child.pair is not None]
    part.items = [child.argument or builder.argument(child) for child in children]
    if kind == "mapping" or (kind is None and pairs):
        part.entry = mapping("mapping", part, pairs)
        if pairs:
            builder.mappings.append(part.entry)
    else:
        part.entry = mapping("sequence", part, [builder.entry(child) for child in children])


def method(owner: Which = "object", called: Which = "name", arguments: Which = "arguments") -> Role:
    """A call whose grammar does not keep the callee together: an object, a name and arguments."""

    def role(builder: Builder, part: Part) -> None:
        target, word, given = part.child(owner), part.child(called), part.child(arguments)
        if word is None:
            return
        callee = word
        if target is not None and target is not word and target is not given:
            callee = Part("", None, target.start, word.end)
            attribute(callee, target, word.last or builder.source(word).lstrip("$"))
        builder.called(
            part,
            callee,
            given.items if given is not None else [],
            [given] if given is not None and given.read >= 0 else [],
        )

    return role


def construction(type_: Which, body: Which) -> Role:
    """A struct literal: a call with the fields as its arguments, and a mapping."""

    def role(builder: Builder, part: Part) -> None:
        made, fields = part.child(type_), part.child(body)
        if made is None or fields is None or made is fields:
            return
        items = [item for item in fields.items if item.name]
        names = fields.names
        found = fields.entry
        if made.dotted and items:
            builder.called(part, made, items, [])
        part.names = names
        part.entry = found

    return role


def assignment(left: Which = "left", right: Which = "right", lists: frozenset[str] = frozenset()) -> Role:
    """A value that gets a name. `lists` are the kinds that hold several targets or several values."""

    def role(builder: Builder, part: Part) -> None:
        target, value = part.child(left), part.child(right)
        if target is None:
            return
        if value is None or value is target:
            part.names, part.dotted = target.names, target.dotted
            return
        targets = target.parts if target.kind in lists and target.parts else [target]
        values = value.parts if value.kind in lists and value.parts else [value]
        for place, each in enumerate(targets):
            given = values[place] if len(values) == len(targets) else value
            builder.assign(each, values[0] if len(values) == 1 else given, part)
        part.names = value.names
        part.read, part.value = value.read, value.value
        # `Key = value` in an initialiser is an entry; `name = "x"` in an argument list names it.
        if len(targets) == 1 and target.dotted:
            part.pair = builder.entry(value, target, target.last)
            part.argument = builder.argument(value, target.last)
            part.items = [Argument(target.dotted, "", None, target.start, target.end)]

    return role


def default(label: Which = "name", value: Which = "value") -> Role:
    """A parameter, perhaps with a default, which is a value it gets."""

    def role(builder: Builder, part: Part) -> None:
        named, given = part.child(label), part.child(value)
        if named is None:
            return
        if given is not None and given is not named:
            builder.assign(named, given, part)
        part.names, part.dotted, part.last = named.names, named.dotted, named.last

    return role


def parameters(builder: Builder, part: Part) -> None:
    """Read the names of a function's parameters."""
    found = []
    for child in part.parts:
        words = (child.dotted,) if child.dotted else child.names
        found += [Argument(word, "", None, child.start, child.end) for word in words]
    part.items = found


def function(named: Which = "name", given: Which = "parameters") -> Role:
    """A function, method or lambda; what it does is no part of the expression that it stands in."""

    def role(builder: Builder, part: Part) -> None:
        label, listed = part.child(named), part.child(given)
        words: list[str] = []
        if listed is not None:
            words = [item.name for item in listed.items] if listed.items else list(listed.names)
        own = (label.dotted or str(label.value or "")) if label is not None and label is not listed else ""
        builder.leave(part, own.rpartition(".")[2], words)

    return role


def throw(which: Which = 0) -> Role:
    def role(builder: Builder, part: Part) -> None:
        value = part.child(which)
        if value is not None:
            builder.throws.append(Throw(builder.argument(value), part.start, part.end, builder.scope))
            part.names = value.names

    return role


def imported(builder: Builder, part: Part, module: str, names: tuple[tuple[str, str], ...] = ()) -> None:
    if module:
        builder.imports.append(Import(module, names, part.start, part.end))
