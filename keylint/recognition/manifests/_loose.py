"""What single lines show of a manifest that is not what its name says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.recognition.manifests import Requirement

# A name with a version after it, in quotes or not: `"ccxt": "^4.2"`, `ccxt = "4.2"`, `"ccxt>=4.2"`. Bounded, so that
# a hostile text takes no more than its length.
PAIR = re.compile(
    r"(?<![\w@/.-])(?P<name>@?[A-Za-z0-9][\w./-]{0,100})(?![\w./-])(?:\[[^\]\n]{0,100}\])?"
    r"(?:[\"']?[ \t]{0,9}[:=][ \t]{0,9}[\"'](?P<value>[~^<>=v]?[=]?[ ]?[\d*][^\"'\n]{0,100})[\"']"
    r"|[ \t]{0,9}(?P<spec>(?:[<>=~!^]=?=?[ ]?[\w.*+!-]{1,40},?[ ]?){1,5}))"
)


def by_lines(document: Document, ecosystem: str, pattern: re.Pattern[str]) -> Iterator[Requirement]:
    """Yield every name that a pattern finds. Its groups: name, value or spec for the version, group for Maven's."""
    for found in pattern.finditer(document.text):
        parts = found.groupdict(default="")
        name = f"{parts['group']}:{parts['name']}" if parts.get("group") else parts["name"]
        spec = parts.get("value") or parts.get("spec") or ""
        yield Requirement(ecosystem, name, spec.strip(" ,"), *found.span("name"))
