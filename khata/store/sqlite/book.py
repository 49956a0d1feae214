"""Reading and adding to a book file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from khata.log.book import BookLocator, Conflict, Detail
from khata.log.chain import EMPTY, Entry, Head
from khata.log.errors import BookBrokenError, BusyError, UnconfirmedError
from khata.store.sqlite.connection import (
    DETAIL,
    ENTRY,
    HASH,
    UNREAD,
    Guard,
    check_file,
    check_schema,
    connect,
    error_of,
    file_size,
    make_durable,
    meaning,
)
from khata.store.sqlite.turns import Identity, Waiting, identity, in_turns
from khata.units import Seq

LOOK_S = 0.1
"""How long a question waits for a book that somebody holds, before it answers from the cache."""

AT_ONCE = 256
"""Rows that are taken from SQLite together: 16 MB at the very most."""


def thirty_seconds(_: float) -> float:
    """A wait for a counter that is saving one entry."""
    return 30.0


class SqliteReading:
    """A book file as one moment shows it."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def head(self) -> Head:
        """The last entry's place and hash; (0, zeros) if there is none."""
        with meaning(self._path):
            row = self._connection.execute(f"SELECT seq, {HASH} FROM event ORDER BY seq DESC LIMIT 1").fetchone()
        return Head(*row) if row else EMPTY

    def entries(self, first: int, last: int) -> Iterator[Entry]:
        """Entries from `first` to `last`, inclusive, in order, bytes as they are stored."""
        with meaning(self._path):
            rows = self._connection.execute(
                f"SELECT {ENTRY} FROM event WHERE seq BETWEEN ? AND ? ORDER BY seq", (first, last)
            )
            while some := rows.fetchmany(AT_ONCE):
                _, bodies, hashes = zip(*some, strict=True)
                if {*map(type, bodies), *map(type, hashes)} != {bytes}:
                    # STRICT forbids it; a file whose schema was changed does not.
                    entry = next(row[0] for row in some if {type(row[1]), type(row[2])} != {bytes})
                    raise BookBrokenError(entry=entry, reason="not bytes")
                yield from map(_entry, some)

    def details(self, first: int, last: int) -> Iterator[Detail]:
        """Details of the entries from `first` to `last`, inclusive, in order."""
        with meaning(self._path):
            rows = self._connection.execute(
                f"SELECT {DETAIL} FROM detail WHERE entry BETWEEN ? AND ? ORDER BY entry", (first, last)
            )
            for row in rows:
                detail = Detail._make(row)
                if (type(detail.salt), type(detail.body), type(detail.form)) != (bytes, bytes, int):
                    raise BookBrokenError(entry=detail.entry, reason="not bytes")
                yield detail

    def overfull(self, after: int) -> bool:
        """Whether the entries after one have more bytes than the file: it names the same ones many times."""
        with meaning(self._path):
            (size,) = self._connection.execute(
                "SELECT coalesce(sum(length(body)), 0) FROM event WHERE seq > ?", (after,)
            ).fetchone()
            return bool(size > file_size(self._connection))

    def copy_to(self, target: sqlite3.Connection, to: Path) -> None:
        """Copy the whole file, as this block sees it, into another database, in one go.

        Raises:
            DiskError: which names this book's path if it could not be read, and `to` if that could not be written.
        """
        try:
            self._connection.backup(target)
        except sqlite3.Error as e:
            raise error_of(e, self._path if e.sqlite_errorcode in UNREAD else to) from e


class SqliteWriting(SqliteReading):
    """A book file whose lock this process holds."""

    def __init__(self, connection: sqlite3.Connection, path: Path, guard: Guard) -> None:
        super().__init__(connection, path)
        self._guard = guard
        self._head = super().head()

    def head(self) -> Head:
        """The last entry's place and hash: nobody else adds any."""
        return self._head

    def append(self, entries: Sequence[Entry], details: Iterable[Detail] = ()) -> None:
        """Add entries that follow the head, with their details."""
        if not entries:
            return
        if entries[0].seq != self._head.seq + 1:
            raise Conflict(entries[0].seq)
        # For each value of type bytes sqlite3 first looks for a way to adapt it, for longer than it takes to insert it.
        rows = [(seq, bytearray(body), bytearray(digest)) for seq, body, digest in entries]
        with meaning(self._path):
            self._connection.executemany("INSERT INTO event (seq, body, hash) VALUES (?, ?, ?)", rows)
            self._connection.executemany("INSERT INTO detail (entry, salt, body, form) VALUES (?, ?, ?, ?)", details)
        self._head = Head(entries[-1].seq, entries[-1].hash)

    def erase(self, entries: Iterable[Seq]) -> None:
        """Delete details so that their bytes are gone: secure_delete overwrites them.

        Those that stay are written anew. A page that loses rows is merged with its neighbours, and SQLite leaves
        copies of what it moved: a later erasure would miss them. Rows that are only ever added in order never move.
        """
        gone = set(entries)
        if not gone:
            return
        self._guard.erasing = True
        try:
            with meaning(self._path):
                every = self._connection.execute("SELECT entry, salt, body, form FROM detail ORDER BY entry")
                kept = [row for row in every if row[0] not in gone]
                self._connection.execute("DELETE FROM detail")
                self._connection.executemany("INSERT INTO detail (entry, salt, body, form) VALUES (?, ?, ?, ?)", kept)
        finally:
            self._guard.erasing = False
            # The statement was prepared while it was allowed, and is kept: setting the guard again expires it.
            self._connection.set_authorizer(self._guard)


