"""Files that ask for packages or lock them. One file a family of formats; a table says which file names are whose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from keylint.documents.document import Document
    from keylint.documents.tree import Node

COMMANDS = "commands"
# The table is here, and not with the readers, because every scan asks it of every file: loading them would take longer
# than a small scan.
_NAMES = {
    "pyproject.toml": "pyproject",
    "pipfile": "pipfile",
    "pipfile.lock": "pipfile",
    "setup.cfg": "setuptools",
    "setup.py": "setuptools",
    "poetry.lock": "toml_lock",
    "pdm.lock": "toml_lock",
    "uv.lock": "toml_lock",
    "pylock.toml": "toml_lock",
    "cargo.lock": "toml_lock",
    "cargo.toml": "cargo",
    "package.json": "npm",
    "package-lock.json": "npm_lock",
    "npm-shrinkwrap.json": "npm_lock",
    "yarn.lock": "yarn_lock",
    "pnpm-lock.yaml": "pnpm_lock",
    "bun.lock": "bun_lock",
    "go.mod": "go",
    "go.sum": "go",
    "pom.xml": "maven",
    "gradle.lockfile": "gradle",
    "libs.versions.toml": "gradle",
    "packages.config": "nuget",
    "packages.lock.json": "nuget",
    "directory.packages.props": "nuget",
    "directory.build.props": "nuget",
    "composer.json": "composer",
    "composer.lock": "composer",
    "gemfile": "bundler",
    "gems.rb": "bundler",
    "gemfile.lock": "bundler",
    "gems.locked": "bundler",
    "environment.yml": "conda",
    "environment.yaml": "conda",
    "dockerfile": COMMANDS,
    "containerfile": COMMANDS,
}
_ENDINGS = {
    ".csproj": "nuget",
    ".fsproj": "nuget",
    ".vbproj": "nuget",
    ".gemspec": "bundler",
    ".gradle": "gradle",
    ".gradle.kts": "gradle",
    ".versions.toml": "gradle",
    ".dockerfile": COMMANDS,
}
# Files of commands are looked at only where a client's name stands in them: there are too many.
_COMMANDS: tuple[str, ...] = (".sh", ".bash", ".zsh", ".ps1", ".bat", ".cmd", ".ipynb", "makefile", "justfile")
_COMMANDS += ("taskfile.yml", ".gitlab-ci.yml", "azure-pipelines.yml", "jenkinsfile", "procfile", "tox.ini")
_COMMANDS += ("action.yml", "action.yaml")
_WORKFLOW = re.compile(r"(?:^|/)(?:\.github/workflows|\.circleci|\.buildkite)/[^/]+\.ya?ml$")
_PIP = re.compile(
    r"(?:^|/)(?:[^/]*(?:requirements|constraints)[^/]*\.(?:txt|in|pip|lock)|requirements[/\\][^/]+\.(?:txt|in|pip|lock))$"
)
# How much of a line is looked at for what makes a comment of the rest.
_LOOK = 400


class Requirement(NamedTuple):
    """A package that a file asks for or locks. Units: half-open offsets of the name as it is written.

    `spec` is the version asked for, in the ecosystem's own language and empty if there is none. `pinned` is set where
    something else than the spec tells: a lock, a digest.
    """

    ecosystem: str
    name: str
    spec: str
    start: int
    end: int
    locked: bool = False
    pinned: bool | None = None


class Malformed(Exception):
    """A file that is not what its name says. `args`: why."""


class Read(NamedTuple):
    """What a file asks for. `reason` is empty if its format could be read, else why its lines were read one by one."""

    requirements: tuple[Requirement, ...]
    reason: str = ""


def is_manifest(path: str) -> bool:
    """Tell whether a file is looked at for its name alone."""
    name = path[path.rfind("/") + 1 :].lower()
    if name in _NAMES or name.endswith(_TAILS):
        return True
    return ("requirements" in path or "constraints" in name) and _PIP.search(path.lower()) is not None


def reader_of(path: str) -> str | None:
    """Return the name of the module that reads a file, if any does."""
    path = path.replace("!", "/").lower()
    name = path[path.rfind("/") + 1 :]
    if name in _NAMES:
        return _NAMES[name]
    if _PIP.search(path):
        return "requirements"
    for ending, reader in _ENDINGS.items():
        if name.endswith(ending):
            return reader
    is_command = name.endswith(_COMMANDS) or name.startswith("dockerfile.") or _WORKFLOW.search(path)
    return COMMANDS if is_command else None


_TAILS = tuple(_ENDINGS)


def read_manifest(document: Document) -> Read:
    """Return what a file asks for, in the order of the text; to be asked through `once`. Never raises."""
    reader = reader_of(document.path)
    if reader is None:
        return Read(())
    module = _module(reader)
    from keylint.recognition.manifests._doubts import doubt

    try:
        found = list(module.read(document))
        reason = doubt(document.text, reader, is_empty=not found)
    except Malformed as error:
        from keylint.recognition.manifests._loose import PAIR, by_lines

        found = list(by_lines(document, module.ECOSYSTEM, getattr(module, "LOOSE", PAIR)))
        reason = str(error)
    return Read(tuple(sorted(found, key=lambda one: (one.start, one.end))), reason)


@cache
def _module(name: str) -> ModuleType:
    import importlib

    return importlib.import_module(f"{__name__}.{name}")


def root(document: Document) -> Node:
    """Return the values of a structured file. Raises: Malformed."""
    from keylint.documents.tree import tree

    found = document.once(tree)
    if found is None:
        raise Malformed("no format that is known")
    if found.reason:
        raise Malformed(found.reason)
    return found.root


def entries(node: Node | None, *names: str) -> Iterator[Node]:
    """Yield what has a name in the mapping under some names; what comes in parts, as TOML's tables do, as one."""
    found = [node] if node is not None else []
    for name in names:
        found = [child for one in found if one.kind == "mapping" for child in one.children if child.name == name]
    parts: dict[str, list[Node]] = {}
    for one in found:
        for child in one.children if one.kind == "mapping" else ():
            if child.name:
                parts.setdefault(child.name, []).append(child)
    for *others, last in parts.values():
        if others and last.kind == "mapping":
            yield last._replace(children=tuple(child for part in (*others, last) for child in part.children))
        else:
            yield last  # of what is given twice the last counts


def line_before(text: str, offset: int) -> str:
    """Return what stands before an offset on its line; of a line that is very long the end of that."""
    start = max(0, offset - _LOOK)
    return text[max(start, text.rfind("\n", start, offset) + 1) : offset]


def text_of(node: Node | None) -> str:
    """Return a scalar's text; empty for what is no text."""
    return node.value if node is not None and isinstance(node.value, str) else ""
