"""The command line: dispatches to a command and turns every outcome into one exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NoReturn, cast

from keylint import __version__
from keylint.commands import Command
from keylint.errors import KeylintError
from keylint.registry import load, names
from keylint.summary import FAULT

if TYPE_CHECKING:
    import argparse

_COMMANDS = "keylint.commands"
_INTERRUPTED = 130


def command() -> NoReturn:
    """Run as a program, and leave at once: nothing is left to tidy up, which takes Python 6 ms."""
    os._exit(main())


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; never lets an exception out."""
    # A short-lived process makes no cycles worth collecting; looking for them took a tenth of a large scan.
    gc.disable()
    try:
        return _dispatch(sys.argv[1:] if argv is None else list(argv))
    except KeylintError as error:
        from keylint.console import say
        from keylint.recognition.masking import mask_keys

        say(mask_keys(str(error)))
        return error.exit_code
    except KeyboardInterrupt:
        import signal

        # Another one has nothing left to stop.
        with suppress(ValueError):  # not in the main thread
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        from keylint.console import say

        say("interrupted")
        return _INTERRUPTED
    except Exception:  # noqa: BLE001  whatever it is, it must not exit with 1, which means findings
        with suppress(Exception):
            import traceback

            from keylint.console import confess

            confess([traceback.format_exc()])
        return FAULT
    finally:
        _flush()


def _dispatch(argv: list[str]) -> int:
    if argv and argv[0] in names(_COMMANDS) and not any(argument.startswith("-") for argument in argv):
        plain = _command(argv[0]).plain
        if plain is not None:
            return plain(argv[1:])
    # Those of other commands are not needed to read this one's options.
    command = argv[0].replace("-", "_") if argv else ""
    arguments = _parser([command] if command in names(_COMMANDS) else names(_COMMANDS)).parse_args(argv)
    return cast(Command, arguments.command).run(arguments)


def _command(name: str) -> Command:
    return cast(Command, load(_COMMANDS, name, "COMMAND"))


def _parser(commands: Sequence[str]) -> argparse.ArgumentParser:
    import argparse

    class Parser(argparse.ArgumentParser):
        """Quotes what is wrong without what may be a key in it."""

        def error(self, message: str) -> NoReturn:
            from keylint.recognition.masking import mask_keys

            super().error(mask_keys(message))

    width = _columns()
    parser = Parser(
        prog="keylint",
        description="Find exchange API keys in repositories and judge them by policy.",
        epilog="keylint COMMAND --help shows examples.",
        formatter_class=lambda prog: argparse.HelpFormatter(prog, width=width),
    )
    parser.add_argument("--version", action="version", version=f"keylint {__version__}")
    subparsers = parser.add_subparsers(prog="keylint", metavar="COMMAND", required=True)
    for name in commands:
        command = _command(name)
        subparser = subparsers.add_parser(
            name.replace("_", "-"),
            help=command.summary,
            description=f"{command.summary[0].upper()}{command.summary[1:]}.",
            epilog=command.examples,
            formatter_class=lambda prog: argparse.RawDescriptionHelpFormatter(prog, width=width),
        )
        command.arguments(subparser)
        subparser.set_defaults(command=command, parser=partial(_parser, names(_COMMANDS)))
    return parser


def _columns() -> int:
    """Return the width of help, as argparse would have it: it asks shutil for every argument, which imports much."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns):
        return int(columns) - 2
    with suppress(OSError):
        return (os.get_terminal_size(1).columns or 80) - 2
    return 78


def _flush() -> None:
    """Flush now: what fails when Python ends would replace the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            try:
                stream.flush()
            except (OSError, ValueError):
                with suppress(OSError, ValueError):
                    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
