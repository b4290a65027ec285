"""Credentials that a policy describes by regular expressions of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from time import monotonic

from keylint.documents.document import Document
from keylint.model import Fact, Pattern, Skip

# A pattern is given this long for a file, and sees one line at a time: of a long one windows of so many characters,
# which overlap. Units: seconds, characters.
_PATIENCE = 1.0
_WINDOW, _OVERLAP = 4096, 512
# A value of so few different characters stands for another: GW-XXXX.
_FEW = 4


def find(document: Document, patterns: Sequence[Pattern]) -> Iterator[Fact | Skip]:
    """Yield a `credential` fact for every match; a Skip for a pattern that ran too long."""
    for pattern in patterns:
        if not pattern.keywords or any(word.lower() in document.lowered for word in pattern.keywords):
            yield from _matches(document, pattern)


def _matches(document: Document, pattern: Pattern) -> Iterator[Fact | Skip]:
    import regex

    compiled = regex.compile(pattern.regex)
    end = monotonic() + _PATIENCE
    taken = 0
    for start, text in _windows(document):
        try:
            for match in compiled.finditer(text, timeout=max(0.001, end - monotonic())):
                group = 1 if compiled.groups and match[1] else 0
                first, last = (start + offset for offset in match.span(group))
                if first >= taken and last > first:
                    taken = last
                    yield _fact(document, pattern, first, last)
        except TimeoutError:
            line = document.line_number(start)
            yield Skip(document.path, "timeout", f"pattern {pattern.id} took too long, from line {line} on")
            return


def _windows(document: Document) -> Iterator[tuple[int, str]]:
    """Yield every line with its offset, long ones in pieces."""
    text = document.text
    start = 0
    while start < len(text):
        newline = text.find("\n", start)
        end = newline if newline >= 0 else len(text)
        piece = start
        while end - piece > _WINDOW:
            yield piece, text[piece : piece + _WINDOW]
            piece += _WINDOW - _OVERLAP
        yield piece, text[piece:end]
        start = end + 1


def _fact(document: Document, pattern: Pattern, start: int, end: int) -> Fact:
    from keylint.recognition.credentials import Verdict, credential_fact

    value = document.text[start:end]
    verdict = Verdict(pattern.kind, "high", f"matches the policy's own pattern {pattern.id}")
    fact = credential_fact(document, start, end, value, verdict, placeholder=len(set(value)) <= _FEW)
    attributes = {**fact.attributes, "pattern": pattern.id}
    if pattern.exchange is not None:
        attributes["exchange"] = pattern.exchange
    return fact._replace(attributes=attributes)
