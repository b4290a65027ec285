"""What JavaScript and TypeScript share."""

from __future__ import annotations

from keylint.documents.code.builder import Builder, Part, nothing
from keylint.documents.code.roles import (
    Role,
    assignment,
    call,
    collection,
    constant,
    default,
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
    shorthand,
    subscript,
    text,
    throw,
    transparent,
)
from keylint.documents.code.values import Argument

FUNCTIONS = frozenset(
    "function_declaration function_expression arrow_function method_definition generator_function "
    "generator_function_declaration".split()
)
WRAPPERS = frozenset({"parenthesized_expression"})
GETTERS = frozenset("Deno.env.get config.get configService.get this.configService.get this.config.get env.get".split())
RECORDS = frozenset({"process.env", "import.meta.env", "Bun.env"})
INTERPRETERS = ("node", "nodejs", "deno", "bun")
_assign = assignment("name", "value")


def _pattern(builder: Builder, part: Part) -> None:
    """Read `key: name` and `name = default` on the left side."""
    if part.parts:
        target = part.parts[-1] if part.kind == "pair_pattern" else part.parts[0]
        part.names, part.dotted = target.names, target.dotted
        part.last = part.parts[0].dotted


def _targets(builder: Builder, part: Part) -> None:
    part.names = tuple(name for child in part.parts for name in ((child.dotted,) if child.dotted else child.names))


def _taken(pattern: Part) -> tuple[tuple[str, str], ...]:
    if pattern.kind != "object_pattern":
        return (("", pattern.dotted),) if pattern.dotted else ()
    return tuple(
        (child.last, child.dotted if child.dotted != child.last else "") for child in pattern.parts if child.dotted
    )


def _declared(builder: Builder, part: Part) -> None:
    target, value = part.child("name"), part.child("value")
    if target is not None and value is not None:
        made = value.call
        if made is not None and made.callee in ("require", "import") and made.arguments:
            imported(builder, part, str(made.arguments[0].value or ""), _taken(target))
        if target.kind == "object_pattern" and value.dotted in RECORDS:
            for child in target.parts:
                builder.reading(child, child.last)
                builder.gets(child, child.dotted)
    _assign(builder, part)


def _called(builder: Builder, part: Part) -> None:
    call()(builder, part)
    made = part.call
    if made is not None and made.callee == "require.context" and made.arguments:
        imported(builder, part, str(made.arguments[0].value or ""))


def _specifier(builder: Builder, part: Part) -> None:
    taken, alias = part.child("name"), part.child("alias")
    part.dotted = taken.dotted if taken else ""
    part.last = alias.dotted if alias else ""


def _clause(builder: Builder, part: Part) -> None:
    """Collect what an import takes: (name, alias) as the dotted name and the last piece of each part."""
    items: list[Argument] = []
    for child in part.parts:
        if child.kind in ("named_imports", "namespace_import"):
            items += child.items
        else:
            items.append(builder.argument(child, "default")._replace(text=child.dotted))
    part.items = items


def _named_imports(builder: Builder, part: Part) -> None:
    part.items = [
        builder.argument(child, child.dotted)._replace(text=child.last)
        for child in part.parts
        if child.kind == "import_specifier"
    ]


def _namespace(builder: Builder, part: Part) -> None:
    part.items = [builder.argument(child)._replace(text=child.dotted) for child in part.parts[-1:]]


def _import(builder: Builder, part: Part) -> None:
    source, clause = part.child("source"), part.child("import_clause")
    required = part.child("import_require_clause")
    if required is not None:
        imported(builder, part, str(required.value or ""), (("", required.dotted),))
    elif source is not None:
        taken = tuple((item.name, item.text) for item in clause.items) if clause is not None else ()
        imported(builder, part, str(source.value or ""), taken)


def _required(builder: Builder, part: Part) -> None:
    source, alias = part.child("source"), part.child(0)
    part.value = source.value if source else None
    part.dotted = alias.dotted if alias else ""


def _arrow(builder: Builder, part: Part) -> None:
    function("name", "parameters" if part.child("parameters") else "parameter")(builder, part)


ROLES: dict[str, Role] = {
    "identifier": name,
    "property_identifier": name,
    "private_property_identifier": name,
    "shorthand_property_identifier": shorthand,
    "shorthand_property_identifier_pattern": name,
    "statement_identifier": nothing,
    "this": name,
    "super": name,
    "import": name,
    "meta_property": name,
    "member_expression": member("object", "property"),
    "subscript_expression": subscript("object", "index"),
    "optional_chain": nothing,
    "call_expression": _called,
    "new_expression": call("constructor", "arguments"),
    "arguments": group,
    "string": text(),
    "template_string": text(),
    "template_substitution": transparent(),
    "regex": nothing,
    "binary_expression": either,
    "ternary_expression": either,
    "await_expression": transparent(),
    "spread_element": transparent(),
    "unary_expression": negative,
    "number": digits,
    "true": constant(True),
    "false": constant(False),
    "object": collection("mapping"),
    "array": collection("sequence"),
    "pair": pair(),
    "computed_property_name": transparent(),
    "object_pattern": _targets,
    "array_pattern": _targets,
    "pair_pattern": _pattern,
    "object_assignment_pattern": default("left", "right"),
    "assignment_pattern": default("left", "right"),
    "rest_pattern": transparent(),
    "variable_declarator": _declared,
    "assignment_expression": assignment(),
    "augmented_assignment_expression": assignment(),
    "field_definition": assignment("property", "value"),
    "formal_parameters": parameters,
    "function_declaration": function(),
    "function_expression": function(),
    "generator_function": function(),
    "generator_function_declaration": function(),
    "arrow_function": _arrow,
    "method_definition": function(),
    "throw_statement": throw(),
    "import_specifier": _specifier,
    "import_clause": _clause,
    "named_imports": _named_imports,
    "namespace_import": _namespace,
    "import_require_clause": _required,
    "import_statement": _import,
    # Types are no values.
    "type_annotation": nothing,
    "type_arguments": nothing,
    "type_parameters": nothing,
    "predefined_type": nothing,
    "accessibility_modifier": nothing,
    "property_signature": nothing,
    "function_signature": nothing,
    "method_signature": nothing,
    "interface_declaration": nothing,
    "type_alias_declaration": nothing,
    "as_expression": transparent(),
    "satisfies_expression": transparent(),
    "non_null_expression": transparent(),
    "type_assertion": transparent(-1),
    "required_parameter": default("pattern", "value"),
    "optional_parameter": default("pattern", "value"),
    "public_field_definition": assignment("name", "value"),
    "enum_assignment": assignment("name", "value"),
}
