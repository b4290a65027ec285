"""PowerShell. A command is a call with its parameters as named arguments."""

from __future__ import annotations

import re

from keylint.documents.code.builder import Builder, Part, mapping, nothing, union
from keylint.documents.code.languages import Language
from keylint.documents.code.roles import (
    assignment,
    attribute,
    collection,
    digits,
    either,
    entry,
    function,
    group,
    imported,
    method,
    name,
    negative,
    parameters,
    string,
    subscript,
    text,
    transparent,
)
from keylint.documents.code.values import Argument, Throw

_VARIABLE = re.compile(r"[$@]\{?(?:(?P<place>\w+):)?(?P<name>[^}]*)\}?")


def _grammar() -> object:
    import tree_sitter_powershell

    return tree_sitter_powershell.language()


def _variable(builder: Builder, part: Part) -> None:
    match = _VARIABLE.fullmatch(builder.source(part))
    if match is None:
        return
    word, place = match["name"], (match["place"] or "").lower()
    if word.lower() in ("true", "false", "null") and not place:
        part.value = {"true": True, "false": False}.get(word.lower())
        return
    part.dotted = part.last = f"env.{word}" if place == "env" else word
    part.names = (part.dotted,)
    if place == "env":
        builder.reading(part, word)


def _member(builder: Builder, part: Part) -> None:
    owner, last = part.child(0), part.child(-1)
    if owner is not None and last is not None and owner is not last:
        attribute(part, owner, last.last or str(last.value or ""))


def _type(builder: Builder, part: Part) -> None:
    name(builder, part)
    part.dotted = part.dotted.strip("[] ")
    part.last = part.dotted.rpartition(".")[2]
    part.names = (part.dotted,)


def _command(builder: Builder, part: Part) -> None:
    label, given = part.child("command_name"), part.child("command_elements")
    if label is None:
        label = part.child("command_name_expr")
    if label is None:
        part.names = union(child.names for child in part.parts)
        return
    callee = Part("", None, label.start, label.end)
    callee.dotted = callee.last = label.dotted or builder.source(label)[:200].strip("\"'")
    callee.names = (callee.dotted,)
    made = builder.called(part, callee, given.items if given is not None else [], [], word=True)
    part.names = given.names if given is not None else ()
    if made.callee.lower() in ("import-module", "using") and made.arguments:
        imported(builder, part, str(made.arguments[0].value or ""))


def _elements(builder: Builder, part: Part) -> None:
    """Pair `-Name value`; a parameter that no value follows is a switch."""
    words = [child for child in part.parts if child.kind not in ("command_argument_sep", "redirection")]
    items: list[Argument] = []
    place = 0
    while place < len(words):
        word = words[place]
        place += 1
        if word.kind != "command_parameter":
            items += word.items if word.kind == "argument_list" else [builder.argument(word)]
            continue
        label = builder.source(word).lstrip("-").rstrip(":")
        if place < len(words) and words[place].kind != "command_parameter":
            builder.gets(words[place], label)
            items.append(builder.argument(words[place], label))
            place += 1
        else:
            items.append(builder.argument(word, label)._replace(value=True))
    part.items = items
    part.names = union(item.names for item in items)


def _token(builder: Builder, part: Part) -> None:
    part.value = builder.source(part)
    part.dotted = ""


def _hash(builder: Builder, part: Part) -> None:
    body = part.child("hash_literal_body")
    pairs = body.parts if body is not None else []
    part.names = union(child.names for child in pairs)
    part.entry = mapping("mapping", part, [child.pair for child in pairs if child.pair is not None])
    if part.entry.children:
        builder.mappings.append(part.entry)


def _pair(builder: Builder, part: Part) -> None:
    if len(part.parts) == 2:
        entry(builder, part, part.parts[0], part.parts[1])


def _arguments(builder: Builder, part: Part) -> None:
    inside = part.child(0)
    part.items = inside.items if inside is not None else []
    part.names = inside.names if inside is not None else ()


