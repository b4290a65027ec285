"""C#."""

from __future__ import annotations

from keylint.documents.code.builder import Builder, Part, mapping, nothing, union
from keylint.documents.code.languages import Language
from keylint.documents.code.roles import (
    assignment,
    boolean,
    call,
    collect,
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
    shorthand,
    string,
    subscript,
    text,
    throw,
    transparent,
)


def _grammar() -> object:
    import tree_sitter_c_sharp

    return tree_sitter_c_sharp.language()


def _dotted(builder: Builder, part: Part) -> None:
    part.dotted = "".join(builder.source(part).split()).replace("::", ".")
    part.last = part.dotted.rpartition(".")[2]
    part.names = (part.dotted,)


def _verbatim(builder: Builder, part: Part) -> None:
    string(builder, part, raw=True)
    if isinstance(part.value, str) and '""' in part.value:
        part.value = part.value.replace('""', '"')
        builder.texts[-1] = builder.texts[-1]._replace(value=part.value)


_dot = member("expression", "name")


def _member(builder: Builder, part: Part) -> None:
    """Read `a.b`; the grammar has no node for `this` and `base`."""
    last, first = part.child("name"), builder.source(part).partition(".")[0].strip()
    if len(part.parts) == 1 and last is not None and first in ("this", "base"):
        part.last = last.last
        part.dotted = f"{first}.{last.last}"
        part.names = (part.dotted,)
    else:
        _dot(builder, part)


def _conditional(builder: Builder, part: Part) -> None:
    owner, rest = part.child("condition"), part.child(-1)
    if owner is None or rest is None or owner is rest:
        return
    part.dotted = f"{owner.dotted}.{rest.dotted}" if owner.dotted else rest.dotted
    part.last, part.call = rest.last, rest.call
    part.names = (part.dotted,) if owner.names == (owner.dotted,) else owner.names


def _made(builder: Builder, part: Part) -> None:
    """Read `new Options(key) { Secret = secret }`: what the braces set are named arguments."""
    kind, given, filled = part.child("type"), part.child("arguments"), part.child("initializer")
    filled = filled or part.child("initializer_expression")
    given = given or part.child("argument_list")
    items = list(given.items) if given is not None else []
    if filled is not None:
        items += [item for item in filled.items if item.name]
        part.entry = filled.entry
    if kind is not None and kind.dotted:
        builder.called(part, kind, items, [])
    else:
        part.names = union(item.names for item in items)


def _filled(builder: Builder, part: Part) -> None:
    for child in part.parts:
        # `{ "name", value }` in a dictionary.
        if child.kind == "initializer_expression" and len(child.parts) == 2 and isinstance(child.parts[0].value, str):
            entry(builder, child, child.parts[0], child.parts[1])
    collect(builder, part, part.parts)


def _anonymous(builder: Builder, part: Part) -> None:
    """Read `new { Name = value, name }`, of which the grammar makes a flat list with its signs."""
    pieces: list[list[Part]] = [[]]
    for child in part.parts:
        if child.kind == ",":
            pieces.append([])
        elif child.kind not in ("new", "{", "}"):
            pieces[-1].append(child)
    pairs = []
    for piece in pieces:
        if len(piece) == 3 and piece[1].kind == "=":
            entry(builder, piece[1], piece[0], piece[2])
            pairs.append(piece[1])
        elif len(piece) == 1 and piece[0].last:
            shorthand(builder, piece[0])
            pairs.append(piece[0])
    part.names = union(child.names for child in pairs)
    part.entry = mapping("mapping", part, [child.pair for child in pairs if child.pair is not None])
    if pairs:
        builder.mappings.append(part.entry)


def _declared(builder: Builder, part: Part) -> None:
    target, value = part.child("name"), part.child("value") or part.child(-1)
    if target is not None and value is not None and value is not target and value.kind != "accessor_list":
        builder.assign(target, value, part)


