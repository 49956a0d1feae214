"""The cache file: where it stands, and how it is opened, thrown away and done without."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from khata.log.chain import EMPTY, Head
from khata.nameless import nameless_database
from khata.views import schema
from khata.views.cut import head_from, head_of

Connection = sqlite3.Connection
"""The views, as questions take them; SQL itself stays in this package."""

CacheError = sqlite3.DatabaseError
"""What asking the views raises."""


WAIT_MS = 5000
"""Another process that catches up holds the cache for a moment only."""


def path_for(folder: Path, book: Path) -> Path:
    """The cache of a book: named by its real path, since its id cannot be read while an import holds it."""
    name = hashlib.sha256(os.fsencode(os.path.realpath(book))).hexdigest()[:32]
    return folder / f"{name}.sqlite"


class ViewsStanding(NamedTuple):
    """What views are, as far as they can be told from others.

    Attributes:
        version: the schema's; 0 for an empty or foreign file.
        position: how far they reach: the entry and its hash; (0, zeros) when they hold nothing.
        whole: whether their rows end there.
    """

    version: int
    position: Head
    whole: bool

    @property
    def usable(self) -> bool:
        """Whether they are of this version and hold anything: views of nothing say nothing, not even zero."""
        return self.version == schema.VERSION and self.position != EMPTY


FOREIGN = ViewsStanding(0, EMPTY, whole=True)


class Cache:
    """The views of one book, in a file or, where none can be written, in memory.

    `connection` is open; `on_disk` says which of the two it is; `purged`, whether it has met an erasure.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.on_disk = self.purged = False
        self._file: tuple[int, int] | None = None
        self.connection = self._on_disk(path) if path else self._alone()

    @classmethod
    def apart(cls) -> Cache:
        """Empty views in a nameless file of SQLite's, gone with the process: to be built there and then `put`."""
        cache = cls(None)
        cache.connection.close()
        cache.connection = nameless_database()
        schema.create(cache.connection)
        return cache

    def _on_disk(self, path: Path) -> sqlite3.Connection:
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            while True:
                _make(path)
                self._file = _identity(path)
                connection = _open(str(path))
                if _identity(path) == self._file:
                    break
                connection.close()  # damaged, and thrown away by another process meanwhile
        except (OSError, sqlite3.Error):
            return self._alone()
        self.on_disk = True
        return connection

    def replaced(self) -> bool:
        """Whether the file was deleted since it was opened, as after an erasure: what it held is to be let go of."""
        return self.on_disk and self.path is not None and _identity(self.path) != self._file

    def _alone(self) -> sqlite3.Connection:
        self.on_disk = False
        connection = sqlite3.connect(":memory:", isolation_level=None)
        schema.create(connection)
        return connection

    def standing(self) -> ViewsStanding:
        """How they stand, in one look, since others may save meanwhile.

        Raises:
            sqlite3.Error: they are of this version, and have no entries or cannot be read.
        """
        try:
            version, kept, last = self._looked()
        except sqlite3.Error:
            if self._version() != schema.VERSION:
                return FOREIGN
            version, kept, last = self._looked()  # another process may have made the tables between the two looks
        reach = (last is None) if kept is None else str(last) == kept.partition(" ")[0]
        with suppress(ValueError):
            return ViewsStanding(int(version or 0), head_from(kept), reach)
        return FOREIGN

    def _looked(self) -> tuple[str | None, str | None, int | None]:
        found: tuple[str | None, str | None, int | None] = self.connection.execute(
            "SELECT (SELECT value FROM meta WHERE key = 'version'),"
            " (SELECT value FROM meta WHERE key = 'position'), (SELECT max(seq) FROM entry)"
        ).fetchone()
        return found

    def _version(self) -> int:
        with suppress(sqlite3.Error, ValueError):
            row = self.connection.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
            return int(row[0]) if row else 0
        return 0

    def position(self) -> Head:
        """How far the views reach: the entry and its hash; (0, zeros) when they hold nothing."""
        with suppress(sqlite3.Error, ValueError):
            return head_of(self.connection)
        return EMPTY

    def put(self, built: Cache, seen: ViewsStanding | None) -> None:
        """Put views that were built apart in the place of these, whole and at once.

        Whoever reads these goes on with what he sees until he asks again: no file is taken from under anybody.

        Args:
            built: the new ones.
            seen: what these were when it was decided; if another process has changed them since, nothing is done.
                None: whatever they are now.

        Raises:
            sqlite3.Error: they cannot be written.
        """
        schema.build_indexes(built.connection)
        ask = built.connection.execute
        ask("ATTACH ? AS here", (str(self.path),))
        try:
            ask(f"PRAGMA busy_timeout = {WAIT_MS}")
            ask("PRAGMA here.synchronous = NORMAL")
            ask("BEGIN IMMEDIATE")
            if seen is None or self.standing() == seen:
                schema.empty(built.connection, "here")
                schema.copy(built.connection, "here")
            ask("COMMIT")
        finally:
            with suppress(sqlite3.Error):
                ask("ROLLBACK")
            ask("DETACH here")
        with suppress(sqlite3.Error):  # somebody is reading: the log beside the cache stays large for a while
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def rewrite(self) -> bool:
        """Write the file anew, without what SQLite keeps of rows that are gone, in it and beside it.

        Returns:
            False if somebody is reading: the log beside it may hold them still.

        Raises:
            sqlite3.OperationalError: somebody is writing.
        """
        self.connection.execute("VACUUM")
        return not self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]

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
        self.connection = self._alone()

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
    """Delete a cache file that is damaged, and what SQLite keeps beside it."""
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
