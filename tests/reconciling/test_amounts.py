"""What an amount says of whoever paid it."""

from __future__ import annotations

import pytest

from khata.importing.bank_lines import BankLine
from khata.reconciling.amounts import DuesByDay, days_apart, is_odd, slipped
from khata.units import Day, Party

RAMESH, SUNITA, GUPTA = Party(1), Party(2), Party(3)


def day(of: int, month: int = 11) -> Day:
    return Day(f"2026-{month:02}-{of:02}")


def line(on: Day, paise: int, row: int = 2) -> BankLine:
    return BankLine(row, on, paise, (), "", "", "upi", "")


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        (45_000, 54_000, True), (45_000, 450_000, True), (45_000, 4_500_000, True), (45_000, 46_000, True),
        (200_000, 199_000, True), (45_000, 75_000, True), (120_000, 220_000, True), (45_000, 45_000, False),
        (45_000, 12_300, False), (45_000, 67_000, False), (45_750, 54_700, True),
    ],
)  # fmt: skip
def test_an_amount_may_be_another_one_mistyped(one: int, other: int, are: bool) -> None:
    assert slipped(one, other) is slipped(other, one) is are


def test_whole_fives_of_rupees_are_paid_by_anybody() -> None:
    assert not is_odd(45_500)
    assert is_odd(45_700)
    assert is_odd(45_550)


def test_days_are_counted_whichever_comes_first() -> None:
    assert days_apart(day(28, 2), day(1, 3)) == days_apart(day(1, 3), day(28, 2)) == 1


DUES = DuesByDay(
    {RAMESH: 10_000},
    [
        (RAMESH, day(3), 45_700),
        (SUNITA, day(5), 45_700),
        (RAMESH, day(10), -55_700),
    ],
)


def test_what_was_owed_is_known_of_each_day() -> None:
    assert [DUES.owed(RAMESH, day(each)) for each in (1, 3, 9, 10)] == [10_000, 55_700, 55_700, 0]
    assert DUES.owed(GUPTA, day(5)) == 0


def test_a_bill_may_be_paid_for_two_months() -> None:
    assert DUES.billed(45_700, day(4)) == [RAMESH]
    assert DUES.billed(45_700, day(6)) == [SUNITA, RAMESH]
    assert DUES.billed(45_700, day(3, 1)) == DUES.billed(45_700, Day("2027-02-10")) == []


def test_a_line_fits_what_was_owed_that_day_or_the_day_before_or_one_bill() -> None:
    assert DUES.fits(RAMESH, line(day(10), 55_700))
    assert not DUES.fits(RAMESH, line(day(11), 55_700))
    assert DUES.fits(RAMESH, line(day(20), 45_700))
    assert not DUES.fits(SUNITA, line(day(4), 45_700))


def test_those_who_owed_just_so_much_are_found_for_each_line() -> None:
    lines = [line(day(4), 55_700, 2), line(day(5), 45_700, 3), line(day(10), 55_700, 4), line(day(1), 10_000, 5)]
    assert DUES.owing(lines) == {2: [RAMESH], 3: [SUNITA], 4: [], 5: [RAMESH]}


def test_what_is_recorded_of_the_same_statement_is_owed_no_more() -> None:
    dues = DuesByDay({RAMESH: 10_000}, [])
    dues.pay(RAMESH, day(5), 4_000)
    assert [dues.owed(RAMESH, day(each)) for each in (4, 5)] == [10_000, 6_000]
    assert not dues.fits(RAMESH, line(day(7), 10_000))
    assert dues.fits(RAMESH, line(day(7), 6_000))
