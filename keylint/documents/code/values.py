"""What a source file holds, in words that fit every language. Units: half-open offsets in code points.

Names are written with dots whatever the language writes: `this->key`, `self.key`, `env::var` and `headers["X"]` are
`this.key`, `self.key`, `env.var` and `headers.X`. A name that comes from the environment is written `$NAME`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol, TypeVar

Scalar = str | int | float | bool | None


class Entry(NamedTuple):
    """A dictionary, object, hash or struct literal, or a value in one.

    Shape: as `keylint.documents.tree.Node`, and the names that a value reads. `value` is None for what is no literal.
    `start` and `end` are the value, of a string what stands between the quotes; the same for the name. Without a name,
    both of its offsets are those of the value's start.
    """

    kind: Literal["mapping", "sequence", "scalar"]
    name: str
    value: Scalar
    start: int
    end: int
    name_start: int
    name_end: int
    children: tuple[Entry, ...] = ()
    names: tuple[str, ...] = ()


class Argument(NamedTuple):
    """An expression: an argument, the right side of an assignment, what is thrown.

    `name` is that of a keyword argument. `text` is the source, cut to 200 characters. `value` is set if the whole
    expression is a literal. `names` are the identifiers and dotted names that it reads, those inside calls too.
    `call` and `entry` are set if the whole expression is a call, or a literal with entries.
    """

    name: str
    text: str
    value: Scalar
    start: int
    end: int
    names: tuple[str, ...] = ()
    call: Call | None = None
    entry: Entry | None = None


class Call(NamedTuple):
    """A call, a construction (`new Spot(…)`, `Config{Key: …}`), a macro or a command with its words.

    `callee` is a dotted name; calls inside it are `name()`, as in `client.NewService().Do`. `receiver` is what comes
    before its last dot, `method` what comes after. `callee_start` and `callee_end` are where it is written.
    """

    callee: str
    receiver: str
    method: str
    arguments: tuple[Argument, ...]
    start: int
    end: int
    callee_start: int
    callee_end: int
    scope: int


class Assignment(NamedTuple):
    """A value that gets a name: an assignment, a declaration, a field, a default of a parameter."""

    target: str
    value: Argument
    start: int
    end: int
    scope: int


class Import(NamedTuple):
    """A module that is used. Shape: `names` are (name, alias) of what is taken from it, the alias empty or not.

    A module that is named as a whole has its alias under an empty name.
    """

    module: str
    names: tuple[tuple[str, str], ...]
    start: int
    end: int


class Text(NamedTuple):
    """A string literal, decoded; the span is what stands between the quotes.

    Each hole of a template is `{}` in the value; `holes` are the names that each of them reads.
    """

    value: str
    start: int
    end: int
    scope: int
    holes: tuple[tuple[str, ...], ...] = ()


class Throw(NamedTuple):
    """An exception raised, a panic."""

    value: Argument
    start: int
    end: int
    scope: int


class Read(NamedTuple):
    """A variable of the environment, or a value of a configuration, that is read by its name.

    `target` is the name that the value itself goes to: a variable, a keyword argument, the key of an entry.
    """

    name: str
    target: str
    start: int
    end: int
    scope: int


class Function(NamedTuple):
    """A function or method; `scope` is its own, `parent` that around it. The file's own scope is 0."""

    name: str
    parameters: tuple[str, ...]
    start: int
    end: int
    scope: int
    parent: int


class Code(NamedTuple):
    """A source file. Everything is in the order of the source; `mappings` are the outermost ones.

    `how` is "parsed", or "fallback" if only what single lines show is known. `reason` says why it fell back, or what
    was wrong with a file that was parsed all the same; what no grammar could read in it was read by lines.
    """

    language: str
    how: Literal["parsed", "fallback"]
    reason: str
    imports: tuple[Import, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    calls: tuple[Call, ...] = ()
    mappings: tuple[Entry, ...] = ()
    texts: tuple[Text, ...] = ()
    throws: tuple[Throw, ...] = ()
    reads: tuple[Read, ...] = ()
    functions: tuple[Function, ...] = ()


class _Placed(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


Item = TypeVar("Item", bound=_Placed)


def within(items: Sequence[Item], start: int, end: int) -> list[Item]:
    """Return what lies inside a span, of items in the order of the source."""
    found = []
    for place in range(bisect_left(items, start, key=lambda item: item.start), len(items)):
        if items[place].start >= end:
            break
        if items[place].end <= end:
            found.append(items[place])
    return found