def _parameter(builder: Builder, part: Part) -> None:
    target, value = part.child("name"), part.child(-1)
    if target is None or value is None:
        return
    if value is not target and value.field != "type":
        builder.assign(target, value, part)
    part.names, part.dotted = target.names, target.dotted


def _bound(builder: Builder, part: Part) -> None:
    """Read the `["name"]` of an initialiser."""
    inside = part.child(-1)
    if inside is not None and inside.items:
        inside.value = inside.items[0].value
    if inside is not None:
        part.value, part.quoted = inside.value, inside.inner
        part.dotted = part.last = str(inside.value) if isinstance(inside.value, str) else ""


def _hole(builder: Builder, part: Part) -> None:
    inside = [child for child in part.parts if not child.kind.startswith("interpolation_")]
    part.names = union(child.names for child in inside)


def _using(builder: Builder, part: Part) -> None:
    alias, module = part.child("name"), part.child(-1)
    if module is not None:
        imported(
            builder, part, module.dotted, (("", alias.dotted),) if alias is not None and alias is not module else ()
        )


LANGUAGE = Language(
    suffixes=(".cs", ".csx"),
    grammar=_grammar,
    functions=frozenset(
        "method_declaration constructor_declaration local_function_statement lambda_expression "
        "anonymous_method_expression".split()
    ),
    wrappers=frozenset({"parenthesized_expression", "arrow_expression_clause", "equals_value_clause"}),
    tokens=frozenset({"anonymous_object_creation_expression"}),
    getters=frozenset(
        "Environment.GetEnvironmentVariable System.Environment.GetEnvironmentVariable Env.GetString "
        "Configuration.GetValue configuration.GetValue _configuration.GetValue config.GetValue _config.GetValue "
        "Config.Get".split()
    ),
    records=frozenset(
        "Configuration configuration _configuration config _config ConfigurationManager.AppSettings".split()
    ),
    roles={
        "identifier": name,
        "qualified_name": _dotted,
        "alias_qualified_name": _dotted,
        "generic_name": transparent(),
        "type_argument_list": nothing,
        "predefined_type": nothing,
        "implicit_type": nothing,
        "array_type": nothing,
        "array_rank_specifier": nothing,
        "nullable_type": nothing,
        "array_creation_expression": transparent(-1),
        "implicit_array_creation_expression": transparent(-1),
        "member_access_expression": _member,
        "member_binding_expression": transparent("name"),
        "conditional_access_expression": _conditional,
        "element_access_expression": subscript("expression", "subscript"),
        "element_binding_expression": _bound,
        "bracketed_argument_list": group,
        "invocation_expression": call(),
        "object_creation_expression": _made,
        "implicit_object_creation_expression": _made,
        "anonymous_object_creation_expression": _anonymous,
        "initializer_expression": _filled,
        "argument_list": group,
        "attribute_argument_list": group,
        "argument": keyword("name", -1),
        "string_literal": text(),
        "verbatim_string_literal": _verbatim,
        "raw_string_literal": text(raw=True),
        "interpolated_string_expression": text(),
        "interpolation": _hole,
        "interpolation_brace": nothing,
        "character_literal": nothing,
        "binary_expression": either,
        "conditional_expression": either,
        "cast_expression": transparent("value"),
        "await_expression": transparent(),
        "postfix_unary_expression": transparent(),
        "prefix_unary_expression": negative,
        "integer_literal": digits,
        "real_literal": digits,
        "boolean_literal": boolean,
        "variable_declarator": _declared,
        "property_declaration": _declared,
        "enum_member_declaration": nothing,
        "assignment_expression": assignment(),
        "parameter": _parameter,
        "implicit_parameter": name,
        "parameter_list": parameters,
        "method_declaration": function(),
        "constructor_declaration": function(),
        "local_function_statement": function(),
        "lambda_expression": function(),
        "anonymous_method_expression": function(),
        "throw_statement": throw(),
        "throw_expression": throw(),
        "using_directive": _using,
    },
)
