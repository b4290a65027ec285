"""Commands that a document runs: of scripts, images, workflows, units, crontabs, makefiles."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

from keylint.documents.code import language_of
from keylint.documents.code.values import Code
from keylint.documents.document import Document
from keylint.documents.tree import Node, Visit, tree, walk
from keylint.recognition.key_names import is_key_name
from keylint.recognition.programs import program, script

# Worth to be read as a script at all.
_WORTH = re.compile(r"api[_. -]?key|api[_-]?sec|secret|private[_-]?key|x-mbx|binance|chmod|install\s", re.IGNORECASE)
_SCRIPTS = frozenset("run script before_script after_script commands cmd shell ExecStart ExecStartPre execute".split())
_WORDS = frozenset("command entrypoint args cmd".split())
_IN_SCRIPTS = frozenset(("scripts",))  # package.json: each of its entries
_WORKFLOW = re.compile(r"\$\{\{\s*(?:[\w-]+\.)*(?P<name>[\w-]+)[^}]{0,100}\}\}")
_MAKE = re.compile(r"\$\((?P<name>\w+)\)")
_BY_LINES = re.compile(
    r"(?i)(?:^|/)(?:(?:gnu)?makefile|justfile|procfile|crontab|[\w.-]+\.(?:mk|just|cron|crontab|cmd|bat))$"
)
_LINE = re.compile(
    r"(?m)^(?:@(?:reboot|yearly|annually|monthly|weekly|daily|midnight|hourly)[ \t]+)?[ \t@-]*"
    r"(?P<process>[\w-]+:[ \t]+)?(?P<cron>(?:[\d*/,-]+[ \t]+){5}(?:root[ \t]+)?)?(?P<command>\S.*)$"
)
_EXPANSION = re.compile(
    r"\$(?:env:(?P<power>\w+)|(?P<plain>\w+)|\{(?P<braced>\w+)(?P<form>[^}]*)\})|%(?P<batch>[A-Za-z_]\w*)%"
)
# `${NAME:0:4}`, `${NAME:+set}`: not the value.
_PART = re.compile(r":?\+|:[\d ]|%|#|:\$")
# What the shell itself does: nothing of it is seen among the processes.
_BUILTINS = frozenset(
    "export echo printf print test [ [[ read local declare readonly typeset unset set return if case eval let : true "
    "false exit source . cd alias trap shift getopts for while until ENV ARG".split()
)
# Of one document; who has more has made them with a program.
_MOST_COMMANDS = 2000
# How often a variable is followed to another that is set earlier in the text.
_ROUNDS = 2


class Word(NamedTuple):
    """A word of a command as it is written. `keys` are the names of keys that it is expanded to in full."""

    text: str
    start: int
    end: int
    keys: tuple[str, ...]


class Command(NamedTuple):
    """A command with its words. Units: half-open offsets in the document, as near as escapes allow."""

    program: str
    words: tuple[Word, ...]
    start: int
    end: int
    # Whether the shell does it itself, so that no process has these words.
    is_builtin: bool = False


def commands(document: Document) -> tuple[Command, ...]:
    """Return the commands of a document; to be asked through `once`."""
    if not _WORTH.search(document.text):
        return ()
    found: list[Command] = []
    for command in _all(document):
        found.append(command)
        if len(found) == _MOST_COMMANDS:
            break
    return tuple(found)


def _all(document: Document) -> Iterator[Command]:
    language = language_of(document.path, document.text)
    if language in ("shell", "powershell"):
        read = document.once(program)
        if read is not None:
            yield from _of_code(read, document.text, 0)
        return
    if language is not None:
        return
    if _BY_LINES.search(document.path):
        yield from _of_lines(document)
        return
    if document.path.endswith(".ipynb"):
        return
    structured = document.once(tree)
    if structured is None:
        return
    if structured.format == "dockerfile":
        for node in structured.root.children:
            yield from _of_instruction(document, instruction(node))
        return
    for visit in walk(structured.root):
        yield from _of_node(document, visit)


def instruction(node: Node) -> Node:
    """Return what an instruction of a Dockerfile comes to, past ONBUILD."""
    while node.name == "ONBUILD" and node.children:
        node = node.children[0]
    return node


def _of_instruction(document: Document, node: Node) -> Iterator[Command]:
    if node.name not in ("RUN", "CMD", "ENTRYPOINT"):
        return
    for child in node.children:
        if child.kind == "sequence":
            yield from _of_words(document, child)
        elif not child.name and isinstance(child.value, str) and _WORTH.search(child.value):
            yield from _of_script(document, child.start, child.end, folded=False)


def _of_node(document: Document, visit: Visit) -> Iterator[Command]:
    node, names = visit.node, visit.path
    named = next((str(name) for name in reversed(names) if isinstance(name, str)), "")
    if node.kind == "sequence" and named in _WORDS:
        yield from _of_words(document, node)
    if node.kind != "scalar" or not isinstance(node.value, str):
        return
    is_item = bool(names) and isinstance(names[-1], int)
    in_words = is_item and visit.parent is not None and visit.parent.kind == "sequence" and named in _WORDS
    direct = named in _SCRIPTS or (named in _WORDS and not in_words)
    scripts = len(names) > 1 and names[-2] in _IN_SCRIPTS
    if (direct or scripts) and _WORTH.search(node.value):
        yield from _of_script(document, node.start, node.end, folded="\n" not in node.value)


def _of_words(document: Document, node: Node) -> Iterator[Command]:
    """Read a command that is given as a list; what follows `sh -c` is a script."""
    items = [child for child in node.children if child.kind == "scalar" and isinstance(child.value, str)]
    if not items or not any(_WORTH.search(str(item.value)) for item in items):
        return
    for before, item in pairwise(items):
        if before.value in ("-c", "-lc", "-ec", "-exc"):
            yield from _of_script(document, item.start, item.end, folded=False)
            return
    # `$(NAME)` is how Kubernetes writes an expansion, and there is no shell here that would mean something else by it.
    texts = [_MAKE.sub(_same_length, str(item.value)) for item in items]
    words = [
        Word(text, item.start, item.end, _keys(text, is_key_name)) for text, item in zip(texts, items, strict=True)
    ]
    if node.name == "args":
        words.insert(0, Word("the container", node.start, node.start, ()))
    yield Command(_program(words[0].text), tuple(words), node.start, node.end)


def _of_script(document: Document, start: int, end: int, *, folded: bool) -> Iterator[Command]:
    source = document.text[start:end]
    if folded:
        source = source.replace("\n", " ").replace("\\ ", "  ")
    source = _WORKFLOW.sub(_same_length, source)
    yield from _of_code(script(source), source, start)


def _of_lines(document: Document) -> Iterator[Command]:
    for match in _LINE.finditer(document.text):
        if len(match[0]) < 4000 and _WORTH.search(match[0]):
            start = match.start("command")
            source = _MAKE.sub(_same_length, match["command"].replace("$$", " $"))
            yield from _of_code(script(source), source, start)


def _same_length(match: re.Match[str]) -> str:
    name = "$" + match["name"].replace("-", "_")
    return name.ljust(len(match[0]))


def _of_code(read: Code, source: str, offset: int) -> Iterator[Command]:
    aliases = _aliases(read, source)
    own = {function.name for function in read.functions}
    for call in read.calls:
        program = _program(call.callee)
        words = tuple(
            Word(_unquoted(written), offset + argument.start, offset + argument.end, _keys(written, aliases))
            for argument in call.arguments
            for written in (source[argument.start : argument.end],)
        )
        if read.language == "powershell":
            words = tuple(
                word._replace(text=f"--{argument.name}={word.text}") if argument.name else word
                for word, argument in zip(words, call.arguments, strict=True)
            )
        first = Word(call.callee, offset + call.callee_start, offset + call.callee_end, ())
        is_cmdlet = read.language == "powershell" and "-" in program
        builtin = program in _BUILTINS or call.callee in own or is_cmdlet
        yield Command(program, (first, *words), offset + call.start, offset + call.end, builtin)


def _aliases(read: Code, source: str) -> Callable[[str], bool]:
    """Return what tells whether a variable of a script holds a key: what another command makes of one is none."""
    names: set[str] = set()

    def holds(name: str) -> bool:
        return name in names or is_key_name(name)

    for _ in range(_ROUNDS):
        for assignment in read.assignments:
            value = assignment.value
            if assignment.target not in names and _keys(source[value.start : value.end], holds):
                names.add(assignment.target.rpartition(".")[2])
    return holds


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text


def _keys(text: str, holds: Callable[[str], bool]) -> tuple[str, ...]:
    """Return the names of keys whose values a word is expanded to: not to parts of them, nor by another command."""
    if "$" not in text and "%" not in text:
        return ()
    if len(text) > 1 and text[0] == text[-1] == "'":
        return ()
    found = []
    for match in _EXPANSION.finditer(text):
        name = match["plain"] or match["braced"] or match["power"] or match["batch"]
        if match["braced"] and _PART.match(match["form"]):
            continue
        before = text[: match.start()]
        if before.count("$(") > before.count(")") or before.count("`") % 2:
            continue
        if holds(name):
            found.append(name)
    return tuple(found)


def _program(text: str) -> str:
    return text.strip("\"'").rpartition("/")[2]
