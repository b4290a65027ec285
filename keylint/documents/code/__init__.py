"""Source files of programming languages: calls, assignments, literals and what they read, alike in every language."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from keylint.documents.code.values import Code
from keylint.documents.discovery import modules
from keylint.documents.document import Document

if TYPE_CHECKING:
    from tree_sitter import Language as Grammar
    from tree_sitter import Tree

    from keylint.documents.code.languages import Language

CHARACTERS = 2_000_000
PARSE_SECONDS = 1.0

_CHUNK = 65_536
_SHEBANG = re.compile(r"\#!\s*\S*?(?:/env\s+(?:-\S+\s+)*\S*?)?(?P<name>[a-z]+)[\d.]*(?:\s|$)")
_BLANK = re.compile(r"[^\S\x00-\x7f]|\ufeff")
# Open angle brackets in a row: the parsers of C# and Kotlin take them for types in types, and overrun the stack.
_ANGLES = re.compile(r"<(?:[^<>;{}()=\n]{0,80}<){40}")
_BRACKETS = re.compile(r"[()\[\]{}]")
_OPEN = 300
# Of longer texts, those that compression makes this many times smaller are no source.
_SHORT = 10_000
_MONOTONOUS = 40
_FOREIGN = re.compile(r"[^\x00-\x7f]")


def code(document: Document) -> Code | None:
    """Return what a source file holds; None if its name and first line tell no known language. Never raises."""
    language = language_of(document.path, document.text)
    return read_code(document.text, language) if language else None


def language_of(path: str, text: str = "") -> str | None:
    """Return the language of a file by its name, else by the interpreter that its first line names."""
    name = path.replace("!", "/").rpartition("/")[2]
    suffix = name[name.rfind(".") :].lower() if "." in name[1:] else ""
    for language, table in known().items():
        if suffix in table.suffixes or name in table.names:
            return language
    shebang = _SHEBANG.match(text, 0, 200) if not suffix and text.startswith("#!") else None
    if shebang is None:
        return None
    return next((each for each, table in known().items() if shebang["name"] in table.interpreters), None)


def read_code(text: str, language: str) -> Code:
    """Return what a text in a language holds, for texts that are no files such as the cells of notebooks."""
    from keylint.documents.code.builder import Builder, TooMuch, outermost, walk
    from keylint.documents.code.fallback import repair, scan

    table = known()[language]
    if not text.strip():
        return Code(language, "parsed", "")
    try:
        _guard(text)
        read = text.translate(table.glyphs) if table.glyphs else text
        built: Builder = walk(_parse(read, table), read, table)
    except TooMuch as error:
        return scan(text, language, str(error))
    parsed = Code(
        language,
        "parsed",
        "",
        tuple(sorted(built.imports, key=_place)),
        tuple(sorted(built.assignments, key=_place)),
        tuple(sorted(built.calls, key=_place)),
        outermost(built.mappings),
        tuple(sorted(built.texts, key=_place)),
        tuple(sorted(built.throws, key=_place)),
        tuple(sorted((read for at, read in enumerate(built.reads) if at not in built.writes), key=_place)),
        tuple(sorted(built.functions.values(), key=_place)),
    )
    return repair(parsed, text, built.broken) if built.broken else parsed


@cache
def known() -> dict[str, Language]:
    """Return every known language by its name."""
    import keylint.documents.code.languages as package

    return {name: module.LANGUAGE for name, module in modules(package).items()}


def _place(item: object) -> tuple[int, int]:
    return item.start, item.end  # type: ignore[attr-defined]  # every value has both


def _guard(text: str) -> None:
    """Refuse what would overrun a parser's stack, or cost it gigabytes in one step that no time limit ends.

    A tree-sitter parser that comes to the end of a text with n pieces open needs n * n steps. Source has dozens open.
    """
    import zlib

    from keylint.documents.code.builder import TooMuch

    if len(text) > CHARACTERS:
        raise TooMuch(f"more than {CHARACTERS:,} characters")
    if _ANGLES.search(text):
        raise TooMuch("too many angle brackets in a row")
    depth = 0
    for sign in _BRACKETS.findall(text):
        depth += 1 if sign in "([{" else -1
        if depth > _OPEN:
            raise TooMuch(f"more than {_OPEN} brackets open")
        depth = max(depth, 0)
    if len(text) > _SHORT:
        data = text.encode("utf-8", "surrogatepass")
        if len(zlib.compress(data, 1)) * _MONOTONOUS < len(data):
            raise TooMuch("the same again and again")


def _parse(text: str, language: Language) -> Tree:
    """Return the syntax tree over a text of as many bytes as the text has characters."""
    import time

    from tree_sitter import Parser

    from keylint.documents.code.builder import TooMuch

    if text.isascii():
        data = text.encode("ascii")
    else:
        # One byte for each character, so that all offsets agree: a letter for what may stand in names and strings,
        # a blank for blanks. Values are cut from the text itself.
        plain = _FOREIGN.sub("_", _BLANK.sub(" ", text))
        data = plain.encode("ascii")
    end = time.monotonic() + PARSE_SECONDS
    late = False

    def stop(_offset: int, _broken: bool) -> bool:
        nonlocal late
        late = time.monotonic() > end
        return late

    try:
        # The limit counts only if the text comes through a function.
        return Parser(_loaded(language.grammar)).parse(
            lambda offset, _: data[offset : offset + _CHUNK], progress_callback=stop
        )
    except ValueError:
        raise TooMuch(f"parsing took longer than {PARSE_SECONDS:g} s" if late else "the grammar gave up") from None


@cache
def _loaded(grammar: Callable[[], object]) -> Grammar:
    from tree_sitter import Language as Grammar

    return Grammar(grammar())
