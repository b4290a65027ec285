"""What commands install: in Dockerfiles, workflows, scripts and notebooks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.recognition.manifests import Requirement, line_before, root

ECOSYSTEM = "pypi"
# A command up to the end of its statement, over continued lines, or as a Dockerfile may have it: `["pip", "install"]`.
# Bounded: no command is longer than that.
_GAP = r"(?:[ \t]+|[\"'][ \t]{0,9},[ \t]{0,9}[\"'])"
_INSTALL = re.compile(
    rf"(?<![\w.$-])(?P<tool>pip[\d.]*|pipx|uv(?:{_GAP}(?:pip|tool))?|poetry|pdm|pipenv|conda"
    r"|npm|pnpm|yarn|bun|npx|go|cargo|gem|composer)"
    rf"(?:{_GAP}(?:-[\w-]{{1,60}}(?:=[^\s\"',]{{1,200}})?|global)){{0,20}}"
    rf"{_GAP}(?P<verb>install|add|i|get|require)(?=[ \t\\\"'])"
    r"(?P<words>(?:[^\n;&|#\\]|\\\r?\n|\\.|(?<=\S)#){1,4000})"
)
_WORD = re.compile(r"[^\s\"'`,\[\]()]+(?:\[[\w,-]{1,60}\])?[^\s\"'`,()]*(?:,[ \t]?[<>=!~][^\s\"'`,()]+){0,9}")
# What stands before a command that nobody runs: a comment, an echo, the name of a step.
_IDLE = re.compile(
    r"\s*(?:#|//|REM |::|@?echo |(?:-[ \t]+)?(?:name|displayName|description|title|label)[ \t]*:)|.*[ \t]#",
    re.IGNORECASE,
)
# gem and cargo take the version apart from the name.
_VERSION = re.compile(r"(?:-v|--version|--vers)[ =][\"']?(?P<spec>[\w.+-]+)(?![\w.+-])")
_VALUED = frozenset(
    "-r --requirement -c --constraint -i --index-url --extra-index-url -f --find-links -t --target".split()
)
_VALUED |= {"--registry", "--prefix", "--root", "--features", "-F", "--group", "-G", "-v", "--version", "--path", "-e"}
_TOOLS = {
    "npm": "npm", "pnpm": "npm", "yarn": "npm", "bun": "npm", "npx": "npm",
    "go": "go", "cargo": "cargo", "gem": "rubygems", "composer": "packagist",
}  # fmt: skip
_APART = ("rubygems", "cargo")
_PYTHON = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[\w,-]*\])?(?P<spec>[<>=~!@].*)?")
_NPM = re.compile(r"(?:[\w.-]+@npm:)?(?P<name>(?:@[\w.-]+/)?[\w.-]+)(?:@(?P<spec>[^/]+))?")
_PLAIN = re.compile(r"(?P<name>[\w./-]+)(?:[@:](?P<spec>[\w.^~*-]+))?")


def read(document: Document) -> Iterator[Requirement]:
    """Yield every package that a command names. Raises: Malformed for a notebook that is no JSON."""
    if document.path.lower().endswith(".ipynb"):
        from keylint.documents.notebook import cells

        root(document)
        for cell in cells(document):
            if cell.kind == "code":
                for one in _of_text(cell.text):
                    start, end = cell.span(one.start, one.end)
                    yield one._replace(start=start, end=end)
        return
    yield from _of_text(document.text)


def _of_text(text: str) -> Iterator[Requirement]:
    for found in _INSTALL.finditer(text):
        if _IDLE.match(line_before(text, found.start())):
            continue
        ecosystem = _TOOLS.get(found["tool"].split()[0], "pypi")
        has_digests = "--require-hashes" in found["words"]
        version = _VERSION.search(found["words"]) if ecosystem in _APART else None
        takes_value = False
        for word in _WORD.finditer(text, *found.span("words")):
            written = word[0].strip("\\")
            if takes_value or written.startswith("-"):
                takes_value = written in _VALUED and not takes_value
                continue
            for one in _requirement(ecosystem, written, word.start(), has_digests=has_digests):
                yield one._replace(spec=version["spec"], pinned=version["spec"].count(".") > 1) if version else one


def _requirement(ecosystem: str, word: str, start: int, *, has_digests: bool) -> Iterator[Requirement]:
    pattern = {"pypi": _PYTHON, "npm": _NPM}.get(ecosystem, _PLAIN)
    found = pattern.fullmatch(word)
    if found is None:
        return
    spec = found["spec"] or ""
    pinned: bool | None = True if has_digests else None
    if ecosystem == "cargo" and spec:
        pinned = spec[:1].isdigit()  # cargo install takes that very version
    span = start + found.start("name"), start + found.end("name")
    yield Requirement(ecosystem, found["name"], "" if spec == "latest" else spec, *span, pinned=pinned)
