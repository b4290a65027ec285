"""JSON files that users edit: read fast, and read again slowly for the places of what is wrong in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from keylint.errors import BaselineError, RuleError
from keylint.policy.source_map import Plain, Problem, SourceMap, read

Checked = TypeVar("Checked")
_CONFLICT = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")


def read_json(text: str, file: str, check: Callable[[SourceMap], Checked]) -> Checked:
    """Return what `check` makes of a JSON text; it notes mistakes on the source.

    Raises: BaselineError with the line and column of every mistake.
    """
    repeated: list[str] = []
    source = SourceMap(file, _loaded(text, file, repeated), {})
    checked = check(source)
    if not source.problems and not repeated:
        return checked
    try:
        # JSON is YAML as well, and that reader knows where everything stands.
        placed = read(text, file)
        check(placed)
        problems = placed.problems or source.problems
    except RuleError:  # save for some odd JSON
        problems = source.problems
    problems = problems or [Problem(file, 1, 1, f"key '{key}' is written twice") for key in repeated]
    raise BaselineError("\n".join(str(problem) for problem in sorted(set(problems))))


def _loaded(text: str, file: str, repeated: list[str]) -> Plain:
    import json

    def mapping(pairs: list[tuple[str, Plain]]) -> dict[str, Plain]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            repeated.extend(name for name in found if names.count(name) > 1)
        return found

    try:
        loaded: Plain = json.loads(text, object_pairs_hook=mapping)
    except json.JSONDecodeError as error:
        for number, line in enumerate(text.splitlines(), 1):
            if line.startswith(_CONFLICT):
                problem = Problem(file, number, 1, f"'{line[:7]}' is left from a merge; keep the entries of both sides")
                raise BaselineError(str(problem)) from None
        raise BaselineError(str(Problem(file, error.lineno, error.colno, f"not JSON: {error.msg}"))) from None
    except (ValueError, RecursionError) as error:
        raise BaselineError(str(Problem(file, 1, 1, f"not JSON: {error}"))) from None
    return loaded
