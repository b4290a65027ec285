"""Packs: a folder with pack.yaml and rule files; built in, beside the configuration, or installed with pip."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import cast

from keylint.errors import RuleError
from keylint.policy.bounds import is_inside
from keylint.policy.policy import Pack
from keylint.policy.rule import Rule
from keylint.policy.rule_file import parse_rule
from keylint.policy.settings import CLIENTS, OVERRIDES, PATTERNS, RULE_SETTINGS, VARS, read_settings
from keylint.policy.shapes import KEBAB_CASE, NUMBER, TEXT, Field, either, list_of, record
from keylint.policy.shipped import BUILT_IN, rules_folder
from keylint.policy.source_map import Path, Plain, Problem, SourceMap, read

PACK_FILE = "pack.yaml"
COMPILED_FILE = "compiled.json"
_INSTALLED = "python:"
_LARGEST = 1 << 20

EXTENDS = Field(
    list_of(TEXT), "packs to build on: keylint:recommended, ./a/folder, python:DISTRIBUTION; later ones win"
)
PACK = record(
    {
        "name": Field(KEBAB_CASE, "the pack's name", required=True),
        "version": Field(either("a text", TEXT, NUMBER), "the pack's version", required=True),
        "description": Field(TEXT, "what it is for", required=True),
        "extends": EXTENDS,
        "vars": VARS,
        "rules": RULE_SETTINGS,
        "overrides": OVERRIDES,
        "patterns": PATTERNS,
        "clients": CLIENTS,
    }
)


class Loader:
    """Loads packs, each once and those it builds on before it; gathers every mistake of every file.

    A folder within `bounds` names no folder beyond them: what a scanned repository says reads nothing else.
    """

    def __init__(self, bounds: str | None = None) -> None:
        self._bounds = bounds
        self.packs: dict[str, Pack] = {}
        self.problems: list[str] = []
        self._open: list[str] = []
        self._built_in: dict[str, SourceMap] | None = None

    def extend(self, source: SourceMap, folder: str, default: Sequence[str] = ()) -> None:
        """Load what a file's `extends` names; relative paths are relative to the folder."""
        value = source.value if isinstance(source.value, dict) else {}
        listed = value.get("extends")
        if "extends" not in value:
            for name in default:
                self._load(source, (), name, folder)
        elif isinstance(listed, list):
            for place, label in enumerate(listed):
                if isinstance(label, str) and label.strip():
                    self._load(source, ("extends", place), label, folder)

    def vars(self) -> dict[str, Plain]:
        """Return the variables declared so far, later packs over earlier ones."""
        return {name: value for pack in self.packs.values() for name, value in pack.settings.vars.items()}

    def rules(self) -> dict[str, Rule]:
        """Return the rules loaded so far by id."""
        return {rule.id: rule for pack in self.packs.values() for rule in pack.rules}

    def _load(self, source: SourceMap, path: Path, label: str, folder: str) -> None:
        where = _folder_of(source, path, label, folder)
        if where is None:
            return
        is_folder = not label.startswith((BUILT_IN, _INSTALLED))
        if is_folder and is_inside(folder, self._bounds) and not is_inside(where, self._bounds):
            source.problem(path, f"'{label}' leads out of the scanned repository, and is not read")
            return
        where = os.path.realpath(where)
        if where in self._open:
            source.problem(path, f"'{label}' extends itself")
        elif where not in self.packs:
            self._open.append(where)
            self._read(label, where)
            self._open.pop()

    def _read(self, label: str, folder: str) -> None:
        sources = self._sources(folder)
        main = sources.pop(os.path.join(folder, PACK_FILE), None)
        if main is None:
            return  # its mistake is noted already
        well = PACK.check(main, (), main.value)
        self.extend(main, folder)
        known = self.rules()
        settings = read_settings(main, label, known_vars=self.vars(), declares=True)
        known_vars = {**self.vars(), **settings.vars}
        rules: list[Rule] = []
        for rule_source in sources.values():
            rule = parse_rule(rule_source, known_vars)
            if rule is not None and rule.id in known:
                owner = next((pack.label for pack in self.packs.values() if known[rule.id] in pack.rules), "this pack")
                rule_source.problem(("id",), f"rule '{rule.id}' is defined already, in {owner}")
            elif rule is not None:
                rules.append(rule)
                known[rule.id] = rule
            self._note(rule_source)
        settings.check_rules(main, tuple(known))
        self._note(main)
        if well and isinstance(main.value, dict):
            value = main.value
            self.packs[folder] = Pack(
                label,
                folder,
                str(value["name"]),
                str(value["version"]),
                str(value["description"]),
                tuple(rules),
                settings,
            )

    def _note(self, source: SourceMap) -> None:
        self.problems.extend(map(str, sorted(source.problems)))

    def _sources(self, folder: str) -> dict[str, SourceMap]:
        """Return the files of one pack, each with its values; folders with a pack.yaml of their own are other packs."""
        root = os.path.realpath(rules_folder())
        if folder.startswith(root + os.sep):
            if self._built_in is None:
                self._built_in, broken = read_sources(root)
                self.problems.extend(broken)
            inside = folder + os.sep
            return {file: source for file, source in self._built_in.items() if file.startswith(inside)}
        sources, broken = read_sources(folder)
        self.problems.extend(broken)
        return sources


