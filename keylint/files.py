"""Files that a user names for keylint to keep: read within bounds, replaced in one step."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import suppress

# A baseline of a million findings; a larger file is none.
_LARGEST = 256 << 20


def read_whole(file: str) -> bytes:
    """Return a regular file's bytes. Raises: OSError, also for a pipe, which could be read for ever."""
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(None, "not a regular file")
        if status.st_size > _LARGEST:
            raise OSError(None, f"larger than {_LARGEST} bytes")
        return stream.read()


def replace(file: str, text: str | Iterable[str]) -> None:
    """Write UTF-8 with line feeds, whatever the platform's habits. Raises: OSError, and then nothing has changed.

    A regular file is replaced in one step, so that nobody reads half of one; a pipe or device is written to. A text may
    come in pieces.
    """
    data = (piece.encode("utf-8", "backslashreplace") for piece in ((text,) if isinstance(text, str) else text))
    if os.path.isfile(file) or not os.path.lexists(file):
        file = os.path.realpath(file)
        beside = f"{file}.{os.getpid()}.part"
        try:
            with open(beside, "xb") as stream:
                stream.writelines(data)
            with suppress(FileNotFoundError):
                os.chmod(beside, stat.S_IMODE(os.stat(file).st_mode))
            os.replace(beside, file)
        except BaseException:  # what makes the pieces may end at anything
            with suppress(OSError):
                os.unlink(beside)
            raise
    else:
        descriptor = os.open(file, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
        os.set_blocking(descriptor, True)
        with open(descriptor, "wb") as stream:
            stream.writelines(data)
