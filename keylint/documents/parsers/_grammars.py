"""Texts to tree-sitter's syntax trees, within limits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.documents.builder import DEPTH, Unparsed, unexpected

if TYPE_CHECKING:
    from tree_sitter import Node as Syntax

CHARACTERS = 750_000
_STEPS = 50_000  # of the parser; a good text of that size takes 20,000, and a count is the same on every machine
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def syntax(text: str, language: object) -> Syntax:
    """Return the root, whose offsets of bytes are those of code points. Raises: Unparsed, also for a wrong part."""
    from tree_sitter import Language, Parser

    if len(text) > CHARACTERS:
        raise Unparsed(f"more than {CHARACTERS:,} characters")
    # Brackets that are never closed take the parser seconds and hundreds of MB.
    if any(text.count(opening) - text.count(closing) > DEPTH for opening, closing in ("[]", "{}", "()")):
        raise Unparsed(f"nested deeper than {DEPTH}")
    # A letter stands in for every other character: the parser counts bytes, and what is said is read from the text.
    data = _NOT_ASCII.sub("x", text).encode("ascii")
    steps = 0

    def stop(_offset: int, _has_error: bool) -> bool:
        nonlocal steps
        steps += 1
        return steps > _STEPS

    # Given the bytes themselves it would not ask `stop`.
    try:
        root = (
            Parser(Language(language))
            .parse(lambda offset, _: data[offset : offset + 65_536], progress_callback=stop)
            .root_node
        )
    except ValueError:
        raise Unparsed("takes too long") from None
    if root.has_error:
        raise unexpected(text, _first_error(root))
    return root


def _first_error(node: Syntax) -> int:
    while True:
        wrong = next((child for child in node.children if child.has_error), None)
        if wrong is None or node.is_error or node.is_missing:
            return node.start_byte
        node = wrong
