"""Opening a book file: what it must be, and the settings that do not persist."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from khata.log.errors import BookBrokenError, BookError, DiskError, NewerBookError, NoBookError, NotABookError
from khata.store.sqlite import connection as opening
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.connection import connect, make_durable
from khata.store.sqlite.schema import APPLICATION_ID, OBJECTS, USER_VERSION
from tests.books import new_file
from tests.contracts.book import follow


def refusal(path: Path) -> BookError:
    with pytest.raises(BookError) as caught, SqliteBook(path).reading():
        raise AssertionError
    return caught.value


def settings(book: SqliteBook) -> dict[str, object]:
    names = ("journal_mode", "synchronous", "recursive_triggers", "trusted_schema", "cell_size_check", "secure_delete")
    with book.writing() as writing:
        return {name: writing._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names}


def test_each_opening_sets_what_makes_a_commit_last(book_path: Path) -> None:
    for _ in range(2):
        book = SqliteBook(book_path)
        assert settings(book) == {
            "journal_mode": "truncate",
            "synchronous": 3,
            "recursive_triggers": 1,
            "trusted_schema": 0,
            "cell_size_check": 1,
            "secure_delete": 1,
        }
        book.close()
        assert settings(book)["synchronous"] == 3
        book.close()


def test_settings_that_do_not_take_are_an_error_and_not_a_hope() -> None:
    memory = sqlite3.connect(":memory:", isolation_level=None)
    with pytest.raises(DiskError) as caught:
        make_durable(memory, Path("shop.khata"))
    memory.close()
    assert "journal_mode memory" in str(caught.value.facts["reason"])


def test_an_old_sqlite_is_refused(book_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(DiskError):
        connect(book_path)


def test_a_missing_path_holds_no_book(tmp_path: Path) -> None:
    assert isinstance(refusal(tmp_path / "none.khata"), NoBookError)
    (tmp_path / "file").write_text("x")
    assert isinstance(refusal(tmp_path / "file" / "inside.khata"), NoBookError)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not_sqlite"),
        (b"Date,Name,Amount\n" * 100, "not_sqlite"),
        (b"SQLite format 3\x00", "not_sqlite"),
        (b"\x00" * 4096, "not_sqlite"),
        (b"SQLite format 3\x00" + bytes(4080), "other_database"),
    ],
    ids=["an empty file", "a text file", "a header cut off", "zeros", "a header and zeros"],
)
def test_another_file_is_not_a_book(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "shop.khata"
    path.write_bytes(content)
    error = refusal(path)
    assert isinstance(error, NotABookError)
    assert error.facts["why"] == why
    assert path.read_bytes() == content


def test_another_database_is_not_a_book(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE t (x)")
    other.close()
    assert refusal(path).facts["why"] == "other_database"


def test_a_folder_is_not_a_book(tmp_path: Path) -> None:
    assert refusal(tmp_path).facts["why"] == "not_a_file"


def test_a_pipe_in_the_place_of_a_book_does_not_hang_the_shop(tmp_path: Path) -> None:
    path = tmp_path / "shop.khata"
    os.mkfifo(path)
    assert refusal(path).facts["why"] == "not_a_file"


def test_a_book_of_a_later_file_version_wants_a_newer_khata(book_path: Path) -> None:
    raw = sqlite3.connect(book_path)
    raw.execute("PRAGMA user_version = 2")
    raw.close()
    error = refusal(book_path)
    assert isinstance(error, NewerBookError)
    assert error.facts["user_version"] == 2


def test_a_file_whose_pages_are_garbage_is_broken(book_path: Path) -> None:
    whole = book_path.read_bytes()
    book_path.write_bytes(whole[:100] + b"\xa5" * (len(whole) - 100))
    assert isinstance(refusal(book_path), BookBrokenError)


def test_a_file_that_lost_its_tables_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "shop.khata"
    raw = sqlite3.connect(path)
    raw.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    raw.execute("CREATE TABLE other (x)")
    raw.close()
    assert isinstance(refusal(path), BookBrokenError)


def test_rows_that_are_not_bytes_are_broken(tmp_path: Path) -> None:
    path = tmp_path / "shop.khata"
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    raw.execute("CREATE TABLE event (seq INTEGER PRIMARY KEY, body, hash)")
    raw.execute("CREATE TABLE detail (entry INTEGER PRIMARY KEY, salt, body, form)")
    raw.execute("INSERT INTO event VALUES (1, 'text', zeroblob(32))")
    raw.execute("INSERT INTO detail VALUES (1, 7, 'text', 0), (2, x'', x'', x'01')")
    raw.execute(f"PRAGMA user_version = {USER_VERSION}")
    for name in OBJECTS.keys() - {"event", "detail"}:
        raw.execute(OBJECTS[name])
    raw.execute("PRAGMA writable_schema = ON")
    for name in ("event", "detail"):  # STRICT is looked at when a row is written, not when it is read
        raw.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (OBJECTS[name], name))
    raw.close()
    with SqliteBook(path).reading() as reading:
        with pytest.raises(BookBrokenError, match="not bytes"):
            list(reading.entries(1, 1))
        with pytest.raises(BookBrokenError, match="not bytes"):
            list(reading.details(1, 1))
        with pytest.raises(BookBrokenError, match="not bytes"):
            list(reading.details(2, 2))


def test_a_book_that_may_not_be_read_says_so(plain_user: Path) -> None:
    path = new_file(plain_user / "shop.khata")
    path.chmod(0)
    error = refusal(path)
    assert isinstance(error, DiskError)
    assert error.facts["path"] == str(path)


def test_a_read_only_book_answers_questions_and_records_nothing(plain_user: Path) -> None:
    path = new_file(plain_user / "shop.khata")
    path.chmod(stat.S_IRUSR)
    plain_user.chmod(stat.S_IRUSR | stat.S_IXUSR)
    book = SqliteBook(path)
    with book.reading() as reading:
        assert reading.head().seq == 1
        assert len(list(reading.entries(1, 1))) == 1

    def write() -> None:
        with book.writing() as writing:
            writing.append(follow(writing.head(), 1))

    with pytest.raises(DiskError):
        write()
    with book.reading() as reading:
        assert reading.head().seq == 1
    book.close()


def test_the_schema_is_read_as_it_was_written(book_path: Path) -> None:
    with closing(sqlite3.connect(book_path)) as foreign:
        assert dict(foreign.execute("SELECT name, sql FROM sqlite_master")) == OBJECTS
        found = [foreign.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        assert found == [APPLICATION_ID, 1]
        assert foreign.execute("PRAGMA encoding").fetchone() == ("UTF-8",)
