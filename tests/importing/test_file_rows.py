"""What is remembered of a file while it is imported."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from khata.importing import file_rows
from khata.importing.file_rows import FileRows, ReadRow, Reference, Signature
from khata.log.errors import DiskError
from khata.units import Day, Paise, Party, Seq

DAY = Day("2026-11-20")


def row(number: int) -> ReadRow:
    return ReadRow(number, 3, number % 7, DAY, Paise(100 * number), (("cash", None), ("upi", Paise(5))), None, "आटा")


def like(number: int, day: str = DAY, party: int | None = 1, paise: int = 100) -> Signature:
    return (number, Day(day), "sale_recorded", None if party is None else Party(party), Paise(paise))


@pytest.fixture
def rows() -> Iterator[FileRows]:
    kept = FileRows()
    yield kept
    kept.close()


def pairs(
    rows: FileRows, mine: list[Signature], theirs: list[Signature], *taken: tuple[int, Seq]
) -> list[tuple[int, Seq]]:
    return list(rows.pairs(mine, theirs, taken))


@pytest.mark.parametrize("portions", [[], [3], [3, 2], [1, 4, 2]])
def test_rows_come_back_as_they_went_in_however_they_were_added(rows: FileRows, portions: list[int]) -> None:
    numbers = iter(range(2, 100))
    added = [[row(next(numbers)) for _ in range(size)] for size in portions]
    for some in added:
        rows.add(some)
    assert len(rows) == sum(portions)
    assert list(rows) == [each for some in added for each in some]
    assert list(rows) == list(rows), "they can be read twice"


def test_a_reference_that_another_row_had_is_told_with_the_first_row_that_had_it(rows: FileRows) -> None:
    assert rows.add_refs([Reference("B1", 2), Reference("B2", 3)]) == []
    assert rows.add_refs([Reference("B3", 4), Reference("B1", 5), Reference("B3", 6)]) == [(1, 2), (2, 4)]
    assert sorted(rows.refs()) == [("B1", 2), ("B2", 3), ("B3", 4)]
    assert rows.has_ref("B3")
    assert not rows.has_ref("b3")


@pytest.mark.parametrize("at_once", [1, 3, 1000])
def test_rows_that_say_the_same_are_told_in_their_order_however_many_are_looked_at_together(
    rows: FileRows, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(file_rows, "MARKS_AT_ONCE", at_once)
    marks = [hash(("a", n % 5 if n % 3 else n)) * (-1) ** n for n in range(2, 40)]
    marks[7] = marks[30] = -(1 << 63)
    marks[9] = marks[20] = (1 << 63) - 1
    for first in range(0, len(marks), 8):
        rows.add_marks({at + 2: marks[at] for at in range(first, min(first + 8, len(marks)))})
    told = [(at + 2, marks.index(mark) + 2) for at, mark in enumerate(marks) if marks.index(mark) < at]
    assert len(told) > 10
    assert list(rows.alike()) == told
    assert list(rows.alike()) == told, "they can be asked twice"


def test_of_no_rows_none_are_alike(rows: FileRows) -> None:
    assert list(rows.alike()) == []


def test_of_several_entries_that_a_row_could_be_the_first_is_remembered(rows: FileRows) -> None:
    assert rows.find([(3, Seq(7)), (2, Seq(5)), (3, Seq(9))]) == 2
    assert rows.find([(2, Seq(8)), (9, Seq(8))]) == 3
    assert list(rows.found()) == [(2, 5), (3, 7), (9, 8)]


def test_rows_and_entries_that_are_alike_are_paired_one_to_one_in_their_order(rows: FileRows) -> None:
    mine = [like(2), like(3), like(4), like(5, paise=7)]
    assert pairs(rows, mine, [like(40), like(41), like(42, "2026-11-21")]) == [(2, 40), (3, 41)]


def test_an_entry_that_some_row_is_already_is_no_other_row(rows: FileRows) -> None:
    assert pairs(rows, [like(2), like(3)], [like(40), like(41)], (9, Seq(40))) == [(2, 41)]


@pytest.mark.parametrize("other", [like(40, "2026-11-21"), like(40, party=2), like(40, party=None), like(40, paise=99)])
def test_another_day_party_or_amount_is_not_alike(rows: FileRows, other: Signature) -> None:
    assert pairs(rows, [like(2)], [other]) == []


def test_sales_at_the_counter_are_alike_too(rows: FileRows) -> None:
    assert pairs(rows, [like(2, party=None)], [like(40, party=None)]) == [(2, 40)]


def test_pairs_can_be_asked_for_anew(rows: FileRows) -> None:
    assert pairs(rows, [like(2)], [like(40)]) == [(2, 40)]
    assert pairs(rows, [like(3)], [like(41)]) == [(3, 41)]


def test_what_the_disk_refuses_is_said_with_the_folder_of_temporary_files(rows: FileRows) -> None:
    rows.close()
    with pytest.raises(DiskError) as refused:
        rows.find([(2, Seq(5))])
    assert refused.value.facts["what"] == "temporary"


def test_rows_of_several_payers_share_a_reference_and_none_of_them_twice(rows: FileRows) -> None:
    assert rows.add_refs([Reference("U1", 2, 0), Reference("U1", 3, 1), Reference("U2", 4, 0)]) == []
    assert rows.add_refs([Reference("U1", 5, 2), Reference("U1", 6, 1), Reference("U1", 7, 0)]) == [(1, 2), (2, 2)]
    assert rows.add_refs([Reference("U1", 8), Reference("B1", 9), Reference("B1", 10, 3)]) == [(0, 2), (2, 9)]
