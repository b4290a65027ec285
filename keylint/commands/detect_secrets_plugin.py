"""keylint detect-secrets-plugin: give the users of detect-secrets keylint's detector."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keylint.commands import Command
from keylint.console import say
from keylint.errors import UsageError

if TYPE_CHECKING:
    import argparse

_EXAMPLES = """\
examples:
  keylint detect-secrets-plugin --write keylint_plugin.py
  (cd "$(git rev-parse --show-toplevel)" && detect-secrets scan -p keylint_plugin.py)

detect-secrets writes the plugin's path into its baselines, and looks for tracked files and for that path from the
current folder. Call it in the root of the repository, as its hook is: elsewhere it finds nothing and ends with 0.
"""
_PLUGIN = '''\
"""Lets detect-secrets ask keylint what is a key; both must be installed together.

Written by `keylint detect-secrets-plugin --write`.
"""

from detect_secrets.core.potential_secret import PotentialSecret
from detect_secrets.plugins.base import BasePlugin

from keylint.detect_secrets import secrets_in


class {name}(BasePlugin):
    """Keys and secrets of exchanges, and private keys, as keylint judges the whole file."""

    secret_type = "{type}"
    begun = None

    def analyze_string(self, string, **kwargs):
        for secret, _ in secrets_in("", string):
            yield secret

    def analyze_line(self, filename, line, line_number=0, context=None, **kwargs):
        # All of a file at its first line: detect-secrets drops lines with calls, and items and comments of YAML.
        first, self.begun = filename != self.begun, filename
        return {{
            PotentialSecret(self.secret_type, filename, secret, number)
            for secret, number in secrets_in(filename, line)
            if first or secret in line or number == line_number
        }}
'''


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--write", required=True, metavar="PATH", help="the file to write the plugin to")
    parser.add_argument("--force", action="store_true", help="replace a file that is something else")


def _run(arguments: argparse.Namespace) -> int:
    from keylint.files import read_whole, replace
    from keylint.secrets_baseline import PLUGIN_CLASS, PLUGIN_TYPE

    file: str = arguments.write
    text = _PLUGIN.format(name=PLUGIN_CLASS, type=PLUGIN_TYPE)
    try:
        if os.path.lexists(file) and not arguments.force and read_whole(file) != text.encode():
            raise UsageError(f"{file} exists and is something else; --force replaces it")
        replace(file, text)
    except OSError as error:
        raise UsageError(f"{file}: cannot be written: {error.strerror}") from None
    say(f"{file}: written; in the root of the repository, detect-secrets scan -p {file} asks keylint")
    return 0


COMMAND = Command("write a plugin that lets detect-secrets ask keylint", _EXAMPLES, _arguments, _run)
