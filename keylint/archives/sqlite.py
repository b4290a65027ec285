"""SQLite: every table a delimited text, its columns on the first line, a row a line.

A value that has lines itself, or is no text and holds a run of alphanumerics, is a member of its own: table, row from
1, column.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from keylint.archives import MOST_BYTES, MOST_MEMBERS, Archive, Member, Room
from keylint.sieve import holds_word, runs

if TYPE_CHECKING:
    from sqlite3 import Connection

_speaks_of_keys = holds_word((b"binance", b"api_key", b"apikey", b"api-key", b"secret"))
_MARK = b"SQLite format 3\0"
# Where the head of a database tells how its texts are encoded.
_TEXTS_ARE, _UTF_8 = 56, b"\0\0\0\1"
# The virtual machine is asked after so many steps whether it may go on, and is given so many. A step takes 20 ns.
_STEPS, _MOST_STEPS = 10_000, 500_000_000
_ORDINARY = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"


def members(data: bytes, room: Room) -> Iterator[Member]:
    """Yield the tables of a database as texts. One that can hold no key is not opened."""
    wide = data[_TEXTS_ARE : _TEXTS_ARE + 4] != _UTF_8
    if not wide and next(runs(data), None) is None and not _speaks_of_keys(data):
        return
    import sqlite3

    if sys.version_info < (3, 11):
        yield Member("", left_out="unreadable", detail="a SQLite database; to look into it takes Python 3.11")
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
    connection.text_factory = bytes  # half the time goes into making strings of them
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

    for (name,) in connection.execute(_ORDINARY).fetchall():
        table = name.decode("utf-8", "surrogateescape")
        try:
            yield from _table(connection, table, room)
        except (sqlite3.Error, UnicodeError, OverflowError) as error:
            yield Member(table, left_out="unreadable", detail=f"damaged: {type(error).__name__}")


def _table(connection: Connection, table: str, room: Room) -> Iterator[Member]:
    """Yield a table, and of it what has lines of its own (a letter, a file, settings) or is no text."""
    name = table.replace('"', '""')
    cursor = connection.execute(f'SELECT * FROM "{name}"')  # noqa: S608  a name cannot be a parameter
    columns = [str(column[0]) for column in cursor.description]
    lines = [b"\t".join(_in_line(column.encode("utf-8", "surrogateescape")) for column in columns)]
    size = len(lines[0])
    for number, row in enumerate(cursor, 1):
        line = b"\t".join([value if type(value) is bytes else b"" for value in row])
        parts: list[tuple[str, bytes]] = []
        if _is_apart(line) or line.count(b"\t") >= len(columns):
            cells = [_cell(value) for value in row]
            line = b"\t".join([b"" if _is_apart(cell) else _in_line(cell) for cell in cells])
            apart = [(column, cell) for column, cell in zip(columns, cells, strict=True) if _is_apart(cell)]
            parts = [one for one in apart if b"\0" not in one[1] or next(runs(one[1]), None) is not None]
        lines.append(line)
        size += len(line) + 1
        if size > room.size or room.members < len(parts) + 1:
            detail = f"of an archive {MOST_BYTES} bytes and {MOST_MEMBERS} members are unpacked"
            yield Member(table, left_out="too-large", detail=detail)
            return
        for column, cell in parts:
            yield _member(f"{table}/{number}/{column}", cell, room)
    yield _member(table, b"\n".join(lines), room)


def _member(name: str, data: bytes, room: Room) -> Member:
    room.size -= len(data)
    room.members -= 1
    return Member(name, data)


def _is_apart(value: bytes) -> bool:
    return b"\n" in value or b"\r" in value or b"\0" in value


def _in_line(text: bytes) -> bytes:
    return b" ".join(text.split(b"\t"))


def _cell(value: object) -> bytes:
    """Return a value that is text, its lines ending one way, or bytes that may be text after all."""
    if not isinstance(value, bytes):
        return b""
    return value if b"\0" in value else value.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _is_one(head: bytes) -> bool:
    return head.startswith(_MARK)


ARCHIVE = Archive(_is_one, members)
