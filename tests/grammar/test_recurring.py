"""When something that comes again is due: month ends, leap years, and the reference of each time."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.grammar.days import parse_near_day, parse_near_period
from khata.grammar.recurring import HORIZON, ref_of, time_of, times
from khata.grammar.text import ref_key
from khata.units import EVERY, LARGEST, Day, Seq

DATES = st.dates(date(1900, 1, 1), date(2100, 12, 31))


def on(first: str, every: str, last: str, since: str | None = None) -> list[str]:
    return list(times(Day(first), every, Day(last), Day(since) if since else None))


def test_a_31st_falls_on_the_last_day_of_shorter_months_and_comes_back() -> None:
    assert on("2026-01-31", "month", "2026-05-31") == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
        "2026-05-31",
    ]


def test_february_has_29_days_in_a_leap_year_and_not_in_2100() -> None:
    assert on("2027-12-30", "month", "2028-03-30") == ["2027-12-30", "2028-01-30", "2028-02-29", "2028-03-30"]
    assert on("2028-02-29", "month", "2029-03-01") == [
        "2028-02-29",
        *[f"2028-{month:02}-29" for month in range(3, 13)],
        "2029-01-29",
        "2029-02-28",
    ]
    assert on("2100-01-29", "month", "2100-03-31") == ["2100-01-29", "2100-02-28", "2100-03-29"]
    assert on("2028-02-28", "day", "2028-03-01") == ["2028-02-28", "2028-02-29", "2028-03-01"]


def test_every_week_is_every_seventh_day_and_nothing_is_due_before_the_first() -> None:
    assert on("2026-12-25", "week", "2027-01-08") == ["2026-12-25", "2027-01-01", "2027-01-08"]
    assert on("2026-12-25", "week", "2027-01-08", "2026-12-26") == ["2027-01-01", "2027-01-08"]
    for every in EVERY:
        assert on("2026-12-25", every, "2026-12-24") == []
        assert on("2026-12-25", every, "2026-12-25", "2026-01-01") == ["2026-12-25"]


@given(DATES, st.sampled_from(EVERY), st.integers(0, 900), st.integers(-50, 900))
def test_the_times_since_a_day_are_the_last_of_all(first: date, every: str, days: int, since: int) -> None:
    begin, last = Day(first.isoformat()), Day((first + timedelta(days)).isoformat())
    there = Day((first + timedelta(since)).isoformat())
    whole = list(times(begin, every, last))
    assert list(times(begin, every, last, there)) == [each for each in whole if each >= there]
    assert whole == sorted(set(whole))
    assert not whole or whole[0] == begin
    assert len({ref_of(Seq(1), every, each) for each in whole}) == len(whole)


@given(DATES)
def test_a_month_is_never_left_out(first: date) -> None:
    found = list(islice(times(Day(first.isoformat()), "month", HORIZON), 40))
    months = [int(each[:4]) * 12 + int(each[5:7]) for each in found]
    assert months == list(range(months[0], months[0] + 40))
    for each in found:
        there = date.fromisoformat(each)
        assert there.day == first.day or (there + timedelta(1)).day == 1


@given(st.integers(1, LARGEST), st.sampled_from(EVERY), DATES)
def test_a_reference_is_one_that_the_format_takes_and_is_read_back(entry: int, every: str, day: date) -> None:
    ref = ref_of(Seq(entry), every, Day(day.isoformat()))
    assert len(ref) <= 40
    assert ref.isascii()
    assert ref_key(ref) == ref
    assert time_of(ref) == (entry, day.isoformat()[: 7 if every == "month" else 10])


@pytest.mark.parametrize("ref", ["INV-7", "every-0/2026-11", "every-12", "every-12/2026", "Every-12/2026-11", ""])
def test_another_reference_says_nothing(ref: str) -> None:
    assert time_of(ref) is None


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("1/12", "2026-12-01"),
        ("1/11", "2026-11-01"),
        ("22/11", "2026-11-22"),
        ("1 May", "2027-05-01"),
        ("30 May", "2026-05-30"),
        ("1/12/2025", "2025-12-01"),
        ("today", "2026-11-22"),
        ("kal", "2026-11-21"),
        ("monday", "2026-11-16"),
    ],
)
def test_a_day_that_may_be_to_come_is_the_nearest(typed: str, means: str) -> None:
    assert parse_near_day(typed, date(2026, 11, 22)) == means
    assert parse_near_period(typed, date(2026, 11, 22)) == (means, means)


def test_a_month_that_may_be_to_come_is_the_nearest() -> None:
    assert parse_near_period("Dec", date(2026, 11, 22)) == ("2026-12-01", "2026-12-31")
    assert parse_near_period("Oct", date(2026, 11, 22)) == ("2026-10-01", "2026-10-31")
    assert parse_near_period("Dec 2025", date(2026, 11, 22)) == ("2025-12-01", "2025-12-31")
