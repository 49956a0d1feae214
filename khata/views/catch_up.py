"""Catching up: the one act behind a first question, a rebuild, an upgrade, a restored copy, another counter's entries.

The tail is read while the book is held for reading, then the book is let go, and only then is the cache locked and
looked at again: nobody ever holds one lock while waiting for the other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, suppress
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, Protocol

from khata.log.book import BookLocator, Reading
from khata.log.bulk import no_collector
from khata.log.chain import EMPTY, Head
from khata.log.errors import BookBrokenError, BusyError
from khata.views import schema
from khata.views.cache import Cache, ViewsStanding, discard

if TYPE_CHECKING:
    from khata.views.tail import Tail

BATCH = 20_000
"""Entries read at a time: about 8 MB of bodies."""

LONG = 50_000
"""A tail from this length on is worth the start of a second process that folds, about a tenth of a second."""

LARGE = 5_000
"""A tail above this is not folded by the command that made it."""


class Readable(Protocol):
    """What catching up needs of a book."""

    def reading(self) -> AbstractContextManager[Reading]:
        """A block in which the book stands still; raises BusyError if another process holds it."""

    def elsewhere(self) -> BookLocator | None:
        """How another process opens the same book; None if it cannot."""


class Reach(NamedTuple):
    """How far the views reach, and whether the book may hold more because another process was saving."""

    position: Head
    held: bool = False


class _Lag(NamedTuple):
    """What the views lack: the next entries, None for none, and how many there are in all.

    `anew`: the views are of another history or version, and so these are the first entries.
    """

    tail: Tail | None
    left: int
    anew: bool


def _lag(book: Readable, seen: ViewsStanding, at_most: int | None, *, on_disk: bool) -> _Lag | None:
    """How far views are behind that stand so; None where that is left to others. Raises BusyError.

    Views of another history do not have, at their position, the hash that the book holds there.
    """
    with book.reading() as reading:
        anew = not belongs(seen, reading)
        position, head = EMPTY if anew else seen.position, reading.head()
        nothing_astray(reading, head)
        if position == head:
            return _Lag(None, 0, anew)
        left = head.seq - position.seq
        if at_most is not None and left > at_most:
            return None
        if left > LARGE and reading.overfull(position.seq):
            raise BookBrokenError(entry=position.seq + 1, reason="more than the file holds")
        if on_disk and left > max(LARGE, position.seq):
            # All of the book is folded anew beside the views, for it is more than they hold: in their own file others
            # would find them half as long as they were, and without indexes, for as long as it takes.
            return _Lag(None, left, anew)
        # Nothing to fold is the common case, and must not wait for what folding loads.
        from khata.views.tail import read

        return _Lag(read(reading, position, BATCH), left, anew)


def nothing_astray(reading: Reading, head: Head) -> None:
    """Nothing may stand outside of 1 to the last entry. Raises BookBrokenError."""
    for each in reading.entries(-_FAR, 0):
        raise BookBrokenError(entry=each.seq, reason="out_of_place")
    for detail in chain(reading.details(-_FAR, 0), reading.details(min(head.seq, _FAR - 1) + 1, _FAR)):
        raise BookBrokenError(entry=detail.entry, reason="no_commitment")


_FAR = (1 << 63) - 1


def belongs(seen: ViewsStanding, reading: Reading) -> bool:
    """Whether views that stand so are of this version and this book's history, and hold what they say that they do."""
    if seen.version != schema.VERSION or not seen.whole:
        return False
    if seen.position == EMPTY:
        return True
    at = seen.position.seq
    return any(entry.hash == seen.position.hash for entry in reading.entries(at, at))


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
        BusyError: another process holds the book, and there are no views yet that could answer.
    """
    cache.move_on()
    alone = False
    while True:
        seen = cache.standing()
        try:
            lag = _lag(book, seen, at_most, on_disk=cache.on_disk)
        except BusyError as e:
            seen = cache.standing()  # whoever holds the book may have brought them up meanwhile
            if not seen.usable:
                raise BusyError(**e.facts, what="not_known") from e
            return Reach(seen.position, held=True)
        if lag is None:
            return Reach(seen.position)
        if not lag.left and not lag.anew:
            _purge(cache)
            return Reach(seen.position)
        try:
            if lag.tail is not None and lag.left >= LONG and not alone and not lag.anew:
                alone = not _in_two(book, cache, lag.tail)
            elif lag.tail is None and lag.left:
                _build_apart(book, cache, seen)
            elif _write(cache, _saving(cache, lag, seen)) and lag.tail is not None and lag.tail.whole:
                _purge(cache)
                return Reach(lag.tail.head)
        except sqlite3.IntegrityError as e:  # an id that stands twice
            raise BookBrokenError(entry=lag.tail.entries[0].seq if lag.tail else 0, reason=str(e)) from e
        except sqlite3.DatabaseError as e:
            _do_without(cache, e)


def _saving(cache: Cache, lag: _Lag, seen: ViewsStanding) -> Act:
    """What folds a tail in, in one commit with throwing the views away where they begin anew."""
    large = lag.left > LARGE
    save = lag.tail.folded().saving(large=large and not cache.on_disk) if lag.tail else None

    def act(connection: sqlite3.Connection) -> bool:
        if lag.anew:
            if cache.standing() != seen:
                return False  # another process has done so meanwhile; look again
            schema.empty(connection)
            schema.create(connection)
        return save is not None and save(connection)

    return act


def _build_apart(book: Readable, cache: Cache, seen: ViewsStanding | None) -> None:
    with closing(Cache.apart()) as built:
        catch_up(book, built)
        cache.put(built, seen)


def rebuild(book: Readable, cache: Cache) -> Reach:
    """Replay the book into new views, and put them in the place of the old ones. Raises as `catch_up`."""
    cache.move_on()
    if cache.on_disk:
        try:
            _build_apart(book, cache, None)
        except sqlite3.DatabaseError as e:
            _do_without(cache, e)
    else:
        cache.go_without()
    return catch_up(book, cache)


def _in_two(book: Readable, cache: Cache, tail: Tail) -> bool:
    """Fold a long tail together with a second process that reads and folds on; False if that did not go to the end."""
    from khata.views.ahead import Ahead

    last = tail.entries[-1]
    with Ahead(book.elsewhere(), Head(last.seq, last.hash), BATCH) as ahead:
        _write(cache, tail.folded().saving(large=not cache.on_disk))
        while (made := ahead.take()) is not None:
            _write(cache, made.saving(large=not cache.on_disk))
        return ahead.ended


def _purge(cache: Cache) -> None:
    """Rewrite the file after an erasure: SQLite leaves copies of a row where pages were split, and beside the cache."""
    connection = cache.connection
    if not connection.execute("SELECT 1 FROM meta WHERE key = 'to_purge'").fetchone():
        return
    with suppress(sqlite3.OperationalError):  # somebody is reading: the mark stays for whoever comes next
        if cache.on_disk and not cache.rewrite():
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


Act = Callable[[sqlite3.Connection], bool]
"""Writes into views, and says whether there was anything that nobody else had written meanwhile."""


def _write(cache: Cache, act: Act) -> bool:
    connection = cache.connection
    connection.execute("BEGIN IMMEDIATE")
    try:
        written = act(connection)
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    return written
