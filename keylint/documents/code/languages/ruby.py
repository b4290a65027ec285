"""Ruby."""

from __future__ import annotations

from keylint.documents.code.builder import Builder, Part, union
from keylint.documents.code.languages import Language
from keylint.documents.code.roles import (
    assignment,
    attribute,
    collection,
    constant,
    default,
    digits,
    either,
    function,
    group,
    imported,
    member,
    method,
    name,
    negative,
    pair,
    parameters,
    subscript,
    text,
    transparent,
)
from keylint.documents.code.values import Throw

_LISTS = frozenset({"left_assignment_list", "right_assignment_list"})
_method = method("receiver", "method", "arguments")
_IMPORTS = frozenset({"require", "require_relative", "load"})


def _grammar() -> object:
    import tree_sitter_ruby

    return tree_sitter_ruby.language()


def _called(builder: Builder, part: Part) -> None:
    receiver, word = part.child("receiver"), part.child("method")
    _method(builder, part)
    made = part.call
    if made is None:
        return
    if receiver is not None and word is not None and not made.arguments:
        # `bot.key` may be a call and is used as a name.
        attribute(part, receiver, word.last or builder.source(word))
    first = made.arguments[0] if made.arguments else None
    if first is None:
        return
    if made.callee == "raise":
        value = first._replace(names=union(item.names for item in made.arguments))
        builder.throws.append(Throw(value, part.start, part.end, builder.scope))
    elif made.callee in _IMPORTS and isinstance(first.value, str):
        imported(builder, part, first.value)


def _key(builder: Builder, part: Part) -> None:
    part.dotted = part.last = builder.source(part)


def _heredoc(builder: Builder, part: Part) -> None:
    """Leave a hint of a text that stands below."""
    part.dotted = ""


LANGUAGE = Language(
    suffixes=(".rb", ".rake", ".gemspec", ".ru"),
    interpreters=("ruby",),
    names=("Gemfile", "Rakefile", "Vagrantfile", "Fastfile", "Podfile", "Guardfile", "Capfile"),
    grammar=_grammar,
    functions=frozenset({"method", "singleton_method", "lambda"}),
    wrappers=frozenset({"parenthesized_statements", "interpolation"}),
    getters=frozenset({"ENV.fetch", "ENV.dig"}),
    records=frozenset({"ENV"}),
    roles={
        "identifier": name,
        "constant": name,
        "instance_variable": name,
        "class_variable": name,
        "global_variable": name,
        "self": name,
        "scope_resolution": member("scope", "name"),
        "element_reference": subscript(0, 1),
        "call": _called,
        "argument_list": group,
        "hash_splat_argument": transparent(),
        "splat_argument": transparent(),
        "string": text(),
        "subshell": text(),
        "chained_string": either,
        "simple_symbol": text(symbol=True),
        "delimited_symbol": text(),
        "hash_key_symbol": _key,
        "heredoc_beginning": _heredoc,
        "heredoc_body": text(),
        "bare_string": text(),
        "binary": either,
        "conditional": either,
        "unary": negative,
        "integer": digits,
        "float": digits,
        "true": constant(True),
        "false": constant(False),
        "hash": collection("mapping"),
        "array": collection("sequence"),
        "string_array": collection("sequence"),
        "pair": pair(),
        "assignment": assignment(lists=_LISTS),
        "operator_assignment": assignment(),
        "optional_parameter": default(),
        "keyword_parameter": default(),
        "method_parameters": parameters,
        "lambda_parameters": parameters,
        "method": function(),
        "singleton_method": function(),
        "lambda": function(),
    },
)
