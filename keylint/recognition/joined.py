"""Values put together from pieces: literals side by side or joined, halves in two variables.

Textual on purpose, as the binding of names is: one grammar of what joins strings in any language. What comes of it must
be 64 letters and digits that look random, and be bound to a name, or stand beside words, for a key.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from keylint.documents.document import Document
from keylint.recognition.vocabulary import classify
from keylint.sieve import KEY_LENGTH, looks_random

# Units: characters.
_LEAST, _LEAST_OF_NAME = 4, 8
# The share of neighbours of different class in a piece that a name stands for: all must keep to it.
_LEAST_CHANGES = 0.3
_LITERAL = re.compile(rf"""(?P<quote>\\{{0,3}}["'`])(?P<piece>[A-Za-z0-9]{{{_LEAST},63}})(?P=quote)""")
_BARE = re.compile(
    r"(?m)^[ \t]*(?:-[ \t]+)?(?:(?:export|set|ENV|ARG)[ \t]+)?(?P<name>[A-Za-z_][\w.-]*)"
    rf"[ \t]*[=:][ \t]*(?P<piece>[A-Za-z0-9]{{{_LEAST_OF_NAME},63}})[ \t]*\r?$"
)
# The name that a literal is given, right before it.
_GIVEN = re.compile(
    r"""(?P<name>[A-Za-z_][\w]*)["'\]})]{0,2}[ \t]*(?::[ \t]*&?['\w<>\[\]?. ]{1,30})?[ \t]*(?:=>|:=|=|:|<-)[ \t\n(]*$"""
    r"""|\bdefine[ \t(]+["']?(?P<macro>\w+)["']?[ \t,]+$"""
)
# What it ends with, but for blanks and brackets; only a macro has none of these.
_GIVING = "=>:-"
_COMMENT = r"(?:(?:\#|//|--)[^\n]*\n|/\*[^*\n]*\*/)"
_SPACE = rf"(?:\s|\\\r?\n|{_COMMENT}|_\r?\n)"
_PREFIX = r"(?:[bBrRuUfFL@$]{0,2})"
# Between two literals: nothing, or what joins strings somewhere.
_JOINT = re.compile(
    rf"{_SPACE}*(?:(?:\+|\.{{1,2}}|~|<>|&|\|\||\+\+|\^){_SPACE}*)?{_PREFIX}"
    r"|\)?\.(?:concat|append|push_str|plus)\(\s*"
    r"|\)?;?[ \t]*\r?\n\s*[\w.$>:-]+\s*(?:\+=|\.=|\.\.=|<<|&=)\s*"
)
_SEPARATOR = re.compile(rf"{_SPACE}*,{_SPACE}*{_PREFIX}")
# Between two names, or a name and a literal: an operator, or the braces of a template.
_JOINT_OF_NAMES = re.compile(
    r"\s*(?:\+|\.{1,2}|~|<>|&|\|\||\+\+|\.(?:concat|append|push_str|plus)\()\s*[$@]?(?:(?:self|this|config|cls)(?:\.|->))?"
    r"|[\"'`]?\}?\}?\)?(?:\$\{?|#\{|\{\{?|\$\()(?:(?:self|this|config|cls)(?:\.|->))?[\"'`]?"
    r"|[\"'`]{2}\$\{?"
)
_SEPARATOR_OF_NAMES = re.compile(r"\s*,\s*[$&]?(?:(?:self|this|config|cls)(?:\.|->))?")
# Units: characters; in a file with so many literals names are not followed.
_FARTHEST = 160
_MOST_LITERALS = 5000
# To look for so many names one after the other is faster than to look at every name there is.
_FEW_NAMES = 20
# Within so many the pieces of one value stand, wherever they are put together. Units: characters.
_AROUND = 2000
_NAME = re.compile(r"[A-Za-z_]\w*(?!\w|\s*(?:[+.&]=|=(?!=|>)|<<))")
# What stands before the first piece and belongs to the expression: a template's opening, a call that joins.
_OPENING = re.compile(
    r"""(?:[bBrRuUfFL$@]{0,2}["'`])?(?:\$\{?|\#\{|\{\{?|\$\(|\$)?(?:(?:self|this|config|cls)(?:\.|->))?$"""
)
_JOINS_BEFORE = re.compile(
    r"""(?:["'`](?:%s|%v|\{\w*\}){0,9}["'`]\s*(?:%|\.\s*(?:format|join))|[\w.:$\\]*(?:join|Join|concat|Concat|CONCAT|implode|paste0|"""
    r"""format|Format|[sS]printf|concat_ws|from_iter|strcat)!?)\s*"""
    r"""(?:\(\s*)?(?:["'`](?:%s|%v|\{\w*\}){0,9}["'`]\s*,\s*)?(?:(?:\[\]string|vec!|new\s*(?:String|string)?\s*\[\])\s*)?[\[({\s&]*$"""
)
_JOINS_AFTER = re.compile(
    r"""\s*,?\s*[\])}]+\s*\)?\s*(?:\.|->|\|>\s*)?\s*(?:join|concat|reduce|Join|implode)\b|\s*[\])}]*\s*,\s*["'`]{2}\s*\)"""
)
_BRACKET = re.compile(
    r"(?:(?:\[\]string|vec!|new\s*\w*\s*\[\]|\blist|\btuple|\bArray(?:\.of)?|\bList\.of|\bc)\s*)?[\[({]\s*[&$]?$"
)
_JOINED_NAME = (
    r"""(?:\b(?:join|Join|implode|concat|Concat|paste0)\w*\s*\(\s*(?:["'`]{{2}}\s*,\s*)?[$@*.]{{0,3}}{0}\b"""
    r"""|\b{0}\s*(?:\.|->)\s*(?:join|reduce|concat)\b)"""
)


class Joined(NamedTuple):
    """A value put together. Units: half-open offsets of its first piece, or all of them, and of what makes it whole."""

    value: str
    start: int
    end: int
    whole_start: int
    whole_end: int
    pieces: int


class _Token(NamedTuple):
    """A piece where it is used: a literal, or the name of one. Units: half-open offsets of both."""

    start: int
    end: int
    piece: str
    piece_start: int
    name: str = ""

    @property
    def inner(self) -> tuple[int, int]:
        """Where the expression stands: without quotes."""
        return (self.start, self.end) if self.name else (self.piece_start, self.piece_start + len(self.piece))


def windows(text: str, places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the whole lines around what may be pieces, where the others are. Shape: half-open offsets, apart."""
    found: list[tuple[int, int]] = []
    for start, end in places:
        if found and start < found[-1][1] and end + _AROUND < found[-1][1]:
            continue
        first = text.rfind("\n", 0, max(0, start - _AROUND)) + 1
        last = text.find("\n", end + _AROUND)
        last = len(text) if last < 0 else last
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def joined(document: Document, near: Sequence[tuple[int, int]]) -> Iterator[Joined]:
    """Yield the values of 64 letters and digits that the document joins from pieces, which are `near` one another."""
    text = document.text
    seen: set[tuple[str, int]] = set()
    for chain, is_list in _chains(text, _tokens(text, near)):
        if sum(len(token.piece) for token in chain) != KEY_LENGTH or _is_key_with_secret(chain):
            continue
        whole = _whole_list(text, chain) if is_list else _whole(text, chain)
        first, last = chain[0], chain[-1]
        value = "".join(token.piece for token in chain)
        if whole is None or (value, first.piece_start) in seen:
            continue
        seen.add((value, first.piece_start))
        in_place = not any(token.name for token in chain)
        end = last.inner[1] if in_place else first.piece_start + len(first.piece)
        yield Joined(value, first.piece_start, end, *whole, len(chain))


def _tokens(text: str, near: Sequence[tuple[int, int]]) -> list[_Token]:
    """Return the pieces where they are used, in order."""
    literals = [
        _Token(*match.span(), match["piece"], match.start("piece"))
        for window in near
        for match in _LITERAL.finditer(text, *window)
    ]
    given: dict[str, list[tuple[int, _Token]]] = {}
    for token in literals if len(literals) < _MOST_LITERALS else ():
        if len(token.piece) < _LEAST_OF_NAME or not looks_random(token.piece.encode(), _LEAST_CHANGES):
            continue
        before = _given(text, token.start)
        if before:
            name = before["name"] or before["macro"]
            given.setdefault(name, []).append((before.start("name" if before["name"] else "macro"), token))
    for match in (one for window in near for one in _BARE.finditer(text, *window)):
        if not looks_random(match["piece"].encode(), _LEAST_CHANGES):
            continue
        token = _Token(*match.span("piece"), match["piece"], match.start("piece"))
        given.setdefault(match["name"], []).append((match.start("name"), token))
    once = {name: places[0] for name, places in given.items() if len(places) == 1}
    named = [
        _Token(*match.span(), token.piece, token.piece_start, match[0])
        for match in (_uses(text, once) if once else ())
        if match[0] in once
        for place, token in (once[match[0]],)
        if match.start() != place
    ]
    return sorted((*literals, *named))


def _given(text: str, place: int) -> re.Match[str] | None:
    """Return the name that what begins at a place is given, by what stands right before it."""
    first = max(0, place - _FARTHEST)
    sign = place
    while sign > first and text[sign - 1] in " \t\n(":
        sign -= 1
    if sign > first and text[sign - 1] in _GIVING:
        # The name stands in the line of the sign; from each letter on a search would try all that follows.
        return _GIVEN.search(text, max(first, text.rfind("\n", first, sign) + 1), place)
    # A pattern's end may stand before one last line feed.
    line = max(first, text.rfind("\n", first, place - 1 if text[place - 1 : place] == "\n" else place) + 1)
    return _GIVEN.search(text, line, place) if text.find("define", line, place) >= 0 else None


def _uses(text: str, names: Collection[str]) -> Iterator[re.Match[str]]:
    """Yield the names in a text that may be one of these: a few that are not short are found faster than all."""
    if len(names) > _FEW_NAMES or min(map(len, names)) < _LEAST:
        yield from _NAME.finditer(text)
        return
    for name in names:
        place = text.find(name)
        while place >= 0:
            match = _NAME.match(text, place)
            if match and match[0] == name and not _is_inside_name(text, place):
                yield match
            place = text.find(name, place + 1)


def _is_inside_name(text: str, place: int) -> bool:
    """Tell whether a name goes on before a place: digits, and letters of other alphabets, are no part of one."""
    while place:
        before = text[place - 1]
        if before == "_" or (before.isascii() and before.isalpha()):
            return True
        if not before.isalnum():
            return False
        place -= 1
    return False


def _chains(text: str, tokens: Sequence[_Token]) -> Iterator[tuple[list[_Token], bool]]:
    """Yield the tokens that stand side by side, and whether as a list."""
    chain: list[_Token] = []
    kind = ""
    for token in tokens:
        relation = _relation(text, chain[-1], token) if chain else ""
        if relation and (len(chain) == 1 or relation == kind):
            chain.append(token)
            kind = relation
            continue
        if len(chain) > 1:
            yield chain, kind == "list"
        chain = [token]
    if len(chain) > 1:
        yield chain, kind == "list"


def _relation(text: str, first: _Token, second: _Token) -> str:
    gap = text[first.end : second.start]
    if len(gap) > _FARTHEST:
        return ""
    named = bool(first.name or second.name)
    if (_JOINT_OF_NAMES if named else _JOINT).fullmatch(gap):
        return "joint"
    return "list" if (_SEPARATOR_OF_NAMES if named else _SEPARATOR).fullmatch(gap) else ""


def _whole(text: str, chain: Sequence[_Token]) -> tuple[int, int]:
    """Return where an expression of operators stands, or a template."""
    first, last = chain[0], chain[-1]
    if not first.name:
        return first.inner[0], last.inner[1]
    opening = _OPENING.search(text, max(0, first.start - _FARTHEST), first.start)
    return opening.start() if opening else first.start, last.end


def _whole_list(text: str, chain: Sequence[_Token]) -> tuple[int, int] | None:
    """Return where what joins a list stands; None if nothing does."""
    first, last = chain[0], chain[-1]
    opening = _OPENING.search(text, max(0, first.start - _FARTHEST), first.start) if first.name else None
    start = opening.start() if opening else first.start
    before = _JOINS_BEFORE.search(text, max(0, start - _FARTHEST), start)
    if before:
        return before.start(), last.end
    bracket = _BRACKET.search(text, max(0, start - _FARTHEST), start)
    if bracket is None:
        return None
    if _JOINS_AFTER.match(text, last.end):
        return bracket.start(), last.end
    given = _given(text, bracket.start())
    if given is None or not given["name"]:
        return None
    site = re.search(_JOINED_NAME.format(re.escape(given["name"])), text)
    if site is None:
        return None
    before = _JOINS_BEFORE.search(text, max(0, site.start() - _FARTHEST), site.end() - len(given["name"]))
    return (min(before.start(), site.start()) if before else site.start()), site.end()


def _is_key_with_secret(chain: Sequence[_Token]) -> bool:
    """Tell whether what is joined is a key with its secret, or another service's: each is whole, though shorter."""
    kinds = {classify(token.name) for token in chain if token.name}
    return "other" in kinds or (
        not kinds.isdisjoint(("api_key", "key")) and not kinds.isdisjoint(("api_secret", "secret"))
    )
