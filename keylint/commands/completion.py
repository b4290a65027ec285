"""keylint completion: the script by which a shell completes what is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.commands import Command
from keylint.console import put
from keylint.summary import CLEAN, NOT_COMPLETE

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

SHELLS = ("bash", "fish", "powershell", "zsh")

_EXAMPLES = """\
examples:
  keylint completion bash > ~/.local/share/bash-completion/completions/keylint
  keylint completion zsh > ~/.zfunc/_keylint      with fpath+=~/.zfunc before compinit in ~/.zshrc
  keylint completion fish > ~/.config/fish/completions/keylint.fish
  keylint completion powershell >> $PROFILE

Write it again after an update of keylint: it is made of the options and rules that this version has.
"""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))


def _run(arguments: argparse.Namespace) -> int:
    import shtab

    from keylint.policy.merge import load_policy

    parser = arguments.parser()
    rules = [rule.id for rule in load_policy().rules]
    for action in _actions(parser):
        # What a value is, by what the help calls it.
        if action.metavar in ("FILE", "PATH"):
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.metavar == "FOLDER":
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif action.metavar == "ID":
            action.choices = rules
    return CLEAN if put(shtab.complete(parser, arguments.shell)) else NOT_COMPLETE


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Yield what a parser and those of its commands take."""
    import argparse

    for action in parser._actions:  # noqa: SLF001  argparse has no other way to them
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001  likewise
            for command in action.choices.values():
                yield from _actions(command)


COMMAND = Command("print the script by which a shell completes keylint", _EXAMPLES, _arguments, _run)
