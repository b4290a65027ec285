"""Rule files to rules: every mistake of every file is found before anything is refused."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import cast

from keylint.errors import RuleError
from keylint.model import SEVERITIES, Reference, Severity
from keylint.policy.conditions import Condition, parse
from keylint.policy.rule import TEMPLATE, Example, OnUnknown, Rule
from keylint.policy.source_map import Plain, Problem, SourceMap, read
from keylint.policy.targets import TARGETS

_TEXTS = ("message", "rationale", "remediation")
_REQUIRED = ("id", "severity", "target", "message", "rationale", "remediation", "tests")
_KNOWN = frozenset((*_REQUIRED, "references", "frameworks", "select", "require", "forbid", "on_unknown"))
_ON_UNKNOWN = ("pass", "warn", "fail")
_PACK_FILE = "pack.yaml"
COMPILED_FILE = "compiled.json"


def rules_folder() -> str:
    """Return where the shipped rules are: inside the installed package, or beside it in a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    installed = os.path.join(package, "rules")
    return installed if os.path.isdir(installed) else os.path.join(os.path.dirname(package), "rules")


def load_rules(folder: str) -> tuple[Rule, ...]:
    """Return the rules of every pack under a folder, sorted by id.

    Raises: RuleError naming every mistake with file, line and column, or a folder without rules.
    """
    rules: list[Rule] = []
    problems: list[str] = []
    sources, broken = read_sources(folder)
    for source in sources:
        rule = parse_rule(source)
        problems.extend(str(problem) for problem in source.problems)
        if rule is not None:
            rules.append(rule)
    problems.extend(broken)
    if not sources and not broken:
        problems.append(str(Problem(folder, 1, 1, "holds no rules")))
    if problems:
        raise RuleError("\n".join(problems))
    return tuple(sorted(rules, key=lambda rule: rule.id))


def read_sources(folder: str, *, compiled: bool = True) -> tuple[list[SourceMap], list[str]]:
    """Return the rule files of a folder as values, and what could not be read.

    A folder may hold its files compiled to JSON, which is read in a fifth of the time; it counts only while its
    digest is that of the files, byte for byte.
    """
    texts, broken = _texts(folder)
    values = _compiled(folder, texts) if compiled and not broken else None
    if values is not None:
        return [SourceMap(file, values[os.path.relpath(file, folder)], {}) for file in texts], []
    sources: list[SourceMap] = []
    for file, text in texts.items():
        try:
            sources.append(read(text.decode(), file))
        except UnicodeDecodeError as error:
            broken.append(str(Problem(file, 1, 1, f"cannot be read: {error}")))
        except RuleError as error:
            broken.append(str(error))
    return sources, broken


def compile_rules(folder: str) -> str:
    """Return what belongs into a folder's compiled file."""
    import json

    texts, _ = _texts(folder)
    sources, _ = read_sources(folder, compiled=False)
    values = {os.path.relpath(source.file, folder): source.value for source in sources}
    return json.dumps({"digest": _digest(folder, texts), "values": values}, indent=1, ensure_ascii=False) + "\n"


def _texts(folder: str) -> tuple[dict[str, bytes], list[str]]:
    """Return the rule files under a folder with their bytes, in order, and what could not be read."""
    files = sorted(
        os.path.join(where, name)
        for where, _, names in os.walk(folder)
        for name in names
        if name.endswith((".yaml", ".yml")) and name != _PACK_FILE
    )
    texts: dict[str, bytes] = {}
    broken: list[str] = []
    for file in files:
        try:
            with open(file, "rb") as stream:
                texts[file] = stream.read()
        except OSError as error:
            broken.append(str(Problem(file, 1, 1, f"cannot be read: {error.strerror}")))
    return texts, broken


def _compiled(folder: str, texts: dict[str, bytes]) -> dict[str, Plain] | None:
    """Return the compiled values by file, if they are there and of these very texts."""
    try:
        with open(os.path.join(folder, COMPILED_FILE), "rb") as stream:
            data = stream.read()
    except OSError:
        return None
    import json

    compiled = json.loads(data)
    return compiled["values"] if compiled["digest"] == _digest(folder, texts) else None


def _digest(folder: str, texts: dict[str, bytes]) -> str:
    whole = sha256()
    for file, text in texts.items():
        name = os.path.relpath(file, folder).encode("utf-8", "surrogateescape")
        whole.update(b"%d %s %d\n" % (len(name), name, len(text)))
        whole.update(text)
    return whole.hexdigest()


