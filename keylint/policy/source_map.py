"""YAML text to plain values that still know where each of them stands, so that an error can name the place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from keylint.errors import RuleError

Path = tuple[str | int, ...]
Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

# No file that people write comes near; those that do are made to break readers.
_DEEPEST = 100
_MOST_VALUES = 200_000
# More names than this help nobody.
_MOST_NAMES = 12


class Problem(NamedTuple):
    """A mistake in a file that a user wrote. Units: line and column from 1."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.text}"


class SourceMap:
    """The values of one YAML file, where they stand, and the mistakes found in it so far."""

    def __init__(self, file: str, value: Plain, places: dict[Path, tuple[int, int]]) -> None:
        self.file = file
        self.value = value
        self.problems: list[Problem] = []
        self._places = places

    def place(self, path: Path) -> tuple[int, int]:
        """Return the line and column of a value, or of the nearest one around it."""
        while path and path not in self._places:
            path = path[:-1]
        return self._places.get(path, (1, 1))

    def origin(self, path: Path) -> str:
        """Return a value's place as users read it."""
        line, column = self.place(path)
        return f"{self.file}:{line}:{column}"

    def problem(self, path: Path, text: str) -> None:
        """Note a mistake at a value, or at the nearest one around it."""
        self.problems.append(Problem(self.file, *self.place(path), text))

    def unknown(self, path: Path, found: str, kind: str, known: frozenset[str] | tuple[str, ...]) -> None:
        """Note a name that is not known, with the nearest that is."""
        from difflib import get_close_matches

        near = get_close_matches(found, sorted(known), 1, 0.6)
        listed = sorted(known)
        more = f" and {len(listed) - _MOST_NAMES} more" if len(listed) > _MOST_NAMES else ""
        hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(listed[:_MOST_NAMES])}{more}"
        self.problem(path, f"unknown {kind} '{found}'; {hint}")


def read(text: str, file: str) -> SourceMap:
    """Return the values of a YAML text. Raises: RuleError with file, line and column if it is no YAML."""
    import yaml

    loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _check_depth(yaml.parse(text, Loader=loader), file)  # composing what is nested deeply can crash the interpreter
        root = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise RuleError(str(Problem(file, line, column, f"not YAML: {error.problem}"))) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise RuleError(str(Problem(file, 1, 1, f"not YAML: {str(error).splitlines()[0]}"))) from None
    places: dict[Path, tuple[int, int]] = {}
    repeated: list[Problem] = []
    value = _plain(root, (), places, repeated, file) if root is not None else None
    source = SourceMap(file, value, places)
    source.problems.extend(repeated)
    return source


def _check_depth(events: Iterable[object], file: str) -> None:
    from yaml.events import CollectionEndEvent, CollectionStartEvent

    depth = 0
    for event in events:
        if isinstance(event, CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                assert event.start_mark is not None
                line, column = event.start_mark.line + 1, event.start_mark.column + 1
                raise RuleError(str(Problem(file, line, column, f"nested deeper than {_DEEPEST} levels")))
        elif isinstance(event, CollectionEndEvent):
            depth -= 1


def _plain(node: object, path: Path, places: dict[Path, tuple[int, int]], repeated: list[Problem], file: str) -> Plain:
    """Read a node tree. Values come from the tag that YAML gave each scalar; dates stay text."""
    from yaml.nodes import MappingNode, ScalarNode, SequenceNode

    assert isinstance(node, (MappingNode, ScalarNode, SequenceNode))
    if len(path) > _DEEPEST or len(places) > _MOST_VALUES:
        mark = node.start_mark
        raise RuleError(str(Problem(file, mark.line + 1, mark.column + 1, "aliases that never end")))
    places.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
    if isinstance(node, SequenceNode):
        return [_plain(child, (*path, place), places, repeated, file) for place, child in enumerate(node.value)]
    if isinstance(node, MappingNode):
        mapping: dict[str, Plain] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            places.setdefault((*path, key), (line, column))
            if key in mapping:
                repeated.append(Problem(file, line, column, f"key '{key}' is written twice"))
            mapping[key] = _plain(value_node, (*path, key), places, repeated, file)
        return mapping
    return _scalar(node.tag.rpartition(":")[2], str(node.value))


def _scalar(kind: str, text: str) -> Plain:
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in ("yes", "true", "on")
    try:
        if kind == "int":
            return int(text.replace("_", ""), 0)
        if kind == "float":
            return float(text.replace("_", ""))
    except ValueError:  # .inf, 0o17 and the like stay text
        return text
    return text
