"""A book file with no writer in reach: for `verify`, which must read whatever was put in a book's place.

Every read is bounded: by the length of a value, by the rows that a file of this size can hold, and by rows that must
go upwards. A page that cannot be read ends one answer, not the program.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from khata.log.chain import EMPTY, Head
from khata.log.errors import BookBrokenError, BookError, DiskError, ReplacedError
from khata.store.sqlite.connection import (
    DETAIL,
    ENTRY,
    FAILURES,
    HASH,
    MOST_OBJECTS,
    SCHEMA,
    check_file,
    connect,
    error_of,
    file_size,
    limit,
    meaning,
)
from khata.store.sqlite.turns import identity, in_turns
from khata.units import Seq

WAIT_S = 30.0
"""How long a read waits for a counter that is just committing."""

MOST_BYTES = 1 << 25
"""Bytes of details that are read together; more, and fewer entries are."""

SMALLEST_ROW = 34
"""Bytes that a row with a hash of 32 takes at the very least, so that a file's size bounds its rows."""


class Standing(NamedTuple):
    """What a file is, in one moment.

    Attributes:
        objects: type, name and text of everything in the schema.
        pragmas: application_id, user_version, encoding, journal_mode.
        head: the last entry's place and hash; (0, zeros) for a book without entries, or unreadable ones.
        first: the first entry's place; 0 without entries.
        details: the first and the last entry that have a detail; (0, 0) without any.
        most: the most entries that a file of this size can hold.
        torn: the last entry could not be read; the head is that of the last one that could.
    """

    objects: list[tuple[str, str, str | None]]
    pragmas: dict[str, Any]
    head: Head = EMPTY
    first: int = 0
    details: tuple[int, int] = (0, 0)
    most: int = 0
    torn: bool = False


_EventRow = tuple[Any, Any, Any]


class Pages(NamedTuple):
    """A range of a book: the entry before it (if it has one), its rows and details, as the file has them, unchecked.

    `torn` and `details_torn`: a page was unreadable, and what stands here is what came before it. `last`: how far it
    goes, which is less far than asked for where details are too long to be read together.
    """

    before: _EventRow | None
    entries: list[_EventRow]
    details: list[tuple[Any, Any, Any, Any]]
    torn: bool
    details_torn: bool
    last: int


