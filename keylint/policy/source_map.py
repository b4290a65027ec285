"""YAML text to plain values that still know where each of them stands, so that an error can name the place."""

from __future__ import annotations

from typing import NamedTuple

from keylint.errors import RuleError

Path = tuple[str | int, ...]
Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]


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

    def problem(self, path: Path, text: str) -> None:
        """Note a mistake at a value, or at the nearest one around it."""
        while path and path not in self._places:
            path = path[:-1]
        self.problems.append(Problem(self.file, *self._places.get(path, (1, 1)), text))

    def unknown(self, path: Path, found: str, kind: str, known: frozenset[str] | tuple[str, ...]) -> None:
        """Note a name that is not known, with the nearest that is."""
        from difflib import get_close_matches

        near = get_close_matches(found, sorted(known), 1, 0.6)
        hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(sorted(known))}"
        self.problem(path, f"unknown {kind} '{found}'; {hint}")


def read(text: str, file: str) -> SourceMap:
    """Return the values of a YAML text. Raises: RuleError with file, line and column if it is no YAML."""
    import yaml

    loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        root = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise RuleError(str(Problem(file, line, column, f"not YAML: {error.problem}"))) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise RuleError(str(Problem(file, 1, 1, f"not YAML: {str(error).splitlines()[0]}"))) from None
    places: dict[Path, tuple[int, int]] = {}
    repeated: list[Problem] = []
    value = _plain(root, (), places, repeated) if root is not None else None
    source = SourceMap(file, value, places)
    source.problems.extend(problem._replace(file=file) for problem in repeated)
    return source


def _plain(node: object, path: Path, places: dict[Path, tuple[int, int]], repeated: list[Problem]) -> Plain:
    """Read a node tree. Values come from the tag that YAML gave each scalar; dates stay text."""
    from yaml.nodes import MappingNode, ScalarNode, SequenceNode

    assert isinstance(node, (MappingNode, ScalarNode, SequenceNode))
    places.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
    if isinstance(node, SequenceNode):
        return [_plain(child, (*path, place), places, repeated) for place, child in enumerate(node.value)]
    if isinstance(node, MappingNode):
        mapping: dict[str, Plain] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            places.setdefault((*path, key), (line, column))
            if key in mapping:
                repeated.append(Problem("", line, column, f"key '{key}' is written twice"))
            mapping[key] = _plain(value_node, (*path, key), places, repeated)
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
