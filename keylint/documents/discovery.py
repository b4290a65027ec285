"""Discovery by file name for what reads documents: adding a format or a language means adding one file."""

from __future__ import annotations

from types import ModuleType


def modules(package: ModuleType) -> dict[str, ModuleType]:
    """Return a package's modules by name, sorted; those that begin with `_` are no extensions.

    Not keylint.registry, which lists folders through `os`, as the core does not. To be asked late: at start-up pkgutil
    would cost 2 ms.
    """
    import importlib
    import pkgutil

    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__) if not module.name.startswith("_"))
    return {name: importlib.import_module(f"{package.__name__}.{name}") for name in names}
