"""Every store of a book, held to the one contract."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from khata.log.chain import EMPTY
from khata.store.dry_run import KEPT, DryRun, _PutBy, dry_running
from khata.store.memory import MemoryBook, MemoryReading
from khata.store.sqlite.book import SqliteBook
from tests.books import first_entry
from tests.contracts.book import BookContract, detail, follow


def memory_book() -> MemoryBook:
    book = MemoryBook()
    entry, words = first_entry()
    with book.writing() as writing:
        assert writing.head() == EMPTY
        writing.append([entry], [words])
    return book


class TestMemoryBook(BookContract):
    @pytest.fixture
    def book(self) -> MemoryBook:
        return memory_book()


class TestSqliteBook(BookContract):
    @pytest.fixture
    def book(self, book_path: Path) -> SqliteBook:
        return SqliteBook(book_path)


def test_a_dry_run_shows_what_would_be_and_leaves_the_book_alone() -> None:
    book = memory_book()
    with book.reading() as real, dry_running(real) as pages:
        more = follow(pages.head(), 3)
        pages.append(more, [detail(3)])
        pages.erase([more[0].seq, real.head().seq])
        assert [entry.seq for entry in pages.entries(1, 9)] == [1, 2, 3, 4]
        assert [found.entry for found in pages.details(1, 9)] == [3]
        assert real.head().seq == 1
    with book.reading() as real:
        assert [entry.seq for entry in real.entries(1, 9)] == [1]
        assert [found.entry for found in real.details(1, 9)] == [1]


@pytest.mark.parametrize("room", [True, False])
def test_a_dry_run_at_length_shows_the_same_and_keeps_little(*, room: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not room:
        monkeypatch.setattr(_PutBy, "put", _no_room)
    book = memory_book()
    with book.reading() as real, dry_running(real) as pages:
        in_memory = MemoryReading(real)
        for _ in range(5):
            more = follow(pages.head(), KEPT // 2 - 1)
            words = [detail(entry.seq) for entry in more[::3]]
            for each in (pages, in_memory):
                each.append(more, words)
                each.erase([more[3].seq])
        last = pages.head().seq
        assert pages.head() == in_memory.head()
        for first, end in ((1, last), (1, 1), (KEPT - 5, KEPT + 5), (KEPT, KEPT), (2 * KEPT, last), (7, 3)):
            assert list(pages.entries(first, end)) == list(in_memory.entries(first, end))
            assert list(pages.details(first, end)) == list(in_memory.details(first, end))
        assert (kept(pages) < KEPT) == room
        assert real.head().seq == 1


def kept(pages: DryRun) -> int:
    return len(pages._entries)


def _no_room(*_: object) -> None:
    raise sqlite3.OperationalError("database or disk is full")
