"""What every store of a book promises, whatever it is kept in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta

import pytest

from khata.events.money import SaleRecorded
from khata.events.party import PartyAdded
from khata.log.book import Book, Conflict, Detail
from khata.log.chain import EMPTY, Entry, Head
from khata.units import Paise, Party, Seq
from tests.books import MORNING, faults_of, first_entry, next_entry


def follow(head: Head, count: int, party: Party = Party(1)) -> list[Entry]:  # noqa: B008 - a number
    """Entries that follow a head: a party, then sales to it."""
    made: list[Entry] = []
    for _ in range(count):
        event = SaleRecorded(amount_paise=Paise(100), party=party) if made else PartyAdded(party=party)
        made.append(next_entry(head, event, at=MORNING + timedelta(seconds=head.seq)))
        head = Head(made[-1].seq, made[-1].hash)
    return made


def detail(entry: int, words: bytes = b'{"note":"x"}') -> Detail:
    return Detail(Seq(entry), bytes([entry % 256]) * 16, words)


class BookContract(ABC):
    """Inherit, and give a book that holds nothing but its first entry and that entry's detail."""

    @pytest.fixture
    @abstractmethod
    def book(self) -> Book:
        """A book with one entry."""

    def test_a_new_book_holds_its_first_entry(self, book: Book) -> None:
        first, words = first_entry()
        with book.reading() as reading:
            assert reading.head() == Head(first.seq, first.hash)
            assert list(reading.entries(1, 1)) == [first]
            assert list(reading.details(1, 1)) == [words]

    def test_what_is_appended_is_read_again_byte_for_byte(self, book: Book) -> None:
        with book.writing() as writing:
            more = follow(writing.head(), 5)
            writing.append(more, [detail(3), detail(5)])
            assert writing.head() == Head(more[-1].seq, more[-1].hash)
        with book.reading() as reading:
            assert list(reading.entries(2, 6)) == more
            assert list(reading.details(1, 6))[1:] == [detail(3), detail(5)]
            assert not list(faults_of(reading.entries(1, 6)))

    def test_a_writer_reads_what_it_has_appended_itself(self, book: Book) -> None:
        with book.writing() as writing:
            more = follow(writing.head(), 3)
            writing.append(more, [detail(4)])
            assert [entry.seq for entry in writing.entries(1, 99)] == [1, 2, 3, 4]
            assert list(writing.entries(3, 3)) == [more[1]]
            assert list(writing.details(4, 4)) == [detail(4)]

    def test_parts_of_the_book_are_read_by_their_numbers(self, book: Book) -> None:
        with book.writing() as writing:
            writing.append(follow(writing.head(), 9), [detail(n) for n in range(2, 11)])
        with book.reading() as reading:
            assert [entry.seq for entry in reading.entries(4, 6)] == [4, 5, 6]
            assert [found.entry for found in reading.details(4, 6)] == [4, 5, 6]
            assert not list(reading.entries(7, 6))
            assert not list(reading.entries(11, 20))
            assert not list(reading.details(11, 20))
            assert [entry.seq for entry in reading.entries(0, 2)] == [1, 2]

    def test_nothing_lasts_of_a_block_that_raises(self, book: Book) -> None:
        def fail() -> None:
            with book.writing() as writing:
                writing.append(follow(writing.head(), 2), [detail(2)])
                writing.erase([Seq(1)])
                raise ValueError("the power went")

        with pytest.raises(ValueError, match="power"):
            fail()
        with book.reading() as reading:
            assert reading.head().seq == 1
            assert not list(reading.entries(2, 9))
            assert [found.entry for found in reading.details(1, 9)] == [1]

    def test_entries_that_do_not_follow_the_head_are_a_conflict(self, book: Book) -> None:
        with book.reading() as reading:
            two, three = follow(reading.head(), 2)
        for wrong in ([three], [first_entry()[0]]):
            with book.writing() as writing, pytest.raises(Conflict):
                writing.append(wrong)
        with book.writing() as writing:
            writing.append([two])
        with book.writing() as writing, pytest.raises(Conflict):
            writing.append([two])
        with book.reading() as reading:
            assert reading.head().seq == 2

    def test_nothing_to_append_changes_nothing(self, book: Book) -> None:
        with book.writing() as writing:
            writing.append([])
        with book.reading() as reading:
            assert reading.head().seq == 1

    def test_an_erased_detail_is_gone_and_its_entry_is_not(self, book: Book) -> None:
        with book.writing() as writing:
            writing.append(follow(writing.head(), 3), [detail(2), detail(3), detail(4)])
        with book.writing() as writing:
            writing.erase([Seq(2), Seq(4), Seq(77)])
            assert [found.entry for found in writing.details(1, 9)] == [1, 3]
        with book.reading() as reading:
            assert [found.entry for found in reading.details(1, 9)] == [1, 3]
            assert [entry.seq for entry in reading.entries(1, 9)] == [1, 2, 3, 4]

    def test_a_detail_of_the_same_block_can_be_erased(self, book: Book) -> None:
        with book.writing() as writing:
            writing.append(follow(writing.head(), 1), [detail(2)])
            writing.erase([Seq(2)])
        with book.reading() as reading:
            assert [found.entry for found in reading.details(1, 9)] == [1]

    def test_the_empty_head_is_nowhere_in_a_book(self, book: Book) -> None:
        with book.reading() as reading:
            assert reading.head() != EMPTY
