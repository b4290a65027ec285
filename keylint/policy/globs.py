"""Gitignore-style patterns over paths as reports show them.

Strangers write both, so that no search may go back over what it has tried: of what stands between two stars the first
place is the best one, for it leaves the most to what follows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import NamedTuple

from keylint.policy.shapes import Shape, described
from keylint.policy.source_map import Path, Plain, SourceMap

_LONGEST = 1000
_SIGN = re.compile(
    r"\\(?P<escaped>.)|\[(?P<negation>[!^]?)(?P<set>\]?[^\]]*)\]|(?P<stars>\*+)|(?P<one>\?)|(?P<plain>[^\\\[])",
    re.DOTALL,
)
_FOLDERS = "(?:[^/]+/)*"


class _Glob(NamedTuple):
    """A pattern that can be asked. `takes` is False for one that takes back what others took."""

    pattern: re.Pattern[str]
    takes: bool


def matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """Return what tells whether a path, with `/`, is matched: the last pattern that does decides, as in .gitignore.

    Raises: ValueError for what is no pattern.
    """
    say = verdict(globs)
    return lambda path: say(path) is True


def verdict(globs: Iterable[str]) -> Callable[[str], bool | None]:
    """Return what tells the same, and None of a path that no pattern speaks of. A folder's path ends with `/`.

    Raises: ValueError for what is no pattern.
    """
    last_first = [glob for glob in map(_glob, globs) if glob is not None][::-1]

    def say(path: str) -> bool | None:
        path = path[1:] if path.startswith("/") else path.removeprefix("./")
        by_folder: bool | None = None
        for glob in last_first:
            found = glob.pattern.match(path)
            if found is not None and found.end() == len(path):
                return glob.takes
            # What is said of a folder holds for what is in it, unless something else is said of that.
            if found is not None and by_folder is None:
                by_folder = glob.takes
        return by_folder

    return say


def is_pattern(line: str) -> bool:
    """Tell whether a line is a pattern, or an empty line or a comment."""
    try:
        _glob(line)
    except ValueError:
        return False
    return True


def _glob(line: str) -> _Glob | None:
    """Return a line as a pattern, None for an empty one or a comment. Raises: ValueError."""
    text = line if line.endswith("\\ ") else line.rstrip()
    if not text or text.startswith("#"):
        return None
    takes = not text.startswith("!")
    path = text.removeprefix("!")
    if len(line) > _LONGEST or not path.strip("/"):
        raise ValueError(line)
    segments = path.removeprefix("/").removesuffix("/").split("/")
    if "/" not in path.removesuffix("/"):  # in any folder
        segments.insert(0, "**")
    try:
        return _Glob(re.compile(_expression(segments, of_folder=path.endswith("/"))), takes)
    except re.error:
        raise ValueError(line) from None


def _expression(segments: Sequence[str], *, of_folder: bool) -> str:
    """Return what matches a path up to the end of what is named: a file, or a folder with its `/`."""
    numbers = count()
    stretches: list[list[str]] = [[]]  # what stands between two `**`
    for segment in segments:
        if len(segment) > 1 and not segment.strip("*"):
            stretches.append([])
        else:
            stretches[-1].append(_segment(segment, numbers))
    first, *others = ("/".join(stretch) for stretch in stretches)
    end = "/" if of_folder else r"(?:/|\Z)"
    if not others:
        return first + end
    *between, last = others
    start = f"{first}/" if first else ""
    start += "".join(_soonest(f"{_FOLDERS}?{stretch}/", numbers) for stretch in between if stretch)
    if last:
        return f"{start}{_FOLDERS}{last}{end}"
    return start + ("(?:[^/]+/)+" if of_folder else r"(?:.|\n)+")


def _segment(text: str, numbers: Iterator[int]) -> str:
    """Return what matches the name of one file or folder."""
    pieces = [""]  # what stands between two stars
    place = 0
    while place < len(text):
        sign = _SIGN.match(text, place)
        if sign is None:
            raise ValueError(text)
        place = sign.end()
        if sign["stars"]:
            pieces.append("")
        elif sign["set"] is not None:
            within = re.sub(r"[\\\[&~|]", r"\\\g<0>", sign["set"])
            pieces[-1] += rf"(?!/)[{'^' if sign['negation'] else ''}{within}]"
        else:
            pieces[-1] += "[^/]" if sign["one"] else re.escape(sign["escaped"] or sign["plain"])
    if pieces == ["", ""]:
        return "[^/]+"
    first, *others = pieces
    if not others:
        return first
    *between, last = others
    return first + "".join(_soonest(f"[^/]*?{piece}", numbers) for piece in between) + f"[^/]*{last}"


def _soonest(expression: str, numbers: Iterator[int]) -> str:
    """Return what matches the same, the first way that it can and no other."""
    name = f"n{next(numbers)}"  # Python 3.10 has no atomic groups
    return f"(?=(?P<{name}>{expression}))(?P={name})"


def _check(source: SourceMap, path: Path, value: Plain) -> bool:
    if isinstance(value, str) and value.strip() and is_pattern(value):
        return True
    too_long = isinstance(value, str) and len(value) > _LONGEST
    kind = f"of at most {_LONGEST:,} characters" if too_long else "such as tests/**"
    source.problem(path, f"expected a gitignore-style pattern {kind}, found {described(value)}")
    return False


GLOB = Shape(_check, {"type": "string", "minLength": 1, "maxLength": _LONGEST})
