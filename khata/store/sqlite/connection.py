"""Opening a book file: what it must be, the settings that do not persist, and what SQLite's errors mean."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from khata.log.errors import (
    BookBrokenError,
    BookError,
    BusyError,
    DiskError,
    NewerBookError,
    NoBookError,
    NotABookError,
)
from khata.store.sqlite.schema import APPLICATION_ID, MAGIC, PRAGMAS, USER_VERSION, amiss

OLDEST_SQLITE = (3, 37, 0)
"""STRICT tables came with 3.37."""

LARGEST_VALUE = 1 << 24
"""Bytes of one value: far more than any body or detail, far less than what would fill the memory."""

LONGEST_SQL = 10_000
"""Bytes of a statement, and so of each text in a schema: khata's own are far shorter."""

# A file can name the same bytes many times: lengths are asked before what they are the length of.
HASH = "iif(length(hash) <= 32, hash, x'')"
ENTRY = f"seq, iif(length(body) <= 65535, body, x''), {HASH}"
"""The columns of an entry; a value that no entry can have is left out. SQLite knows the length of one unread."""
DETAIL = "entry, iif(length(salt) <= 16, salt, x''), body, form"
"""The columns of a detail, whose body may be long."""

SCHEMA = "SELECT substr(type, 1, 99), substr(name, 1, 99), iif(length(sql) <= 999, sql, '') FROM sqlite_master"
"""Type, name and text of what there is in a file."""

_HEADER = 100
MOST_OBJECTS = 100
_DENIED = frozenset(
    {
        sqlite3.SQLITE_ALTER_TABLE,
        sqlite3.SQLITE_ATTACH,
        sqlite3.SQLITE_DETACH,
        sqlite3.SQLITE_DROP_TABLE,
        sqlite3.SQLITE_DROP_TRIGGER,
        sqlite3.SQLITE_CREATE_TABLE,
        sqlite3.SQLITE_CREATE_TRIGGER,
        sqlite3.SQLITE_CREATE_INDEX,
        sqlite3.SQLITE_CREATE_VIEW,
        sqlite3.SQLITE_UPDATE,
    }
)


def check_file(path: Path) -> None:
    """Look at the first bytes of a file, without SQLite and so without a lock.

    Raises:
        NoBookError: nothing there.
        NotABookError: a folder, a pipe, or a file that is no khata book; or such a thing in its journal's place.
        NewerBookError: a book of a later file version.
        DiskError: it cannot be read.
    """
    try:
        # O_NONBLOCK: a FIFO put in a book's place must not hang the shop.
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError) as e:
        raise NoBookError(path=str(path)) from e
    except OSError as e:
        raise DiskError(path=str(path), reason=e.strerror or str(e)) from e
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise NotABookError(path=str(path), why="not_a_file")
        header = os.read(fd, _HEADER)
    except OSError as e:
        raise DiskError(path=str(path), reason=e.strerror or str(e)) from e
    finally:
        os.close(fd)
    if len(header) < _HEADER or not header.startswith(MAGIC):
        raise NotABookError(path=str(path), why="not_sqlite")
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise NotABookError(path=str(path), why="other_database")
    if int.from_bytes(header[60:64], "big") > USER_VERSION:
        raise NewerBookError(path=str(path), user_version=int.from_bytes(header[60:64], "big"))
    _check_journal(path)


def _check_journal(path: Path) -> None:
    # SQLite opens a journal without O_NONBLOCK: a FIFO there would be waited for without end.
    journal = os.path.realpath(path) + "-journal"
    with suppress(OSError):
        if not stat.S_ISREG(os.lstat(journal).st_mode):
            raise NotABookError(path=journal, why="not_a_file")


class Guard:
    """The authorizer of khata's own connection: khata itself cannot update, delete or alter, even by mistake."""

    def __init__(self) -> None:
        self.erasing = False

    def __call__(self, action: int, first: str | None, *_: object) -> int:
        """Called by SQLite when a statement is prepared, not when it runs."""
        if action in _DENIED or (action == sqlite3.SQLITE_DELETE and not (self.erasing and first == "detail")):
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK


