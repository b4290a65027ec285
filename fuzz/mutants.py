"""Change one place of a module at a time and see whether its tests notice: `mutants.py MODULE TEST ...`."""

from __future__ import annotations

import ast
import copy
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.LShift: ast.RShift,
}
SECONDS = 300


def main() -> None:
    """Print every mutant that the tests let pass, and how many there were."""
    module, *tests = sys.argv[1:]
    source = ROOT / module
    tree = ast.parse(source.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        for part in ("keylint", "rules", "tests", "fixtures"):
            shutil.copytree(ROOT / part, Path(folder, part), ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        assert notice(folder, tests) == 0, "the tests fail without a change"
        tried = survived = 0
        for what, mutant in mutants(tree):
            tried += 1
            Path(folder, module).write_text(ast.unparse(mutant), encoding="utf-8")
            if notice(folder, tests) == 0:
                survived += 1
                print(f"{module}:{what}", flush=True)
    print(f"{module}: {tried} mutants, {tried - survived} noticed, {survived} survived", flush=True)


def notice(folder: str, tests: list[str]) -> int:
    """Return what pytest ends with; a mutant that never ends is noticed."""
    environment = {**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return 1
    return done.returncode


def mutants(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """Yield every tree that differs in one place, with the line and what stands there."""
    count = sum(1 for _ in ast.walk(tree))
    for place in range(count):
        for variant in range(_most(tree, place)):
            changed = copy.deepcopy(tree)
            node = _at(changed, place)
            before = ast.unparse(node)
            change(node, variant)
            line = getattr(node, "lineno", 0)
            yield f"{line}: {before[:80]}  ->  {ast.unparse(node)[:80]}", ast.fix_missing_locations(changed)


def _at(tree: ast.Module, place: int) -> ast.AST:
    return next(node for at, node in enumerate(ast.walk(tree)) if at == place)


def _most(tree: ast.Module, place: int) -> int:
    """Return in how many ways a node can be changed."""
    node = _at(tree, place)
    match node:
        case ast.Compare():
            return 1 if type(node.ops[0]) in _COMPARISONS else 0
        case ast.BinOp():
            return 1 if type(node.op) in _OPERATORS else 0
        case ast.BoolOp() | ast.UnaryOp(op=ast.Not()) | ast.IfExp():
            return 1
        case ast.Constant(value=bool()):
            return 1
        case ast.Constant(value=int()):
            return 2
    return 0


def change(node: ast.AST, variant: int) -> None:
    """Change a node in place."""
    match node:
        case ast.Compare():
            node.ops[0] = _COMPARISONS[type(node.ops[0])]()
        case ast.BinOp():
            node.op = _OPERATORS[type(node.op)]()
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.UnaryOp():
            node.op = ast.UAdd()
            node.operand = ast.Call(ast.Name("bool", ast.Load()), [node.operand], [])
        case ast.IfExp():
            node.body, node.orelse = node.orelse, node.body
        case ast.Constant(value=bool()):
            node.value = not node.value
        case ast.Constant(value=int(number)):
            node.value = number + (1 if variant else -1)


if __name__ == "__main__":
    main()
