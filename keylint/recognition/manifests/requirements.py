"""Requirements and constraints files of pip, pip-tools and uv.

Files that one includes (`-r`, `-c`) are read where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.recognition.manifests import Requirement

ECOSYSTEM = "pypi"
_LINE = re.compile(r"(?:[^\\\n]+|\\\r?\n|\\)+")
_NAME = re.compile(r"\s*(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]\n]*\])?\s*")
# Bounded, and nothing in it can be read in two ways: a hostile line takes no more than its length.
_SPEC = re.compile(
    r"\(?\s{0,20}(?P<spec>(?:(?:[<>]=?|~=|!=|={1,3})\s{0,20}[\w.*+-]{1,100}(?:![\w.*+-]{1,100})?\s{0,20}(?:,\s{0,20})?){1,30})"
    r"|@\s{0,20}(?P<url>\S+)"
)
_EDITABLE = re.compile(r"\s*(?:-e|--editable)[ =]+\S*#\S*?egg=(?P<name>[\w.-]+)")
_DIGEST = re.compile(r"#(?:sha256|sha512|md5)=|--hash[=\s]|@[0-9a-f]{40}\b")
_BLANKS = re.compile(r"\\\r?\n|\s+")


def read(document: Document) -> Iterator[Requirement]:
    """Yield the requirement of every line that is one."""
    name = document.path.rpartition("/")[2].lower()
    # What holds for versions wherever they are asked for: a lock by another name, as a file with digests is.
    is_lock = "constraints" in name or name.endswith(".lock")
    for line in _LINE.finditer(document.text):
        yield from of_text(document.text, line.start(), line.end(), is_lock=is_lock)


def of_text(text: str, start: int, end: int, *, is_lock: bool = False) -> Iterator[Requirement]:
    """Yield the requirement (PEP 508) that a span holds, if it holds one."""
    editable = _EDITABLE.match(text, start, end)
    if editable:
        is_fixed = _DIGEST.search(text, start, end) is not None
        yield Requirement(ECOSYSTEM, editable["name"], "", *editable.span("name"), pinned=is_fixed)
        return
    comment = text.find("#", start, end)
    while comment > start and not text[comment - 1].isspace():  # `#egg=` belongs to an address
        comment = text.find("#", comment + 1, end)
    stop = comment if comment >= 0 else end
    found = _NAME.match(text, start, stop)
    if found is None:
        return
    rest = _SPEC.match(text, found.end(), stop)
    after = text[found.end() : stop].strip()
    if rest is None and after and after[0] not in ";\\-":
        return  # prose
    spec = _BLANKS.sub("", rest["spec"] or "") if rest else ""
    has_digest = _DIGEST.search(text, found.end(), end) is not None
    is_exact = spec.startswith("==") and "*" not in spec and "," not in spec
    pinned = True if has_digest else False if rest and rest["url"] else None
    yield Requirement(ECOSYSTEM, found["name"], spec, *found.span("name"), locked=is_lock and is_exact, pinned=pinned)
