"""Kotlin."""

from __future__ import annotations

import re

from keylint.documents.code.builder import Builder, Part, mapping, nothing
from keylint.documents.code.languages import Language
from keylint.documents.code.languages.java import PROPERTY
from keylint.documents.code.roles import (
    assignment,
    collection,
    digits,
    either,
    entry,
    function,
    group,
    imported,
    keyword,
    member,
    name,
    negative,
    parameters,
    subscript,
    text,
    throw,
    transparent,
)

# The grammar reads `${…}` and leaves `$name` in the text.
_HOLE = re.compile(r"(?<!\\)\$([A-Za-z_]\w*)")
_MAPS = frozenset({"mapOf", "mutableMapOf", "hashMapOf", "linkedMapOf", "bundleOf", "buildMap"})
_LAMBDAS = ("annotated_lambda", "lambda_literal")


def _grammar() -> object:
    import tree_sitter_kotlin

    return tree_sitter_kotlin.language()


def _identifier(builder: Builder, part: Part) -> None:
    name(builder, part)
    if part.dotted in ("true", "false"):
        part.value = part.dotted == "true"
        part.dotted, part.names = "", ()


def _called(builder: Builder, part: Part) -> None:
    callee, given = part.child(0), part.child("value_arguments")
    if callee is None:
        return
    if given is None and callee.call is not None and part.parts[-1].kind in _LAMBDAS:
        part.become(callee)  # a lambda after the brackets belongs to the same call
        return
    items = given.items if given is not None else []
    made = builder.called(part, callee, items, [given] if given is not None and given.read >= 0 else [])
    pairs = [child.pair for child in given.parts if child.pair is not None] if given is not None else []
    if made.method in _MAPS and pairs:
        part.entry = mapping("mapping", part, pairs)
        builder.mappings.append(part.entry)


def _constructed(builder: Builder, part: Part) -> None:
    """Read `: Base(key)` and `@Value("…")`."""
    callee, given = part.child(0), part.child("value_arguments")
    if callee is None or given is None:
        return
    builder.called(part, callee, given.items, [])
    match = PROPERTY.search(str(given.items[0].value)) if callee.last == "Value" and given.items else None
    if match:
        builder.reading(part, match["name"])


def _annotated(builder: Builder, part: Part) -> None:
    part.read = next((child.read for child in part.parts if child.read >= 0), -1)


def _argument(builder: Builder, part: Part) -> None:
    if len(part.parts) > 1:
        keyword(0, -1)(builder, part)
        return
    inside = part.child(0)
    if inside is not None:
        argument, pair = inside.argument, inside.pair
        part.become(inside)
        part.argument, part.pair = argument, pair


def _infix(builder: Builder, part: Part) -> None:
    if len(part.parts) == 3 and builder.source(part.parts[1]) == "to":
        entry(builder, part, part.parts[0], part.parts[2])
    else:
        either(builder, part)


def _property(builder: Builder, part: Part) -> None:
    target = part.child("variable_declaration") or part.child("multi_variable_declaration")
    value = part.child(-1)
    annotated = part.child("modifiers")
    if target is None:
        return
    if annotated is not None:
        builder.gets(annotated, target.dotted)
    if value is not None and value is not target and value.kind not in ("getter", "setter"):
        if value.kind == "property_delegate":
            value.call = None
        builder.assign(target, value, part)
    part.dotted = target.dotted


def _parameter(builder: Builder, part: Part) -> None:
    """Read a parameter; a default is the last of its parts and no type."""
    label = part.child("identifier")
    if label is None:
        return
    value = part.parts[-1]
    if value is not label and not value.kind.endswith("type"):
        builder.assign(label, value, part)
    annotated = part.child("modifiers")
    if annotated is not None:
        builder.gets(annotated, label.dotted)
    part.names, part.dotted = label.names, label.dotted


def _parameters(builder: Builder, part: Part) -> None:
    """Read a function's parameters; to the grammar, a default stands beside the one it is for."""
    given: list[Part] = []
    for child in part.parts:
        if child.kind == "parameter":
            given.append(child)
        elif given and child.kind != "parameter_modifiers":
            builder.assign(given[-1], child, given[-1])
    part.items = [builder.argument(child, child.dotted) for child in given]


def _import(builder: Builder, part: Part) -> None:
    path = part.child("qualified_identifier")
    if path is None:
        return
    alias = part.child("identifier")
    every = builder.source(part).rstrip().endswith("*")
    module, _, taken = path.dotted.rpartition(".")
    taken = "*" if every else taken
    imported(builder, part, path.dotted if every else module, ((taken, alias.dotted if alias else ""),))


def _dotted(builder: Builder, part: Part) -> None:
    part.dotted = "".join(builder.source(part).split())
    part.last = part.dotted.rpartition(".")[2]
    part.names = (part.dotted,)


LANGUAGE = Language(
    suffixes=(".kt", ".kts"),
    grammar=_grammar,
    functions=frozenset({"function_declaration", "anonymous_function", "lambda_literal", "secondary_constructor"}),
    wrappers=frozenset({"parenthesized_expression", "interpolation"}),
    getters=frozenset(
        "System.getenv System.getenv().get System.getProperty dotenv.get env.getProperty "
        "environment.getProperty getenv".split()
    ),
    records=frozenset({"dotenv", "System.getenv()"}),
    roles={
        "identifier": _identifier,
        "qualified_identifier": _dotted,
        "this_expression": name,
        "super_expression": name,
        "user_type": transparent(),
        "type_arguments": nothing,
        "variable_declaration": transparent(),
        "navigation_expression": member(0, -1),
        "index_expression": subscript(0, -1),
        "call_expression": _called,
        "constructor_invocation": _constructed,
        "modifiers": _annotated,
        "annotation": _annotated,
        "value_arguments": group,
        "value_argument": _argument,
        "string_literal": text(holes=_HOLE),
        "multiline_string_literal": text(raw=True, holes=_HOLE),
        "binary_expression": either,
        "infix_expression": _infix,
        "as_expression": transparent(),
        "unary_expression": negative,
        "number_literal": digits,
        "float_literal": digits,
        "collection_literal": collection("sequence"),
        "property_declaration": _property,
        "assignment": assignment(),
        "parameter": _parameter,
        "class_parameter": _parameter,
        "parameter_modifiers": nothing,
        "function_value_parameters": _parameters,
        "lambda_parameters": parameters,
        "function_declaration": function("name", "function_value_parameters"),
        "anonymous_function": function("name", "function_value_parameters"),
        "secondary_constructor": function("name", "function_value_parameters"),
        "lambda_literal": function("name", "lambda_parameters"),
        "throw_expression": throw(),
        "import": _import,
    },
)
