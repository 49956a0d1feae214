"""Making a book file: whole or not at all, and never over another file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from khata.log.book import Detail
from khata.log.chain import Entry
from khata.log.errors import BookBrokenError, DiskError
from khata.store.sqlite.atomic import atomic_write
from khata.store.sqlite.connection import connect, make_durable, meaning
from khata.store.sqlite.schema import APPLICATION_ID, OBJECTS, USER_VERSION

_NOT_AS_WRITTEN = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def create(
    path: Path, entries: Iterable[Entry], details: Iterable[Detail] = (), check: Callable[[Path], None] = lambda _: None
) -> None:
    """Make a book file that holds these entries (at least the first) and details.

    Args:
        path: where; nothing may be there.
        entries: in order.
        details: in order.
        check: looks at the finished file before it gets its name, and raises if it is not good.

    Raises:
        PathTakenError: a file is already there.
        DiskError: the folder cannot be written.
    """
    with atomic_write(path) as temporary:
        fill(temporary, entries, details)
        check(temporary)


def fill(path: Path, entries: Iterable[Entry], details: Iterable[Detail]) -> None:
    """Make a book of an empty file that nobody else knows yet.

    Raises:
        DiskError: it cannot be written, or not be read back: no book was broken by that.
        BookBrokenError: the entries do not follow each other.
    """
    connection = connect(path, create=True)
    try:
        with meaning(path):
            connection.execute("PRAGMA encoding = 'UTF-8'")
            make_durable(connection, path)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {USER_VERSION}")
            for text in OBJECTS.values():
                connection.execute(text)
            connection.executemany("INSERT INTO event (seq, body, hash) VALUES (?, ?, ?)", entries)
            connection.executemany("INSERT INTO detail (entry, salt, body, form) VALUES (?, ?, ?, ?)", details)
            connection.execute("COMMIT")
    except BookBrokenError as e:
        if getattr(e.__cause__, "sqlite_errorcode", 0) & 0xFF not in _NOT_AS_WRITTEN:
            raise
        raise DiskError(**e.facts) from e
    finally:
        connection.close()