def _folder_of(source: SourceMap, path: Path, label: str, folder: str) -> str | None:
    """Return the folder of a pack; None with the mistake noted."""
    where: str | None
    if "://" in label:
        source.problem(path, f"'{label}' is an address; a pack is a folder or an installed distribution, never fetched")
        return None
    if label.startswith(BUILT_IN):
        where = os.path.join(rules_folder(), label[len(BUILT_IN) :])
        known = built_in_packs()
        if label not in known:
            source.unknown(path, label, "pack", known)
            return None
        return where
    if label.startswith(_INSTALLED):
        where, why = _installed(label[len(_INSTALLED) :])
        if where is None:
            source.problem(path, why)
        return where
    where = os.path.join(folder, label)
    if not os.path.isfile(os.path.join(where, PACK_FILE)):
        missing = "no such folder" if not os.path.isdir(where) else f"it holds no {PACK_FILE}"
        near = [name for name in built_in_packs() if name.removeprefix(BUILT_IN) == label.removeprefix("./")]
        hint = f"; did you mean '{near[0]}'?" if near else ""
        source.problem(path, f"'{label}' is no pack: {missing}{hint}")
        return None
    return where


def built_in_packs() -> tuple[str, ...]:
    """Return the names of the packs that ship."""
    folder = rules_folder()
    return tuple(
        sorted(BUILT_IN + name for name in os.listdir(folder) if os.path.isfile(os.path.join(folder, name, PACK_FILE)))
    )


def _installed(distribution: str) -> tuple[str | None, str]:
    """Return the folder of the pack that a distribution carries, found without importing any of it, or why not."""
    from importlib.metadata import PackageNotFoundError, files

    try:
        listed = files(distribution) or []
    except (PackageNotFoundError, ValueError):
        return None, f"no distribution '{distribution}' is installed beside keylint"
    packs = [os.path.dirname(str(file.locate())) for file in listed if file.name == PACK_FILE]
    if len(packs) != 1:
        found = "none" if not packs else f"{len(packs)}: {', '.join(sorted(packs))}"
        return None, f"expected one {PACK_FILE} in the distribution '{distribution}', found {found}"
    return packs[0], ""


def read_sources(folder: str, *, compiled: bool = True) -> tuple[dict[str, SourceMap], list[str]]:
    """Return the YAML files under a folder with their values, and what could not be read.

    A folder may hold its files compiled to JSON, which is read in a fifth of the time; it counts only while its
    digest is that of the files, byte for byte.
    """
    texts, broken = _texts(folder)
    values = _compiled(folder, texts) if compiled and not broken else None
    if values is not None:
        return {file: SourceMap(file, values[os.path.relpath(file, folder)], {}) for file in texts}, []
    sources: dict[str, SourceMap] = {}
    for file, text in texts.items():
        try:
            sources[file] = read(text.decode(), _shown(file))
        except UnicodeDecodeError:
            broken.append(str(Problem(_shown(file), 1, 1, "expected UTF-8")))
        except RuleError as error:
            broken.append(str(error))
    return sources, broken


def compile_rules(folder: str) -> str:
    """Return what belongs into a folder's compiled file."""
    import json

    texts, _ = _texts(folder)
    sources, _ = read_sources(folder, compiled=False)
    values = {os.path.relpath(file, folder): source.value for file, source in sources.items()}
    return json.dumps({"digest": _digest(folder, texts), "values": values}, indent=1, ensure_ascii=False) + "\n"


def _texts(folder: str) -> tuple[dict[str, bytes], list[str]]:
    """Return the YAML files under a folder with their bytes, in order, and what could not be read."""
    texts: dict[str, bytes] = {}
    broken: list[str] = []
    for file in _files(folder):
        try:
            with open(file, "rb") as stream:
                texts[file] = stream.read(_LARGEST + 1)
        except OSError as error:
            broken.append(str(Problem(_shown(file), 1, 1, f"cannot be read: {error.strerror}")))
            continue
        if len(texts[file]) > _LARGEST:
            del texts[file]
            broken.append(str(Problem(_shown(file), 1, 1, f"larger than {_LARGEST} bytes: no rule file is")))
    return texts, broken


def _shown(file: str) -> str:
    """Return a file as users know it: from where they are, if it lies there."""
    relative = os.path.relpath(file)
    return file if relative.startswith(os.pardir) else relative


def _files(folder: str) -> Iterator[str]:
    """Yield the YAML files of a folder, and below; of a user's pack not those of another pack inside it."""
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if where != folder and PACK_FILE in names and os.path.isfile(os.path.join(folder, PACK_FILE)):
            folders.clear()
            continue
        for name in sorted(names):
            file = os.path.join(where, name)
            if name.endswith((".yaml", ".yml")) and not name.startswith(".") and _is_own(file, folder):
                yield file


def _is_own(file: str, folder: str) -> bool:
    """Tell whether a file is one of the pack's, not what a link leads to elsewhere."""
    return os.path.isfile(file) and is_inside(file, folder)


def _compiled(folder: str, texts: Mapping[str, bytes]) -> dict[str, Plain] | None:
    """Return the compiled values by file, if they are there and of these very texts."""
    try:
        with open(os.path.join(folder, COMPILED_FILE), "rb") as stream:
            data = stream.read()
    except OSError:
        return None
    import json

    compiled = json.loads(data)
    return cast("dict[str, Plain]", compiled["values"]) if compiled["digest"] == _digest(folder, texts) else None


def _digest(folder: str, texts: Mapping[str, bytes]) -> str:
    whole = sha256()
    for file, text in texts.items():
        name = os.path.relpath(file, folder).encode("utf-8", "surrogateescape")
        whole.update(b"%d %s %d\n" % (len(name), name, len(text)))
        whole.update(text)
    return whole.hexdigest()
