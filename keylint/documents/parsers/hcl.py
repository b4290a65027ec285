"""HCL, which Terraform, Packer and Nomad are written in: blocks are mappings under their type and each label.

An expression that is no literal is a text as Terraform's JSON writes it: `${var.name}`. The arguments of a function
stand for its result, so that `jsonencode({…})` is a mapping.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.documents.builder import NAMELESS, Builder, Name
from keylint.documents.parsers import Parser
from keylint.documents.tree import Node, Scalar

if TYPE_CHECKING:
    from tree_sitter import Node as Syntax

_ENDINGS = (".tf", ".tfvars", ".hcl", ".nomad", ".tofu")
_NAMES = frozenset((".terraformrc", "terraform.rc"))
_WRAPPERS = frozenset(("expression", "literal_value", "collection_value", "template_expr"))
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][-+]?\d+)?")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([\s\S]))")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}
_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None}


def parse(text: str) -> Node:
    """Read the blocks and attributes. Raises: Unparsed."""
    import tree_sitter_hcl

    from keylint.documents.parsers._grammars import syntax

    builder = Builder()
    builder.open("mapping", 0)
    # What is still to be read, the next thing last; a number closes what was opened.
    waiting: list[tuple[Syntax | int, Name]] = [
        (len(text), NAMELESS),
        (syntax(text, tree_sitter_hcl.language()), NAMELESS),
    ]
    while waiting:
        node, name = waiting.pop()
        if isinstance(node, int):
            builder.close(node)
            continue
        kind = node.type
        if kind in ("config_file", "body"):
            waiting.extend((child, NAMELESS) for child in reversed(_parts(node)))
        elif kind == "block":
            parts = _parts(node)
            heads = [part for part in parts if part.type in ("identifier", "string_lit")]
            for head in heads:
                builder.open("mapping", node.start_byte, _name(text, head))
            waiting.extend([(node.end_byte, NAMELESS)] * len(heads))
            waiting.extend((part, NAMELESS) for part in parts if part.type == "body")
        elif kind in ("attribute", "object_elem"):
            key, value = _parts(node)
            waiting.append((value, _name(text, key)))
        else:
            _expression(builder, text, node, name, waiting)
    return builder.root(text)


def _expression(
    builder: Builder, text: str, node: Syntax, name: Name, waiting: list[tuple[Syntax | int, Name]]
) -> None:
    node = _unwrapped(node)
    if node.type == "function_call":
        arguments = [part for child in _parts(node) if child.type == "function_arguments" for part in _parts(child)]
        if len(arguments) == 1:
            waiting.append((arguments[0], name))
            return
        if arguments:
            builder.open("sequence", node.start_byte, name)
            waiting.append((node.end_byte, NAMELESS))
            waiting.extend((argument, NAMELESS) for argument in reversed(arguments))
            return
    if node.type in ("tuple", "object"):
        builder.open("sequence" if node.type == "tuple" else "mapping", node.start_byte, name)
        waiting.append((node.end_byte, NAMELESS))
        waiting.extend((part, NAMELESS) for part in reversed(_parts(node)))
    else:
        builder.scalar(*_scalar(text, node), name)


def _parts(node: Syntax) -> list[Syntax]:
    """Return what a node consists of but for comments and brackets, which have names, too."""
    return [
        child
        for child in node.named_children
        if child.type != "comment" and not child.type.endswith(("_start", "_end", "ellipsis"))
    ]


def _unwrapped(node: Syntax) -> Syntax:
    while node.type in _WRAPPERS:
        parts = _parts(node)
        if len(parts) != 1:
            break
        node = parts[0]
    return node


def _name(text: str, node: Syntax) -> Name:
    start, end = node.start_byte, node.end_byte
    if text[start] == '"' and text[end - 1] == '"' and end - start > 1:
        start, end = start + 1, end - 1
    return text[start:end], start, end


def _scalar(text: str, node: Syntax) -> tuple[Scalar, int, int]:
    start, end = node.start_byte, node.end_byte
    written = text[start:end]
    if node.type in ("string_lit", "quoted_template"):
        return _unescaped(written[1:-1]), start + 1, end - 1
    if node.type == "heredoc_template":
        start = min(text.find("\n", start) + 1, end)
        end = max(start, text.rfind("\n", start, end))
        return text[start:end], start, end
    if written in _WORDS:
        return _WORDS[written], start, end
    if _NUMBER.fullmatch(written):
        try:
            return (int(written) if written.lstrip("-").isdigit() else float(written)), start, end
        except ValueError:  # longer than Python reads
            return written, start, end
    return f"${{{written}}}", start, end


def _unescaped(written: str) -> str:
    if "\\" not in written:
        return written
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else _ESCAPED.get(found[2], found[2]), written)


PARSER = Parser(lambda name: name.endswith(_ENDINGS) or name in _NAMES, parse)
