"""Nobody changes an entry by accident: not through a foreign tool, not through khata's own connection."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from khata.log.errors import BookBrokenError, BookError
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.connection import Guard, connect
from khata.units import Seq
from tests.contracts.book import follow

H = "zeroblob(32)"
FOREIGN = {
    "an update": "UPDATE event SET body = x'7b7d' WHERE seq = 2",
    "an update of the number": "UPDATE event SET seq = 9 WHERE seq = 3",
    "an update that may replace": "UPDATE OR REPLACE event SET seq = 2 WHERE seq = 3",
    "a deletion": "DELETE FROM event WHERE seq = 3",
    "a deletion of all": "DELETE FROM event",
    "an insert or replace": f"INSERT OR REPLACE INTO event VALUES (2, x'7b7d', {H})",
    "a replace": f"REPLACE INTO event VALUES (3, x'7b7d', {H})",
    "an insert or ignore of a number that is there": f"INSERT OR IGNORE INTO event VALUES (2, x'7b7d', {H})",
    "an upsert": f"INSERT INTO event VALUES (2, x'7b7d', {H}) ON CONFLICT DO UPDATE SET body = excluded.body",
    "an upsert that names the key": (
        f"INSERT INTO event VALUES (3, x'7b7d', {H}) ON CONFLICT (seq) DO UPDATE SET hash = excluded.hash"
    ),
    "a gap": f"INSERT INTO event VALUES (5, x'7b7d', {H})",
    "a number below the first": f"INSERT INTO event VALUES (0, x'7b7d', {H})",
    "a negative number": f"INSERT INTO event VALUES (-1, x'7b7d', {H})",
}


@pytest.fixture
def three_entries(book_path: Path) -> Path:
    book = SqliteBook(book_path)
    with book.writing() as writing:
        writing.append(follow(writing.head(), 2))
    book.close()
    return book_path


def rows(path: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT * FROM event ORDER BY seq").fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("recursive", ["OFF", "ON"])
@pytest.mark.parametrize("statement", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_foreign_tool_is_refused(three_entries: Path, statement: str, recursive: str) -> None:
    before = rows(three_entries)
    connection = sqlite3.connect(three_entries, isolation_level=None)
    connection.execute(f"PRAGMA recursive_triggers = {recursive}")
    with pytest.raises(sqlite3.IntegrityError, match="append only"):
        connection.execute(statement)
    connection.close()
    assert rows(three_entries) == before
    assert len(before) == 3


def test_an_insert_without_a_number_can_only_be_the_next(three_entries: Path) -> None:
    # SQLite shows the trigger -1 in place of a number that it has yet to choose.
    connection = sqlite3.connect(three_entries, isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError, match="append only"):
        connection.execute(f"INSERT INTO event (body, hash) VALUES (x'7b7d', {H})")
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO event VALUES (4, x'7b', zeroblob(32))",
        "INSERT INTO event VALUES (4, x'7b7d', zeroblob(31))",
        "INSERT INTO event VALUES (4, zeroblob(65536), zeroblob(32))",
        "INSERT INTO event VALUES (4, '{}', zeroblob(32))",
        "INSERT INTO event VALUES (4, NULL, zeroblob(32))",
    ],
    ids=["a short body", "a short hash", "a long body", "a body of text", "no body"],
)
def test_what_is_no_entry_does_not_get_in(three_entries: Path, statement: str) -> None:
    connection = sqlite3.connect(three_entries, isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    connection.close()
    assert len(rows(three_entries)) == 3


OWN = [
    "UPDATE event SET body = x'7b7d'",
    "UPDATE detail SET body = x'7b7d'",
    "DELETE FROM event",
    "DELETE FROM detail",
    "DROP TABLE event",
    "DROP TABLE detail",
    "DROP TRIGGER event_no_update",
    "ALTER TABLE event ADD COLUMN more TEXT",
    "ALTER TABLE detail RENAME TO other",
    "ATTACH ':memory:' AS other",
    "CREATE TABLE other (x)",
    "CREATE INDEX other ON event (hash)",
    "CREATE VIEW other AS SELECT 1",
    "CREATE TRIGGER other BEFORE INSERT ON detail BEGIN SELECT 1; END",
    "INSERT INTO event VALUES (1, x'7b7d', zeroblob(32)) ON CONFLICT DO UPDATE SET body = excluded.body",
]


@pytest.mark.parametrize("statement", OWN)
def test_khata_itself_may_not(three_entries: Path, statement: str) -> None:
    connection = connect(three_entries)
    connection.set_authorizer(Guard())
    with pytest.raises(sqlite3.DatabaseError, match=r"not authorized|prohibited"):
        connection.execute(statement)
    connection.close()


def test_a_book_that_is_open_carries_the_guard(three_entries: Path) -> None:
    book = SqliteBook(three_entries)
    with book.writing() as writing, pytest.raises(sqlite3.DatabaseError, match="not authorized"):
        writing._connection.execute("DELETE FROM detail")
    with book.reading() as reading, pytest.raises(sqlite3.DatabaseError, match="not authorized"):
        reading._connection.execute("UPDATE event SET hash = zeroblob(32)")
    book.close()


def test_erasing_opens_the_guard_for_details_only_and_only_meanwhile(three_entries: Path) -> None:
    book = SqliteBook(three_entries)
    with book.writing() as writing:
        writing.erase([Seq(1)])
        with pytest.raises(sqlite3.DatabaseError, match="not authorized"):
            writing._connection.execute("DELETE FROM detail")  # the very text that erasing uses
    guard = Guard()
    guard.erasing = True
    assert guard(sqlite3.SQLITE_DELETE, "detail") == sqlite3.SQLITE_OK
    assert guard(sqlite3.SQLITE_DELETE, "event") == sqlite3.SQLITE_DENY
    assert guard(sqlite3.SQLITE_UPDATE, "detail") == sqlite3.SQLITE_DENY
    book.close()


def test_a_detail_is_written_once(three_entries: Path) -> None:
    book = SqliteBook(three_entries)

    def twice() -> None:
        with book.writing() as writing:
            detail = next(writing.details(1, 1))
            writing.append(follow(writing.head(), 1), [detail])

    with pytest.raises(BookError) as caught:
        twice()
    assert isinstance(caught.value, BookBrokenError)
    book.close()
    assert len(rows(three_entries)) == 3
