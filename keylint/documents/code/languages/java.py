"""Java."""

from __future__ import annotations

import re

from keylint.documents.code.builder import Builder, Part, nothing
from keylint.documents.code.languages import Language
from keylint.documents.code.roles import (
    assignment,
    call,
    collection,
    constant,
    digits,
    either,
    function,
    group,
    imported,
    member,
    method,
    name,
    negative,
    parameters,
    subscript,
    text,
    throw,
    transparent,
)

# What Spring puts in place of `${name:default}`.
PROPERTY = re.compile(r"\\?\$\{(?P<name>[\w.\-]+)(?::[^}]*)?\}")


def _grammar() -> object:
    import tree_sitter_java

    return tree_sitter_java.language()


def _annotation(builder: Builder, part: Part) -> None:
    label, given = part.child("name"), part.child("arguments")
    if label is None or given is None or label.last != "Value" or not given.items:
        return
    match = PROPERTY.search(str(given.items[0].value))
    if match:
        builder.reading(part, match["name"])


def _modifiers(builder: Builder, part: Part) -> None:
    part.read = next((child.read for child in part.parts if child.read >= 0), -1)


def _field(builder: Builder, part: Part) -> None:
    """Read a field or parameter; a value that is injected goes to it."""
    annotated, target = part.child("modifiers"), part.child("declarator") or part.child("name")
    if target is None:
        target = part.child("variable_declarator")
    word = target.dotted or (target.names[0] if target.names else "") if target is not None else ""
    if annotated is not None and target is not None:
        builder.gets(annotated, target.items[0].name if target.items else word)
    part.names = (word,) if word else ()


def _dotted(builder: Builder, part: Part) -> None:
    part.dotted = "".join(builder.source(part).split())
    part.last = part.dotted.rpartition(".")[2]
    part.names = (part.dotted,)


def _import(builder: Builder, part: Part) -> None:
    path = part.child(0)
    if path is not None:
        every = part.child("asterisk") is not None
        module, _, taken = path.dotted.rpartition(".")
        imported(builder, part, path.dotted if every else module, (("*" if every else taken, ""),))


LANGUAGE = Language(
    suffixes=(".java",),
    grammar=_grammar,
    functions=frozenset({"method_declaration", "constructor_declaration", "lambda_expression"}),
    wrappers=frozenset({"parenthesized_expression"}),
    getters=frozenset(
        "System.getenv System.getenv.get System.getenv().get System.getProperty dotenv.get env.getProperty "
        "environment.getProperty getenv props.getProperty properties.getProperty prop.getProperty config.getString "
        "config.getProperty".split()
    ),
    roles={
        "identifier": name,
        "type_identifier": name,
        "this": name,
        "super": name,
        "scoped_identifier": _dotted,
        "scoped_type_identifier": _dotted,
        "generic_type": transparent(),
        "type_arguments": nothing,
        "integral_type": nothing,
        "array_type": nothing,
        "field_access": member("object", "field"),
        "array_access": subscript("array", "index"),
        "method_invocation": method(),
        "object_creation_expression": call("type", "arguments"),
        "explicit_constructor_invocation": call("constructor", "arguments"),
        "argument_list": group,
        "annotation_argument_list": group,
        "element_value_pair": transparent("value"),
        "annotation": _annotation,
        "modifiers": _modifiers,
        "string_literal": text(),
        "character_literal": nothing,
        "binary_expression": either,
        "ternary_expression": either,
        "cast_expression": transparent("value"),
        "unary_expression": negative,
        "decimal_integer_literal": digits,
        "hex_integer_literal": digits,
        "decimal_floating_point_literal": digits,
        "true": constant(True),
        "false": constant(False),
        "array_initializer": collection("sequence"),
        "variable_declarator": assignment("name", "value"),
        "assignment_expression": assignment(),
        "resource": assignment("name", "value"),
        "field_declaration": _field,
        "formal_parameter": _field,
        "spread_parameter": _field,
        "formal_parameters": parameters,
        "inferred_parameters": parameters,
        "method_declaration": function(),
        "constructor_declaration": function(),
        "lambda_expression": function(),
        "throw_statement": throw(),
        "import_declaration": _import,
    },
)
