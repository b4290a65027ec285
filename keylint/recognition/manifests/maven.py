"""pom.xml; versions that are properties of the same file are looked up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.documents.tree import get, walk
from keylint.recognition.manifests import Requirement, entries, root, text_of

ECOSYSTEM = "maven"
LOOSE = re.compile(
    r"<groupId>\s{0,9}(?P<group>[\w.-]{1,100})\s{0,9}</groupId>\s{0,99}"
    r"<artifactId>\s{0,9}(?P<name>[\w.-]{1,100})\s{0,9}</artifactId>"
    r"(?:\s{0,99}<version>\s{0,9}(?P<value>[^<\s]{1,60}))?"
)
_PROPERTY = re.compile(r"\$\{([\w.-]+)\}")


def read(document: Document) -> Iterator[Requirement]:
    """Yield every dependency as group:artifact, standing at the artifact. Raises: Malformed."""
    top = root(document)
    properties = {
        entry.name: text_of(entry) or str(entry.value)
        for visit in walk(top)
        if visit.node.name == "properties"
        for entry in entries(visit.node)
    }
    for visit in walk(top):
        if visit.node.name != "dependency":
            continue
        artifact = get(visit.node, "artifactId")
        if artifact is None:
            continue
        name = f"{text_of(get(visit.node, 'groupId'))}:{text_of(artifact)}"
        written = get(visit.node, "version")
        version = _PROPERTY.sub(lambda found: properties.get(found[1], found[0]), text_of(written))
        spec = "?" if written is None or "${" in version else version
        yield Requirement(ECOSYSTEM, name, spec, artifact.start, artifact.end)
