"""Change one place of a module at a time and see whether its tests notice: `mutants.py MODULE TEST ...`."""

from __future__ import annotations

import ast
import copy
import os
import signal
import sys
from collections.abc import Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import hypothesis  # noqa: F401  once, not for each mutant
import pytest

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
SECONDS = 120


def main() -> None:
    """Print every mutant that the tests let pass, and how many there were."""
    module, *tests = sys.argv[1:]
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    assert notices(module, tree, tests) == 0, "the tests fail without a change"
    tried = survived = 0
    for what, mutant in mutants(tree):
        tried += 1
        if notices(module, mutant, tests) == 0:
            survived += 1
            print(f"{module}:{what}", flush=True)
    print(f"{module}: {tried} mutants, {tried - survived} noticed, {survived} survived", flush=True)


def notices(module: str, tree: ast.Module, tests: list[str]) -> int:
    """Return what pytest ends with, in a process of its own that has this for the module; one without end is killed."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.alarm(SECONDS)
            sys.meta_path.insert(0, _Mutant(module, tree))
            for stream in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
            os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # they take longer to load than the tests to run
            options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "_hypothesis_pytestplugin", "--hypothesis-seed=0"]
            options += ["-W", "ignore"]
            code = int(pytest.main([*options, *tests]))
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class _Mutant(Loader, MetaPathFinder):
    """Finds one module changed, and no other."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        self.name = module.removesuffix(".py").replace("/", ".")
        self.tree = tree

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        return ModuleSpec(name, self) if name == self.name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.tree, self.name, "exec"), module.__dict__)  # noqa: S102  our own code, changed in one place


def mutants(tree: ast.Module) -> Iterator[tuple[str, ast.Module]]:
    """Yield every tree that differs in one place, with the line and what stands there. Annotations are not run."""
    annotations = (part for node in ast.walk(tree) for part in (_part(node, "annotation"), _part(node, "returns")))
    passive = {inner for part in annotations if part is not None for inner in ast.walk(part)}
    for place, one in enumerate(ast.walk(tree)):
        if one in passive:
            continue
        for variant in range(_most(tree, place)):
            changed = copy.deepcopy(tree)
            node = _at(changed, place)
            before = ast.unparse(node)
            change(node, variant)
            line = getattr(node, "lineno", 0)
            yield f"{line}: {before[:80]}  ->  {ast.unparse(node)[:80]}", ast.fix_missing_locations(changed)


def _part(node: ast.AST, name: str) -> ast.AST | None:
    part: ast.AST | None = getattr(node, name, None)
    return part


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
