"""What the scripts of steps do, by their text: prepare, run, check out what strangers propose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from keylint.data import load

_SPLIT = re.compile(r"&&|\|\||[;\n|`]|\$\(")
_CONTINUED = re.compile(r"\\\r?\n")
# What may stand before a command; of the command so many words tell what it does.
_BEFORE = frozenset("if then else elif do while until ! time sudo exec nohup { ( \" '".split())
_WORDS = 12
_ASSIGNMENT = re.compile(r"(?:[A-Za-z_]\w*=(?:\"[^\"\n]*\"|'[^'\n]*'|\$\{\{[^}\n]*\}\}|[^\s\"']*)[ \t]*)+")
# What of a stranger's proposal names it: its head, its merge, its repository.
HEAD = re.compile(
    r"github\.event\.pull_request\.(?:head\.(?:sha|ref|repo)|merge_commit_sha)|github\.head_ref"
    r"|github\.event\.workflow_run\.(?:head_sha|head_branch|head_commit|head_repository|pull_requests)"
    r"|refs/pull/|pull/\$?\{\{|github\.event\.(?:pull_request\.number|issue\.number|number)[ \t]*\}\}/(?:head|merge)"
    r"|refs/merge-requests/|merge-requests/\$"
)
_MAKES_TREE = r"checkout|switch|reset|merge|rebase|cherry-pick|worktree|read-tree"
_PULLED = re.compile(
    r"\bgit\b[^\n;&|]{0,200}?[ \t](?:fetch|pull|clone|checkout|switch|reset|merge)(?=\s)[^\n;&|]{0,400}"
)
_TREE = re.compile(rf"\bgit\b[^\n;&|]{{0,200}}?[ \t](?:{_MAKES_TREE}|pull|clone)(?=\s|$)")
_PROPOSAL = re.compile(r"(?:refs/)?(?:pull|merge-requests)/[^\s/]{1,100}/(?:head|merge)")
_CHECKOUT = re.compile(r"\b(?:gh|hub)[ \t]+pr[ \t]+checkout\b[^\n;&|]{0,200}|\bgh[ \t]+co\b[^\n;&|]{0,200}")
_PATCH = re.compile(r"\bgh[ \t]+pr[ \t]+diff\b[^\n;&]{0,200}\|[ \t]*git[ \t]+(?:apply|am)\b")
_VARIABLE = re.compile(r"\$\{?(?P<name>[A-Za-z_]\w*)|\$env:(?P<power>\w+)|%(?P<batch>[A-Za-z_]\w*)%")


def commands(script: str) -> Iterator[str]:
    """Yield the commands of a script in lower case, without assignments before them; quotes are not heeded."""
    for part in _SPLIT.split(_CONTINUED.sub(" ", script)):
        command = part.strip()
        if command.startswith("#"):
            continue
        assigned = _ASSIGNMENT.match(command)
        command = command[assigned.end() :] if assigned else command
        words = command.lower().split(None, _WORDS)
        while words and words[0] in _BEFORE:
            words = words[1:]
        if words:
            yield " ".join(words)


def only_prepares(script: str) -> bool:
    """Tell whether a script does nothing that needs a key: it installs, builds, checks, prints."""
    return all(_begins(command, _beginnings("preparing", "harmless")) for command in commands(script))


def is_harmless(script: str) -> bool:
    """Tell whether a script runs nothing of the tree that it stands in."""
    return all(_begins(command, _beginnings("harmless")) for command in commands(script))


def heads(script: str, is_head: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Yield where a script makes a tree of what a stranger proposes. `is_head`: variables that name it."""
    for pattern in (_CHECKOUT, _PATCH):
        for match in pattern.finditer(script):
            yield match.start(), match.start() + len(match[0].rstrip())
    if not _TREE.search(script):
        return  # fetched to be compared
    for match in _PULLED.finditer(script):
        named = _PROPOSAL.search(match[0]) or HEAD.search(match[0])
        if named or any(variable(found) in is_head for found in _VARIABLE.finditer(match[0])):
            yield match.start(), match.start() + len(match[0].rstrip())


def expansions(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Yield where a part of a text expands a variable."""
    return _VARIABLE.finditer(text, start, end)


def variable(found: re.Match[str]) -> str:
    """Return the name that is expanded."""
    return found["name"] or found["power"] or found["batch"]


def _begins(command: str, beginnings: frozenset[str]) -> bool:
    words = command.split(None, 3)
    return any(" ".join(words[:count]) in beginnings for count in range(1, 4))


@cache
def _beginnings(*names: str) -> frozenset[str]:
    data = load("pipelines")
    return frozenset(part.strip() for name in names for part in data[name].split("|"))
