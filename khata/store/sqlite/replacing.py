"""Putting a copy in a book's place: what stood there keeps a name, and at no moment is there no book."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from khata.log.chain import Head
from khata.log.errors import BookBrokenError, BookError, BusyError, DiskError, PathTakenError
from khata.store.sqlite.atomic import NO_LINKS, journal_aside, place, rename, sync_folder
from khata.store.sqlite.backup import WAIT_S, copy
from khata.store.sqlite.book import SqliteBook, SqliteReading
from khata.store.sqlite.connection import check_schema, connect, meaning
from khata.store.sqlite.turns import Identity, identity, in_turns

TRIES = 20
"""How often somebody may write between a decision and the lock."""


class Seen(NamedTuple):
    """A book file at one moment: enough to tell whether anybody has written there since. `head` None: unreadable."""

    file: Identity
    size: int
    changed_ns: int
    head: Head | None


def replace(
    source: SqliteBook,
    to: Path,
    aside: Path,
    check: Callable[[Path], None],
    decide: Callable[[Path], None] = lambda _: None,
) -> Head:
    """Put a checked copy of one book at another's path, and what stood there aside.

    Whoever waits for the old book's lock meanwhile finds the new one when it is his turn.

    Args:
        source: what to copy.
        to: where to; a file may be there, or none.
        aside: the new name of the file that was there; nothing may have that name.
        check: looks at the finished copy, and raises if it is not good.
        decide: says whether a book may stand at `to` in the place of what does, and raises if not. It is asked about
            the source before that is copied, and about the copy whenever somebody has written to either since.

    Raises:
        PathTakenError, DiskError, BusyError: as they say; what stood at `to` still does, unless a DiskError is
            `recorded`.
    """
    incoming = to.with_name(f".{to.name}.{os.getpid()}.incoming")
    try:
        seen, copied = _look(to), _look(source.path)
        decide(source.path)
        incoming.unlink(missing_ok=True)  # left by a killed process that had the same number
        head = copy(source, incoming, check)
        if head != copied.head:
            seen = _look(to)
            decide(incoming)
        for _ in range(TRIES):
            if _placed(incoming, to, aside, seen):
                return head
            seen = _look(to)
            decide(incoming)
    except FileExistsError as e:
        raise PathTakenError(path=e.filename2 or e.filename or str(aside)) from e
    except OSError as e:
        raise DiskError(path=str(to), reason=e.strerror or str(e)) from e
    finally:
        with suppress(OSError):
            incoming.unlink()
    raise BusyError(path=str(to), reason="it was written to at every try", tries=TRIES)


def _placed(incoming: Path, to: Path, aside: Path, seen: Seen) -> bool:
    """Give the copy its place, unless somebody has written there since it was seen."""
    if not os.path.lexists(to):
        place(incoming, to)
        _confirm(to)
        return True
    with _standing_still(to) as held:
        if _seen(to, held) != seen:
            return False
        _swap(incoming, to, aside)
    return True


def _look(path: Path) -> Seen:
    """A book file, or what else stands there, as it is now."""
    head = None
    with closing(SqliteBook(path)) as book, suppress(BookError), book.reading(wait_s=WAIT_S) as reading:
        head = reading.head()
    return _stamped(path, head)


def _seen(path: Path, held: sqlite3.Connection | None) -> Seen:
    """A book file that is held, as it is now. It is not opened again: closing it would let go of the lock (POSIX)."""
    head = None
    if held is not None:
        with suppress(BookError):
            check_schema(held, path)
            head = SqliteReading(held, path).head()
    return _stamped(path, head)


def _stamped(path: Path, head: Head | None) -> Seen:
    try:
        found = path.stat()
    except OSError:
        return Seen(None, 0, 0, head)
    return Seen((found.st_dev, found.st_ino), found.st_size, found.st_mtime_ns, head)


def _swap(incoming: Path, to: Path, aside: Path) -> None:
    try:
        os.link(to, aside, follow_symlinks=False)
    except OSError as e:
        if e.errno not in NO_LINKS:
            raise
        rename(to, aside)
    sync_folder(to.parent)
    journal_aside(to)
    incoming.rename(to)
    _confirm(to)


def _confirm(to: Path) -> None:
    """The new book stands there by now, and must not be called not restored."""
    try:
        sync_folder(to.parent)
    except OSError as e:
        raise DiskError(path=str(to), reason=e.strerror or str(e), recorded=True) from e


@contextmanager
def _standing_still(path: Path) -> Iterator[sqlite3.Connection | None]:
    """A block in which nobody writes to a book, nor reads it; of one that SQLite cannot open nobody can."""
    connection = in_turns(lambda: _held(path), lambda _: WAIT_S)
    try:
        yield connection
    finally:
        if connection is not None:
            connection.close()


def _held(path: Path) -> sqlite3.Connection | None:
    while True:
        file = identity(path)
        try:
            connection = connect(path)
        except BookBrokenError:
            return None
        try:
            with meaning(path):
                connection.execute("BEGIN EXCLUSIVE")
        except BookBrokenError:
            connection.close()
            return None
        except BookError:
            connection.close()
            raise
        if identity(path) == file:
            return connection
        connection.close()  # another copy came first
