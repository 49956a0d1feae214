"""Every store of a book, held to the one contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from khata.log.chain import EMPTY
from khata.store.memory import MemoryBook, pretending
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


def test_pretending_shows_what_would_be_and_leaves_the_book_alone() -> None:
    book = memory_book()
    with book.reading() as real, pretending(real) as pages:
        more = follow(pages.head(), 3)
        pages.append(more, [detail(3)])
        pages.erase([more[0].seq, real.head().seq])
        assert [entry.seq for entry in pages.entries(1, 9)] == [1, 2, 3, 4]
        assert [found.entry for found in pages.details(1, 9)] == [3]
        assert real.head().seq == 1
    with book.reading() as real:
        assert [entry.seq for entry in real.entries(1, 9)] == [1]
        assert [found.entry for found in real.details(1, 9)] == [1]
