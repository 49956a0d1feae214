"""Rows of a file: what is recorded for each, and what is refused when the book is not the one that they fit."""

from __future__ import annotations

import pytest

from khata.events.base import Imported, Recorded
from khata.rules.base import Command
from khata.rules.importing import BookMovedOn, FileRow, StartImport
from khata.rules.party import DeclareParty
from khata.rules.refused import Refused
from khata.units import Day, Seq
from tests.books import TODAY, Shop, file_row, file_rows, in_memory, sale

RAMESH = DeclareParty(name="Ramesh")
TOMORROW = Day("2026-11-23")
BILL = sale("Ramesh", 450, ref="B-1", on=TODAY)


def begun(entries: int) -> StartImport:
    """The beginning of an import into a book of so many entries."""
    return StartImport(sha256="ab" * 32, rows=9, file="old.csv", checked_upto=Seq(entries))


def from_row(number: int) -> Imported:
    """What an entry of that import says of its row."""
    return Imported(entry=Seq(3), row=number)


def recorded(*commands: Command) -> list[Recorded]:
    shop = in_memory()
    shop.record(RAMESH, begun(2), *commands)
    return shop.recorded()[3:]


def test_each_row_is_an_entry_that_says_where_it_came_from() -> None:
    first, second = recorded(file_rows(file_row(2, 1, 450, on=Day("2025-04-01"), ref="B-1"), file_row(4, 1, 9)))
    assert [(each.on, each.event.imported) for each in (first, second)] == [
        ("2025-04-01", from_row(2)),
        (TODAY, from_row(4)),
    ]


def test_the_note_of_a_row_is_kept_where_it_can_be_forgotten() -> None:
    shop = in_memory()
    shop.record(RAMESH, begun(2), file_rows(file_row(2, 1, 450, note="atta")))
    assert shop.details()[-1].body == b'{"note":"atta"}'
    assert b"atta" not in shop.entries()[-1].body


def test_a_new_party_is_declared_by_its_first_row() -> None:
    party, first, second = recorded(file_rows(file_row(2, 2, 450, new="Suresh")), file_rows(file_row(3, 2, 9)))
    assert party.event.KIND == "party_added"
    assert party.event.imported == first.event.imported == from_row(2)
    assert second.event.imported == from_row(3)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (file_row(3, 1, 9, on=TOMORROW), "future_day"),
        (file_row(3, 7, 9), "unknown_party"),
        (file_row(3, 1, 450, ref="B-1"), "ref_taken"),
        (file_row(3, 1, 449, ref="B-1"), "ref_conflict"),
        (file_row(3, 3, 9, new="Suresh"), "book_moved_on"),
        (file_row(3, 2, 9, new="Ramesh"), "book_moved_on"),
    ],
)
def test_a_row_that_the_book_contradicts_is_refused_with_all_others(row: FileRow, code: str) -> None:
    shop = in_memory()
    with pytest.raises(Refused) as caught:
        shop.record(RAMESH, BILL, begun(3), file_rows(file_row(2, 1, 5), row))
    assert caught.value.code == code
    assert shop.kinds() == ["book_opened"]


def test_no_row_is_recorded_before_its_import_has_begun() -> None:
    with pytest.raises(BookMovedOn):
        in_memory().record(file_rows(file_row(2, 1, 5, new="Ramesh")))


def test_rows_are_looked_at_for_slips_one_after_the_other(shop: Shop) -> None:
    outcome = shop.record(RAMESH, begun(2), file_rows(*(file_row(n, 1, 5) for n in range(2, 9)), file_row(9, 1, 6000)))
    assert outcome.slips_by_code == {"unusual_amount": 1}
    assert shop.balances() == {1: 603500}