class SqliteBook:
    """One book file. The connection is opened at the first use and kept."""

    def __init__(self, path: Path, waiting: Waiting = thirty_seconds) -> None:
        self.path = path
        self._waiting = waiting
        self._connection: sqlite3.Connection | None = None
        self._guard = Guard()
        self._durable = self._checked = False
        self._file: Identity = None

    def elsewhere(self) -> BookLocator:
        """How another process opens the same book."""
        return __name__, at.__name__, str(self.path)

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            self._durable = self._checked = False

    def _open(self) -> sqlite3.Connection:
        """A connection to the file that stands at the path now."""
        if self._connection is not None and self._replaced():
            self.close()
        while self._connection is None:
            check_file(self.path)
            self._file = identity(self.path)
            self._connection = connect(self.path)
            self._connection.set_authorizer(self._guard)
            if self._replaced():
                self.close()
        return self._connection

    def _replaced(self) -> bool:
        """Whether another file stands at the path since it was opened: a restored copy."""
        return identity(self.path) != self._file

    @contextmanager
    def reading(self, wait_s: float = LOOK_S, waiting: Waiting | None = None) -> Iterator[SqliteReading]:
        """A block in which the book stands still. Raises BusyError if another process holds it for so long."""
        connection = in_turns(self._begin_reading, waiting or (lambda _: wait_s))
        try:
            yield SqliteReading(connection, self.path)
        finally:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")

    def _begin_reading(self) -> sqlite3.Connection:
        connection = self._open()
        try:
            with meaning(self.path):
                connection.execute("BEGIN")
            self._check(connection)
            SqliteReading(connection, self.path).head()  # BEGIN takes no lock; the first SELECT does
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise
        return connection

    @contextmanager
    def writing(self) -> Iterator[SqliteWriting]:
        """A block whose appends all last when it ends well, and none when it raises.

        Raises:
            BusyError: the lock was not to be had in the time that `waiting` allows.
            UnconfirmedError: the disk failed at the commit; ask again with the same event id.
        """
        connection = in_turns(self._begin_writing, self._waiting)
        try:
            # Who holds the book may wait inside SQLite, for readers: no copy takes the path meanwhile.
            connection.execute("PRAGMA busy_timeout = 30000")
            self._check(connection)
            yield SqliteWriting(connection, self.path, self._guard)
            self._commit(connection)
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise
        finally:
            with suppress(sqlite3.Error):
                connection.execute("PRAGMA busy_timeout = 0")

    def _begin_writing(self) -> sqlite3.Connection:
        while True:
            connection = self._open()
            with meaning(self.path):
                if not self._durable:
                    make_durable(connection, self.path)
                    self._durable = True
                connection.execute("BEGIN IMMEDIATE")
            if not self._replaced():  # it may have been between the look and the lock
                return connection
            self.close()

    def _check(self, connection: sqlite3.Connection) -> None:
        # Once for a connection: a schema that khata's own guard keeps from changing.
        if not self._checked:
            check_schema(connection, self.path)
            self._checked = True

    def _commit(self, connection: sqlite3.Connection) -> None:
        try:
            connection.execute("COMMIT")
        except sqlite3.Error as e:
            error = error_of(e, self.path)
            if isinstance(error, BusyError):
                raise error from e
            raise UnconfirmedError(path=str(self.path), reason=str(e)) from e


_entry = partial(tuple.__new__, Entry)
"""Entry._make without its own count of three: a book has very many."""


def at(path: str) -> SqliteBook:
    """The book at a path."""
    return SqliteBook(Path(path))
