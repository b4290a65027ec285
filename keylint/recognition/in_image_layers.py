"""Keys in the layers of container images: build arguments, environment, copied secret files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from keylint.documents.document import Document
from keylint.documents.tree import Node, tree, walk
from keylint.recognition.commands import instruction
from keylint.recognition.exposures import Exposure
from keylint.recognition.key_files import is_key_file
from keylint.recognition.key_names import is_key_name
from keylint.recognition.secret_values import is_secret_value

_COPYING = ("COPY", "ADD")
_GIVEN = re.compile(r"\s*(?P<name>[A-Za-z_]\w*)(?:=(?P<value>.*))?", re.DOTALL)


def in_image_layers(document: Document) -> Iterator[Exposure]:
    """Yield the keys that a Dockerfile, a compose file or a workflow puts into an image."""
    found = document.once(tree)
    if found is None:
        return
    if found.format == "dockerfile":
        yield from _dockerfile(found.root)
        return
    for visit in walk(found.root):
        node = visit.node
        if node.name == "args" and len(visit.path) > 1 and visit.path[-2] == "build":
            yield from _build_arguments(node, "build.args")
        elif node.name == "build-args" and node.kind == "scalar" and isinstance(node.value, str):
            for line in node.value.splitlines():
                name = _argument(line)
                if name:
                    start = document.text.find(name, node.start, node.end)
                    yield _built(name, "build-args", start, start + len(name))


def _dockerfile(root: Node) -> Iterator[Exposure]:
    # What is found line by line, where the file is broken, has no instructions.
    for node in map(instruction, root.children if root.kind == "sequence" else ()):
        if node.name in ("ARG", "ENV"):
            for child in node.children:
                if (
                    is_key_name(child.name)
                    and (node.name == "ARG" or _is_set(child.value))
                    and not _is_blank(child, node.name)
                ):
                    because = (
                        f"`{child.name}` is a build argument, which the image's history shows"
                        if node.name == "ARG"
                        else f"`{child.name}` is set in the image's environment"
                    )
                    yield Exposure("image-layer", child.name, node.name, because, child.name_start, child.name_end)
        elif node.name in _COPYING:
            files = [child for child in node.children if child.kind == "scalar" and not child.name]
            files = files or [item for child in node.children if child.kind == "sequence" for item in child.children]
            for child in files[:-1]:
                if isinstance(child.value, str) and is_key_file(child.value):
                    because = f"`{child.value}` is copied into the image"
                    yield Exposure("image-layer", child.value, node.name, because, child.start, child.end)


def _is_blank(child: Node, word: str) -> bool:
    """Tell whether a build argument is given a default that is none, such as a placeholder for builds without it."""
    return word == "ARG" and isinstance(child.value, str) and child.value != "" and not _is_set(child.value)


def _build_arguments(node: Node, where: str) -> Iterator[Exposure]:
    for child in node.children:
        if node.kind == "mapping":
            value = child.value
            if is_key_name(child.name) and (value is None or _is_set(value)):
                yield _built(child.name, where, child.name_start, child.name_end)
        elif isinstance(child.value, str):
            name = _argument(child.value)
            if name:
                yield _built(name, where, child.start, child.end)


def _argument(text: str) -> str:
    found = _GIVEN.fullmatch(text)
    if found is None or not is_key_name(found["name"]):
        return ""
    return found["name"] if found["value"] is None or _is_set(found["value"]) else ""


def _built(name: str, where: str, start: int, end: int) -> Exposure:
    return Exposure("image-layer", name, where, f"`{name}` is a build argument of an image", start, end)


def _is_set(value: object) -> bool:
    """Tell whether a value is there: an expansion, or a literal that is no placeholder, path or flag."""
    if not isinstance(value, str):
        return False
    value = value.strip().strip("\"'")
    return (value.startswith(("$", "%")) and len(value) > 1) or is_secret_value(value)
