"""Where two things meet: the first entry, the border of two ranges, what comes after damage, and the very last ones."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from khata.events.base import Event
from khata.events.book import ClockCorrected
from khata.store.sqlite.readonly import Pages, ReadOnlyBook
from khata.units import Seq
from khata.verifying import crew, prefix
from khata.verifying.crew import Crew, Other
from khata.verifying.links import Links
from khata.verifying.prefix import Prefix
from khata.verifying.verify import verify
from tests.books import at
from tests.verifying.conftest import Patient
from tests.verifying.test_verify import ONE, book_of, opened, sold

RANGE = 3
BORDERS = range(2, 3 * RANGE + 2)
"""Places on both sides of two borders, and on them."""


@pytest.fixture(autouse=True)
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges of a few entries, so that a small book has several borders."""
    monkeypatch.setattr(crew, "RANGE", RANGE)


def long_book(path: Path, place: int, event: Event, moment: str) -> Path:
    """A book of three ranges and a bit; one of its entries was recorded at another moment."""
    events: list[Any] = [opened(), ONE, *[sold() for _ in range(3 * RANGE + 1)]]
    events[place - 1] = (event if place > 2 else events[place - 1], {"at": at(moment)})
    return book_of(path, *events)


@pytest.mark.parametrize("alone", [True, False], ids=["one process", "two"])
@pytest.mark.parametrize("place", BORDERS)
def test_a_moment_that_goes_back_is_seen_on_every_side_of_a_border(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: int, alone: bool
) -> None:
    monkeypatch.setattr(crew, "LARGE", 1)
    verdict = verify(long_book(tmp_path / "book.khata", place, sold(), "2026-11-21 04:30"), alone=alone)
    assert verdict.faults == (("chain", place, "at_goes_back"),)


@pytest.mark.parametrize("place", BORDERS[1:])
def test_a_clock_that_was_put_right_is_no_fault_on_any_side_of_a_border(tmp_path: Path, place: int) -> None:
    assert verify(long_book(tmp_path / "book.khata", place, ClockCorrected(), "2026-11-21 04:30")).faults == ()


LEFT_WITHOUT = {(3, "party_not_declared"), (5, "party_not_declared"), (14, "reverses_nothing")}
"""What stands on an entry that is gone."""


@pytest.mark.parametrize("links", [True, False], ids=["the chain alone", "all checks"])
@pytest.mark.parametrize("size", [RANGE, 256])
@pytest.mark.parametrize("place", BORDERS)
def test_an_entry_that_is_gone_is_missing_and_what_follows_is_read_all_the_same(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, place: int, size: int, links: bool
) -> None:
    monkeypatch.setattr(crew, "RANGE", size)
    further = place + 2
    patient.change(further, lambda body: body.replace(b'"v":1', b'"v":2'))
    with patient.opened() as connection:
        connection.execute("DELETE FROM event WHERE seq = ?", (place,))
    verdict = verify(patient.book, None, links=links)
    found = {(entry, code) for check, entry, code in verdict.faults if check == "chain"}
    assert found - LEFT_WITHOUT == {(place, "missing"), (further, "hash_differs")}
    assert (verdict.first_bad_entry, verdict.entries) == (place, patient.size() - 1)


