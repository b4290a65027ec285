"""What single lines show of a source file: for files, and pieces of files, that no grammar can read.

Every pattern is bounded, so that the time is linear in the text whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from keylint.documents.code.builder import number, unescape
from keylint.documents.code.values import Argument, Assignment, Call, Code, Import, Read, Scalar, Text, Throw

# Of each kind; a file that holds more of them is generated.
_MOST = 20_000
_STRING = r'"(?:[^"\\\n]|\\.){0,500}"|' + r"'(?:[^'\\\n]|\\.){0,500}'|`[^`\n]{0,500}`"
_NAME = r"[$@]?[A-Za-z_]\w{0,80}(?:(?:\.|->|::|\?\.)[$@]?[A-Za-z_]\w{0,80}){0,8}"
_TEXT = re.compile(_STRING)
_ASSIGNMENT = re.compile(
    rf"""(?<![\w.$"'])(?P<target>{_NAME}|"[\w.\- ]{{1,80}}"|'[\w.\- ]{{1,80}}')"""
    rf"""(?:[ \t]*:[ \t]*[A-Za-z_][\w<>\[\]?.]{{0,40}}(?=[ \t]*=))?[ \t]*(?::=|=>|=(?![=~>])|:(?![:=/]))[ \t]*"""
    rf"""(?P<value>{_STRING}|[^\s,;}})][^,;\n}})]{{0,200}})"""
)
_CALL = re.compile(rf"(?<![\w.$])(?P<callee>{_NAME})!?\(")
_ARGUMENTS = re.compile(rf"(?:{_STRING}|\([^()\n]{{0,200}}\)|[^()\"'`]){{0,300}}")
_PIECE = re.compile(rf"(?:{_STRING}|\([^()\n]{{0,200}}\)|[^,\"'`(]|[(\"'`]){{1,500}}?(?=,|$)")
_KEYWORD = re.compile(r"\s*(?P<name>[A-Za-z_]\w{0,80})\s*(?:=(?!=)|:(?!:))\s*")
_ENVIRONMENT = re.compile(
    r"""(?:os\.environ(?:\.get\(|\[)|(?:os\.)?[gG]etenv\(|process\.env(?:\.|\[)|import\.meta\.env\.|System\.getenv\(|"""
    r"""Environment\.GetEnvironmentVariable\(|env::var\(|ENV(?:\[|\.fetch\()|os\.LookupEnv\(|\$env:|\$_ENV\[|"""
    r"""(?<![\w$\\])\$\{?(?=[A-Z_]))\s*["']?(?P<name>[A-Za-z_]\w{0,80})"""
)
_IMPORT = re.compile(
    r"""(?m)^[ \t]*(?:from[ \t]+(?P<from>[\w.]{1,100})[ \t]+import\b"""
    r"""|(?:import|use|using)[ \t]+(?:[\w{}*, \t]{1,100}[ \t]from[ \t]+)?["']?(?P<module>[\w.:\\/@-]{1,100})"""
    r"""|.{0,60}\brequire\(?[ \t]*["'](?P<required>[^"'\n]{1,100}))"""
)
_THROW = re.compile(r"(?m)(?<![\w.$])(?:raise|throw)[ \t]+(?P<value>[^;\n]{1,300})")
_WORDS = re.compile(r"(?<![\w.$])[$@]?[A-Za-z_]\w*(?:(?:\.|->|::|\?\.)[$@]?[A-Za-z_]\w*)*")
_KEYWORDS = frozenset(
    "if for while switch catch return function def new and or not in is else elif await async import from True False "
    "true false None null nil fn func sizeof typeof with until unless match when foreach".split()
)
_LONGEST_TEXT = 200


def scan(text: str, language: str, reason: str) -> Code:
    """Return what the lines of a text show."""
    return Code(
        language,
        "fallback",
        reason,
        tuple(_imports(text)),
        tuple(_assignments(text, 0, len(text))),
        tuple(_calls(text, 0, len(text))),
        (),
        tuple(_texts(text, 0, len(text))),
        tuple(_throws(text, 0, len(text))),
        tuple(_reads(text, 0, len(text))),
    )


def repair(parsed: Code, text: str, broken: Iterable[tuple[int, int]]) -> Code:
    """Add what the lines show in places that the grammar could not read."""
    # By the end of the callee: of `client.withdraw(` the grammar may have read the last word alone.
    calls = {call.callee_end: call for call in parsed.calls}
    texts = {found.start: found for found in parsed.texts}
    reads = {read.start: read for read in parsed.reads}
    throws = {each.start: each for each in parsed.throws}
    assignments = {each.value.start: each for each in parsed.assignments}
    added: list[Assignment] = []
    for start, end in _lines(text, broken):
        for call in _calls(text, start, end):
            if call.callee_end not in calls or len(calls[call.callee_end].callee) < len(call.callee):
                calls[call.callee_end] = call
        for found in _texts(text, start, end):
            texts.setdefault(found.start, found)
        for read in _reads(text, start, end):
            reads.setdefault(read.start, read)
        for each in _throws(text, start, end):
            throws.setdefault(each.start, each)
        added += [each for each in _assignments(text, start, end) if each.value.start not in assignments]
    return parsed._replace(
        reason="syntax errors",
        calls=tuple(sorted(calls.values(), key=lambda item: (item.start, item.end))),
        assignments=tuple(sorted([*parsed.assignments, *added], key=lambda item: (item.start, item.end))),
        texts=tuple(sorted(texts.values(), key=lambda item: (item.start, item.end))),
        throws=tuple(sorted(throws.values(), key=lambda item: (item.start, item.end))),
        reads=tuple(sorted(reads.values(), key=lambda item: (item.start, item.end))),
    )


def _lines(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the lines that hold the spans, each once."""
    lines: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if lines and end <= lines[-1][1]:
            continue
        first = text.rfind("\n", lines[-1][1] if lines else 0, start) + 1 or (lines[-1][1] if lines else 0)
        last = text.find("\n", end)
        lines.append((first, last if last >= 0 else len(text)))
    return lines


def _dotted(name: str) -> str:
    for sign in ("->", "::", "?."):
        name = name.replace(sign, ".")
    return name.replace("$", "").replace("@", "")


def _expression(text: str, start: int, end: int, name: str = "") -> Argument:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    source = text[start : min(end, start + _LONGEST_TEXT)]
    value: Scalar = None
    names: tuple[str, ...] = ()
    if end - start >= 2 and source[0] in "\"'`" and _TEXT.fullmatch(text, start, end):
        value = unescape(text[start + 1 : end - 1])
    elif source.lower() in ("true", "false"):
        value = source.lower() == "true"
    elif source[:1].isdigit() or (source[:1] == "-" and source[1:2].isdigit()):
        read = number(source.lstrip("-"))
        value = -read if isinstance(read, (int, float)) and source[0] == "-" else read
    else:
        bare = _TEXT.sub("", source)
        words = (match[0] for match in _WORDS.finditer(bare) if bare[match.end() : match.end() + 1] != "(")
        names = tuple(dict.fromkeys(_dotted(word) for word in words if word not in _KEYWORDS))
    return Argument(name, source, value, start, end, names)


def _calls(text: str, start: int, end: int) -> Iterable[Call]:
    for match in islice(_CALL.finditer(text, start, end), _MOST):
        if match["callee"] in _KEYWORDS:
            continue
        callee = _dotted(match["callee"])
        receiver, _, method = callee.rpartition(".")
        inside = _ARGUMENTS.match(text, match.end(), end)
        last = inside.end() if inside else match.end()
        arguments = []
        for piece in islice(_PIECE.finditer(text, match.end(), last), 20):
            named = _KEYWORD.match(text, piece.start(), piece.end())
            first = named.end() if named else piece.start()
            if text[first : piece.end()].strip():
                arguments.append(_expression(text, first, piece.end(), named["name"] if named else ""))
        closed = min(last + (text[last : last + 1] == ")"), end)
        yield Call(
            callee, receiver, method, tuple(arguments), match.start(), closed, match.start(), match.end("callee"), 0
        )


def _assignments(text: str, start: int, end: int) -> Iterable[Assignment]:
    for match in islice(_ASSIGNMENT.finditer(text, start, end), _MOST):
        value = _expression(text, *match.span("value"))
        yield Assignment(_dotted(match["target"].strip("\"'")), value, match.start(), value.end, 0)


def _texts(text: str, start: int, end: int) -> Iterable[Text]:
    for match in islice(_TEXT.finditer(text, start, end), _MOST):
        yield Text(unescape(match[0][1:-1]), match.start() + 1, match.end() - 1, 0)


def _reads(text: str, start: int, end: int) -> Iterable[Read]:
    for match in islice(_ENVIRONMENT.finditer(text, start, end), _MOST):
        yield Read(match["name"], "", match.start(), match.end(), 0)


def _throws(text: str, start: int, end: int) -> Iterable[Throw]:
    for match in islice(_THROW.finditer(text, start, end), _MOST):
        yield Throw(_expression(text, *match.span("value")), match.start(), match.end(), 0)


def _imports(text: str) -> Iterable[Import]:
    for match in islice(_IMPORT.finditer(text), _MOST):
        module = match["from"] or match["module"] or match["required"]
        yield Import(module, (), match.start(), match.end())