def connect(path: Path, *, create: bool = False) -> sqlite3.Connection:
    """A connection to a book file, read and write where the medium allows it.

    Opened for writing even to ask: a journal left by a killed process can only be rolled back so. No pragma that
    would need a lock is set here, and no lock is waited for inside SQLite (turns.py).
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise DiskError(path=str(path), reason=f"SQLite {sqlite3.sqlite_version} < 3.37")
    uri = path.absolute().as_uri() + ("?mode=rwc" if create else "?mode=rw")
    with meaning(path):
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=0, cached_statements=64)
        limit(connection)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA mmap_size = 0")
        connection.execute("PRAGMA recursive_triggers = ON")
        connection.execute("PRAGMA secure_delete = ON")
    return connection


def limit(connection: sqlite3.Connection) -> None:
    """Keep what one value, or one text of a schema, can make SQLite allocate within bounds."""
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_VALUE)
    connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, LONGEST_SQL)


def file_size(connection: sqlite3.Connection) -> int:
    """Bytes of the file, as SQLite counts its pages."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    return int(pages) * int(connection.execute("PRAGMA page_size").fetchone()[0])


def check_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Look at what the file calls a table before it is asked: a view may run for ever, a trigger may write.

    A journal mode is no part of it: whoever writes next sets it right.

    Raises:
        BookBrokenError: something in it is not what it must be, as `khata verify` will say in detail.
    """
    with meaning(path):
        objects = connection.execute(SCHEMA).fetchmany(MOST_OBJECTS)
        pragmas = {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS}
    if amiss(objects, pragmas):
        raise BookBrokenError(path=str(path), reason="schema")


def make_durable(connection: sqlite3.Connection, path: Path) -> None:
    """TRUNCATE and EXTRA: the one pair that lost no acknowledged commit in power-loss exploration; asserted."""
    mode = connection.execute("PRAGMA journal_mode = TRUNCATE").fetchone()[0]
    connection.execute("PRAGMA synchronous = EXTRA")
    level = connection.execute("PRAGMA synchronous").fetchone()[0]
    if mode != "truncate" or level != 3:
        raise DiskError(path=str(path), reason=f"journal_mode {mode}, synchronous {level}")


_MEANINGS: dict[int, type[BookError]] = {
    sqlite3.SQLITE_BUSY: BusyError,
    sqlite3.SQLITE_LOCKED: BusyError,
    sqlite3.SQLITE_FULL: DiskError,
    sqlite3.SQLITE_IOERR: DiskError,
    sqlite3.SQLITE_READONLY: DiskError,
    sqlite3.SQLITE_CANTOPEN: DiskError,
    sqlite3.SQLITE_PERM: DiskError,
    sqlite3.SQLITE_NOMEM: DiskError,
    sqlite3.SQLITE_NOTADB: BookBrokenError,
    sqlite3.SQLITE_CORRUPT: BookBrokenError,
}

_OWN = (sqlite3.ProgrammingError, sqlite3.IntegrityError)


def is_of_the_machine(error: BaseException) -> bool:
    """Whether SQLite could not read, write or remember; of the views, too, and so it blames no book."""
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, _OWN)


UNREAD = frozenset({sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ})
"""The errors of a disk that does not give back what is on it."""

FAILURES = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite's calls raise. The second: a message that quotes bytes of a damaged schema which are no UTF-8."""


@contextmanager
def meaning(path: Path) -> Iterator[None]:
    """Say in khata's terms what an SQLite error inside the block means."""
    try:
        yield
    except FAILURES as e:
        raise error_of(e, path) from e


def error_of(error: Exception, path: Path) -> BookError:
    """The fault for an SQLite error: busy, the machine, or a file that is broken."""
    code = getattr(error, "sqlite_errorcode", None)
    kind = _MEANINGS.get(code & 0xFF, BookBrokenError) if code is not None else BookBrokenError
    return kind(path=str(path), reason=str(error))