def test_a_damaged_page_that_gives_a_number_twice_is_named(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    def twice(rows: list[Any]) -> list[Any]:
        return rows if len(rows) < 2 or rows[0][0] < 5 else [rows[0], *rows[:-1]]

    entries, pages = ReadOnlyBook.entries, ReadOnlyBook.pages

    def entries_twice(book: ReadOnlyBook, first: int, last: int) -> tuple[Any, list[Any], bool]:
        before, rows, torn = entries(book, first, last)
        return before, twice(rows), torn

    def pages_twice(book: ReadOnlyBook, first: int, last: int) -> Pages:
        found = pages(book, first, last)
        return found._replace(entries=twice(found.entries))

    monkeypatch.setattr(ReadOnlyBook, "entries", entries_twice)
    monkeypatch.setattr(ReadOnlyBook, "pages", pages_twice)
    for links in (True, False):
        assert ("chain", 8, "out_of_order") in verify(patient.book, None, links=links).faults


@pytest.mark.parametrize("last", [5, 8])
def test_a_page_of_details_that_cannot_be_read_is_named_where_it_begins(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    """After the last detail that could be read, or at the first entry of the range where none could."""
    pages = ReadOnlyBook.pages

    def torn(book: ReadOnlyBook, first: int, end: int) -> Pages:
        found = pages(book, first, end)
        if not first <= 7 <= end:
            return found
        return found._replace(details=[row for row in found.details if row[0] <= last], details_torn=True)

    monkeypatch.setattr(ReadOnlyBook, "pages", torn)
    assert ("details", 9 if last == 8 else 7, "unreadable") in verify(patient.book).faults


@pytest.mark.parametrize("links", [True, False], ids=["the chain alone", "all checks"])
def test_a_last_page_that_cannot_be_read_is_named_after_the_last_entry_that_can(tmp_path: Path, links: bool) -> None:
    path = book_of(tmp_path / "book.khata", opened(), ONE, *[sold() for _ in range(60)])
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute(
            "SELECT max(pageno) FROM dbstat WHERE name = 'event' AND pagetype = 'leaf'"
        ).fetchone()
    content = path.read_bytes()
    path.write_bytes(content[: 4096 * (page - 1)] + b"\xff" * 4096 + content[4096 * page :])
    verdict = verify(path, links=links)
    assert 0 < verdict.entries < 62
    assert ("chain", verdict.entries + 1, "unreadable") in verdict.faults
    assert verdict.chain_upto == verdict.holds_upto == verdict.entries


def test_a_book_whose_last_entry_is_bad_was_not_replayed(patient: Patient) -> None:
    last = patient.size()
    patient.change(last, lambda body: body.replace(b"5500", b"5501"))
    verdict = patient.verify()
    assert verdict.faults == (("chain", last, "hash_differs"),)
    assert (verdict.first_bad_entry, verdict.holds_upto) == (last, last - 1)
    how = {"schema": "ok", "chain": "bad", "details": "ok", "replay": "not_checked"}
    assert dict(verdict.checks) == how | {"anchor": "not_checked", "checkpoint": "not_checked"}
    assert (verdict.to_receive_paise, verdict.to_give_paise, verdict.parties) == (None, None, None)
    assert (verdict.compared_upto, verdict.point) == (0, None)


def test_faults_stand_in_the_order_of_the_checks_and_then_of_the_entries(patient: Patient) -> None:
    patient.change(9, lambda body: body.replace(b'"v":1', b'"v":2'))
    with patient.opened() as connection:
        connection.execute("UPDATE detail SET salt = x'00' WHERE entry IN (4, 6)")
        connection.execute("UPDATE event SET hash = zeroblob(32) WHERE seq = 8")
    found = patient.verify().faults
    assert [fault[:2] for fault in found] == [("chain", 8), ("chain", 9), ("details", 4), ("details", 6)]


# --- what is left of a damaged book


def beyond(patient: Patient, damaged: int) -> list[int]:
    with closing(ReadOnlyBook(patient.book)) as pages:
        return [each.seq for each in Prefix(pages, Seq(damaged - 1)).beyond(Seq(patient.size()))]


@pytest.mark.parametrize("step", [1, 2, 3, 1024])
@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_everything_after_the_damage_that_can_be_read_is_listed_to_the_last(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, after: int, step: int
) -> None:
    monkeypatch.setattr(prefix, "STEP", step)
    damaged = patient.size() - after
    patient.change(damaged, lambda body: body.replace(b'"v":1', b'"v":2'))
    assert beyond(patient, damaged) == list(range(damaged + 1, patient.size() + 1))


@pytest.mark.parametrize("step", [1, 2, 3, 1024])
@pytest.mark.parametrize("last", [1, 2, 3, 4, 6])
def test_the_part_that_holds_is_whole_to_its_last_entry(
    patient: Patient, monkeypatch: pytest.MonkeyPatch, last: int, step: int
) -> None:
    monkeypatch.setattr(prefix, "STEP", step)
    with closing(ReadOnlyBook(patient.book)) as pages:
        part = Prefix(pages, Seq(last))
        assert [entry.seq for entry in part.entries()] == list(range(1, last + 1))
        details = [detail.entry for detail in part.details()]
    assert [*details, *part.lost] == list(range(1, last + 1))


@pytest.mark.parametrize("value", ["salt = 'sixteen letters.'", "body = '{}'", "salt = NULL", "body = 5"])
def test_a_detail_that_is_no_bytes_is_lost_and_stops_nothing(patient: Patient, value: str) -> None:
    with patient.opened(guards=True) as connection:
        connection.execute("CREATE TABLE loose AS SELECT * FROM detail")
        connection.execute("DROP TABLE detail")
        connection.execute("ALTER TABLE loose RENAME TO detail")
        connection.execute(f"UPDATE detail SET {value} WHERE entry = 5")
    with closing(ReadOnlyBook(patient.book)) as pages:
        part = Prefix(pages, Seq(7))
        assert 5 not in [detail.entry for detail in part.details()]
    assert part.lost == [5]


# --- how far it is


class Heard(Other):
    """A second process that has read a range whenever it is asked."""

    def __init__(self) -> None:
        self.given, self.done = [], 0

    def give(self, piece: tuple[int, int] | None) -> None:
        if piece is not None:
            self.given.append(piece)

    def heard(self) -> int:
        first, end = self.given[-1]
        self.done += end - first + 1
        return 1


def test_progress_counts_what_both_processes_have_read(patient: Patient) -> None:
    told: list[tuple[int, int]] = []
    with closing(ReadOnlyBook(patient.book)) as pages:
        both = Crew(pages, None, lambda *far: told.append(far), alone=False, links=True)
        both._share(Links(pages), Heard(), crew.ranges(1, 18, 0), 18)
    assert told == [(3, 18), (9, 18)]