def parse_rule(source: SourceMap) -> Rule | None:
    """Return the rule of one file, or None with every mistake noted on the source."""
    value = source.value
    if not isinstance(value, dict):
        source.problem((), "expected a mapping with id, severity, target, message …")
        return None
    for key in value:
        if key not in _KNOWN:
            source.unknown((key,), key, "key", _KNOWN)
    for key in _REQUIRED:
        if key not in value:
            source.problem((), f"'{key}' is missing")
    texts = {key: _text(source, value, key) for key in ("id", *_TEXTS)}
    stem = os.path.splitext(os.path.basename(source.file))[0]
    if texts["id"] and texts["id"] != stem:
        source.problem(("id",), f"the id '{texts['id']}' must be the file's name, '{stem}'")
    severity = _choice(source, value, "severity", SEVERITIES, "high")
    target = _choice(source, value, "target", tuple(TARGETS), "")
    on_unknown = _choice(source, value, "on_unknown", _ON_UNKNOWN, "pass")
    if ("require" in value) == ("forbid" in value):
        source.problem((), "expected exactly one of 'require' and 'forbid'")
    conditions: dict[str, Condition | None] = {}
    if target:
        conditions = {key: _condition(source, value, key, target) for key in ("select", "require", "forbid")}
        known = tuple(f"{target}.{name}" for name in TARGETS[target])
        for match in TEMPLATE.finditer(texts["message"]):
            if match["name"] not in known:
                source.unknown(("message",), match["name"], "attribute", known)
    references = _references(source, value.get("references"))
    frameworks = _frameworks(source, value.get("frameworks"))
    bad, good = _tests(source, value.get("tests"))
    if source.problems:
        source.problems.sort()
        return None
    return Rule(
        id=texts["id"],
        file=source.file,
        severity=cast(Severity, severity),
        target=target,
        message=texts["message"],
        rationale=texts["rationale"],
        remediation=texts["remediation"],
        references=references,
        frameworks=frameworks,
        select=conditions["select"],
        require=conditions["require"],
        forbid=conditions["forbid"],
        on_unknown=cast(OnUnknown, on_unknown),
        bad=bad,
        good=good,
    )


def _text(source: SourceMap, value: dict[str, Plain], key: str) -> str:
    found = value.get(key)
    if key in value and (not isinstance(found, str) or not found.strip()):
        source.problem((key,), f"'{key}' takes a text")
    return found.strip() if isinstance(found, str) else ""


def _choice(source: SourceMap, value: dict[str, Plain], key: str, known: tuple[str, ...], default: str) -> str:
    found = value.get(key, default)
    if isinstance(found, str) and found in known:
        return found
    source.unknown((key,), str(found), key, known)
    return default


def _condition(source: SourceMap, value: dict[str, Plain], key: str, target: str) -> Condition | None:
    return parse(source, (key,), value[key], target) if key in value else None


def _references(source: SourceMap, value: Plain) -> tuple[Reference, ...]:
    if value is None:
        return ()
    references: list[Reference] = []
    for index, entry in enumerate(value if isinstance(value, list) else [value]):
        match entry:
            case {"title": str(title), "url": str(url), **rest} if not rest and url.startswith("https://"):
                references.append(Reference(title, url))
            case _:
                source.problem(("references", index), "expected {title: …, url: https://…}")
    return tuple(references)


def _frameworks(source: SourceMap, value: Plain) -> dict[str, tuple[str, ...]]:
    if value is None:
        return {}
    frameworks: dict[str, tuple[str, ...]] = {}
    for name, numbers in value.items() if isinstance(value, dict) else ():
        if isinstance(numbers, list) and all(isinstance(number, str) for number in numbers):
            frameworks[name] = tuple(str(number) for number in numbers)
        else:
            source.problem(("frameworks", name), "expected a list of texts")
    if not isinstance(value, dict):
        source.problem(("frameworks",), "expected a mapping of framework to numbers")
    return frameworks


def _tests(source: SourceMap, value: Plain) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    if value is None:
        return (), ()
    if not isinstance(value, dict):
        source.problem(("tests",), "expected a mapping with 'bad' and 'good'")
        return (), ()
    for key in value:
        if key not in ("bad", "good"):
            source.unknown(("tests", key), key, "key", ("bad", "good"))
    return _examples(source, value, "bad"), _examples(source, value, "good")


def _examples(source: SourceMap, tests: dict[str, Plain], verdict: str) -> tuple[Example, ...]:
    listed = tests.get(verdict)
    if not isinstance(listed, list) or not listed:
        source.problem(("tests",), f"a rule needs at least one '{verdict}' test")
        return ()
    examples: list[Example] = []
    for index, entry in enumerate(listed):
        place = ("tests", verdict, index)
        match entry:
            case {"name": str(name), "files": dict(files), **rest} if files:
                for key in rest:
                    if key != "today":
                        source.unknown((*place, str(key)), str(key), "key", ("name", "files", "today"))
                if not all(isinstance(text, str) for text in files.values()):
                    source.problem((*place, "files"), "expected a mapping of path to text")
                today = rest.get("today")
                examples.append(
                    Example(
                        name, {path: str(text) for path, text in files.items()}, None if today is None else str(today)
                    )
                )
            case _:
                source.problem(place, "expected {name: …, files: {path: text}}")
    return tuple(examples)
