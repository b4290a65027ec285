"""setup.cfg, and of setup.py what is written as literals."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.recognition.manifests import Malformed, Requirement
from keylint.recognition.manifests.requirements import of_text

ECOSYSTEM = "pypi"
_SECTION = re.compile(r"^\[(?P<name>[^\]\n]*)\]", re.MULTILINE)
_OPTION = re.compile(r"^(?P<name>[\w.-]+)[ \t]*[=:]", re.MULTILINE)
_NAME_OF_EXTRA = re.compile(r"[\"']{0,3}\s{0,99}:")
_LONGEST = 100_000  # no setup.py is so long
_PLAIN = re.compile(r"[^\n]+")
_LISTS = frozenset(("install_requires", "setup_requires", "tests_require"))
_KEYWORDS = (*_LISTS, "extras_require")


def read(document: Document) -> Iterator[Requirement]:
    """Yield what the lists of requirements hold."""
    if document.path.lower().endswith(".py"):
        yield from _of_code(document)
    else:
        yield from _of_settings(document.text)


def _of_settings(text: str) -> Iterator[Requirement]:
    sections = [*_SECTION.finditer(text)]
    for place, section in enumerate(sections):
        is_extra = section["name"].strip() == "options.extras_require"
        if not is_extra and section["name"].strip() != "options":
            continue
        end = sections[place + 1].start() if place + 1 < len(sections) else len(text)
        options = [*_OPTION.finditer(text, section.end(), end)]
        for rank, option in enumerate(options):
            if is_extra or option["name"] in _LISTS:
                stop = options[rank + 1].start() if rank + 1 < len(options) else end
                for line in _PLAIN.finditer(text, option.end(), stop):
                    yield from of_text(text, *line.span())


def _of_code(document: Document) -> Iterator[Requirement]:
    from keylint.documents.code import code

    if len(document.text) > _LONGEST:
        raise Malformed(f"more than {_LONGEST:,} characters")
    source = document.once(code)
    spans: list[tuple[int, int]] = []
    for call in source.calls if source else ():
        if call.method == "setup":
            spans += [(one.start, one.end) for one in call.arguments if one.name in _KEYWORDS]
    named = {*_KEYWORDS, "requirements", "requires", "REQUIRES", "REQUIREMENTS", "extras"}
    for assignment in source.assignments if source else ():
        if assignment.target in named or assignment.target.lower().endswith(("_requires", "_requirements")):
            spans.append((assignment.value.start, assignment.value.end))
    seen: set[int] = set()
    for text in source.texts if source else ():
        is_name = _NAME_OF_EXTRA.match(document.text, text.end)
        if text.start not in seen and not is_name and any(start <= text.start < end for start, end in spans):
            seen.add(text.start)
            yield from of_text(document.text, text.start, text.end)
