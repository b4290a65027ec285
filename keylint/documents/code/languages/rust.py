"""Rust."""

from __future__ import annotations

import re

from keylint.documents.code.builder import Builder, Part, mapping, nothing, union
from keylint.documents.code.languages import Language
from keylint.documents.code.roles import (
    assignment,
    attribute,
    boolean,
    call,
    collection,
    construction,
    default,
    digits,
    either,
    entry,
    function,
    group,
    imported,
    member,
    name,
    negative,
    pair,
    parameters,
    shorthand,
    subscript,
    text,
    transparent,
)
from keylint.documents.code.values import Argument, Throw

_HOLE = re.compile(r"(?<!\{)\{([A-Za-z_]\w*)[^{}]{0,40}\}")
_PANICS = frozenset({"panic", "bail", "anyhow", "anyhow.bail", "anyhow.anyhow", "unreachable"})


def _grammar() -> object:
    import tree_sitter_rust

    return tree_sitter_rust.language()


def _tokens(builder: Builder, part: Part) -> None:
    """Read what a macro is given: no grammar reads it, so commas, dots and colons are all there is."""
    pieces: list[list[Part]] = [[]]
    for child in part.parts[1:-1]:
        if child.kind in (",", ";", "=>"):
            pieces.append([])
        else:
            pieces[-1].append(child)
    bracket = builder.source(part)[:1]
    pairs: list[Part] = []
    values: list[Part] = []
    items: list[Argument] = []
    for piece in pieces:
        if not piece:
            continue
        if len(piece) >= 3 and piece[1].kind == ":":
            value = _expression(builder, piece[2:])
            entry(builder, value, piece[0], value)
            pairs.append(value)
            items.append(value.argument or builder.argument(value))
        elif len(piece) >= 3 and piece[1].kind == "=" and piece[0].dotted:
            items.append(builder.argument(_expression(builder, piece[2:]), piece[0].dotted))
        else:
            values.append(_expression(builder, piece))
            items.append(builder.argument(values[-1]))
    part.items = items
    part.names = union(item.names for item in items)
    if bracket == "[":
        part.entry = mapping("sequence", part, [builder.entry(value) for value in values])
    elif bracket == "{" and pairs:
        part.entry = mapping("mapping", part, [child.pair for child in pairs if child.pair is not None])
        builder.mappings.append(part.entry)


def _expression(builder: Builder, pieces: list[Part]) -> Part:
    """Read signs in a row as a dotted name, a call, or whatever names are in them."""
    whole = Part("", None, pieces[0].start, pieces[-1].end)
    pieces = [piece for piece in pieces if piece.kind not in ("&", "?", "*", "await")]
    if len(pieces) == 1:
        whole.become(pieces[0])
        return whole
    owner: Part | None = None
    rest: list[Part] = []
    joined = False
    for piece in pieces:
        if piece.kind in (".", "::"):
            joined = True
        elif joined and owner is not None and piece.dotted:
            step = Part("", None, owner.start, piece.end)
            attribute(step, owner, piece.dotted)
            owner, joined = step, False
        elif piece.kind == "token_tree" and owner is not None and owner.dotted and builder.text[piece.start] == "(":
            made = Part("", None, owner.start, piece.end)
            builder.called(made, owner, piece.items, [])
            owner = made
        elif owner is None:
            owner = piece
        else:
            rest.append(piece)
    if owner is not None and not rest:
        whole.become(owner)
    else:
        whole.names = union([owner.names if owner is not None else (), *(piece.names for piece in rest)])
    return whole


def _macro(builder: Builder, part: Part) -> None:
    label, given = part.child("macro"), part.child("token_tree")
    if label is None or given is None:
        return
    items = list(given.items)
    if items and isinstance(items[0].value, str):
        holes = tuple(_HOLE.findall(items[0].value))
        items[0] = items[0]._replace(names=holes, value=None if holes else items[0].value)
    made = builder.called(part, label, items, [])
    part.entry = given.entry
    if label.dotted in ("json", "serde_json.json") and len(given.parts) == 3:
        part.entry = given.parts[1].entry
    if made.callee in _PANICS:
        value = made.arguments[0] if made.arguments else Argument("", "", None, part.end, part.end)
        value = value._replace(names=union(item.names for item in made.arguments))
        builder.throws.append(Throw(value, part.start, part.end, builder.scope))


