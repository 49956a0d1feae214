"""Putting a copy in a book's place: what stood there keeps a name, and at no moment is there no book."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from khata.log.chain import Head
from khata.log.errors import BookBrokenError, DiskError, PathTakenError
from khata.store.sqlite.backup import WAIT_S, copy
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.connection import connect, meaning
from khata.store.sqlite.laying import NO_LINKS, journal_aside, place, sync_folder


def replace(source: SqliteBook, to: Path, aside: Path, check: Callable[[Path], None]) -> Head:
    """Put a checked copy of one book at another's path, and what stood there aside.

    Whoever waits for the old book's lock meanwhile finds the new one when it is his turn.

    Args:
        source: what to copy.
        to: where to; a file may be there, or none.
        aside: the new name of the file that was there; nothing may have that name.
        check: looks at the finished copy, and raises if it is not good.

    Raises:
        PathTakenError, DiskError, BusyError: as they say; what stood at `to` still does, unless a DiskError is
            `recorded`.
    """
    incoming = to.with_name(f".{to.name}.{os.getpid()}.incoming")
    try:
        head = copy(source, incoming, check)
        if os.path.lexists(to):
            with _standing_still(to):
                _swap(incoming, to, aside)
        else:
            place(incoming, to)
            _confirm(to)
    except FileExistsError as e:
        raise PathTakenError(path=e.filename2 or str(aside)) from e
    except OSError as e:
        raise DiskError(path=str(to), reason=e.strerror or str(e)) from e
    finally:
        with suppress(OSError):
            incoming.unlink()
    return head


def _swap(incoming: Path, to: Path, aside: Path) -> None:
    try:
        os.link(to, aside, follow_symlinks=False)
    except OSError as e:
        if e.errno not in NO_LINKS or os.path.lexists(aside):
            raise
        to.rename(aside)
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
def _standing_still(path: Path) -> Iterator[None]:
    """A block in which nobody writes to a book; of one that SQLite cannot open nobody can."""
    connection: sqlite3.Connection | None = None
    try:
        try:
            connection = connect(path)
            with meaning(path):
                connection.execute(f"PRAGMA busy_timeout = {WAIT_S * 1000}")
                connection.execute("BEGIN EXCLUSIVE")
        except BookBrokenError:
            pass
        yield
    finally:
        if connection is not None:
            connection.close()
