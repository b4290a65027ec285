"""Discovery by file name: adding a detector, reporter or command means adding one file."""

from __future__ import annotations

import importlib
import os
from functools import cache


@cache
def names(package: str) -> tuple[str, ...]:
    """Return the names of a package's modules, sorted; those that begin with `_` are no extensions."""
    paths = importlib.import_module(package).__path__
    found = {
        entry.partition(".")[0]
        for path in paths
        for entry in os.listdir(path)
        if entry.endswith(".py") and not entry.startswith("_")
    }
    return tuple(sorted(found))


def load(package: str, name: str, constant: str) -> object:
    """Return what an extension module exports under its package's constant."""
    return getattr(importlib.import_module(f"{package}.{name}"), constant)


def load_all(package: str) -> None:
    """Import every module of a package and of those in it, so that processes forked from here on have them."""
    import pkgutil

    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        importlib.import_module(module.name)
