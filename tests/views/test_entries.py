"""The entries as the views hold them: whose, what for, how paid, and which one stands for which."""

from __future__ import annotations

import sqlite3

import pytest

from khata.events.money import Line
from khata.postings.effect import Effect
from khata.questions.entries import (
    ANY,
    EntryRow,
    Sought,
    as_known,
    corrected_by,
    counter_name,
    counter_named,
    entry,
    last_own,
    log,
    moved,
    with_id,
)
from khata.questions.statement import first_day
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.rules.erasure import ForgetParty
from khata.rules.importing import StartImport
from khata.units import Day, Party, Seq
from tests.books import COUNTER, TODAY, Clock, Shop, event_id, file_row, file_rows, payment, rs, sale

LINES = (Line(rs(30), 1500, rs(20)), Line(rs(10)))
PARTS = [("cash", rs(6)), ("upi", rs(10))]


@pytest.fixture
def views(shop: Shop) -> sqlite3.Connection:
    """Entry 3 has items, 4 was at the counter and is corrected by 6, 8 and 9 are those of the forgotten Gita."""
    shop.record(
        sale("Ramesh", 40, lines=LINES, items=("rice", ""), paid=PARTS, note="for the feast"),
        sale(None, 7, paid=[("card", None)], ref="B-4", id=event_id("four")),
        CorrectEntry(entry=Seq(4), amount_paise=rs(8)),
        sale("Gita", 2, note="her own"),
        payment("Gita", 2, on=Day("2026-11-20")),
        ForgetParty(party=Party(2)),
    )
    shop.books.catch_up()
    return shop.books.cache.connection


def row_of(views: sqlite3.Connection, seq: int) -> EntryRow:
    found = entry(views, Seq(seq))
    assert found is not None
    return found


def test_an_entry_has_its_partys_name_its_items_and_its_counters_name(views: sqlite3.Connection) -> None:
    row = row_of(views, 3)
    assert (row.party, row.party_name, row.by, row.by_name) == (1, "Ramesh", COUNTER, "Ravi")
    assert row.items == [("rice", 1500, 2000, 3000), ("", None, None, 1000)]
    assert (row.note, row.ref, row.amount_paise) == ("for the feast", None, 4000)
    assert (row_of(views, 4).ref, row_of(views, 4).event_id) == ("B-4", event_id("four"))


def test_the_counter_and_who_was_forgotten_have_no_name_and_no_items(views: sqlite3.Connection) -> None:
    assert (row_of(views, 4).party, row_of(views, 4).party_name, row_of(views, 4).items) == (None, None, [])
    assert (row_of(views, 8).party, row_of(views, 8).party_name, row_of(views, 8).note) == (2, None, None)
    assert entry(views, Seq(11)) is None


def test_each_of_many_entries_has_the_name_of_its_own_party(views: sqlite3.Connection) -> None:
    named = [(row.entry, row.party_name) for row in log(views, Seq(1), Seq(10))]
    assert named == [(seq, "Ramesh" if seq in (2, 3) else None) for seq in range(1, 11)]


def test_money_is_summed_by_mode_and_what_moved_on_the_account_apart(views: sqlite3.Connection) -> None:
    def did(seq: int) -> Effect:
        row = entry(views, Seq(seq))
        assert row is not None
        return row.effect

    assert (did(3).by_mode, did(3).debit_paise, did(3).credit_paise) == ({"cash": 600, "upi": 1000}, 4000, 1600)
    assert (did(3).given_paise, did(3).received_paise, did(3).paid_paise) == (4000, 1600, 1600)
    assert (did(5).by_mode, did(5).debit_paise, did(5).credit_paise) == ({"card": -700}, 0, 0)
    assert (did(5).given_paise, did(5).received_paise) == (700, 700)
    assert (did(1).by_mode, did(1).by_account) == ({}, {})
    assert (moved(views, Seq(1)), moved(views, Seq(99))) == ([], [])


def test_the_log_is_cut_by_entries_parties_and_days(views: sqlite3.Connection) -> None:
    def entries(first: int, last: int, sought: Sought = ANY) -> list[int]:
        return [row.entry for row in log(views, Seq(first), Seq(last), sought)]

    assert entries(2, 4) == [2, 3, 4]
    assert entries(1, 10, Sought(Party(2))) == [7, 8, 9, 10]
    assert entries(1, 9, Sought(Party(2), last_on=Day("2026-11-21"))) == [9]


def test_one_entry_stands_in_the_place_of_another_from_when_it_was_recorded(views: sqlite3.Connection) -> None:
    assert corrected_by(views, Seq(4), Seq(6)) == 6
    assert corrected_by(views, Seq(4), Seq(5)) is None
    row = row_of(views, 4)
    assert (row.reversed_by, row_of(views, 5).reverses, row_of(views, 6).corrects) == (5, 4, 4)
    assert as_known(row, Seq(5)).reversed_by == 5
    assert as_known(row, Seq(4)).reversed_by is None


def test_an_entry_is_found_by_its_id(views: sqlite3.Connection) -> None:
    found = with_id(views, event_id("four"))
    assert found is not None
    assert found.entry == 4
    assert with_id(views, event_id("never")) is None


def test_an_account_begins_with_its_earliest_day(views: sqlite3.Connection) -> None:
    assert (first_day(views, Party(1)), first_day(views, Party(2)), first_day(views, Party(3))) == (
        TODAY,
        "2026-11-20",
        None,
    )


def test_a_counter_is_known_by_its_name_and_by_its_eight_hex(views: sqlite3.Connection) -> None:
    assert counter_name(views, COUNTER) == "Ravi"
    assert counter_name(views, "5e1f5e1f") is None
    assert counter_named(views, "RAVI") == COUNTER
    assert counter_named(views, "Sita") is None


def test_what_was_typed_last_is_no_imports_no_reversals_no_cancelled_and_nobody_elses(shop: Shop, clock: Clock) -> None:
    shop.sell("Ramesh", 1)
    clock.set(days=1)
    today = Day("2026-11-23")

    def last(by: str = COUNTER) -> int | None:
        shop.books.catch_up()
        found = last_own(shop.books.cache.connection, by, today)
        return found.entry if found else None

    assert last() is None, "yesterday's is no slip of today"
    shop.sell("Ramesh", 2, on=Day("2026-11-20"))
    shop.sell("Ramesh", 3)
    assert last() == 5
    shop.record(ReverseEntry(entry=Seq(5)))
    assert last() == 4
    shop.record(StartImport(sha256="ab" * 32, rows=1, file="a.csv", checked_upto=Seq(6)), file_rows(file_row(2, 1, 9)))
    shop.at_counter("Sita").sell("Ramesh", 4)
    assert last() == 4
    assert last("5e1f5e1f") is None
