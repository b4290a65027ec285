"""Permissions that programs, scripts and manifests give to files of keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from keylint.documents.code import code, language_of
from keylint.documents.code.flow import names_of
from keylint.documents.code.values import Argument, Code
from keylint.documents.document import Document
from keylint.documents.tree import Node, get, tree, walk
from keylint.recognition.commands import commands
from keylint.recognition.key_files import is_key_file
from keylint.recognition.key_names import is_key_name
from keylint.recognition.vocabulary import names_exchange

_SYMBOLIC = re.compile(r"[ugoa]*[+=-][rwxXst]*(?:,[ugoa]*[+=-][rwxXst]*)*")
_CLAUSE = re.compile(r"(?P<who>[ugoa]*)(?P<sign>[+=-])(?P<what>[rwxXst]*)")
_OCTAL = re.compile(r"(?:0o?)?(?P<digits>[0-7]{3,4})")
_READERS = 0o044
_WORLD = 0o004
_FLAGS = re.compile(r"S_I(?:RGRP|ROTH|RWXG|RWXO)")
_PERMISSIONS = re.compile(r"[\"'](?P<bits>[r-][w-][x-][r-][w-][x-][r-][w-][x-])[\"']")
_CHANGES = re.compile(
    r"(?i)(?:^|[._])(?:chmod(?:sync)?|lchmod|fchmod|writefile(?:sync)?|openfile|setposixfilepermissions|set_permissions)$"
)
_CALLS = ("chmod", "writefile", "openfile", "setposixfilepermissions", "set_permissions")
_MODES = re.compile(r"\b0o?[0-7]{3}\b|[\"'][0-7]{3}[\"']|s_i[rw]|[r-][w-][x-]r")
_FILES = re.compile(r"\.env\b|\.pem\b|\.key\b|\.p8\b|\.pfx\b|\.p12\b|key|secret|credential|user\.cfg|private|mcp\.json")
# What says of a variable that it is the path of a key file.
_PATH_WORDS = ("file", "path", "filename")


class Mode(NamedTuple):
    """A file of keys that is made readable. `mode` is as written, in octal digits where it is a number."""

    path: str
    mode: str
    because: str
    start: int
    end: int
    # The path itself is written, not only a name for it.
    sure: bool = True


def modes(document: Document) -> Iterator[Mode]:
    """Yield the files of keys that a document makes readable for the group or the world."""
    language = language_of(document.path, document.text)
    read = document.once(code) if language and (language == "shell" or _is_worth(document.lowered)) else None
    if read is not None and language != "shell":
        yield from _of_code(document, read)
    if language in (None, "shell"):
        yield from _of_commands(document)
    found = document.once(tree) if language is None else None
    if found is not None:
        yield from _of_tree(document, found.root, found.format)


def _is_worth(lowered: str) -> bool:
    """Tell whether a file of keys and a mode stand near a call that sets one: parsing takes a hundred times as long."""
    calls = [call for call in _CALLS if call in lowered]
    for call in re.finditer("|".join(calls), lowered) if calls else ():
        near = lowered[max(0, call.start() - 200) : call.end() + 200]
        if _MODES.search(near) and _FILES.search(near):
            return True
    return False


def _of_commands(document: Document) -> Iterator[Mode]:
    for command in document.once(commands):
        words = command.words[1:]
        while words and words[0].text.startswith("--") and "=" not in words[0].text:
            words = words[1:]
        if command.program == "chmod":
            plain = [
                word for word in words if not re.fullmatch(r"-[A-Za-z-]+", word.text) or _SYMBOLIC.fullmatch(word.text)
            ]
            mode, files = (plain[0].text, plain[1:]) if plain else ("", [])
        elif command.program == "install":
            flags = [place for place, word in enumerate(words) if word.text in ("-m", "--mode")]
            mode = words[flags[0] + 1].text if flags and flags[0] + 1 < len(words) else ""
            mode = mode or next((word.text[2:] for word in words if re.match(r"-m\d", word.text)), "")
            mode = mode or next((word.text[7:] for word in words if word.text.startswith("--mode=")), "")
            files = [word for word in words[-2:] if not word.text.startswith("-")]
        else:
            continue
        if not _opens(mode):
            continue
        named = next((word for word in files if is_key_file(_plain(word.text))), None)
        if named is not None:
            path = _plain(named.text)
            because = f"`{command.program}` gives it the mode {mode}"
            yield Mode(path, mode, because, named.start, named.end)


def _of_code(document: Document, read: Code) -> Iterator[Mode]:
    holders = names_of(read, _is_path_name)
    literals = {
        assignment.target: str(assignment.value.value)
        for assignment in read.assignments
        if isinstance(assignment.value.value, str) and is_key_file(assignment.value.value)
    }
    for call in read.calls:
        if not _CHANGES.search(call.callee):
            continue
        mode = next((found for found in map(_mode_of, call.arguments) if found), "")
        if not mode:
            continue
        path, sure = "", True
        for argument in call.arguments:
            path, sure = _path_of(argument, literals)
            if path:
                break
        if not path and call.receiver:  # Path("key.pem").chmod(0o644)
            written = document.text[call.start : call.callee_end]
            quoted = re.search(r"[\"']([^\"'\n]{1,200})[\"']", written)
            if quoted and is_key_file(quoted[1]):
                path = quoted[1]
            elif call.receiver in literals:
                path = literals[call.receiver]
            elif _is_path_name(call.receiver):
                path, sure = call.receiver, False
        if not path:
            for argument in call.arguments:
                name = next((name for name in argument.names if holders.named(name, call.scope)), "")
                if name:
                    path, sure = name, False
                    break
        if path:
            because = f"`{call.callee}` gives it the mode {mode}"
            yield Mode(path, mode, because, call.callee_start, call.end, sure)


def _path_of(argument: Argument, literals: dict[str, str]) -> tuple[str, bool]:
    if isinstance(argument.value, str):
        return (argument.value, True) if is_key_file(argument.value) else ("", True)
    for name in argument.names:
        if name in literals:
            return literals[name], True
    # `path.join(home, ".env")`
    for quoted in re.findall(r"[\"']([^\"'\n]{1,200})[\"']", argument.text):
        if is_key_file(quoted):
            return quoted, True
    return "", True


def _mode_of(argument: Argument) -> str:
    """Return the mode that an argument gives, if it lets the group or the world read."""
    if argument.entry is not None:
        for child in argument.entry.children:
            if child.name == "mode" and child.value is not None:
                written = re.search(r"mode[\"']?\s*:\s*[\"']?(0?o?[0-7]{3,4})", argument.text)
                if written and _opens(written[1]):
                    return written[1]
        return ""
    text = argument.text.strip()
    if isinstance(argument.value, str):
        text = argument.value
        bits = _PERMISSIONS.fullmatch(f'"{text}"')
        if bits:
            return text if "r" in (text[3], text[6]) else ""
    elif _FLAGS.search(text):
        return text
    wrapped = re.search(r"(?:from_mode\(|FileMode\()\s*(0?o?[0-7]{3,4})", text) or _PERMISSIONS.search(text)
    if wrapped:
        found = wrapped[wrapped.lastindex or 1]
        return found if ("r" in found[3:] if "r" in found else _opens(found)) else ""
    digits = _OCTAL.fullmatch(text)
    # A decimal number in code is no mode.
    is_octal = digits is not None and (text.startswith("0") or isinstance(argument.value, str))
    return text if is_octal and _opens(text) else ""


def _of_tree(document: Document, root: Node, form: str) -> Iterator[Mode]:
    for visit in walk(root):
        node = visit.node
        if node.kind != "mapping":
            continue
        if form == "dockerfile":
            if node.name in ("COPY", "ADD"):
                yield from _copied(node)
            continue
        if node.name == "secret" and get(node, "defaultMode"):
            yield from _volume(document, node)
        mode = get(node, "mode") or get(node, "file_permission")
        if mode is None or mode.kind != "scalar":
            continue
        written = document.text[mode.start : mode.end]
        for name in ("dest", "path", "filename", "src", "name"):
            path = get(node, name)
            if path is None or not isinstance(path.value, str) or path.value.endswith("/"):
                continue
            if is_key_file(path.value) and _opens(written):
                yield Mode(path.value, written, f"`{mode.name}` is {written}", mode.start, mode.end)
            break


def _copied(node: Node) -> Iterator[Mode]:
    mode = get(node, "chmod")
    if mode is None or not isinstance(mode.value, str) or not _opens(mode.value):
        return
    for child in node.children:
        if not child.name and isinstance(child.value, str) and is_key_file(child.value):
            because = f"`{node.name} --chmod` gives it the mode {mode.value}"
            yield Mode(child.value, mode.value, because, mode.start, mode.end)
            return


def _volume(document: Document, node: Node) -> Iterator[Mode]:
    """Read a volume of a Kubernetes secret. Its pods read it through a group: only the world is one too many."""
    name, mode = get(node, "secretName"), get(node, "defaultMode")
    assert mode is not None
    written = document.text[mode.start : mode.end]
    if re.fullmatch(r"0o?[0-7]+", written):
        number = int(written.replace("o", ""), 8)
    elif isinstance(mode.value, int) and not isinstance(mode.value, bool):
        number = mode.value
    else:
        return
    path = str(name.value) if name is not None and isinstance(name.value, str) else "secret"
    speaks = names_exchange(path) or is_key_name(path) or re.search(r"(?i)key|secret|cred|token", path) is not None
    if number & _WORLD and speaks:
        yield Mode(path, f"{number:04o}", f"`defaultMode` of the secret volume is {number:04o}", mode.start, mode.end)


def _opens(mode: str) -> bool:
    """Tell whether a mode, in octal digits or letters, lets the group or the world read."""
    mode = mode.strip("\"'")
    digits = _OCTAL.fullmatch(mode)
    if digits:
        return int(digits["digits"], 8) & _READERS != 0
    if not _SYMBOLIC.fullmatch(mode):
        return False
    return any(
        clause["sign"] in "+=" and "r" in clause["what"] and (not clause["who"] or set(clause["who"]) & set("goa"))
        for clause in _CLAUSE.finditer(mode)
    )


def _is_path_name(name: str) -> bool:
    """Tell whether a name is that of the path of a key file: `key_path`, `envFile`."""
    from keylint.recognition.vocabulary import words

    parts = words(name.rpartition(".")[2])
    if len(parts) < 2 or parts[-1] not in _PATH_WORDS or {"public", "pub", "cert", "certificate"} & set(parts):
        return False
    if parts[-2] in ("env", "key", "secret", "pem"):
        return True
    return is_key_name("_".join(parts[:-1])) or "private" in parts


def _plain(text: str) -> str:
    return text.replace('"', "").replace("'", "")
