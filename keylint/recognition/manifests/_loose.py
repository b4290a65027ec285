"""What single lines show of a manifest that is not what its name says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.recognition.manifests import Requirement

# A name with a version after it, in quotes or not: `"ccxt": "^4.2"`, `ccxt = "4.2"`, `"ccxt>=4.2"`. Bounded, so that
# a hostile text takes no more than its length.
_PAIR = re.compile(
    r"(?<![\w@/.-])(?P<name>@?[A-Za-z0-9][\w./-]{0,100})(?![\w./-])(?:\[[^\]\n]{0,100}\])?"
    r"(?:[\"']?[ \t]{0,9}[:=][ \t]{0,9}[\"'](?P<value>[~^<>=v]?[=]?[ ]?[\d*][^\"'\n]{0,100})[\"']"
    r"|[ \t]{0,9}(?P<spec>(?:[<>=~!^]=?=?[ ]?[\w.*+!-]{1,40},?[ ]?){1,5}))"
)


def by_lines(document: Document, ecosystem: str) -> Iterator[Requirement]:
    """Yield every name that a version follows."""
    for found in _PAIR.finditer(document.text):
        spec = found["value"] if found["value"] is not None else found["spec"]
        yield Requirement(ecosystem, found["name"], spec.strip(" ,"), *found.span("name"))
