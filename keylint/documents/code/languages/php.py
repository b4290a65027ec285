"""PHP."""

from __future__ import annotations

from keylint.documents.code.builder import Builder, Part, nothing, union
from keylint.documents.code.languages import Language
from keylint.documents.code.roles import (
    assignment,
    boolean,
    call,
    collection,
    default,
    digits,
    either,
    entry,
    function,
    group,
    imported,
    keyword,
    member,
    method,
    name,
    negative,
    parameters,
    string,
    subscript,
    text,
    throw,
    transparent,
)
from keylint.documents.code.values import Argument

_call = call()


def _grammar() -> object:
    import tree_sitter_php

    return tree_sitter_php.language_php()


def _qualified(builder: Builder, part: Part) -> None:
    part.dotted = "".join(builder.source(part).split()).strip("\\").replace("\\", ".")
    part.last = part.dotted.rpartition(".")[2]
    part.names = (part.dotted,)


def _variable(builder: Builder, part: Part) -> None:
    part.dotted = part.last = builder.source(part).lstrip("${").rstrip("}")
    part.names = (part.dotted,)


def _element(builder: Builder, part: Part) -> None:
    if len(part.parts) == 2:
        entry(builder, part, part.parts[0], part.parts[1])
    elif part.parts:
        part.become(part.parts[0])
        part.argument = part.pair = None


def _called(builder: Builder, part: Part) -> None:
    _call(builder, part)
    made, given = part.call, part.child("arguments")
    if made is not None and made.callee == "define" and given is not None and len(given.parts) > 1:
        label, value = given.parts[0], given.parts[1]
        if isinstance(label.value, str):
            target = Part("", None, label.start, label.end)
            target.dotted = label.value
            builder.assign(target, value, part)


def _made(builder: Builder, part: Part) -> None:
    kind, given = part.child(0), part.child("arguments")
    if kind is not None and kind is not given:
        builder.called(part, kind, given.items if given is not None else [], [])


def _printed(builder: Builder, part: Part) -> None:
    """Read `echo $a, $b`, `print $a`: statements that are calls."""
    word = Part("", None, part.start, part.start + len(part.kind.partition("_")[0]))
    word.dotted = word.last = part.kind.partition("_")[0]
    values = [child for child in part.parts if child.kind != "sequence_expression"]
    items = [builder.argument(child) for child in values]
    items += [item for child in part.parts if child.kind == "sequence_expression" for item in child.items]
    builder.called(part, word, items, [])


def _sequence(builder: Builder, part: Part) -> None:
    items: list[Argument] = []
    for child in part.parts:
        items += child.items if child.kind == "sequence_expression" else [builder.argument(child)]
    part.items = items
    part.names = union(child.names for child in part.parts)


def _heredoc(builder: Builder, part: Part) -> None:
    body = part.child("value")
    if body is not None:
        part.names, part.value, part.quoted = body.names, body.value, body.inner


def _body(builder: Builder, part: Part) -> None:
    string(builder, part, raw=part.kind == "nowdoc_body")


def _included(builder: Builder, part: Part) -> None:
    path = part.child(0)
    if path is not None:
        imported(builder, part, str(path.value or builder.source(path)[:200]))


def _use(builder: Builder, part: Part) -> None:
    path, alias = part.child(0), part.child("alias")
    if path is not None:
        imported(builder, part, path.dotted, (("", alias.dotted),) if alias is not None else ())


LANGUAGE = Language(
    suffixes=(".php", ".phtml", ".php3", ".php4", ".php5", ".php7", ".inc"),
    interpreters=("php",),
    grammar=_grammar,
    functions=frozenset({"function_definition", "method_declaration", "arrow_function", "anonymous_function"}),
    wrappers=frozenset({"parenthesized_expression"}),
    getters=frozenset({"getenv", "env", "config"}),
    records=frozenset({"_ENV", "_SERVER"}),
    roles={
        "name": name,
        "variable_name": _variable,
        "dynamic_variable_name": _variable,
        "relative_scope": name,
        "qualified_name": _qualified,
        "namespace_name": _qualified,
        "primitive_type": nothing,
        "optional_type": nothing,
        "named_type": nothing,
        "union_type": nothing,
        "member_access_expression": member("object", "name"),
        "nullsafe_member_access_expression": member("object", "name"),
        "scoped_property_access_expression": member("scope", "name"),
        "class_constant_access_expression": member(0, -1),
        "subscript_expression": subscript(0, -1),
        "function_call_expression": _called,
        "member_call_expression": method(),
        "nullsafe_member_call_expression": method(),
        "scoped_call_expression": method("scope"),
        "object_creation_expression": _made,
        "echo_statement": _printed,
        "print_intrinsic": _printed,
        "sequence_expression": _sequence,
        "arguments": group,
        "argument": keyword("name", -1),
        "variadic_unpacking": transparent(),
        "string": text(),
        "encapsed_string": text(),
        "heredoc": _heredoc,
        "nowdoc": _heredoc,
        "heredoc_body": _body,
        "nowdoc_body": _body,
        "binary_expression": either,
        "conditional_expression": either,
        "cast_expression": transparent("value"),
        "error_suppression_expression": transparent(),
        "unary_op_expression": negative,
        "integer": digits,
        "float": digits,
        "boolean": boolean,
        "array_creation_expression": collection(),
        "array_element_initializer": _element,
        "assignment_expression": assignment(),
        "augmented_assignment_expression": assignment(),
        "const_element": assignment(0, -1),
        "property_element": assignment("name", "default_value"),
        "static_variable_declaration": assignment("name", "value"),
        "simple_parameter": default("name", "default_value"),
        "property_promotion_parameter": default("name", "default_value"),
        "variadic_parameter": default("name", "default_value"),
        "formal_parameters": parameters,
        "function_definition": function(),
        "method_declaration": function(),
        "anonymous_function": function(),
        "arrow_function": function(),
        "throw_expression": throw(),
        "include_expression": _included,
        "include_once_expression": _included,
        "require_expression": _included,
        "require_once_expression": _included,
        "namespace_use_clause": _use,
    },
)
