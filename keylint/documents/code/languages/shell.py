"""Shell scripts (bash and its kin). A command is a call with its words as arguments."""

from __future__ import annotations

from keylint.documents.code.builder import Builder, Part, nothing, unescape, union
from keylint.documents.code.languages import Language
from keylint.documents.code.roles import (
    assignment,
    collection,
    function,
    imported,
    name,
    string,
    text,
    transparent,
)
from keylint.documents.code.values import Read, Text


def _grammar() -> object:
    import tree_sitter_bash

    return tree_sitter_bash.language()


def _expansion(builder: Builder, part: Part) -> None:
    """Read `$NAME` and `${NAME:-default}`; a script's own variables are written alike."""
    variable = part.child("variable_name") or part.child("subscript")
    if variable is None:
        return
    word = variable.dotted
    part.dotted, part.last = word, word
    part.names = (word, *(child for other in part.parts if other is not variable for child in other.names))
    if word[:1].isalpha() or word[:1] == "_":
        builder.reads.append(Read(word, "", part.start, part.end, builder.scope))
        part.read = len(builder.reads) - 1


def _word(builder: Builder, part: Part) -> None:
    part.value = unescape(builder.source(part)) if not part.parts else None
    part.names = union(child.names for child in part.parts)


def _address(builder: Builder, part: Part) -> None:
    """Note a bare word that is an address: in other languages it would stand between quotes."""
    if part.kind == "word" and isinstance(part.value, str) and "://" in part.value:
        builder.texts.append(Text(part.value, part.start, part.end, builder.scope))


def _joined(builder: Builder, part: Part) -> None:
    """Read a word that is put together, as `https://host/$path` or `"a"'b'`."""
    pieces: list[str] = []
    position = part.start
    for child in part.parts:
        pieces.append(builder.text[position : child.start])
        pieces.append(str(child.value) if child.value is not None else "{}")
        position = child.end
    pieces.append(builder.text[position : part.end])
    part.names = union(child.names for child in part.parts)
    holes = tuple(child.names for child in part.parts if child.value is None)
    value = "".join(pieces)
    if not holes:
        part.value = value
    builder.texts.append(Text(value, part.start, part.end, builder.scope, holes))


def _quoted(builder: Builder, part: Part) -> None:
    only = part.parts[0] if len(part.parts) == 1 else None
    string(builder, part)
    if only is not None and only.read >= 0 and only.end - only.start == part.end - part.start - 2:
        part.read = only.read  # `"$NAME"` is `$NAME`


def _command(builder: Builder, part: Part) -> None:
    label = part.child("name")
    if label is None:
        part.names = union(child.names for child in part.parts)
        return
    callee = Part("", None, label.start, label.end)
    callee.dotted = callee.last = str(label.value) if isinstance(label.value, str) else builder.source(label)[:200]
    callee.names = (callee.dotted,)
    given = [builder.argument(child) for child in part.parts if child.field == "argument"]
    for child in part.parts:
        _address(builder, child)
    made = builder.called(part, callee, given, [], word=True)
    part.names = union(argument.names for argument in given)
    if made.callee in ("source", ".") and given:
        imported(builder, part, str(given[0].value or given[0].text))


def _substitution(builder: Builder, part: Part) -> None:
    part.names = union(child.names for child in part.parts)
    part.call = part.parts[0].call if len(part.parts) == 1 else None


_assign = assignment("name", "value")


def _assigned(builder: Builder, part: Part) -> None:
    value = part.child("value")
    if value is not None and value.kind == "number":
        value.value = builder.source(value)
    if value is not None:
        _address(builder, value)
    _assign(builder, part)
    part.pair = part.argument = None


LANGUAGE = Language(
    suffixes=(".sh", ".bash", ".zsh", ".ksh", ".bats", ".command"),
    interpreters=("sh", "bash", "zsh", "ksh", "dash", "ash"),
    names=(".bashrc", ".bash_profile", ".profile", ".zshrc", ".zprofile", ".zshenv", ".envrc", "PKGBUILD"),
    grammar=_grammar,
    functions=frozenset({"function_definition"}),
    roles={
        "variable_name": name,
        "special_variable_name": nothing,
        "subscript": transparent(),
        "simple_expansion": _expansion,
        "expansion": _expansion,
        "word": _word,
        "number": _word,
        "raw_string": text(raw=True),
        "ansi_c_string": text(),
        "string": _quoted,
        "concatenation": _joined,
        "command_name": transparent(),
        "command": _command,
        "command_substitution": _substitution,
        "variable_assignment": _assigned,
        "array": collection("sequence"),
        "heredoc_body": text(),
        "function_definition": function(),
    },
)
