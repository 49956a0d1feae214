"""Catching up: the one act behind a first question, a rebuild, an upgrade, a restored copy, another counter's entries.

The tail is read while the book is held for reading, then the book is let go, and only then is the cache locked and
looked at again: nobody ever holds one lock while waiting for the other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from khata.log.book import Elsewhere, Reading
from khata.log.bulk import no_collector
from khata.log.chain import EMPTY, Head
from khata.log.errors import BookBrokenError, BusyError
from khata.views import schema
from khata.views.cache import Cache, discard

if TYPE_CHECKING:
    from khata.views.tail import Tail

BATCH = 20_000
"""Entries read at a time: about 8 MB of bodies."""

LONG = 50_000
"""A tail from this length on is worth the start of a second process that folds, about a tenth of a second."""

LARGE = 5_000
"""A tail above this is folded in without indexes, with the faster JSON engine, and not by the command that made it."""


class Readable(Protocol):
    """What catching up needs of a book."""

    def reading(self) -> AbstractContextManager[Reading]:
        """A block in which the book stands still; raises BusyError if another process holds it."""

    def elsewhere(self) -> Elsewhere | None:
        """How another process opens the same book; None if it cannot."""


class Reach(NamedTuple):
    """How far the views reach, and whether the book may hold more because another process was saving."""

    position: Head
    held: bool = False


def _read_tail(
    book: Readable, cache: Cache, at_most: int | None
) -> Tail | Literal["stranger", "left to others"] | None:
    """The next batch of entries after the views' position; None if there is nothing to do.

    A stranger is a cache of another history: the book must hold, at the position, the hash that the views saw.
    """
    with book.reading() as reading:
        position = cache.position()
        if not belongs(cache, reading):
            return "stranger"
        head = reading.head()
        if position == head:
            return None
        if at_most is not None and head.seq - position.seq > at_most:
            return "left to others"
        # Nothing to fold is the common case, and must not wait for what folding loads.
        from khata.views.tail import read

        return read(reading, position, BATCH)


def belongs(cache: Cache, reading: Reading) -> bool:
    """Whether the views are of this version, and of this book's history."""
    position = cache.position()
    if cache.version() != schema.VERSION:
        return False
    if position == EMPTY:
        return True
    return any(entry.hash == position.hash for entry in reading.entries(position.seq, position.seq))


@no_collector()
def catch_up(book: Readable, cache: Cache, *, at_most: int | None = None) -> Reach:
    """Fold what the book has added into the views.

    Args:
        book: the book.
        cache: its views; thrown away first if they are of another history or version.
        at_most: leave a longer tail (entries) to whoever asks next.

    Raises:
        BookBrokenError: the tail does not follow, or does not say what an event says.
        NewerBookError: an event of a newer khata.
    """
    cache.move_on()
    alone = False
    while True:
        seen = cache.version(), cache.position()
        try:
            tail = _read_tail(book, cache, at_most)
        except BusyError:
            return Reach(cache.position(), held=True)
        if tail is None:
            _purge(cache)
            return Reach(cache.position())
        if tail == "stranger":
            _begin_again(cache, seen)
            continue
        if tail == "left to others":
            return Reach(cache.position())
        left = tail.head.seq - tail.entries[0].seq + 1
        try:
            if left >= LONG and not alone:
                alone = not _in_two(book, cache, tail)
            else:
                large = left > LARGE
                _write(cache, tail.folded(bulk=large).saving(large=large))
        except sqlite3.IntegrityError as e:  # a number declared twice
            raise BookBrokenError(entry=tail.entries[0].seq, reason=str(e)) from e
        except sqlite3.DatabaseError as e:
            _do_without(cache, e)


def _in_two(book: Readable, cache: Cache, tail: Tail) -> bool:
    """Fold a long tail together with a second process that reads and folds on; False if that did not go to the end."""
    from khata.views.two import Mate

    last = tail.entries[-1]
    with Mate(book.elsewhere(), Head(last.seq, last.hash), BATCH) as mate:
        _write(cache, tail.folded(bulk=True).saving(large=True))
        while (made := mate.take()) is not None:
            _write(cache, made.saving(large=True))
        return mate.ended


def _begin_again(cache: Cache, seen: tuple[int, Head]) -> None:
    """Throw the views away, unless another process has done so since they were seen."""

    def anew(connection: sqlite3.Connection) -> None:
        if (cache.version(), cache.position()) == seen:
            schema.empty(connection)
            schema.create(connection)

    try:
        _write(cache, anew)
    except sqlite3.DatabaseError as e:
        _do_without(cache, e)


def _purge(cache: Cache) -> None:
    """Rewrite the file after an erasure: SQLite leaves copies of a row where pages were split, and beside the cache."""
    connection = cache.connection
    if not connection.execute("SELECT 1 FROM meta WHERE key = 'to_purge'").fetchone():
        return
    with suppress(sqlite3.OperationalError):  # somebody is reading: the mark stays for whoever comes next
        if cache.on_disk:
            connection.execute("VACUUM")
            if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                return
        connection.execute("DELETE FROM meta WHERE key = 'to_purge'")
        cache.purged = True


def _do_without(cache: Cache, error: sqlite3.DatabaseError) -> None:
    """Go on in memory when the cache cannot be written; a damaged file is deleted, for whoever comes next."""
    if not cache.on_disk or cache.path is None:
        raise error
    cache.go_without()
    if not isinstance(error, sqlite3.OperationalError):
        discard(cache.path)


def _write(cache: Cache, act: Callable[[sqlite3.Connection], None]) -> None:
    connection = cache.connection
    connection.execute("BEGIN IMMEDIATE")
    try:
        act(connection)
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
