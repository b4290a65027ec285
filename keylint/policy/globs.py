"""Gitignore-style patterns over paths as reports show them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from keylint.policy.shapes import Shape, described
from keylint.policy.source_map import Path, Plain, SourceMap


def matcher(globs: Sequence[str]) -> Callable[[str], bool]:
    """Return what tells whether a path, with `/`, is matched: the last pattern that does decides, as in .gitignore."""
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(globs).match_file


def _check(source: SourceMap, path: Path, value: Plain) -> bool:
    if not isinstance(value, str) or not value.strip():
        source.problem(path, f"expected a gitignore-style pattern such as tests/**, found {described(value)}")
        return False
    try:
        matcher([value])
    except ValueError:
        source.problem(path, f"expected a gitignore-style pattern such as tests/**, found {described(value)}")
        return False
    return True


GLOB = Shape(_check, {"type": "string", "minLength": 1})
