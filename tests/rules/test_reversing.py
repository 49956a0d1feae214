"""An import that is taken back: what may be, and what of it may not be any more."""

from __future__ import annotations

import pytest

from khata.events.money import EntryReversed
from khata.rules.base import Command
from khata.rules.correction import NotReversible, ReverseEntry
from khata.rules.entry import FutureDay
from khata.rules.importing import BookMovedOn, StartImport
from khata.rules.refused import ReasonMissing, Refused, UnknownEntry
from khata.rules.retry import IdReused
from khata.rules.reversing import NotAnImport, ReverseImport, ReverseRows
from khata.units import Day, Seq
from tests.books import Shop, file_row, file_rows, sale

THE_ID = "ab" * 16


@pytest.fixture
def brought(shop: Shop) -> Shop:
    """A book with two imports of two rows each: entries 2 to 5, where 3 declares the customer, and 6 to 8."""
    rows = file_rows(file_row(2, 1, 10, new="Ramesh")), file_rows(file_row(3, 1, 20))
    shop.record(StartImport(sha256="0a" * 32, rows=2, file="a.csv", checked_upto=Seq(1)), *rows)
    more = file_rows(file_row(2, 1, 30), file_row(3, 1, 40))
    shop.record(StartImport(sha256="0b" * 32, rows=2, file="b.csv", checked_upto=Seq(5)), more)
    return shop


def beginning(of: int = 2, **more: object) -> ReverseImport:
    return ReverseImport(**{"of": Seq(of), "reason": "twice"} | more)  # type: ignore[arg-type]


def rows(*entries: int, of: int = 2, **more: object) -> ReverseRows:
    return ReverseRows(**{"of": Seq(of), "entries": [*map(Seq, entries)], "reason": "twice"} | more)  # type: ignore[arg-type]


def test_its_rows_are_reversed_and_the_id_stands_on_the_last(brought: Shop) -> None:
    brought.record(beginning(id=THE_ID), rows(4), rows(5, id=THE_ID))
    made = brought.recorded()[8:]
    assert [one.event.entry for one in made if isinstance(one.event, EntryReversed)] == [4, 5]
    assert [one.id == THE_ID for one in made] == [False, True]
    assert brought.balances() == {1: 7000}


@pytest.mark.parametrize(
    ("command", "refused"),
    [
        (beginning(99), UnknownEntry),
        (beginning(0), UnknownEntry),
        (beginning(1), NotAnImport),
        (beginning(4), NotAnImport),
        (beginning(reason=""), ReasonMissing),
        (beginning(on=Day("2026-11-23")), FutureDay),
        (rows(7), NotReversible),
        (rows(4, 5, 7), NotReversible),
        (rows(1), NotReversible),
        (rows(99), BookMovedOn),
    ],
)
def test_what_is_none_of_it_is_refused(brought: Shop, command: Command, refused: type[Refused]) -> None:
    before = brought.entries()
    with pytest.raises(refused):
        brought.record(command)
    assert brought.entries() == before


def test_a_customer_that_a_row_declared_is_not_reversed(brought: Shop) -> None:
    with pytest.raises(NotReversible):
        brought.record(rows(3))


def test_a_row_that_does_not_stand_any_more_refuses_all(brought: Shop) -> None:
    brought.record(ReverseEntry(entry=Seq(5)))
    before = brought.entries()
    with pytest.raises(BookMovedOn):
        brought.record(beginning(), rows(4, 5))
    assert brought.entries() == before


def test_a_row_that_was_typed_for_it_is_none_of_it(brought: Shop) -> None:
    brought.record(sale("Ramesh", 5))
    with pytest.raises(NotReversible):
        brought.record(rows(len(brought.entries())))


def test_a_retry_is_known_by_its_import(brought: Shop) -> None:
    brought.record(beginning(id=THE_ID), rows(4, 5, id=THE_ID))
    assert brought.record(beginning(id=THE_ID)).already == 10
    assert brought.record(rows(4, 5, id=THE_ID)).already == 10
    for other in (beginning(6, id=THE_ID), ReverseEntry(entry=Seq(4), id=THE_ID)):
        with pytest.raises(IdReused):
            brought.record(other)
    brought.record(sale("Ramesh", 5, id="cd" * 16))
    with pytest.raises(IdReused):
        brought.record(beginning(id="cd" * 16))


def test_another_file_like_one_that_was_taken_back_may_begin(brought: Shop) -> None:
    brought.record(beginning(), rows(4, 5))
    brought.record(StartImport(sha256="0a" * 32, rows=2, file="a.csv", checked_upto=Seq(10)))
    assert brought.kinds()[-1] == "import_started"


def test_a_counter_that_the_book_does_not_know_is_declared_before_them(brought: Shop) -> None:
    brought.at_counter("Sita").record(rows(4, 5))
    assert brought.kinds()[8:] == ["counter_added", "entry_reversed", "entry_reversed"]
