"""Archives: a file that holds files. One module a format, found by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple, cast

from keylint.model import SkipReason
from keylint.registry import load, names

# Of an archive, with what is in archives inside of it. Units: bytes unpacked, members.
MOST_BYTES = 256 << 20
MOST_MEMBERS = 10_000
# An archive in an archive in an archive is opened; one in that is not.
DEEPEST = 3
# Text is packed to a tenth, logs to a fiftieth; what is larger than this and smaller packed is made to fill memory.
_BOMB_BYTES, _BOMB_RATIO = 1 << 20, 200


# Between the path of an archive and that of a member.
MEMBER = "!"


class Member(NamedTuple):
    """A file of an archive. `left_out` tells why there is no `data`."""

    name: str
    data: bytes = b""
    left_out: SkipReason | None = None
    detail: str = ""


class Room:
    """How much may still be unpacked of one archive, and of those in it."""

    def __init__(self) -> None:
        self.size = MOST_BYTES
        self.members = MOST_MEMBERS

    def refusal(self, size: int, packed: int) -> str:
        """Return why a member of this size is not unpacked; empty: it may be."""
        if size > self.size:
            return f"{size} bytes; of an archive {MOST_BYTES} are unpacked"
        if size > _BOMB_BYTES and size > packed * _BOMB_RATIO:
            return f"{size} bytes packed into {packed}"
        return ""


class Archive(NamedTuple):
    """A format: whether bytes begin like it, and what is in them. Members come as they are asked for.

    Units: `is_one` is handed the first 8 KiB. `members` never raises, whatever the bytes are.
    """

    is_one: Callable[[bytes], bool]
    members: Callable[[bytes, Room], Iterator[Member]]


def archive_of(head: bytes) -> Archive | None:
    """Return the format that bytes begin like."""
    return next((one for one in _archives() if one.is_one(head)), None)


@cache
def _archives() -> tuple[Archive, ...]:
    return tuple(cast(Archive, load(__name__, name, "ARCHIVE")) for name in names(__name__))
