"""All the places of one document where a key leaks by use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.code import code, language_of
from keylint.documents.document import Document
from keylint.documents.tree import tree, walk
from keylint.model import Confidence
from keylint.recognition.commands import commands
from keylint.recognition.exposures import Exposure, confidence_of
from keylint.recognition.in_image_layers import in_image_layers
from keylint.recognition.in_urls import in_urls
from keylint.recognition.key_names import KEYISH, is_about_exchange
from keylint.recognition.logged import logged
from keylint.recognition.on_command_lines import on_command_lines, printed, started

_SHELLS = ("shell", "powershell")
# Syntax trees take a hundred times as long as these patterns: which files can hold anything at all.
_SINK = re.compile(
    r"(?:print|log|console|puts|echo|dump|write|error|exception|throw|raise|panic|warn|debug|trace|info|dbg|inspect|fatal|"
    r"subprocess|spawn|exec|popen|system|process)[\w.!]{0,40}(?:[ \t(`'\"]|::)"
)
_ALIAS = re.compile(
    rf"(?<![\w.])(?P<name>[a-z_]\w*)[ \t]*(?::[ \t]*[\w<>\[\]. |]{{1,40}})?(?::=|=>?|:)"
    rf"[^=\n][^\n]{{0,120}}?(?:{KEYISH.pattern})"
)
_NEARBY = 300
_ALWAYS = ("headers", "signature", "signed")
_PARAMETERS = re.compile(r"\bkey\b[^)\n]{0,80}\bsecret")
# How often names are followed to other names, and how many of them at most.
_ROUNDS, _MOST_NAMES = 2, 100
_QUERY = re.compile(rf"(?:params|query|qs|searchparams)\w*[\"']?[ \t]*[=:(][^;]{{0,200}}?(?:{KEYISH.pattern})")
_SWITCHES = re.compile(r"\bverbose\b|debuglevel|interceptors\.request")


def exposures(document: Document) -> Iterator[tuple[Exposure, Confidence, Confidence | None]]:
    """Yield each exposure once, with how sure it is, and how sure beside files that name the exchange."""
    seen: set[tuple[str, int]] = set()
    for exposure in sorted(_all(document), key=lambda exposure: exposure.start):
        if (exposure.channel, exposure.start) not in seen:
            seen.add((exposure.channel, exposure.start))
            yield exposure, *confidence_of(document, exposure)


def _all(document: Document) -> Iterator[Exposure]:
    language = language_of(document.path, document.text)
    read = document.once(code) if language and (language in _SHELLS or _is_worth(document)) else None
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


def _is_worth(document: Document) -> bool:
    """Tell whether a key, or a name that was given one, comes soon after a word for a call that could show it."""
    lowered = document.lowered
    about = is_about_exchange(document)
    if about and (_QUERY.search(lowered) or _SWITCHES.search(lowered)):
        return True
    names = _aliases(lowered) if about else ()
    wanted = re.compile("|".join((KEYISH.pattern, *(rf"\b{name}\b" for name in sorted(names)))))
    last = -1
    for sink in _SINK.finditer(lowered):
        if sink.end() > last and wanted.search(lowered, sink.end() - 1, sink.end() + _NEARBY):
            return True
        last = sink.end()
    return False


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
