"""Where a value goes in one file: names that are given it, and names that are given those."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from keylint.documents.code.values import Argument, Code

# Methods that hand on their object or their one argument; the result of another call is another value.
_CARRIERS = frozenset(
    "str bytes string some ok from into to_string to_owned tostring clone strip trim trimspace encode decode unwrap "
    "unwrap_or unwrap_or_default unwrap_or_else expect as_str as_ref number buffer.from secretstr get_secret_value "
    "fetch get getenv lookupenv getproperty getenvironmentvariable var env config orelse orelsethrow "
    "valueof strval rstrip chomp freeze".split()
)
# `self.key` of one method is that of another.
_OWN = ("self.", "this.")


class Holders(NamedTuple):
    """The names that hold what was looked for. Shape: `names` are (scope, dotted name), of the file in scope 0."""

    predicate: Callable[[str], bool]
    names: frozenset[tuple[int, str]]
    parents: dict[int, int]

    def named(self, name: str, scope: int) -> bool:
        """Say whether a name is, or holds in a scope, what was looked for."""
        return self.predicate(name) or any(key in self.names for key in places(name, scope, self.parents))


def names_of(code: Code, predicate: Callable[[str], bool]) -> Holders:
    """Follow the names that a predicate accepts through assignments, wherever they stand in the file.

    The predicate is asked with dotted names; one from the environment is `$NAME`. Parameters are known by name alone.
    """
    parents = {function.scope: function.parent for function in code.functions}
    found: set[tuple[int, str]] = set()
    readers: dict[tuple[int, str], list[tuple[int, str]]] = {}
    waiting: list[tuple[int, str]] = []
    asked: dict[str, bool] = {}

    def accepted(name: str) -> bool:
        if name not in asked:
            asked[name] = predicate(name)
        return asked[name]

    for assignment in code.assignments:
        target = (_home(assignment.target, assignment.scope), assignment.target)
        if not _carried(assignment.value):
            continue
        for name in assignment.value.names:
            if accepted(name):
                waiting.append(target)
            else:
                for key in places(name, assignment.scope, parents):
                    readers.setdefault(key, []).append(target)
    waiting += [
        (_home(read.target, read.scope), read.target)
        for read in code.reads
        if read.target and accepted(f"${read.name}")
    ]
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting.extend(readers.get(key, ()))
    return Holders(accepted, frozenset(found), parents)


def _carried(value: Argument) -> bool:
    return value.entry is None and (value.call is None or value.call.method.lower() in _CARRIERS)


def _home(name: str, scope: int) -> int:
    return 0 if name.startswith(_OWN) else scope


def places(name: str, scope: int, parents: Mapping[int, int]) -> Iterable[tuple[int, str]]:
    """Yield where a name may have been given its value: here, in the functions around, in the file."""
    if name.startswith(_OWN):
        yield 0, name
        return
    for _ in range(8):
        yield scope, name
        if scope == 0:
            return
        scope = parents.get(scope, 0)
    yield 0, name
