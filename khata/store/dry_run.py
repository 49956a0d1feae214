"""A book that goes on from a real one without touching it: for `--dry-run` and what is asked first.

What is added stays in memory; of a year of rows most lies in a nameless file of SQLite's, gone with the process.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from khata.log.book import Detail, Reading
from khata.log.chain import Entry, Head
from khata.nameless import nameless_database
from khata.store.memory import MemoryReading

KEPT = 10_000
"""Entries in memory: some megabytes."""


class _PutBy:
    """A real book, and entries after it that lie in the nameless file."""

    def __init__(self, before: Reading) -> None:
        self._before, self._base = before, before.head()
        self._connection = nameless_database(
            "CREATE TABLE event (seq INTEGER PRIMARY KEY, body BLOB, hash BLOB);"
            "CREATE TABLE detail (entry INTEGER PRIMARY KEY, salt BLOB, body BLOB, form INTEGER)"
        )

    def put(self, entries: Iterable[Entry], details: Iterable[Detail]) -> None:
        """Add entries and details, some of them perhaps again. Raises sqlite3.Error where there is no room."""
        self._connection.executemany("INSERT OR REPLACE INTO event VALUES (?, ?, ?)", entries)
        self._connection.executemany("INSERT OR REPLACE INTO detail VALUES (?, ?, ?, ?)", details)

    def head(self) -> Head:
        """The last entry's place and hash."""
        row = self._connection.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
        return Head(*row) if row else self._base

    def entries(self, first: int, last: int) -> Iterator[Entry]:
        """Entries from `first` to `last`, inclusive."""
        if first <= self._base.seq:
            yield from self._before.entries(first, min(last, self._base.seq))
        yield from map(
            Entry._make,
            self._connection.execute("SELECT * FROM event WHERE seq BETWEEN ? AND ? ORDER BY seq", (first, last)),
        )

    def details(self, first: int, last: int) -> Iterator[Detail]:
        """Details of the entries from `first` to `last`, inclusive."""
        if first <= self._base.seq:
            yield from self._before.details(first, min(last, self._base.seq))
        yield from map(
            Detail._make,
            self._connection.execute("SELECT * FROM detail WHERE entry BETWEEN ? AND ? ORDER BY entry", (first, last)),
        )

    def overfull(self, after: int) -> bool:
        """See the real book."""
        return self._before.overfull(after)

    def close(self) -> None:
        """Forget them."""
        self._connection.close()


class DryRun(MemoryReading):
    """A real book and what would be added to it."""

    def __init__(self, real: Reading) -> None:
        super().__init__(real)
        self._real = real
        self._put_by: _PutBy | None = None
        self._most = KEPT

    def append(self, entries: Sequence[Entry], details: Iterable[Detail] = ()) -> None:
        """Add entries that follow the head."""
        super().append(entries, details)
        if len(self._entries) < self._most:
            return
        try:
            if self._put_by is None:
                self._put_by = _PutBy(self._real)
            self._put_by.put(self._entries, self._details.values())
        except sqlite3.Error:
            self._most = sys.maxsize  # no room: they stay in memory
            return
        self._base, self._before = self.head(), self._put_by
        self._entries, self._details = [], {}

    def close(self) -> None:
        """Forget what would be added."""
        if self._put_by is not None:
            self._put_by.close()


@contextmanager
def dry_running(real: Reading) -> Iterator[DryRun]:
    """A block whose appends go nowhere."""
    pages = DryRun(real)
    try:
        yield pages
    finally:
        pages.close()
