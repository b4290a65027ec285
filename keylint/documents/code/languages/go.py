"""Go."""

from __future__ import annotations

from keylint.documents.code.builder import Builder, Part, nothing
from keylint.documents.code.languages import Language
from keylint.documents.code.roles import (
    assignment,
    call,
    collection,
    constant,
    construction,
    digits,
    either,
    function,
    group,
    imported,
    member,
    name,
    negative,
    pair,
    parameters,
    subscript,
    text,
    transparent,
)
from keylint.documents.code.values import Throw

_LISTS = frozenset({"expression_list"})
_call = call()


def _grammar() -> object:
    import tree_sitter_go

    return tree_sitter_go.language()


def _called(builder: Builder, part: Part) -> None:
    _call(builder, part)
    made = part.call
    if made is not None and made.callee == "panic" and made.arguments:
        builder.throws.append(Throw(made.arguments[0], part.start, part.end, builder.scope))


def _declared(builder: Builder, part: Part) -> None:
    targets = [child for child in part.parts if child.field == "name"]
    value = part.child("value")
    if value is None:
        return
    values = value.parts or [value]
    for place, target in enumerate(targets):
        builder.assign(target, values[place] if len(values) == len(targets) else values[0], part)


def _parameter(builder: Builder, part: Part) -> None:
    part.names = tuple(child.dotted for child in part.parts if child.field == "name")


def _import(builder: Builder, part: Part) -> None:
    path, alias = part.child("path"), part.child("name")
    if path is not None:
        imported(builder, part, str(path.value or ""), (("", builder.source(alias)),) if alias else ())


LANGUAGE = Language(
    suffixes=(".go",),
    grammar=_grammar,
    functions=frozenset({"function_declaration", "method_declaration", "func_literal"}),
    wrappers=frozenset({"parenthesized_expression"}),
    getters=frozenset(
        "os.Getenv os.LookupEnv os.ExpandEnv syscall.Getenv viper.GetString viper.Get viper.GetBool".split()
    ),
    roles={
        "identifier": name,
        "field_identifier": name,
        "type_identifier": name,
        "package_identifier": name,
        "qualified_type": member("package", "name"),
        "generic_type": transparent(),
        "slice_type": nothing,
        "array_type": nothing,
        "map_type": nothing,
        "struct_type": nothing,
        "function_type": nothing,
        "interface_type": nothing,
        "selector_expression": member("operand", "field"),
        "index_expression": subscript("operand", "index"),
        "call_expression": _called,
        "argument_list": group,
        "type_conversion_expression": transparent("operand"),
        "type_assertion_expression": transparent("operand"),
        "interpreted_string_literal": text(),
        "raw_string_literal": text(raw=True),
        "binary_expression": either,
        "unary_expression": negative,
        "int_literal": digits,
        "float_literal": digits,
        "true": constant(True),
        "false": constant(False),
        "composite_literal": construction("type", "body"),
        "literal_value": collection(),
        "keyed_element": pair(),
        "short_var_declaration": assignment(lists=_LISTS),
        "assignment_statement": assignment(lists=_LISTS),
        "var_spec": _declared,
        "const_spec": _declared,
        "parameter_declaration": _parameter,
        "variadic_parameter_declaration": _parameter,
        "parameter_list": parameters,
        "function_declaration": function(),
        "method_declaration": function(),
        "func_literal": function(),
        "import_spec": _import,
    },
)
