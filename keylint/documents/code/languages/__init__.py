"""Programming languages. One file a language; each exports LANGUAGE and is found by its file name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from keylint.documents.code.builder import Builder, Part


class Language(NamedTuple):
    """What a language module exports.

    `grammar` loads the grammar, late. `roles` say what a kind of node means; of the others, a node that only wraps one
    other means what that means. `functions` are the kinds that open a scope, `wrappers` those that add only signs
    around one expression, `tokens` those whose children are read sign by sign. `getters` are the calls that give
    variables of the environment by name, `records` the objects that do; `attributes` says that what stands after a
    record's dot is a variable too. `glyphs` are characters that the language reads as others.
    """

    suffixes: tuple[str, ...]
    grammar: Callable[[], object]
    roles: Mapping[str, Callable[[Builder, Part], None]]
    functions: frozenset[str]
    wrappers: frozenset[str] = frozenset()
    tokens: frozenset[str] = frozenset()
    getters: frozenset[str] = frozenset()
    records: frozenset[str] = frozenset()
    attributes: bool = False
    interpreters: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    glyphs: Mapping[int, str] = {}
