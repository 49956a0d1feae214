"""The lock, the journal and the disk: what a book file does when others hold it, die, or the disk fails."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from khata.log.errors import BusyError, DiskError, UnconfirmedError
from khata.store.sqlite import book as book_module
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.connection import error_of
from tests.books import first_entry
from tests.contracts.book import follow


def holder(path: Path, *, exclusive: bool = False) -> sqlite3.Connection:
    """Another program that holds the book."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE" if exclusive else "BEGIN IMMEDIATE")
    return other


def test_a_question_does_not_wait_for_a_writer_who_has_not_begun_to_write(book_path: Path) -> None:
    with closing(holder(book_path)), SqliteBook(book_path).reading() as reading:
        assert reading.head().seq == 1


def test_a_question_gives_up_soon_when_the_book_is_held(book_path: Path) -> None:
    began = time.monotonic()
    with closing(holder(book_path, exclusive=True)), pytest.raises(BusyError), SqliteBook(book_path).reading():
        raise AssertionError
    assert time.monotonic() - began < 2


def test_a_book_that_was_held_can_be_asked_again(book_path: Path) -> None:
    book = SqliteBook(book_path)
    with closing(holder(book_path, exclusive=True)), pytest.raises(BusyError), book.reading():
        raise AssertionError
    with book.reading() as reading:
        assert reading.head().seq == 1


def test_a_writer_waits_as_long_as_it_is_told_and_says_how_long_it_waited(book_path: Path) -> None:
    told: list[float] = []

    def half_a_second(waited: float) -> float:
        told.append(waited)
        return 0.5

    book = SqliteBook(book_path, half_a_second)
    with closing(holder(book_path)), pytest.raises(BusyError), book.writing():
        raise AssertionError
    assert len(told) >= 2
    assert told == sorted(told)
    with book.writing() as writing:
        writing.append(follow(writing.head(), 1))


def test_a_writer_gets_the_book_as_soon_as_it_is_let_go(book_path: Path) -> None:
    other = holder(book_path)

    def let_go(_: float) -> float:
        other.close()
        return 30

    with SqliteBook(book_path, let_go).writing() as writing:
        writing.append(follow(writing.head(), 1))
        assert writing.head().seq == 2


def test_one_who_reads_does_not_see_what_is_written_meanwhile(book_path: Path) -> None:
    reader, writer = SqliteBook(book_path), SqliteBook(book_path)
    with reader.reading() as reading, writer.writing() as writing:
        writing.append(follow(writing.head(), 1))
        with SqliteBook(book_path).reading() as other:
            assert other.head().seq == 1
        assert reading.head().seq == 1
        reader._connection.execute("ROLLBACK")  # type: ignore[union-attr]
    with reader.reading() as reading:
        assert reading.head().seq == 2


_KILLED = """
import os, signal, sqlite3, sys
from pathlib import Path
from khata.store.sqlite.book import SqliteBook
from tests.contracts.book import detail, follow
book = SqliteBook(Path(sys.argv[1]))
with book.writing() as writing:
    writing._connection.execute("PRAGMA cache_size = 5")
    more = follow(writing.head(), 3000)
    writing.append(more, [detail(entry.seq, b'{"note":"' + b"x" * 200 + b'"}') for entry in more])
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("next_one", ["a reader", "a writer"])
def test_what_a_killed_process_had_begun_is_taken_back(book_path: Path, next_one: str) -> None:
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(book_path)], check=False, cwd=Path(__file__).parents[2])
    assert killed.returncode == -signal.SIGKILL
    journal = book_path.with_name(book_path.name + "-journal")
    assert journal.stat().st_size > 0, "nothing was spilled: the journal is not hot"
    assert book_path.stat().st_size > 100_000
    book = SqliteBook(book_path)
    with book.reading() if next_one == "a reader" else book.writing() as pages:
        assert pages.head().seq == 1
        assert [entry.seq for entry in pages.entries(1, 9999)] == [1]
        assert [detail.entry for detail in pages.details(1, 9999)] == [1]
    book.close()
    with closing(sqlite3.connect(book_path)) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("code", [sqlite3.SQLITE_IOERR_LOCK, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL])
def test_a_disk_that_fails_at_the_lock_is_told_of_at_once(
    book_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def failing(*_: object) -> None:
        raise error(code)

    def never(_: float) -> float:
        raise AssertionError("nobody holds the book")

    monkeypatch.setattr(book_module, "make_durable", failing)
    with pytest.raises(DiskError), SqliteBook(book_path, never).writing():
        raise AssertionError


class Failing:
    """A connection whose COMMIT fails."""

    def __init__(self, real: sqlite3.Connection, error: sqlite3.Error) -> None:
        self.real, self.error = real, error

    def execute(self, sql: str) -> sqlite3.Cursor:
        if sql == "COMMIT":
            raise self.error
        return self.real.execute(sql)

    def executemany(self, sql: str, rows: object) -> sqlite3.Cursor:
        return self.real.executemany(sql, rows)  # type: ignore[arg-type]


def error(code: int) -> sqlite3.Error:
    made = sqlite3.OperationalError("made for a test")
    made.sqlite_errorcode = code
    return made


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (sqlite3.SQLITE_IOERR_FSYNC, UnconfirmedError),
        (sqlite3.SQLITE_FULL, UnconfirmedError),
        (sqlite3.SQLITE_BUSY, BusyError),
    ],
)
def test_a_commit_that_fails_is_not_said_to_have_worked(book_path: Path, code: int, meaning: type[Exception]) -> None:
    book = SqliteBook(book_path)
    real = book._open()

    def write() -> None:
        with book.writing() as writing:
            writing.append(follow(writing.head(), 1))
            book_connection = Failing(real, error(code))
            book._commit(book_connection)  # type: ignore[arg-type]

    with pytest.raises(meaning):
        write()
    with book.writing() as writing:
        assert writing.head().seq == 1


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (sqlite3.SQLITE_BUSY_SNAPSHOT, BusyError),
        (sqlite3.SQLITE_LOCKED, BusyError),
        (sqlite3.SQLITE_FULL, DiskError),
        (sqlite3.SQLITE_IOERR_WRITE, DiskError),
        (sqlite3.SQLITE_READONLY_ROLLBACK, DiskError),
        (sqlite3.SQLITE_CANTOPEN, DiskError),
    ],
)
def test_what_sqlite_says_is_said_in_the_words_of_a_book(code: int, meaning: type[Exception]) -> None:
    assert type(error_of(error(code), Path("shop.khata"))) is meaning


def test_a_book_is_opened_at_its_first_use_and_closed_for_good(book_path: Path) -> None:
    book = SqliteBook(book_path)
    book.close()
    with book.reading() as reading:
        assert next(reading.entries(1, 1)) == first_entry()[0]
    book.close()
    book.close()
    descriptors = {os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if _is_open(fd)}  # noqa: PTH115, PTH208
    assert str(book_path) not in descriptors


def _is_open(fd: str) -> bool:
    try:
        os.readlink(f"/proc/self/fd/{fd}")  # noqa: PTH115
    except OSError:
        return False
    return True