def _matched(builder: Builder, part: Part) -> None:
    """Read the names that `Ok(value)` binds."""
    part.names = union(child.names for child in part.parts if child.field != "type")


def _closure(builder: Builder, part: Part) -> None:
    function("", "closure_parameters")(builder, part)


def _use(builder: Builder, part: Part) -> None:
    path = part.child("argument")
    if path is None:
        return
    listed = path.items or [builder.argument(path, path.dotted)._replace(text=path.last if path.pair else "")]
    modules: dict[str, list[tuple[str, str]]] = {}
    for item in listed:
        module, _, taken = item.name.rpartition(".")
        modules.setdefault(module or taken, []).append((taken if module else "", item.text))
    for module, names in modules.items():
        imported(builder, part, module, tuple(names))


def _use_list(builder: Builder, part: Part) -> None:
    items: list[Argument] = []
    for child in part.parts:
        items += child.items or [builder.argument(child, child.dotted)._replace(text="")]
    part.items = items


def _use_tree(builder: Builder, part: Part) -> None:
    path, listed = part.child("path"), part.child("list")
    prefix = f"{path.dotted}." if path is not None else ""
    if listed is not None:
        part.items = [item._replace(name=prefix + item.name) for item in listed.items]


def _use_as(builder: Builder, part: Part) -> None:
    path, alias = part.child("path"), part.child("alias")
    if path is not None and alias is not None:
        part.items = [builder.argument(path, path.dotted)._replace(text=alias.dotted)]


def _wildcard(builder: Builder, part: Part) -> None:
    path = part.child(0)
    if path is not None:
        part.items = [builder.argument(path, f"{path.dotted}.*")._replace(text="")]


LANGUAGE = Language(
    suffixes=(".rs",),
    grammar=_grammar,
    functions=frozenset({"function_item", "closure_expression"}),
    wrappers=frozenset({"parenthesized_expression"}),
    tokens=frozenset({"token_tree"}),
    getters=frozenset(
        "std.env.var env.var var std.env.var_os env.var_os dotenv.var dotenvy.var env option_env dotenv".split()
    ),
    roles={
        "identifier": name,
        "field_identifier": name,
        "type_identifier": name,
        "shorthand_field_identifier": name,
        "self": name,
        "super": name,
        "crate": name,
        "metavariable": name,
        "primitive_type": nothing,
        "reference_type": nothing,
        "type_arguments": nothing,
        "type_parameters": nothing,
        "where_clause": nothing,
        "lifetime": nothing,
        "generic_type": transparent(),
        "scoped_identifier": member("path", "name"),
        "scoped_type_identifier": member("path", "name"),
        "field_expression": member("value", "field"),
        "index_expression": subscript(0, 1),
        "call_expression": call(),
        "generic_function": transparent("function"),
        "macro_invocation": _macro,
        "token_tree": _tokens,
        "arguments": group,
        "string_literal": text(),
        "raw_string_literal": text(raw=True),
        "char_literal": nothing,
        "binary_expression": either,
        "try_expression": transparent(),
        "await_expression": transparent(),
        "reference_expression": transparent("value"),
        "type_cast_expression": transparent("value"),
        "unary_expression": negative,
        "integer_literal": digits,
        "float_literal": digits,
        "boolean_literal": boolean,
        "struct_expression": construction("name", "body"),
        "field_initializer_list": collection("mapping"),
        "field_initializer": pair("field", "value"),
        "shorthand_field_initializer": shorthand,
        "array_expression": collection("sequence"),
        "tuple_expression": collection("sequence"),
        "let_declaration": assignment("pattern", "value", frozenset({"tuple_pattern", "tuple_expression"})),
        "let_condition": assignment("pattern", "value"),
        "const_item": assignment("name", "value"),
        "static_item": assignment("name", "value"),
        "assignment_expression": assignment(),
        "tuple_struct_pattern": _matched,
        "mutable_specifier": nothing,
        "mut_pattern": transparent(-1),
        "parameter": default("pattern", "pattern"),
        "self_parameter": transparent(-1),
        "parameters": parameters,
        "closure_parameters": parameters,
        "function_item": function(),
        "closure_expression": _closure,
        "use_declaration": _use,
        "scoped_use_list": _use_tree,
        "use_list": _use_list,
        "use_as_clause": _use_as,
        "use_wildcard": _wildcard,
    },
)
