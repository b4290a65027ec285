"""The errors that are shown to the user without a traceback; each knows its exit code."""

from __future__ import annotations


class KeylintError(Exception):
    """A mistake that the user can mend: shown as its text alone, exit code 2."""

    exit_code = 2


class UsageError(KeylintError):
    """The command line asks for something that cannot be done."""


class RuleError(KeylintError):
    """A rule or pack is wrong; the text lists every mistake with file, line and column."""


class BaselineError(KeylintError):
    """A baseline is wrong; the text lists every mistake with file, line and column."""


class ConfigError(KeylintError):
    """A configuration is wrong; the text lists every mistake with file, line and column."""


class NothingScanned(KeylintError):
    """The paths named matched no file: exit code 3, so that it never looks like a clean scan."""

    exit_code = 3


class SourceFailed(KeylintError):
    """A source could not be read to its end: exit code 4, so that it never looks like a clean scan."""

    exit_code = 4
