"""Keys among the arguments of a process, which everybody on the machine can list; and in what a command prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from keylint.documents.code.flow import names_of
from keylint.documents.code.values import Call, Code
from keylint.documents.document import Document
from keylint.recognition.commands import Command, Word
from keylint.recognition.exposures import Exposure
from keylint.recognition.key_names import is_key_name
from keylint.recognition.revealing import revealed
from keylint.recognition.secret_values import is_secret_value

_OPTION = re.compile(r"--?(?P<name>[A-Za-z][\w.-]*)(?:=(?P<value>.*))?", re.DOTALL)
_ASIDE = re.compile(r"(?i)(?:file|path|env|name|stdin|dir|id|ref|arn|from|prompt|help|var)$")
_HEADER = re.compile(r"(?i)x-mbx-apikey\s*:\s*(?P<value>\S.*)")
_PAIR = re.compile(r"(?P<name>[A-Za-z_][\w.-]*)=(?P<value>.+)", re.DOTALL)
_PRINTS = frozenset("echo printf print".split())
_BUILDERS = frozenset("docker podman buildah nerdctl docker-compose buildx img kaniko executor".split())
_STARTERS = re.compile(
    r"(?:^|\.)(?:subprocess\.(?:run|call|Popen|check_output|check_call)|os\.(?:system|popen|exec\w+|spawn\w+)|Popen|check_output|"
    r"check_call|create_subprocess_(?:exec|shell)|exec|execSync|execFile|execFileSync|spawn|spawnSync|execa|"
    r"exec\.Command|exec\.CommandContext|getRuntime\(\)\.exec|ProcessBuilder|Command\.new|shell_exec|passthru|proc_open|"
    r"Process\.Start|ProcessStartInfo|system|popen)$"
)
# `cursor.exec`, `regex.exec`: no process.
_OTHERS = re.compile(
    r"(?i)(?:re|regex|pattern|cursor|db|session|conn\w*|query|sql|match\w*|redis|multi|pipeline)\.exec$"
)
_REDIRECTED = re.compile(r"[ \t]*(?:[012&]?>{1,2}(?![>&])(?!\s*(?:/dev/(?:stdout|stderr|tty)|&[12]))|\|(?!\|)|<|\))")
_GROUP = re.compile(r"^\s*[})](?:[ \t]*(?:>|\|(?!\|)))", re.MULTILINE)


def printed(document: Document, commands: tuple[Command, ...]) -> Iterator[Exposure]:
    """Yield what scripts print of keys: not into a file, a pipe or a variable."""
    for command in commands:
        if command.program not in _PRINTS or any("::add-mask::" in word.text for word in command.words):
            continue
        shown = [(word, word.keys[0]) for word in command.words[1:] if word.keys]
        if shown and not _is_redirected(document.text, command):
            for word, name in shown:
                because = f"`{name}` reaches `{command.program}`"
                yield Exposure("log", name, command.program, because, *_place(document, word, name))


def on_command_lines(document: Document, commands: tuple[Command, ...]) -> Iterator[Exposure]:
    """Yield the keys that commands get as words, and those that images are built with."""
    for command in commands:
        if command.is_builtin:
            continue
        is_build = command.program in _BUILDERS
        for place, word in enumerate(command.words[1:], 1):
            before = command.words[place - 1].text
            found = _build_argument(word, before) if is_build else None
            if found:
                because = f"`{command.program}` builds an image with `{found}`"
                yield Exposure("image-layer", found, command.program, because, word.start, word.end)
                continue
            name = _given(word, before)
            if name:
                because = f"`{command.program}` gets `{name}` as an argument"
                yield Exposure("command-line", name, command.program, because, *_place(document, word, name))


def started(document: Document, code: Code) -> Iterator[Exposure]:
    """Yield the keys that source code hands to a process as arguments."""
    starters = [
        call
        for call in code.calls
        if _STARTERS.search(call.callee)
        and not _OTHERS.search(call.callee)
        # A method of a value without a name, as `/pattern/.exec(…)`, starts nothing.
        and (call.receiver or document.text[call.callee_start : call.callee_end] == call.callee)
    ]
    if not starters:
        return
    holders = names_of(code, is_key_name)
    for call in starters:
        for argument in call.arguments:
            if argument.name in ("env", "environment", "input", "stdin"):
                continue
            spans = _environments(call)
            found = revealed(document, code, argument, partial(holders.named, scope=call.scope), outer=call)
            if found is None or any(start <= found.start < end for start, end in spans):
                continue
            name = found.name.lstrip("$")
            because = f"`{call.callee}` hands `{name}` to a process as an argument"
            yield Exposure("command-line", name, call.callee, because, found.start, found.end)


def _environments(call: Call) -> list[tuple[int, int]]:
    return [
        (child.start, child.end)
        for argument in call.arguments
        if argument.entry is not None
        for child in argument.entry.children
        if child.name in ("env", "environment", "input")
    ]


def _given(word: Word, before: str) -> str:
    """Return the name of the key that a word of a command is or holds."""
    if word.keys:
        return word.keys[0]
    header = _HEADER.search(word.text)
    if header:
        return "X-MBX-APIKEY" if _is_value(header["value"]) else ""
    option = _OPTION.fullmatch(word.text)
    if option:
        name, value = option["name"], option["value"]
        return name if value and _is_option(name) and _is_value(value) else ""
    option = _OPTION.fullmatch(before)
    if option and option["value"] is None and _is_option(option["name"]) and _is_value(word.text):
        return option["name"]
    return ""


def _is_option(name: str) -> bool:
    return not _ASIDE.search(name) and is_key_name(name.replace("-", "_").replace(".", "_"))


def _is_value(text: str) -> bool:
    """Tell whether a word is a value or stands for one: an expansion of any name, or a literal secret."""
    if text.startswith(("-", "@", "file:", "/", "./", "~")):
        return False
    if text.startswith(("$", "{{", "%")) and len(text) > 1:
        return not text.startswith(("$(", "${{")) or "cat " in text or text.startswith("${{")
    return is_secret_value(text)


def _build_argument(word: Word, before: str) -> str:
    """Return the name of a build argument that is a key."""
    text = word.text
    if text.startswith("--build-arg="):
        text = text.partition("=")[2]
    elif before != "--build-arg":
        return ""
    pair = _PAIR.fullmatch(text.strip("\"'"))
    name = pair["name"] if pair else text.strip("\"'")
    if pair and not word.keys and not _is_value(pair["value"]):
        return ""
    return name if is_key_name(name) or word.keys else ""


def _place(document: Document, word: Word, name: str) -> tuple[int, int]:
    found = document.text.find(name, word.start, word.end)
    return (found, found + len(name)) if found >= 0 else (word.start, word.end)


def _is_redirected(text: str, command: Command) -> bool:
    """Tell whether what a command prints goes to a file, another command or a variable."""
    end = text.find("\n", command.end)
    rest = text[command.end : end if end >= 0 else len(text)]
    if _REDIRECTED.match(rest) or re.search(r"(?<![0-9&])>{1,2}\s*(?!&)\S", rest.partition(";")[0]):
        return True
    line = text.rfind("\n", 0, command.start) + 1
    before = text[line : command.start]
    if re.search(r"(?:\$\(|`|<\()[^)`]*$", before):
        return True
    # `{ echo …; echo …; } > file`
    group = _GROUP.search(text, command.end, command.end + 2000)
    opened = re.search(r"(?m)^\s*[{(]\s*$", text[max(0, command.start - 2000) : command.start])
    return group is not None and opened is not None