def _flow(builder: Builder, part: Part) -> None:
    value = part.child(0)
    if value is not None and builder.source(part)[:5].lower() == "throw":
        builder.throws.append(Throw(builder.argument(value), part.start, part.end, builder.scope))


def _parameter(builder: Builder, part: Part) -> None:
    variable, value = part.child("variable"), part.child("script_parameter_default")
    if variable is None:
        return
    if value is not None:
        builder.assign(variable, value.parts[-1] if value.parts else value, part)
    part.names, part.dotted = variable.names, variable.dotted


def _verbatim(builder: Builder, part: Part) -> None:
    string(builder, part, raw=True)
    if isinstance(part.value, str):
        part.value = part.value.replace("''", "'")


def _function(builder: Builder, part: Part) -> None:
    block = part.child("script_block")
    given = "function_parameter_declaration" if part.child("function_parameter_declaration") else ""
    if not given and block is not None:
        given = "script_block"
    function("function_name", given)(builder, part)


def _script(builder: Builder, part: Part) -> None:
    """Hand up the parameters that stand in a function's `param(…)`."""
    block = part.child("param_block")
    part.items = block.items if block is not None else []


def _array(builder: Builder, part: Part) -> None:
    """Read `@(1, 2)`, whose elements are one list inside."""
    inside = part.child(0)
    if inside is not None and inside.entry is not None and inside.entry.kind == "sequence":
        part.become(inside)
    else:
        collection("sequence")(builder, part)


def _listed(builder: Builder, part: Part) -> None:
    """Read `1, 2`; every expression is one of these lists to the grammar."""
    if len(part.parts) == 1:
        part.become(part.parts[0])
    else:
        collection("sequence")(builder, part)


_WIDE = {ord(sign): '"' for sign in "\u201c\u201d\u201e"} | {ord(sign): "'" for sign in "\u2018\u2019\u201a\u201b"}

LANGUAGE = Language(
    suffixes=(".ps1", ".psm1", ".psd1"),
    interpreters=("pwsh", "powershell"),
    grammar=_grammar,
    functions=frozenset({"function_statement"}),
    wrappers=frozenset(
        "parenthesized_expression script_parameter_default sub_expression cast_expression "
        "expression_with_unary_operator".split()
    ),
    getters=frozenset({"Environment.GetEnvironmentVariable", "System.Environment.GetEnvironmentVariable"}),
    # The shell takes typographic quotes and dashes for plain ones.
    glyphs={**_WIDE, 0x2013: "-", 0x2014: "-"},
    roles={
        "variable": _variable,
        "simple_name": name,
        "function_name": name,
        "type_literal": _type,
        "attribute_list": nothing,
        "member_access": _member,
        "element_access": subscript(0, -1),
        "invokation_expression": method(0, "member_name", "argument_list"),
        "command": _command,
        "command_elements": _elements,
        "generic_token": _token,
        "argument_list": _arguments,
        "argument_expression_list": group,
        "expandable_string_literal": text(),
        "expandable_here_string_literal": text(),
        "verbatim_string_characters": _verbatim,
        "verbatim_here_string_characters": _verbatim,
        "additive_expression": either,
        "additive_argument_expression": either,
        "logical_expression": either,
        "expression_with_unary_operator": negative,
        "cast_expression": transparent(-1),
        "decimal_integer_literal": digits,
        "real_literal": digits,
        "hash_literal_expression": _hash,
        "hash_entry": _pair,
        "array_expression": _array,
        "array_literal_expression": _listed,
        "assignment_expression": assignment(0, "value"),
        "script_parameter": _parameter,
        "parameter_list": parameters,
        "param_block": _arguments,
        "function_parameter_declaration": _arguments,
        "script_block": _script,
        "function_statement": _function,
        "flow_control_statement": _flow,
    },
)
