"""keylint init: a starter configuration, an inventory of the keys in use, the pre-commit entry and the workflow.

What is there stays.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from keylint import __version__
from keylint.commands import Command
from keylint.console import put
from keylint.errors import UsageError
from keylint.files import replace as write_file
from keylint.model import INVENTORY_FILE
from keylint.summary import CLEAN, NOT_COMPLETE

if TYPE_CHECKING:
    import argparse

_CONFIG = ".keylint.yaml"
_PRE_COMMIT = ".pre-commit-config.yaml"
_WORKFLOW = ".github/workflows/keylint.yml"
_HOOK = f"""\
  - repo: https://github.com/keylint/keylint
    rev: v{__version__}
    hooks:
      - id: keylint
"""
# Actions by digest: a tag can be moved to other code.
_FILES = {
    _CONFIG: """\
# yaml-language-server: $schema={schema}
version: 1

# What every repository can be held to; keylint:strict asks for more, ./a/folder is a pack of your own.
extends: [keylint:recommended]

# Switch a rule off or grade it, everywhere: {{unused-waiver: off, overlong-waiver: {{severity: high}}}}
rules: {{}}

# The same for some files: [{{paths: ["tests/**"], rules: {{hardcoded-api-key: {{severity: low}}}}}}]
overrides: []

# Files that are not scanned, as in .gitignore.
exclude: []

# Exceptions, each with rule, match or paths, reason, owner, created and expires.
waivers: []
""",
    _PRE_COMMIT: f"repos:\n{_HOOK}",
    _WORKFLOW: f"""\
name: keylint
on:
  push:
  pull_request:
permissions:
  contents: read
jobs:
  keylint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with:
          persist-credentials: false
      - uses: actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0
        with:
          python-version: "3.x"
      - run: python -m pip install keylint=={__version__}
      - run: keylint scan
""",
}
_EXAMPLES = """\
examples:
  keylint init            write what is missing in the current folder
  keylint init --git-hooks    and git's own hooks, for those who do without pre-commit
  keylint init --force    write keylint's own two files anew; .pre-commit-config.yaml is never touched
"""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--git-hooks", action="store_true", help=f"write hooks of git's own instead of {_PRE_COMMIT}; none is replaced"
    )
    parser.add_argument(
        "--force", action="store_true", help=f"replace {_CONFIG} and {_WORKFLOW}, with everything written in them"
    )


def _run(arguments: argparse.Namespace) -> int:
    from keylint.policy.config import find_config
    from keylint.policy.schema import SCHEMA_URL

    # A mistake in a configuration that is there is told before anything is written.
    config = find_config(os.curdir)
    inventory = _inventory()
    said: list[str] = []
    left: list[str] = []
    if arguments.git_hooks:
        from keylint.commands._git_hooks import install

        said, left = install()
    for name, template in _FILES.items():
        if name == _PRE_COMMIT and arguments.git_hooks:
            continue
        if name == _CONFIG and config is not None and config.name != _CONFIG:
            said.append(f"kept     {config.name}, which holds the configuration")
            continue
        text = template.format(schema=SCHEMA_URL.format("config")) if name == _CONFIG else template
        said.append(f"{_write(name, text, replace=arguments.force and name != _PRE_COMMIT):8} {name}")
    hook_missing = f"kept     {_PRE_COMMIT}" in said and not _names_keylint(_PRE_COMMIT)
    if inventory:
        said.append(f"{_write(INVENTORY_FILE, inventory, replace=False):8} {INVENTORY_FILE}")
    after = _next(left, hook_missing=hook_missing, pre_commit=not arguments.git_hooks, keys_listed=bool(inventory))
    return CLEAN if put("\n".join([*said, "", *after]) + "\n") else NOT_COMPLETE


def _inventory() -> str:
    """Return the text of an inventory for the keys in use here; nothing where there are none, or one is there."""
    from keylint.assessment import Options, current_day, policy_of, report_of
    from keylint.errors import NothingScanned
    from keylint.pipeline import is_sure
    from keylint.policy.schema import SCHEMA_URL
    from keylint.whole.keys import undeclared

    options = Options()
    policy = policy_of(options)
    names = (INVENTORY_FILE,) if policy is None else policy.inventory
    if any(map(os.path.lexists, (INVENTORY_FILE, *names))):
        return ""
    try:
        _, seen, _ = report_of(options, policy=policy)
    except NothingScanned:
        return ""
    keys = [fact for fact in undeclared((), seen.facts) if is_sure(fact, options.min_confidence)]
    if not keys:
        return ""
    from keylint.commands._inventory_stub import stub

    return stub(keys, SCHEMA_URL.format("inventory"), current_day())


def _write(name: str, text: str, *, replace: bool) -> str:
    """Write a file whole or not at all, and tell what became of it. Raises: UsageError."""
    if os.path.lexists(name) and not (replace and os.path.isfile(name) and not os.path.islink(name)):
        return "kept"
    replaced = os.path.lexists(name)
    try:
        os.makedirs(os.path.dirname(name) or os.curdir, exist_ok=True)
        write_file(name, text)
    except OSError as error:
        raise UsageError(f"{name}: cannot be written: {error.strerror}") from None
    return "replaced" if replaced else "wrote"


def _names_keylint(file: str) -> bool:
    try:
        with open(file, "rb") as stream:
            return b"keylint" in stream.read(1 << 20)
    except OSError:
        return False


def _next(left: Sequence[str], *, hook_missing: bool, pre_commit: bool, keys_listed: bool) -> list[str]:
    lines = ["Next:"]
    if keys_listed:
        lines.append(f"  {INVENTORY_FILE:23} say of each key what it may do, and who answers for it")
    if left:
        lines += ["  add to the hooks that keylint does not write:", "", *(f"    {line}" for line in left), ""]
    if hook_missing:
        lines += [f"  add to `repos` in {_PRE_COMMIT}:", "", *(f"    {line}" for line in _HOOK.splitlines()), ""]
    if pre_commit:
        lines.append("  pre-commit install      keylint judges every commit")
    lines += [
        "  keylint scan            judge what is here already",
        "  keylint rules list      see what it is judged by",
    ]
    if not os.path.lexists(".git"):
        lines.append("This folder is not the top of a git work tree, where pre-commit and GitHub look for their files.")
    return lines


COMMAND = Command(
    "write a starter configuration, an inventory of the keys in use, the pre-commit entry and the GitHub workflow",
    _EXAMPLES,
    _arguments,
    _run,
)
