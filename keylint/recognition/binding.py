"""The name that a literal is bound to, in any language, read from the text before it.

Textual on purpose: it works in broken files, unknown languages, comments and prose, and costs
microseconds for the few runs that get this far. A literal can be the value of an assignment or entry
(`name = `, `"name": `, `name => `, `<name>`), an argument (`call(`, `call("name", `), an option
(`--name `), a default (`name || `), a list item, a cell of a table, or stand bare.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Literal, NamedTuple

from keylint.documents.document import Document
from keylint.recognition.vocabulary import classify, signs

Form = Literal["entry", "argument", "element", "option", "cell", "bare"]

_REACH = 600
# Names and operators stand close before their value; only an enclosing call may be far. Units: characters.
_NEAR = 160
_NAME_REACH = 80
_LINES = 6
# A row longer than this is no row of a delimited file that anyone reads.
_LONGEST_ROW = 4096


class Binding(NamedTuple):
    """What a literal is bound to. `position` counts arguments from 0."""

    form: Form
    name: str | None = None
    callee: str | None = None
    position: int = 0
    quoted: bool = False
    # What holds the entry: `kraken: {apiKey: …}`, `BybitClient(api_key=…)`.
    owner: str | None = None


_QUOTE = re.compile(
    r"""(?:\b[bBrRuUfFL]{1,2}|@)?(?:\\{0,3}(?:["'`]{3}|["'`])|&(?:quot|apos|\#34|\#39|\#x27);|%2[27]|\\(?:u00|x)2[27])$"""
)
_QUOTE_AFTER = re.compile(r"""\\{0,3}["'`]|&(?:quot|apos|\#34|\#39|\#x27);|%2[27]|\\(?:u00|x)2[27]""")
_CLOSING_QUOTE = r"""(?:\\{0,3}["'`]|&(?:quot|apos|\#34|\#39);|%2[27]|\*\*|`)?"""
_LIST_ITEM = re.compile(r"(?:\n[ \t]*-[ \t][^\n]*)*\n[ \t]*-[ \t]*$")
_CONTINUATION = re.compile(r"[\s\\]+$")
# Casts and wrappers between an operator and the literal: `String::from(`, `Some(`, `str(`, `(`.
_WRAPPER = re.compile(
    r"(?:\b(?:String(?:::from)?|SecretString::(?:new|from)|str|bytes|SecretStr|Secret(?:String)?|Some|SecureString|Buffer\.from|TextEncoder|trim|"
    r"strings\.TrimSpace|encode|new\s+String|quote|json\.dumps|std::string)|\[\]byte|(?<=[=:,(\[{?|])\s*)\(\s*$"
)
_OPERATOR = re.compile(r"(?:=>|:=|<-|<<|[!=]==?|\+=|\?=|(?<![<>!])=|(?<!:):(?!-)|\uff1a)\s*$")
# The names of `key, secret = "…", "…"`.
_PARALLEL_NAMES = re.compile(r"\(?(?:\w+[ ])?(?P<names>[\w$.]+(?:[ ]?,[ ]?[\w$.]+)+)\)?[ ]?:?")
# What YAML puts between a name and its value: a block scalar's sign, an anchor, a tag.
_YAML_SIGN = re.compile(r"(?<=:)[ \t]+(?:[|>][+-]?|&\w+|!\w+)[ \t]*$")
_YAML_KEY = re.compile(r"""["']?(?P<name>(?!(?:else|try|finally|do)\b)[\w.-]+)["']?:""")
_DEFAULT = re.compile(r"(?:\|\||\?\?=?|\?:|:-|\bor|\belse|\.or\(|unwrap_or\w*\(|\?)\s*$")
_NAME = re.compile(
    r"(?P<quote>\\{0,3}[\"'`]|&quot;|%22)?(?P<name>[\w$][\w$.\-]*)(?:\[\d*\])?"
    + _CLOSING_QUOTE
    + r"(?:\s*\])?[!?]?\s*$"
)
_TYPED = re.compile(r"(?P<name>[A-Za-z_$][\w$]*)[ \t]*[!?]?[ \t]*:[ \t]*[&'\w<>\[\].,| ?*]{1,60}$")
_TYPE_WORDS = frozenset("string str char text varchar bytes nvarchar const var let val mut".split())
_PROSE_NAME = re.compile(r"(?P<name>[A-Za-z][\w./\- ]{1,60}?)\W{0,4}$")
_TAG = re.compile(r"<(?P<name>[\w:.-]+)(?P<attributes>(?:\s[^<>]{0,200})?)>\s*(?:<!\[CDATA\[)?\s*$")
_OPTION = re.compile(r"(?:^|[\s\"'`])-{1,2}(?P<name>[A-Za-z][\w-]*)[\"'`]?,?\s+[\"'`]?$")
_DIRECTIVE = re.compile(
    r"(?i)(?:^|\n)[ \t]*(?:ENV|ARG|\#[ \t]*define|setx|setenv|export|set|machine|login|password)?"
    r"[ \t]*(?P<name>[A-Za-z_][\w.-]*)[ \t]+[\"']?$"
)
_CELL = re.compile(r"\|\s*[*_`]{0,3}(?P<name>[^|\n]{1,60}?)[*_`]{0,3}\s*\|\s*[*_`]{0,3}$")
_SENTENCE = re.compile(r"(?i)(?P<name>[A-Za-z][\w\- ]{1,40}?)\s+(?:is|are|was|to|equals)\W{1,4}$")
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$.\->:]*")
_CALLEE = re.compile(r"(?P<callee>[A-Za-z_$][\w$.:>\-!?<]*)\s*(?:<[\w, .]+>)?\s*$")
_STRING_ARGUMENT = re.compile(r"""\\{0,3}["'`](?P<name>[\w.$ \-]{1,60}?)\\{0,3}["'`]\)?\s*$""")
# Names that only say "value": the name proper stands beside it.
_TAGGED_NAME = re.compile(r"<(?:key|name)>\s*(?P<name>[^<>]{1,60}?)\s*</(?:key|name)>\s*$")
_ENTRY_STARTS = ("<", "{", "\n- ", " - ")
_OPTION_STRING = re.compile(r"""\s*["'`]-{0,2}(?P<name>[A-Za-z][\w-]{1,40})["'`]""")
_GENERIC = frozenset("value val default defaultvalue content data text string stringvalue fallback raw v".split())
_COMPANION = re.compile(
    r"""(?i)(?<![\w-])["'`]?(?:name|key|id|variable|header|field|env|param(?:eter)?)["'`]?\s*[:=]\s*["'`]?/?(?P<name>[A-Za-z][\w.\-/]*)"""
)
_BLOCK = re.compile(r"""\b(?:variable|resource|output)\s+(?:"[\w-]+"\s+)?"(?P<name>[\w-]+)"\s*\{[^{}]*$""")
_INSERT = re.compile(r"(?is)insert\s+into\s+[^()]{1,200}\((?P<columns>[^()]{1,2000})\)\s*values\b")
_REST_OF_WORD = re.compile(r"[^\W_]*")
_PAIRS = {")": "(", "]": "[", "}": "{"}


def bind(document: Document, start: int, end: int) -> Binding:
    """Return what the literal at a half-open span is bound to."""
    text = document.text
    first_line = max(1, document.line_number(start) - _LINES)
    left = _window(text, max(document.line_span(first_line)[0], start - _REACH), start)
    opening = _QUOTE.search(left)
    quoted = opening is not None and _QUOTE_AFTER.match(text, end) is not None
    if opening and quoted:
        left = left[: opening.start()]
    cell = _CELL.search(left[-_NEAR:])
    if cell and _is_label(cell["name"]) and text[end : end + 8].lstrip("*_` \t")[:1] == "|":
        return Binding("cell", cell["name"], quoted=quoted)
    parallel = _parallel(left[left.rfind("\n") + 1 :])
    if parallel:
        return Binding("entry", parallel, quoted=quoted)
    bound = _bound(left, text, end)
    if bound is None:
        bound = _column(document, start, end)
    if bound is None:
        return Binding("bare", quoted=quoted)
    owner = _owner(left) if bound.form in ("entry", "element") else None
    return bound._replace(quoted=quoted, owner=owner)


def _parallel(line: str) -> str | None:
    """Return the name that a value of `key, secret = "…", "…"` goes to."""
    names, operator, values = line.rpartition("=")
    match = _PARALLEL_NAMES.fullmatch(names.strip()) if operator else None
    if match is None or "(" in values.lstrip(" (["):
        return None
    listed = match["names"].split(",")
    place = values.count(",")
    return listed[place].strip() if place < len(listed) else None


def _window(text: str, begin: int, end: int) -> str:
    """Cut a text without cutting a word: half of another secret would be taken for a name."""
    if 0 < begin < end and text[begin - 1].isalnum():
        begin = _REST_OF_WORD.match(text, begin, end).end()  # type: ignore[union-attr]  # it matches nothing, too
    return text[begin:end]


def _owner(left: str) -> str | None:
    """Return what the innermost open bracket belongs to, or the line that an indented one is below."""
    opener, _, _ = _open_bracket(left)
    if opener >= 0:
        before = left[:opener].rstrip()
        operator = _OPERATOR.search(before)
        if operator:
            return _name_before(before[: operator.start()], operator[0].strip())
        callee = _callee(before)
        if callee or left[opener] == "(" or before[-1:] not in tuple("([{"):
            return callee
        return _callee(before[:-1].rstrip())
    lines = left.split("\n")
    indent = len(lines[-1]) - len(lines[-1].lstrip())
    for line in reversed(lines[:-1]):
        if line.strip() and len(line) - len(line.lstrip()) < indent:
            mapping = _YAML_KEY.fullmatch(line.strip())
            return mapping["name"] if mapping else None
    return None


def _bound(reach: str, text: str, end: int) -> Binding | None:
    left = _window(reach, max(0, len(reach) - _NEAR), len(reach))
    option = _OPTION.search(left)
    if option:
        return Binding("option", option["name"])
    left = _unwrapped(left)
    tag = _TAG.search(left)
    if tag:
        tagged = _TAGGED_NAME.search(left[: tag.start()])
        return Binding("entry", (tagged and tagged["name"]) or _companion(tag["attributes"]) or tag["name"])
    operator = _OPERATOR.search(left)
    if operator:
        name = _name_before(left[: operator.start()], operator[0].strip())
        if name and "".join(name.lower().split("_")) in _GENERIC:
            before = left[: operator.start()]
            block = _BLOCK.search(before)
            name = (
                _companion(_entry_before(before))
                or _companion_after(text[end : end + _NEAR])
                or (block and block["name"])
                or _named_option(before)
                or name
            )
        if name:
            return Binding("entry", name)
    default = _DEFAULT.search(left)
    if default:
        name = _name_in_statement(left[: default.start()])
        if name:
            return Binding("entry", name)
    if left.rstrip()[-1:] in tuple("([{,"):
        return _enclosing(_unwrapped(reach).rstrip())
    item = _LIST_ITEM.search(left)
    if item:
        owner = left[: item.start()].rstrip()
        if owner.endswith(":"):
            return Binding("element", _name_before(owner[:-1], ":"))
        return None
    sentence = _SENTENCE.search(left)
    if sentence:
        return Binding("entry", sentence["name"])
    directive = _DIRECTIVE.search(left)
    if directive and "\n" not in left[directive.start("name") :]:
        return Binding("option", directive["name"])
    return None


def _unwrapped(left: str) -> str:
    """Drop wrappers and line breaks between an operator and the literal."""
    sign = _YAML_SIGN.search(left.rstrip())
    if sign:
        return left.rstrip()[: sign.start()]
    for _ in range(3):
        wrapper = _WRAPPER.search(left)
        if not wrapper:
            break
        left = left[: wrapper.start()]
    stripped = _CONTINUATION.sub("", left)
    # A value on a line of its own belongs to the line above only if that line is open.
    if "\n" in left[len(stripped) :] and stripped[-1:] not in tuple("([{,=:>|?"):
        return left
    return stripped if stripped[-1:] in tuple("([{,=:>?|-\uff1a") else left


def _name_before(left: str, operator: str) -> str | None:
    left = left.rstrip()
    left = _window(left, max(0, len(left) - _NAME_REACH), len(left))
    match = _NAME.search(left)
    if operator == "=" and not (match and classify(match["name"]) in ("api_key", "api_secret")):
        typed = _TYPED.search(left)
        if typed:
            return typed["name"]
    if match and match["name"]:
        name = match["name"]
        if name.lower() in _TYPE_WORDS:
            earlier = _NAME.search(left[: match.start()].rstrip())
            if earlier and earlier["name"]:
                return earlier["name"]
        # A label of several words, as in `API Key: ` or `"Secret Key": `.
        label = _PROSE_NAME.search(left[max(0, left.rfind("\n") + 1) :])
        if operator in (":", "\uff1a") and label and " " in label["name"].strip():
            return label["name"].strip()[-60:]
        return name
    label = _PROSE_NAME.search(left[max(0, left.rfind("\n") + 1) :])
    return label["name"].strip() if label else None


def _name_in_statement(left: str) -> str | None:
    """Return the identifier that a default stands for: the last one with more than a word in it."""
    statement = left[max(left.rfind("\n"), left.rfind(";"), left.rfind("{")) + 1 :]
    names = _IDENTIFIER.findall(statement)
    return names[-1] if names else None


def _companion(left: str) -> str | None:
    names = [match["name"] for match in _COMPANION.finditer(left[-300:])]
    return names[-1] if names else None


def _named_option(left: str) -> str | None:
    """Return the option that a default is declared for: `option("--api-key", default=`."""
    opener, _, _ = _open_bracket(left)
    match = _OPTION_STRING.match(left, opener + 1) if opener >= 0 else None
    return match["name"] if match else None


def _entry_before(left: str) -> str:
    """Cut to the entry that a value is part of: its tag, its braces, its list item."""
    return left[max((left.rfind(start) for start in _ENTRY_STARTS), default=-1) + 1 :] or left


def _companion_after(right: str) -> str | None:
    match = _COMPANION.search(right.partition("\n")[0].partition(">")[0].partition("}")[0])
    return match["name"] if match else None


def _enclosing(left: str) -> Binding | None:
    """Return the call or list whose argument comes next. Brackets and quotes are matched backwards."""
    opener, position, previous = _open_bracket(left)
    if opener < 0:
        return None
    before = left[:opener].rstrip()
    bracket = left[opener]
    if position and previous is not None and not signs(_callee(before) or ""):
        named = _STRING_ARGUMENT.search(previous.rstrip())
        if named and _is_label(named["name"]):
            return Binding("argument", named["name"], _callee(before), position)
    callee = _callee(before)
    if bracket == "(" and callee and callee not in ("return", "in", "if", "and", "or", "not"):
        return Binding("argument", None, callee, position)
    if bracket == "{" and callee and not before.endswith(">") and " " in before:
        return Binding("entry", callee)
    operator = _OPERATOR.search(before)
    if operator:
        return Binding("element", _name_before(before[: operator.start()], operator[0].strip()), position=position)
    if before[-1:] in tuple("(,"):
        outer, _, _ = _open_bracket(before)
        if outer >= 0 and left[outer] == "(":
            return Binding("argument", None, _callee(left[:outer].rstrip()), position)
    return Binding("element", None, position=position)


def _is_label(name: str) -> bool:
    """Tell a name from a value that stands where a name could, such as a passphrase: words for a key, no digits."""
    named = classify(name)
    constant = name.isupper() and "_" in name
    return (named != "none" if constant else named not in ("none", "other")) and not any(map(str.isdigit, name))


def _callee(before: str) -> str | None:
    match = _CALLEE.search(_window(before, max(0, len(before) - _NAME_REACH), len(before)))
    return match["callee"] if match else None


def _open_bracket(left: str) -> tuple[int, int, str | None]:
    """Return the offset of the innermost open bracket, the commas after it, and the argument before the last."""
    depth: list[str] = []
    commas = 0
    last_comma = len(left)
    previous: str | None = None
    index = len(left) - 1
    while index >= 0:
        character = left[index]
        if character in "\"'`":
            opening = left.rfind(character, max(0, index - 200), index)
            if opening >= 0:
                index = opening - 1
                continue
        elif character in _PAIRS:
            depth.append(_PAIRS[character])
        elif character in "([{":
            if not depth:
                if commas and previous is None:
                    previous = left[index + 1 : last_comma]
                return index, commas, previous
            if depth[-1] == character:
                depth.pop()
        elif character == "," and not depth:
            if commas == 1 and previous is None:
                previous = left[index + 1 : last_comma]
            commas += 1
            last_comma = index if commas == 1 else last_comma
        elif character == ";" and not depth:
            break
        index -= 1
    return -1, 0, None


def _column(document: Document, start: int, end: int) -> Binding | None:
    """Return the column of a delimited row: the header line names it."""
    text = document.text
    line = document.line_number(start)
    first, last = document.line_span(line)
    head_first, head_last = document.line_span(1)
    if line == 1 or max(last - first, head_last - head_first) > _LONGEST_ROW:
        return None
    for delimiter in (",", "\t", ";", "|"):
        before = text[first:start].rstrip("\"' ")
        after = text[end:last].lstrip("\"' ")
        is_field = (before.endswith(delimiter) or not before) and (after.startswith(delimiter) or not after)
        if is_field and (before or after):
            header = text[head_first:head_last].split(delimiter)
            place = text[first:start].count(delimiter)
            if len(header) == text[first:last].count(delimiter) + 1:
                return Binding("cell", header[place].strip(" \"'\ufeff"))
    return None


def insert_column(document: Document, start: int, position: int) -> str | None:
    """Return the column name of a value in an SQL INSERT, however long the statement. Units: position from 0."""
    statements = document.once(_insert_statements)
    place = bisect_right(statements, (start, [])) - 1
    if place < 0:
        return None
    columns = statements[place][1]
    return columns[position] if position < len(columns) else None


def _insert_statements(document: Document) -> list[tuple[int, list[str]]]:
    """Where the INSERT statements of a document begin their values, and the columns they name."""
    if "insert" not in document.lowered:
        return []
    return [
        (match.end(), [column.strip(" `\"'[]\n\r\t") for column in match["columns"].split(",")])
        for match in _INSERT.finditer(document.text)
    ]
