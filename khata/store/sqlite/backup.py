"""Copying a book while others may be writing in it: a whole book at one moment, on another disk."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from khata.log.chain import Head
from khata.store.sqlite.atomic import atomic_write
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.connection import connect

WAIT_S = 30
"""How long a copy waits for a counter that is just committing."""


def copy(book: SqliteBook, to: Path, check: Callable[[Path], None]) -> Head:
    """Copy a book file to a new file, and have the copy checked before it gets its name.

    SQLite's own backup reads under the book's lock: the file is never copied under a live writer.

    Args:
        book: what to copy.
        to: where to; nothing may be there.
        check: looks at the finished copy, and raises if it is not good.

    Raises:
        PathTakenError, DiskError, BusyError: as they say; nothing is left at `to` then, nor if `check` raises.
    """
    with atomic_write(to) as temporary:
        with book.reading(wait_s=WAIT_S) as reading, closing(connect(temporary)) as target:
            reading.copy_to(target, to)
            head = reading.head()
        check(temporary)
    return head
