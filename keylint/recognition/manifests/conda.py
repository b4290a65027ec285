"""Conda's environment.yml: its own packages, which bear the names of PyPI's, and those of pip within."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.documents.tree import get
from keylint.recognition.manifests import Requirement, root
from keylint.recognition.manifests.requirements import of_text

ECOSYSTEM = "pypi"
_OWN = re.compile(r"(?:[\w-]+::)?(?P<name>[\w.-]+)[ ]*(?P<spec>[=<>!~][^\s]*)?")


def read(document: Document) -> Iterator[Requirement]:
    """Yield what the environment asks for. Raises: Malformed."""
    listed = get(root(document), "dependencies")
    for item in listed.children if listed is not None else ():
        if item.kind == "scalar":
            found = _OWN.match(document.text, item.start, item.end)
            if found:
                spec = found["spec"] or ""
                # `=1.2.3` is that version to conda, `=1.2` any of that line.
                exact = spec.lstrip("=").partition("=")[0]
                is_exact = spec[:1] == "=" and exact.count(".") > 1 and "*" not in exact
                yield Requirement(
                    ECOSYSTEM, found["name"], f"=={exact}" if is_exact else spec, *found.span("name"), pinned=is_exact
                )
        for group in item.children:
            for line in group.children if group.name == "pip" else ():
                yield from of_text(document.text, line.start, line.end)
