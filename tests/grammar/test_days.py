from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.grammar.days import (
    business_day,
    business_day_of,
    end_of_day,
    financial_year,
    parse_day,
    parse_period,
)
from khata.grammar.fault import Unreadable
from khata.units import At, Day

TODAY = date(2026, 11, 22)

DAYS = {
    "2026-11-20": "2026-11-20",
    "2026/11/20": "2026-11-20",
    "2026-1-5": "2026-01-05",
    "20-11-2026": "2026-11-20",
    "20/11/2026": "2026-11-20",
    "20.11.26": "2026-11-20",
    "1.2.26": "2026-02-01",
    "20/11": "2026-11-20",
    "22-11": "2026-11-22",
    "23/11": "2025-11-23",
    "29/2": "2024-02-29",
    "20 Nov": "2026-11-20",
    "20Nov": "2026-11-20",
    "20th Nov": "2026-11-20",
    "20-Nov-26": "2026-11-20",
    "20 november 2026": "2026-11-20",
    "20 Nov, 2026": "2026-11-20",
    "20  Nov.  2026 ": "2026-11-20",
    "1 Dec": "2025-12-01",
    "2 Sept 2026": "2026-09-02",
    "Nov 20 2026": "2026-11-20",
    "Nov 20, 2026": "2026-11-20",
    "२०-११-२०२६": "2026-11-20",
    "২০/১১": "2026-11-20",
    "20 नवंबर": "2026-11-20",
    "२० नवम्बर २०२६": "2026-11-20",
    "5 फरवरी": "2026-02-05",
    "5 फ़रवरी 2026": "2026-02-05",
    "5 \u095eरवरी 2026": "2026-02-05",
    "9 अगस्त": "2026-08-09",
    "9 सितम्बर": "2026-09-09",
    "9 सित॰": "2026-09-09",
    "9 अक्टूबर": "2026-10-09",
    "9 अक्तूबर": "2026-10-09",
    "9 दिसंबर": "2025-12-09",
    "9 अप्रैल": "2026-04-09",
    "today": "2026-11-22",
    "Today": "2026-11-22",
    "aaj": "2026-11-22",
    "आज": "2026-11-22",
    "yesterday": "2026-11-21",
    "kal": "2026-11-21",
    "कल": "2026-11-21",
    "parso": "2026-11-20",
    "परसों": "2026-11-20",
    "2027-05-01": "2027-05-01",
}
NO_DAYS: dict[str, dict[str, object]] = {
    "": {},
    "tomorrow": {},
    "20": {},
    "20261120": {},
    "20/11-2026": {},
    "20/11/026": {},
    "0026-11-20": {},
    "2026-W01-1": {},
    "9999-12-31": {},
    "2026-00-10": {},
    "0/11/2026": {},
    "32 13 2026": {},
    "20 Foo": {},
    "45/45/2026": {},
    "２０/11/2026": {},
    "2०/11/2026": {},
    "4/17/2017": {"month_first": True},
    "2026-13-05": {},
    "Nov 20": {"month_first": True},
    "31/11/2026": {"no_such_day": True},
    "2026-02-30": {"no_such_day": True},
    "2026-11-31": {"no_such_day": True},
    "29/2/2026": {"no_such_day": True},
    "30 Feb": {"no_such_day": True},
}


@pytest.mark.parametrize(("text", "day"), DAYS.items())
def test_a_day_is_read(text: str, day: str) -> None:
    assert parse_day(text, TODAY) == day


@pytest.mark.parametrize(("text", "facts"), NO_DAYS.items())
def test_what_is_no_day_is_refused(text: str, facts: dict[str, object]) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_day(text, TODAY)
    assert (refused.value.code, refused.value.value, refused.value.facts) == ("bad_day", text, facts)


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2024, 2, 29), "2024-02-29"),
        (date(2024, 2, 28), "2020-02-29"),
        (date(2001, 3, 1), "2000-02-29"),
        (date(2103, 3, 1), "2096-02-29"),
    ],
)
def test_29_february_without_a_year_is_that_of_the_last_leap_year(today: date, day: str) -> None:
    assert parse_day("29/2", today) == day


@given(
    st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from(("%Y-%m-%d", "%d/%m/%Y", "%d %b %Y", "%d.%m.%Y"))
)
def test_a_formatted_day_is_read_back(day: date, pattern: str) -> None:
    assert parse_day(day.strftime(pattern), TODAY) == day.isoformat()


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_a_day_without_a_year_is_the_latest_up_to_today(day: date, today: date) -> None:
    read = date.fromisoformat(parse_day(f"{day.day}/{day.month}", today))
    assert (read.day, read.month) == (day.day, day.month)
    assert read <= today
    if (day.day, day.month) != (29, 2):
        assert (today - read).days < 366


