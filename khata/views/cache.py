"""The cache file: where it stands, and how it is opened, thrown away and done without."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path

from khata.log.chain import EMPTY, Head
from khata.units import Seq
from khata.views import schema

Connection = sqlite3.Connection
"""The views, as questions take them; SQL itself stays in this package."""

WAIT_MS = 5000
"""Another process that catches up holds the cache for a moment only."""


def path_for(folder: Path, book: Path) -> Path:
    """The cache of a book: named by its real path, since its id cannot be read while an import holds it."""
    name = hashlib.sha256(os.fsencode(os.path.realpath(book))).hexdigest()[:32]
    return folder / f"{name}.sqlite"


class Cache:
    """The views of one book, in a file or, where none can be written, in memory.

    `connection` is open; `on_disk` says which of the two it is; `purged`, whether it has met an erasure.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.on_disk = self.purged = False
        self._file: tuple[int, int] | None = None
        self.connection = self._on_disk(path) if path else self._in_memory()

    def _on_disk(self, path: Path) -> sqlite3.Connection:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _make(path)
            connection = _open(str(path))
        except (OSError, sqlite3.Error):
            return self._in_memory()
        self.on_disk = True
        self._file = _identity(path)
        return connection

    def replaced(self) -> bool:
        """Whether the file was deleted since it was opened, as after an erasure: what it held is to be let go of."""
        return self.on_disk and self.path is not None and _identity(self.path) != self._file

    def _in_memory(self) -> sqlite3.Connection:
        self.on_disk = False
        connection = sqlite3.connect(":memory:", isolation_level=None)
        schema.create(connection)
        return connection

    def version(self) -> int:
        """The schema's version; 0 for an empty or foreign file."""
        with suppress(sqlite3.Error):
            row = self.connection.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
            return int(row[0]) if row else 0
        return 0

    def position(self) -> Head:
        """How far the views reach: the entry and its hash; (0, zeros) when they hold nothing."""
        with suppress(sqlite3.Error, ValueError):
            row = self.connection.execute("SELECT value FROM meta WHERE key = 'position'").fetchone()
            if row:
                seq, _, digest = row[0].partition(" ")
                return Head(Seq(int(seq)), bytes.fromhex(digest))
        return EMPTY

    def stand_still(self) -> None:
        """Let all that is read from now on be as the first of it, whatever other processes save, until `move_on`.

        It keeps nobody from anything; but what is saved meanwhile stays in the log beside the cache, so it is for a
        question, not for a day.
        """
        self.move_on()
        self.connection.execute("BEGIN")

    def move_on(self) -> None:
        """See what others have saved since."""
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def go_without(self) -> None:
        """Go on in memory: the file cannot be written."""
        self.connection.close()
        self.connection = self._in_memory()

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file stands at a path; None for none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def discard(path: Path) -> None:
    """Delete a cache file and what SQLite keeps beside it."""
    for each in _files(path):
        with suppress(OSError):
            each.unlink(missing_ok=True)


def strange(path: Path) -> list[Path]:
    """What stands in the place of a cache or its files and is none: a link elsewhere, a pipe for which SQLite waits."""
    found = []
    for each in _files(path):
        with suppress(OSError):
            if not stat.S_ISREG(each.lstat().st_mode):
                found.append(each)
    return found


def _files(path: Path) -> list[Path]:
    return [path, *(path.with_name(path.name + suffix) for suffix in ("-wal", "-shm", "-journal"))]


def _make(path: Path) -> None:
    """Make the file if it is not there, for its owner alone: the names of customers are in it. Raises OSError."""
    for each in strange(path):
        each.unlink()
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600))


def _open(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=WAIT_MS / 1000)
    try:
        # A disposable file whose position commits with its rows: nothing is lost that the book does not hold.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as e:
        connection.close()
        if not isinstance(e, sqlite3.OperationalError):
            discard(Path(path))
        raise
    return connection
