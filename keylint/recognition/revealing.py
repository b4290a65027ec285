"""Whether an expression hands on a key as it is, or only what is known of it: a part, its length, that it is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from keylint.documents.code.values import Argument, Call, Code, Text, within
from keylint.documents.document import Document
from keylint.recognition.key_names import is_key_name

# Functions whose result still shows what they are given.
_CARRIERS = frozenset(
    "str repr format join dumps stringify inspect sprintf sprint sprintln string concat encode decode b64encode "
    "b64decode btoa atob quote quote_plus urlencode vars dict list tuple set pformat implode json_encode var_export "
    "print_r to_json tojson to_s tostring valueof strip trim upper lower toupper tolower touppercase tolowercase "
    "get getenv lookupenv getproperty getenvironmentvariable env var some ok unwrap unwrap_or unwrap_or_default "
    "unwrap_or_else expect clone as_str as_ref as_deref asdict model_dump any stringp tostringrepr get_secret_value "
    "frombytes from to_string to_owned into new red green blue yellow cyan magenta bold gray grey white dim "
    "marshal marshalindent serialize serializeobject serialise html_safe append arg err error errorf wrap wrapf "
    "replace getorelse orelse orelsethrow fetch config colorize colored style highlight entries fromentries".split()
)
# Methods and properties that leave of their object what is no secret any more.
_CUT = re.compile(
    r"\s*[\"'\]]?\s*(?:\?\.|!!?\.|\.|->|::|&\.)\s*(?:len\b|length|size|count|slice|substr|sub_?string|char_?at|"
    r"starts_?with|ends_?with|is_?\w+|has_?\w*|index_?of|includes|contains|match|test|exists?|present|empty|blank|nil|"
    r"hash_?\w*|digest|hexdigest|fingerprint|mask\w*|redact\w*|first|last|take|chars|hashcode|gethashcode|split|"
    r"equals|compare_?to|pad_?start|pad_?end|replace\(|name\b|key_?id|public\w*|id\b)",
    re.IGNORECASE,
)
_COMPARED = re.compile(r"\s*[)\]]*\s*(?:==|!=|is\b|in\b|not\s+in\b|instanceof\b|&&|\band\b|\?(?![.?:])|>=|<=|-eq|-ne)")
_CONDITION = re.compile(r"(?:\bif\s*\(?|\bunless\s*\(?|\bnot\s+|!+|\btypeof\s+|==|===|!=|\bin\s+|\bfor\s+)\s*[\w.$]*$")
_INDEXED = re.compile(r"\s*\?{0,1}\.?\[")
_NAMED = re.compile(r"\s*(?::(?![:>])|=(?![=~]))")
_GETTER = re.compile(r"(?:get|read|load|fetch|my|the)?_?(?P<name>\w+)", re.IGNORECASE)


class Revealed(NamedTuple):
    """A name in an expression, which hands on what it holds. Units: half-open offsets in the document."""

    name: str
    start: int
    end: int


def revealed(
    document: Document, code: Code, value: Argument, holds: Callable[[str], bool], *, outer: Call | None = None
) -> Revealed | None:
    """Return the first name of an expression that holds what is asked for and is shown in full.

    `outer` is a call around the whole value that hands on what it is given, such as an exception's constructor.
    """
    calls = [call for call in within(code.calls, value.start, value.end) if call is not outer]
    for name in value.names:
        if not holds(name) or _is_measured(document.text[value.start : value.end], name):
            continue
        for start, end in _places(document.text, name, value.start, value.end):
            found = Revealed(name, start, end)
            if _is_shown(document, code, value, found, calls):
                return found
    for call in calls:
        # `config.getApiKey()`: a name that is called holds what it says.
        getter = None if call.arguments else _GETTER.fullmatch(call.method)
        if getter and is_key_name(getter["name"]) and call.method.lower().startswith(("get", "read", "load", "fetch")):
            found = Revealed(call.method, call.callee_end - len(call.method), call.callee_end)
            if _is_shown(document, code, value, found, [other for other in calls if other != call]):
                return found
    return None


def _is_measured(text: str, name: str) -> bool:
    """Tell whether an expression asks first how long a value is: what is shown in full is no key then."""
    last = re.escape(name.lstrip("$").rpartition(".")[2])
    measure = rf"len\(\s*(?:\w+\.)?{last}\s*\)|\b{last}\.(?:length|Length|len\(\)|length\(\)|size)"
    return re.search(rf"(?:{measure})\s*>=?\s*\d", text) is not None


def _places(text: str, name: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where the last part of a dotted name is written."""
    last = name.lstrip("$").rpartition(".")[2]
    for match in re.compile(rf"(?<![A-Za-z0-9_]){re.escape(last)}(?![A-Za-z0-9_])").finditer(text, start, end):
        yield match.span()


def _is_shown(document: Document, code: Code, value: Argument, found: Revealed, calls: list[Call]) -> bool:
    text = document.text
    _, start, end = found
    literal = _literal_at(code, value, start)
    in_hole = literal is not None and _is_hole(text, literal, start, end)
    if literal is not None and not in_hole:
        # The name of a variable in a text is no value, unless it is what is read from the environment.
        read = next((one for one in within(code.reads, value.start, value.end) if one.start <= start < one.end), None)
        if read is None:
            return False
        start, end = read.start, read.end
    # A comparison, or the name of an entry or argument; `{key!r}` and `{key:>9}` of a hole are neither.
    after = text[end : min(end + 80, max(value.end + 40, end))]
    if _CUT.match(after) or _INDEXED.match(after) or (not in_hole and _NAMED.match(after)):
        return False
    inside = after[: max(0, value.end - end)]
    if _COMPARED.match(inside):
        return False
    before = text[max(value.start, start - 60) : start]
    if _CONDITION.search(before):
        return False
    return all(
        call.method.lower() in _CARRIERS or _is_exception(call)
        for call in calls
        if call.start <= start and end <= call.end and not (call.callee_start <= start < call.callee_end)
    ) and not any(
        call.callee_start <= start < call.callee_end and call.method.lower() not in _CARRIERS
        for call in calls
        if text[start:end] != call.method
    )


def _is_exception(call: Call) -> bool:
    return call.method.endswith(("Error", "Exception", "Failure"))


def _literal_at(code: Code, value: Argument, offset: int) -> Text | None:
    """Return the string literal that holds an offset: the innermost, for a hole may hold literals."""
    found = [text for text in within(code.texts, value.start, value.end) if text.start <= offset < text.end]
    return min(found, key=lambda text: text.end - text.start, default=None)


def _is_hole(text: str, literal: Text, start: int, end: int) -> bool:
    """Tell whether a place in a string literal is one that a value is put into."""
    if not literal.holes and "{" not in literal.value and "$" not in literal.value:
        return False
    opened = text.rfind("{", literal.start, start)
    if opened >= 0 and "}" not in text[opened:start] and "}" in text[end : literal.end]:
        return bool(literal.holes) or text[opened + 1 : start].strip() == ""
    return (
        bool(literal.holes) and re.search(r"\$(?:\(?[\w.:>\[\]'\"-]{0,60})?$", text[literal.start : start]) is not None
    )
