"""The configuration of a repository: .keylint.yaml, or the table [tool.keylint] of pyproject.toml."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from keylint.errors import ConfigError, RuleError
from keylint.model import CONFIG_FILE, MISNAMED_CONFIG, PYPROJECT
from keylint.policy.bounds import is_inside
from keylint.policy.globs import GLOB
from keylint.policy.pack import EXTENDS
from keylint.policy.settings import CLIENTS, OVERRIDES, PATTERNS, RULE_SETTINGS, VARS
from keylint.policy.shapes import TEXT, Field, choice, exactly, list_of, record
from keylint.policy.source_map import Path, Plain, Problem, SourceMap, read
from keylint.policy.waiver import WAIVERS

_TABLE = ("tool", "keylint")
_LARGEST = 4 << 20
# What a scanned repository can suppress findings with: comments, its baseline, and the waivers of its own configuration
# where the caller's holds.
TRUSTED = ("inline", "baseline", "waivers")

CONFIG = record(
    {
        "version": Field(exactly(1), "the version of this format"),
        "extends": EXTENDS,
        "vars": VARS,
        "rules": RULE_SETTINGS,
        "overrides": OVERRIDES,
        "exclude": Field(list_of(GLOB), "gitignore-style patterns of files that are not scanned"),
        "patterns": PATTERNS,
        "clients": CLIENTS,
        "inventory": Field(list_of(TEXT), "files that list the keys held (default: keylint.keys.yaml)"),
        "waivers": WAIVERS,
        "trust": Field(
            list_of(choice("suppression", TRUSTED)),
            "what of the scanned repository may suppress findings (default: inline, baseline)",
        ),
    }
)


class ConfigFile(NamedTuple):
    """A configuration as read. `name` is what reports call it, `folder` what its relative paths start from.

    `bounds` is the folder that nothing it names may lead out of; None for a configuration that the caller named.
    """

    name: str
    folder: str
    source: SourceMap
    bounds: str | None = None


def find_config(root: str, bounds: str | None = None) -> ConfigFile | None:
    """Return the configuration of a scan root, if it has one, and within bounds.

    Raises: ConfigError if it has two, or one under a name that is not read; RuleError if it is no YAML.
    """
    for name in (CONFIG_FILE, PYPROJECT):
        check_inside(os.path.join(root, name), bounds, name)
    found = _find(root)
    return found._replace(bounds=bounds) if found else None


def check_inside(file: str, bounds: str | None, name: str) -> None:
    """Raises: ConfigError if a file leads out of the bounds."""
    if not is_inside(file, bounds):
        raise ConfigError(f"{name}: leads out of the scanned repository, and is not read")


def _find(root: str) -> ConfigFile | None:
    file = os.path.join(root, CONFIG_FILE)
    pyproject = os.path.join(root, PYPROJECT)
    if os.path.lexists(os.path.join(root, MISNAMED_CONFIG)):
        raise ConfigError(f"{MISNAMED_CONFIG}: a configuration is read under the name {CONFIG_FILE} only; rename it")
    has_table = os.path.isfile(pyproject) and b"keylint" in _bytes(pyproject)
    if os.path.lexists(file):
        config = read_config(file, CONFIG_FILE)
        if has_table and _read_pyproject(pyproject) is not None:
            raise ConfigError(f"{CONFIG_FILE} and [tool.keylint] in {PYPROJECT} are both there; keep one of them")
        return config
    return _read_pyproject(pyproject) if has_table else None


def read_config(file: str, name: str) -> ConfigFile:
    """Return one configuration file. Raises: ConfigError if it cannot be read, RuleError if it is no YAML."""
    folder = os.path.dirname(os.path.abspath(file))
    if os.path.basename(file) == PYPROJECT:
        found = _read_pyproject(file)
        if found is None:
            raise ConfigError(f"{name}: holds no table [tool.keylint]")
        return found
    return ConfigFile(name, folder, read(read_text(file, name), name))


def read_text(file: str, name: str) -> str:
    """Return the text of a file that users write. Raises: ConfigError if it cannot be read or is no UTF-8."""
    return decoded(_bytes(file), name)


def decoded(data: bytes, name: str) -> str:
    """Return the text of bytes that users wrote. Raises: ConfigError if they are no UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(str(Problem(name, line, 1, "expected UTF-8"))) from None


def _bytes(file: str) -> bytes:
    try:
        if not os.path.isfile(file):
            raise ConfigError(f"{file}: {'no regular file' if os.path.lexists(file) else 'no such file'}")
        with open(file, "rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from None
    if len(data) > _LARGEST:
        raise ConfigError(f"{file}: larger than {_LARGEST} bytes: no configuration is")
    return data


def _read_pyproject(file: str) -> ConfigFile | None:
    import tomli

    try:
        text = _bytes(file).decode()
        values = tomli.loads(text)
    except UnicodeDecodeError:
        raise ConfigError(f"{PYPROJECT}: expected UTF-8") from None
    except tomli.TOMLDecodeError as error:
        raise RuleError(_toml_problem(str(error))) from None
    except RecursionError:
        raise RuleError(str(Problem(PYPROJECT, 1, 1, "not TOML: nested too deeply"))) from None
    tool = values.get(_TABLE[0])
    table = tool.get(_TABLE[1]) if isinstance(tool, dict) else None
    if table is None:
        return None
    places = {path[len(_TABLE) :]: place for path, place in _toml_places(text).items() if path[: len(_TABLE)] == _TABLE}
    return ConfigFile(PYPROJECT, os.path.dirname(os.path.abspath(file)), SourceMap(PYPROJECT, _plain(table), places))


def _toml_problem(text: str) -> str:
    found = re.search(r" \(at line (\d+), column (\d+)\)$", text)
    if found is None:
        return str(Problem(PYPROJECT, 1, 1, f"not TOML: {text}"))
    return str(Problem(PYPROJECT, int(found[1]), int(found[2]), f"not TOML: {text[: found.start()]}"))


def _plain(value: object) -> Plain:
    """Return TOML values as YAML would give them: days are texts."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


_HEADER = re.compile(r"\s*(\[{1,2})\s*([^\[\]#]+?)\s*\]{1,2}\s*(?:#.*)?$")
_ENTRY = re.compile(
    r"""\s*((?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*'))*)\s*="""
)
_NAME = re.compile(r"""[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*'""")


def _toml_places(text: str) -> dict[Path, tuple[int, int]]:
    """Return where tables and their entries stand, line by line; what stands inside a value has the value's place."""
    places: dict[Path, tuple[int, int]] = {}
    table: Path = ()
    counts: dict[Path, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        entry = None if header else _ENTRY.match(line)
        if header:
            table = _names(header[2])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            places.setdefault(table, (number, line.index("[") + 1))
        elif entry:
            path = (*table, *_names(entry[1]))
            places.setdefault(path, (number, entry.start(1) + 1))
    return places


def _names(dotted: str) -> Path:
    return tuple(name.strip("\"'") for name in _NAME.findall(dotted))