PERIODS = {
    "FY2025-26": ("2025-04-01", "2026-03-31"),
    "fy 2025-26": ("2025-04-01", "2026-03-31"),
    "FY25-26": ("2025-04-01", "2026-03-31"),
    "FY2025-2026": ("2025-04-01", "2026-03-31"),
    "FY2099-00": ("2099-04-01", "2100-03-31"),
    "FY२०२५-२६": ("2025-04-01", "2026-03-31"),
    "Q1 FY2026-27": ("2026-04-01", "2026-06-30"),
    "Q2 FY2026-27": ("2026-07-01", "2026-09-30"),
    "Q3 FY2026-27": ("2026-10-01", "2026-12-31"),
    "Q4 FY2026-27": ("2027-01-01", "2027-03-31"),
    "FY2026-27 Q4": ("2027-01-01", "2027-03-31"),
    "Nov 2026": ("2026-11-01", "2026-11-30"),
    "November, 2026": ("2026-11-01", "2026-11-30"),
    "दिसंबर 2026": ("2026-12-01", "2026-12-31"),
    "Feb 2024": ("2024-02-01", "2024-02-29"),
    "Nov": ("2026-11-01", "2026-11-30"),
    "Dec": ("2025-12-01", "2025-12-31"),
    "2026-11": ("2026-11-01", "2026-11-30"),
    "11/2026": ("2026-11-01", "2026-11-30"),
    "2005-06": ("2005-06-01", "2005-06-30"),
    "2026": ("2026-01-01", "2026-12-31"),
    "20/11": ("2026-11-20", "2026-11-20"),
    "kal": ("2026-11-21", "2026-11-21"),
}
NO_PERIODS: dict[str, dict[str, object]] = {
    "": {},
    "2025-26": {},
    "0000": {},
    "2026-13": {},
    "Foo 2026": {},
    "FY2026": {"both_years": True},
    "FY2025-27": {"both_years": True},
    "FY2025-25": {"both_years": True},
    "2025-2026": {"both_years": True},
    "Q5 FY2026-27": {},
    "Q2": {"both_years": True},
    "Q1 FY2026-27 Q2": {"both_years": True},
    "Nov 26": {"month_first": True},
    "4/17/2017": {"month_first": True},
    "FY1800-01": {},
}


@pytest.mark.parametrize(("text", "period"), PERIODS.items())
def test_a_period_is_read(text: str, period: tuple[str, str]) -> None:
    assert parse_period(text, TODAY) == period


@pytest.mark.parametrize(("text", "facts"), NO_PERIODS.items())
def test_what_is_no_period_is_refused(text: str, facts: dict[str, object]) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_period(text, TODAY)
    assert (refused.value.code, refused.value.value, refused.value.facts) == ("bad_period", text, facts)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        ("2026-03-31", ("2025-04-01", "2026-03-31")),
        ("2026-04-01", ("2026-04-01", "2027-03-31")),
        ("2026-12-31", ("2026-04-01", "2027-03-31")),
    ],
)
def test_the_financial_year_is_april_to_march(day: str, year: tuple[str, str]) -> None:
    assert financial_year(Day(day)) == year


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-03-31T00:00:00.000000Z", "2026-03-31"),
        ("2026-03-31T18:29:59.999999Z", "2026-03-31"),
        ("2026-03-31T18:30:00.000000Z", "2026-04-01"),
        ("2026-12-31T23:59:59.999999Z", "2027-01-01"),
        ("2024-02-28T18:30:00.000000Z", "2024-02-29"),
    ],
)
def test_the_business_day_turns_at_midnight_in_the_books_zone(at: str, day: str) -> None:
    assert business_day_of(At(at)) == day
    assert business_day(datetime.fromisoformat(at)) == day


def test_an_instant_without_a_zone_has_no_business_day() -> None:
    with pytest.raises(ValueError, match="zone"):
        business_day(datetime(2026, 11, 22, 12))  # noqa: DTZ001  the point of it


@given(st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30)))  # noqa: DTZ001  made aware below
def test_both_ways_to_the_business_day_agree_and_its_end_lies_in_it(naive: datetime) -> None:
    instant = naive.replace(tzinfo=UTC)
    at = At(naive.isoformat(timespec="microseconds") + "Z")
    day = business_day(instant)
    assert business_day_of(at) == day
    end = end_of_day(day)
    assert at <= end
    assert business_day_of(end) == day
    assert business_day(datetime.fromisoformat(end) + timedelta(microseconds=1)) > day


@given(st.text() | st.text("0123456789-/. NovFYQ१", max_size=14), st.dates(date(1930, 1, 1), date(2190, 1, 1)))
def test_any_text_is_a_day_and_a_period_within_range_or_refused(text: str, today: date) -> None:
    for parse in (parse_day, parse_period):
        try:
            read = parse(text, today)
        except Unreadable:
            continue
        first, last = (read, read) if isinstance(read, str) else read
        assert "1900-01-01" <= first <= last <= "2200-03-31"
        date.fromisoformat(first)
        date.fromisoformat(last)
