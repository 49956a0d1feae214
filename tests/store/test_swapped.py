"""Between the first look at a path and the lock another file may come to stand there: it is looked at again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from khata.log.errors import BookBrokenError, NewerBookError, NotABookError
from khata.store.sqlite.book import SqliteBook
from tests.books import new_file
from tests.contracts.book import follow

STRANGE = {
    "a trigger of a stranger": "CREATE TRIGGER quiet AFTER INSERT ON event BEGIN DELETE FROM detail; END",
    "a trigger under a name of ours": (
        "DROP TRIGGER event_next; CREATE TRIGGER event_next AFTER INSERT ON event BEGIN DELETE FROM detail; END"
    ),
    "a view in place of a table": (
        "ALTER TABLE event RENAME TO other; CREATE VIEW event AS SELECT * FROM other;"
        "CREATE TRIGGER quiet INSTEAD OF INSERT ON event BEGIN DELETE FROM detail; END"
    ),
    "another table": "ALTER TABLE detail ADD COLUMN more INTEGER",
}


def stranger(path: Path, sql: str) -> Path:
    """A book with more in it than a book has."""
    with closing(sqlite3.connect(new_file(path), isolation_level=None)) as connection:
        connection.executescript(sql)
    return path


def between_reading_and_writing(path: Path, other: Path) -> SqliteBook:
    book = SqliteBook(path)
    with book.reading() as reading:
        assert reading.head().seq == 1
    other.replace(path)
    return book


def after_a_good_one_had_come(path: Path, other: Path) -> SqliteBook:
    book = between_reading_and_writing(path, new_file(path.with_name("good.khata")))
    with book.reading():
        other.replace(path)
    return book


def while_it_waits_for_the_lock(path: Path, other: Path) -> SqliteBook:
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    def let_go(_: float) -> float:
        if other.exists():
            other.replace(path)
        holder.close()
        return 30

    return SqliteBook(path, let_go)


MOMENTS = [between_reading_and_writing, after_a_good_one_had_come, while_it_waits_for_the_lock]


@pytest.mark.parametrize("swap", MOMENTS, ids=lambda swap: swap.__name__)
@pytest.mark.parametrize("sql", STRANGE.values(), ids=STRANGE)
def test_a_strangers_file_that_came_meanwhile_is_not_written_to(
    tmp_path: Path, book_path: Path, swap: Callable[[Path, Path], SqliteBook], sql: str
) -> None:
    other = stranger(tmp_path / "other.khata", sql)
    content = other.read_bytes()
    book = swap(book_path, other)

    def write() -> None:
        with book.writing() as pages:
            pages.append(follow(pages.head(), 1))

    with pytest.raises(BookBrokenError):
        write()
    with pytest.raises(BookBrokenError), book.reading():
        raise AssertionError
    book.close()
    assert book_path.read_bytes() == content


@pytest.mark.parametrize(
    ("sql", "error"), [("PRAGMA user_version = 2", NewerBookError), ("PRAGMA application_id = 7", NotABookError)]
)
@pytest.mark.parametrize("swap", MOMENTS, ids=lambda swap: swap.__name__)
def test_what_is_no_book_of_ours_and_came_meanwhile_is_not_written_to(
    tmp_path: Path, book_path: Path, swap: Callable[[Path, Path], SqliteBook], sql: str, error: type[Exception]
) -> None:
    other = stranger(tmp_path / "other.khata", sql)
    book = swap(book_path, other)
    with pytest.raises(error), book.writing():
        raise AssertionError
