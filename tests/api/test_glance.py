"""A question waits a moment for a counter that is saving, and not at all for an import."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from khata.api.desk import Glance
from khata.log.errors import BusyError
from khata.store.sqlite.book import LOOK_S, SqliteBook, SqliteReading


class Watched(SqliteBook):
    """A book that notes how long it was asked to wait."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.waits: list[float] = []

    def reading(  # type: ignore[override] # contextmanager gives a private type
        self, wait_s: float = LOOK_S
    ) -> AbstractContextManager[SqliteReading]:
        self.waits.append(wait_s)
        return super().reading(wait_s)


def glance(path: Path, *, held: bool, for_long: Callable[[], bool]) -> tuple[list[float], bool]:
    """The waits of one look, and whether it saw the book."""
    with closing(Watched(path)) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        if held:
            other.execute("BEGIN EXCLUSIVE")
        try:
            with Glance(store, for_long).reading() as reading:
                assert reading.head().seq == 1
        except BusyError:
            return store.waits, False
        return store.waits, True


def never_asked() -> bool:
    raise AssertionError


@pytest.mark.parametrize(
    ("held", "for_long", "waits"),
    [(False, never_asked, [0]), (True, lambda: False, [0, LOOK_S]), (True, lambda: True, [0])],
)
def test_it_waits_where_that_may_help(
    book_path: Path, held: bool, for_long: Callable[[], bool], waits: list[float]
) -> None:
    assert glance(book_path, held=held, for_long=for_long) == (waits, not held)