class ReadOnlyBook:
    """A connection that cannot write. Reads are short, so that no counter's commit waits for a long verification."""

    def __init__(self, path: Path) -> None:
        check_file(path)
        self.path = path
        self._file = identity(path)
        self._connection = in_turns(lambda: _open(path), _patiently)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    @contextmanager
    def _still(self) -> Iterator[None]:
        try:
            in_turns(self._begin, _patiently)
            yield
        finally:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")

    def _begin(self) -> None:
        if identity(self.path) != self._file:
            raise ReplacedError(path=str(self.path))
        with suppress(sqlite3.Error):
            self._connection.execute("ROLLBACK")
        with meaning(self.path):
            self._connection.execute("BEGIN")
        try:
            _look(self._connection, self.path)  # BEGIN takes no lock; the first SELECT does
        except DiskError:
            # A counter was killed since the last read.
            if not _heal(self.path):
                raise
            _look(self._connection, self.path)

    def standing(self) -> Standing:
        """What the file is. Raises BookBrokenError if not even its schema can be read."""
        with self._still(), meaning(self.path):
            ask = self._connection.execute
            objects = ask(SCHEMA).fetchmany(MOST_OBJECTS)
            names = ("application_id", "user_version", "encoding", "journal_mode", "page_size", "page_count")
            pragmas = {name: ask(f"PRAGMA {name}").fetchone()[0] for name in names}
            found = Standing(objects, pragmas)
            if {("table", "event"), ("table", "detail")} - {row[:2] for row in objects}:
                return found
            return found._replace(**self._bounds(pragmas["page_size"] * pragmas["page_count"]))

    def _bounds(self, size: int) -> dict[str, Any]:
        ask = self._connection.execute
        found: dict[str, Any] = {"most": size // SMALLEST_ROW}
        try:
            found["first"] = ask("SELECT min(seq) FROM event").fetchone()[0] or 0
            last = ask(f"SELECT seq, {HASH} FROM event ORDER BY seq DESC LIMIT 1").fetchone()
        except FAILURES as e:
            _raise_unless_broken(e, self.path)
            last, found["torn"] = self._last_readable(), True
        if last is not None:
            found["head"] = Head(*last) if type(last[1]) is bytes else EMPTY._replace(seq=last[0])
        try:
            # Asked for in one, SQLite reads every row for them.
            ends = "SELECT (SELECT min(entry) FROM detail), (SELECT max(entry) FROM detail)"
            found["details"] = _ends(ask(ends).fetchone())
        except FAILURES as e:
            _raise_unless_broken(e, self.path)
        return found

    def _last_readable(self) -> tuple[Any, Any] | None:
        """The last entry before a page that cannot be read."""
        last: tuple[Any, Any] | None = None
        try:
            for row in self._connection.execute(f"SELECT seq, {HASH} FROM event ORDER BY seq"):
                if last is not None and row[0] <= last[0]:
                    break
                last = row
        except FAILURES as e:
            _raise_unless_broken(e, self.path)
        return last

    def sound(self) -> bool:
        """Whether SQLite finds its own pages in order; only to be asked of a file whose schema is the expected one.

        It sees what the entries cannot tell: a last row that a damaged page no longer counts.
        """
        try:
            with self._still():
                return self._connection.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
        except FAILURES as e:
            _raise_unless_broken(e, self.path)
            return False

    def pages(self, first: int, last: int) -> Pages:
        """Entries and details from `first` to `last`, and the entry before `first`, from one moment.

        Raises:
            BusyError: another process holds the book for longer than the wait.
            DiskError: the machine cannot read.
        """
        with self._still():
            while last > first and self._bytes_of_details(first, last) > MOST_BYTES:
                last = (first + last) // 2
            before, entries, torn = self._entries(first, last)
            details, details_torn = self._rows(
                f"SELECT {DETAIL} FROM detail WHERE entry BETWEEN ? AND ? ORDER BY entry",
                (first, last),
                _most(first, last),
            )
        return Pages(before, entries, details, torn, details_torn, last)

    def _bytes_of_details(self, first: int, last: int) -> int:
        sql = "SELECT coalesce(sum(length(body)), 0) FROM detail WHERE entry BETWEEN ? AND ?"
        sizes, _ = self._rows(sql, (first, last), 1)
        return int(sizes[0][0]) if sizes else 0

    def overfull(self, after: int) -> bool:
        """Whether the entries after one have more bytes than the file: it names the same ones many times."""
        with self._still():
            sizes, _ = self._rows("SELECT coalesce(sum(length(body)), 0) FROM event WHERE seq > ?", (after,), 1)
            return bool(sizes) and bool(sizes[0][0] > file_size(self._connection))

    def entries(self, first: int, last: int) -> tuple[_EventRow | None, list[_EventRow], bool]:
        """The entry before the first, the entries, and whether a page was unreadable; no details."""
        with self._still():
            return self._entries(first, last)

    def _entries(self, first: int, last: int) -> tuple[_EventRow | None, list[_EventRow], bool]:
        before, _ = self._rows(f"SELECT {ENTRY} FROM event WHERE seq = ?", (first - 1,), 1)
        rows, torn = self._rows(
            f"SELECT {ENTRY} FROM event WHERE seq BETWEEN ? AND ? ORDER BY seq",
            (first, last),
            _most(first, last),
        )
        return before[0] if before else None, rows, torn

    def _rows(self, sql: str, values: tuple[int, ...], most: int) -> tuple[list[Any], bool]:
        """The rows of a query, or those before an unreadable page."""
        try:
            return self._connection.execute(sql, values).fetchmany(most), False
        except FAILURES as e:
            _raise_unless_broken(e, self.path)
        rows: list[Any] = []
        try:
            for row in self._connection.execute(sql, values):
                rows.append(row)
                if len(rows) >= most:
                    break
        except FAILURES as e:
            _raise_unless_broken(e, self.path)
        return rows, True

    def body(self, seq: Seq) -> bytes | None:
        """The bytes of one entry; None if there are none to be read."""
        with self._still():
            rows, _ = self._rows(f"SELECT {ENTRY} FROM event WHERE seq = ?", (seq,), 1)
        return rows[0][1] if rows and type(rows[0][1]) is bytes else None

    def has_detail(self, seq: Seq) -> bool:
        """Whether an entry has a detail now."""
        with self._still():
            rows, _ = self._rows("SELECT 1 FROM detail WHERE entry = ?", (seq,), 1)
        return bool(rows)


def _most(first: int, last: int) -> int:
    """One row more than there can be: a damaged page may give a number twice."""
    return last - first + 2


def _ends(row: tuple[int | None, int | None]) -> tuple[int, int]:
    """The first and the last of some entries; (0, 0) without any, and never 0 for one that stands before the first."""
    first, last = row
    return 0 if first is None else first or -1, last or 0


def _raise_unless_broken(error: Exception, path: Path) -> None:
    said = error_of(error, path)
    if not isinstance(said, BookBrokenError):
        raise said from error


def _patiently(_: float) -> float:
    return WAIT_S


def _open(path: Path) -> sqlite3.Connection:
    try:
        return _connected(path)
    except DiskError:
        if not _heal(path):
            raise
    return _connected(path)


def _heal(path: Path) -> bool:
    """Roll back what a killed process had begun, if it left a journal: only a writer's connection can."""
    if not Path(os.path.realpath(path) + "-journal").exists():
        return False
    healing = connect(path)
    try:
        with meaning(path):
            healing.execute("SELECT count(*) FROM sqlite_master").fetchone()
    finally:
        healing.close()
    return True


def _connected(path: Path) -> sqlite3.Connection:
    with meaning(path):
        connection = sqlite3.connect(path.absolute().as_uri() + "?mode=ro", uri=True, isolation_level=None, timeout=0)
    try:
        with meaning(path):
            for setting in ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0", "query_only = ON"):
                connection.execute(f"PRAGMA {setting}")
            limit(connection)
            _look(connection, path)  # finds a journal that was left
    except BookError:
        connection.close()
        raise
    return connection


def _look(connection: sqlite3.Connection, path: Path) -> None:
    with suppress(BookBrokenError), meaning(path):  # a broken schema is for standing() to report
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
