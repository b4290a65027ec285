"""Python."""

from __future__ import annotations

from keylint.documents.code.builder import Builder, Part, nothing
from keylint.documents.code.languages import Language
from keylint.documents.code.roles import (
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
    keyword,
    member,
    name,
    negative,
    pair,
    parameters,
    subscript,
    text,
    throw,
    transparent,
)

_LISTS = frozenset({"pattern_list", "expression_list", "tuple_pattern", "tuple"})


def _grammar() -> object:
    import tree_sitter_python

    return tree_sitter_python.language()


def _alias(builder: Builder, part: Part) -> None:
    taken, alias = part.child("name"), part.child("alias")
    part.dotted = taken.dotted if taken else ""
    part.last = alias.dotted if alias else ""


def _dotted(builder: Builder, part: Part) -> None:
    part.dotted = "".join(builder.source(part).split())
    part.names = (part.dotted,)


def _import(builder: Builder, part: Part) -> None:
    for child in part.parts:
        alias = child.last if child.kind == "aliased_import" else ""
        imported(builder, part, child.dotted, (("", alias),) if alias else ())


def _from(builder: Builder, part: Part) -> None:
    module = part.child("module_name")
    taken = tuple(
        (child.dotted, child.last if child.kind == "aliased_import" else "")
        for child in part.parts
        if child.field == "name"
    )
    imported(builder, part, "".join(builder.source(module).split()) if module else "", taken)


def _splat(builder: Builder, part: Part) -> None:
    inside = part.child(0)
    if inside is not None:
        part.names, part.dotted = inside.names, inside.dotted


LANGUAGE = Language(
    suffixes=(".py", ".pyw", ".pyi"),
    interpreters=("python",),
    names=("SConstruct", "SConscript", "wscript"),
    grammar=_grammar,
    functions=frozenset({"function_definition", "lambda"}),
    wrappers=frozenset({"parenthesized_expression"}),
    getters=frozenset(
        "os.environ.get environ.get os.getenv getenv os.environ.setdefault os.environ.pop decouple.config config env "
        "env.str env.get st.secrets.get app.config.get current_app.config.get userdata.get".split()
    ),
    records=frozenset("os.environ environ os.environb st.secrets app.config current_app.config".split()),
    roles={
        "identifier": name,
        "dotted_name": _dotted,
        "attribute": member("object", "attribute"),
        "subscript": subscript("value", "subscript"),
        "call": call(),
        "argument_list": group,
        "keyword_argument": keyword("name", "value"),
        "dictionary_splat": _splat,
        "list_splat": _splat,
        "string": text(),
        "concatenated_string": either,
        "interpolation": transparent("expression"),
        "binary_operator": either,
        "boolean_operator": either,
        "conditional_expression": either,
        "await": transparent(),
        "unary_operator": negative,
        "integer": digits,
        "float": digits,
        "true": constant(True),
        "false": constant(False),
        "type": nothing,
        "dictionary": collection("mapping"),
        "list": collection("sequence"),
        "tuple": collection("sequence"),
        "set": collection("sequence"),
        "pair": pair(),
        "assignment": assignment(lists=_LISTS),
        "augmented_assignment": assignment(),
        "named_expression": assignment("name", "value"),
        "default_parameter": default(),
        "typed_default_parameter": default(),
        "typed_parameter": transparent(),
        "parameters": parameters,
        "lambda_parameters": parameters,
        "function_definition": function(),
        "lambda": function(),
        "raise_statement": throw(),
        "aliased_import": _alias,
        "import_statement": _import,
        "import_from_statement": _from,
    },
)
