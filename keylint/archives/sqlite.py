"""SQLite: every table a delimited text, its columns on the first line, a row a line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from keylint.archives import MOST_BYTES, MOST_MEMBERS, Archive, Member, Room
from keylint.sieve import runs

if TYPE_CHECKING:
    from sqlite3 import Connection

_MARK = b"SQLite format 3\0"
# The virtual machine is asked after so many steps whether it may go on, and is given so many. A step takes 20 ns.
_STEPS, _MOST_STEPS = 10_000, 500_000_000
_ORDINARY = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"


def members(data: bytes, room: Room) -> Iterator[Member]:
    """Yield the tables of a database as texts. One that holds nowhere 64 alphanumerics is not opened."""
    if next(runs(data), None) is None:
        return
    import sqlite3

    if sys.version_info < (3, 11):
        yield Member("", left_out="binary", detail="a SQLite database; to look into it takes Python 3.11")
        return
    try:
        connection = sqlite3.connect(":memory:")
        # A database that keeps a log beside it is opened as one that keeps none.
        connection.deserialize(data[:18] + b"\1\1" + data[20:] if data[18:20] == b"\2\2" else data)
    except sqlite3.Error as error:
        yield Member("", left_out="unreadable", detail=f"no whole SQLite database: {error}")
        return
    try:
        _restrain(connection)
        yield from _tables(connection, room)
    except sqlite3.Error as error:
        yield Member("", left_out="unreadable", detail=f"no whole SQLite database: {type(error).__name__}")
    finally:
        connection.close()


def _restrain(connection: Connection) -> None:
    """Let statements of the database itself do nothing, and none run for long: it may be made to harm."""
    import sqlite3

    for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0"):
        connection.execute(f"PRAGMA {pragma}")
    connection.text_factory = lambda value: value.decode("utf-8", "surrogateescape")
    allowed = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION}

    def may(action: int, _first: object, function: object, _database: object, _trigger: object) -> int:
        if action == sqlite3.SQLITE_FUNCTION and function not in ("like", "substr"):
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK if action in allowed else sqlite3.SQLITE_DENY

    connection.set_authorizer(may)
    left = _MOST_STEPS // _STEPS

    def too_long() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    connection.set_progress_handler(too_long, _STEPS)


def _tables(connection: Connection, room: Room) -> Iterator[Member]:
    import sqlite3

    for (table,) in connection.execute(_ORDINARY).fetchall():
        if room.members == 0:
            detail = f"of an archive {MOST_MEMBERS} members are unpacked"
            yield Member("", left_out="too-large", detail=detail)
            return
        room.members -= 1
        try:
            yield _table(connection, str(table), room)
        except (sqlite3.Error, UnicodeError, OverflowError) as error:
            yield Member(str(table), left_out="unreadable", detail=f"damaged: {type(error).__name__}")


def _table(connection: Connection, table: str, room: Room) -> Member:
    cursor = connection.execute('SELECT * FROM "{}"'.format(table.replace('"', '""')))
    lines = ["\t".join(_cell(column[0]) for column in cursor.description)]
    size = len(lines[0])
    for row in cursor:
        lines.append("\t".join(map(_cell, row)))
        size += len(lines[-1]) + 1
        if size > room.size:
            return Member(table, left_out="too-large", detail=f"of an archive {MOST_BYTES} bytes are unpacked")
    text = "\n".join(lines).encode("utf-8", "surrogateescape")
    room.size -= len(text)
    return Member(table, text)


def _cell(value: Any) -> str:
    """Return what stands in a column on one line; what is no text is left out, unless bytes are text after all."""
    if isinstance(value, bytes):
        value = "" if b"\0" in value else value.decode("utf-8", "surrogateescape")
    return " ".join(value.split()) if isinstance(value, str) else ""


def _is_one(head: bytes) -> bool:
    return head.startswith(_MARK)


ARCHIVE = Archive(_is_one, members)
