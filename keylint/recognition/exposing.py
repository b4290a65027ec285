"""All the places of one document where a key leaks by use."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from keylint.documents.code import code, known, language_of
from keylint.documents.document import Document
from keylint.documents.tree import tree, walk
from keylint.model import Confidence
from keylint.recognition.exposures import Exposure, confidence_of
from keylint.recognition.key_names import KEYISH, is_about_exchange, keyish_places

_SHELLS = ("shell", "powershell")
# Syntax trees take a hundred times as long as these patterns: which files can hold anything at all. What shows its
# arguments is called with brackets, but for the few words that need none; in Ruby no method does.
_SHOWS = (
    r"print|log|console|puts|echo|dump|write|error|exception|failure|throw|raise|panic|bail|anyhow|warn|debug|trace|info|"
    r"dbg|inspect|fatal|"
    r"subprocess|spawn|exec(?=[(`.vl]|a\(|sync|file)|popen|proc_open|passthru|check_output|check_call|system|process(?:\.start|builder|"
    r"startinfo)|command(?:\.|::)new"
)
_SINK = re.compile(rf"(?:{_SHOWS})[\w.!]{{0,40}}[(`]|(?:print|puts|echo|raise|throw)[ \t'\"]")
_SINK_IN_RUBY = re.compile(rf"(?:{_SHOWS}|\bpp?)[\w.!]{{0,40}}[ \t(`'\"]")
_COMMENTS = ("//", "# ", "* ", "/*")
_ALIAS = re.compile(
    rf"(?<![\w.])(?P<name>[a-z_]\w*)[ \t]*(?::[ \t]*[\w<>\[\]. |]{{1,40}})?(?::=|=>?|:)"
    rf"[^=\n][^\n]{{0,120}}?(?:{KEYISH.pattern})"
)
_NEARBY = 300
# A call's name is no longer than that, with what may stand between it and its bracket.
_LONGEST_SINK = 80
# A literal, but for one that names a variable of the environment.
_LITERAL = re.compile(
    r"(?<!environ\[)(?<!env\[)(?<!get\()(?<!env\()"
    r"(?:\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)"
)
# What is put into one. Literals with `%` stay: what stands for what is not told from here.
_PUT_IN = re.compile(r"\{[^{}]*\}|\$\w+")
_ALWAYS = ("headers", "signature", "signed")
_PARAMETERS = re.compile(r"\bkey\b[^)\n]{0,80}\bsecret")
# How often names are followed to other names, and how many of them at most.
_ROUNDS, _MOST_NAMES = 2, 100
_QUERY = re.compile(rf"(?:params|query|qs|searchparams)\w*[\"']?[ \t]*[=:(][^;]{{0,200}}?(?:{KEYISH.pattern})")
_IN_URL = re.compile(r"[?&][\w-]{0,20}(?:key|secret)=|https?://[^\s/@\"'`<>]{1,200}@")
# Told without the table of languages, which takes longer to load than most files to judge.
_SOURCES = (".py", ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".go", ".java", ".kt", ".cs", ".php", ".rb", ".rs")
_SWITCHES = re.compile(r"\bverbose\b|debuglevel|interceptors\.request")


def exposures(document: Document) -> Iterator[tuple[Exposure, Confidence, Confidence | None]]:
    """Yield each exposure once, with how sure it is, and how sure beside files that name the exchange."""
    if (
        document.path.lower().endswith(_SOURCES)
        and not document.once(_is_worth)
        and not _IN_URL.search(document.lowered)
    ):
        return
    seen: set[tuple[str, int]] = set()
    for exposure in sorted(_all(document), key=lambda exposure: exposure.start):
        if (exposure.channel, exposure.start) not in seen:
            seen.add((exposure.channel, exposure.start))
            yield exposure, *confidence_of(document, exposure)


def _all(document: Document) -> Iterator[Exposure]:
    if document.path.lower().endswith(".ipynb"):
        yield from _of_notebook(document)
        return
    # Late: their patterns take longer to compile than most files to dismiss.
    from keylint.recognition.commands import commands
    from keylint.recognition.in_image_layers import in_image_layers
    from keylint.recognition.in_urls import in_urls
    from keylint.recognition.logged import logged
    from keylint.recognition.on_command_lines import on_command_lines, printed, started

    language = language_of(document.path, document.text)
    read = document.once(code) if language and (language in _SHELLS or document.once(_is_worth)) else None
    if read is not None and language != "shell":
        yield from logged(document, read)
        yield from started(document, read)
    ran = document.once(commands)
    if language in (None, "shell"):
        yield from printed(document, ran)
    if language is None or language in _SHELLS:
        yield from on_command_lines(document, ran)
    if language is None:
        yield from in_image_layers(document)
        yield from _switches(document)
    yield from in_urls(document, read if language not in _SHELLS else None)


def _of_notebook(document: Document) -> Iterator[Exposure]:
    """Read the code of all cells as one program, for a name that one sets is printed in another."""
    from keylint.documents.notebook import cells

    written = [cell for cell in cells(document) if cell.kind == "code" and cell.language in known()]
    if not written:
        return
    starts: list[int] = []
    length = 0
    for cell in written:
        starts.append(length)
        length += len(cell.text) + 1
    joined = Document(
        f"notebook{known()[written[0].language].suffixes[0]}",
        "\n".join(cell.text for cell in written),
        document.encoding,
    )
    for exposure in _all(joined):
        place = bisect_right(starts, exposure.start) - 1
        cell, offset = written[place], starts[place]
        end = min(exposure.end - offset, len(cell.text))
        if exposure.start - offset < end:
            start, end = cell.span(exposure.start - offset, end)
            yield exposure._replace(start=start, end=end)


def _is_worth(document: Document) -> bool:
    """Tell whether a key, or a name that was given one, comes soon after a word for a call that could show it."""
    lowered = document.lowered
    about = is_about_exchange(document)
    if about and (_QUERY.search(lowered) or _SWITCHES.search(lowered)):
        return True
    names = _aliases(lowered) if about else ()
    wanted = re.compile("|".join((KEYISH.pattern, *(rf"\b{name}\b" for name in sorted(names)))))
    sinks = _SINK_IN_RUBY if document.path.endswith(".rb") else _SINK
    parts = [(0, len(lowered))] if names else _before(keyish_places(lowered))
    for sink in (one for part in parts for one in sinks.finditer(lowered, *part)):
        start = sink.end() - 1
        if (
            wanted.search(lowered, start, start + _NEARBY)
            and wanted.search(_given(lowered[start : start + _NEARBY]))
            and not _is_comment(lowered, start)
        ):
            return True
    return False


def _before(places: Iterable[int]) -> list[tuple[int, int]]:
    """Return the parts of a text that calls stand in which may show what is at these places."""
    parts: list[tuple[int, int]] = []
    for place in places:
        start = max(0, place - _NEARBY - _LONGEST_SINK)
        if parts and start <= parts[-1][1]:
            parts[-1] = (parts[-1][0], place + 1)
        else:
            parts.append((start, place + 1))
    return parts


def _is_comment(text: str, offset: int) -> bool:
    line = text.rfind("\n", 0, offset) + 1
    return text[line:offset].lstrip(" \t").startswith(_COMMENTS)


def _given(text: str) -> str:
    """Return what a call is given, from its bracket on, and of its literals what is put into them."""
    depth = 0
    end = len(text)
    for place, character in enumerate(text):
        if character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if depth <= 0:
                end = place
                break
        elif character == "\n" and depth == 0:
            end = place
            break
    return _LITERAL.sub(_put_in, text[:end])


def _put_in(literal: re.Match[str]) -> str:
    return literal[0] if "%" in literal[0] else "".join(_PUT_IN.findall(literal[0])) or "''"


def _aliases(lowered: str) -> set[str]:
    """Return names that may have been given a key, or a request with one."""
    names = {match["name"] for match in _ALIAS.finditer(lowered)}
    for _ in range(_ROUNDS):
        if not names or len(names) > _MOST_NAMES:
            break
        given = re.compile(
            rf"(?<![\w.])(?P<name>[a-z_]\w*)[ \t]*(?::=|=)[^=\n][^\n]{{0,60}}?\b(?:{'|'.join(sorted(names))})\b"
        )
        names.update(match["name"] for match in given.finditer(lowered))
    if _PARAMETERS.search(lowered):
        names.add("key")
    return names.union(_ALWAYS)


def _switches(document: Document) -> Iterator[Exposure]:
    """Yield settings that make a bot log what the exchange answers, and what it was asked."""
    if "log_responses" not in document.text or not is_about_exchange(document):
        return
    found = document.once(tree)
    for visit in walk(found.root) if found else ():
        if visit.node.name == "log_responses" and visit.node.value is True:
            because = "`log_responses` makes the bot log every answer of the exchange"
            node = visit.node
            yield Exposure("log", "log_responses", "setting", because, node.name_start, node.name_end)
