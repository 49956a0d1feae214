"""Days and periods as people type them. The day comes first, always; a word for a day is always the past.

The book's zone is +05:30 the whole year (India has no daylight saving); the financial year is April to March.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from khata.grammar.digits import LONGEST, ascii_digits
from khata.grammar.fault import Unreadable
from khata.units import At, Day

ZONE = timezone(timedelta(hours=5, minutes=30))
"""The book's zone."""

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years that a shop's book can mean: `0026-11-20` is a slip. The format knows all that have four digits."""

BEFORE_ALL, LAST_DAY = Day("0000-12-31"), Day("9999-12-31")
"""No day, but a text that sorts before each of them; and the last day that there is."""

# In Hindi `kal` and `parso` are also tomorrow and the day after; a ledger has no tomorrow.
_WORDS = {
    "today": 0,
    "aaj": 0,
    "aj": 0,
    "आज": 0,
    "yesterday": 1,
    "kal": 1,
    "कल": 1,
    "parso": 2,
    "parson": 2,
    "परसो": 2,
    "परसों": 2,
}
# Monday is 0, as `date.weekday` counts. Of the days of the week, as of a day without a year, the latest is meant.
_WEEKDAYS = {
    word: number
    for number, words in enumerate(
        (
            "monday mon somvar somwar सोमवार",
            "tuesday tue tues mangalvar mangalwar मंगलवार",
            "wednesday wed budhvar budhwar बुधवार",
            "thursday thu thurs guruvar guruwar गुरुवार गुरूवार बृहस्पतिवार",
            "friday fri shukravar shukrawar शुक्रवार",
            "saturday sat shanivar shaniwar शनिवार",
            "sunday sun ravivar raviwar itvar itwar रविवार इतवार",
        )
    )
    for word in words.split()
}
# As `_month` folds them: without nukta, the anusvara for म्, no point at the end.
_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "jan january जन जनवरी",
            "feb february फर फरवरी",
            "mar march मार्च",
            "apr april अप्रै अप्रैल अप्रेल",
            "may मई",
            "jun june जून",
            "jul july जुल जुला जुलाई",
            "aug august अग अगस्त",
            "sep sept september सित सितंबर",
            "oct october अक्टू अक्तू अक्टूबर अक्तूबर",
            "nov november नव नवंबर",
            "dec december दिस दिसंबर",
        ),
        start=1,
    )
    for word in words.split()
}
# Patterns are texts, compiled at their first use: start-up would feel them.
_WORD = r"([^0-9\s.,/॰\-]+)[.॰]?"
_DAY_FIRST = r"([0-9]{1,2})([-/.])([0-9]{1,2})(?:\2([0-9]{4}|[0-9]{2}))?"
_YEAR_FIRST = r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})"
_DAY_WORD = rf"([0-9]{{1,2}})(?:st|nd|rd|th)?[ -]?{_WORD}(?:,? ?[ -]?([0-9]{{4}}|[0-9]{{2}}))?"
_WORD_DAY = rf"{_WORD} ?([0-9]{{1,2}})(?:st|nd|rd|th)?(?:,? ([0-9]{{4}}))?"
_FINANCIAL = r"(?:q([1-4]) ?)?fy ?([0-9]{4}|[0-9]{2})[-/]([0-9]{4}|[0-9]{2})(?: ?q([1-4]))?"
_DAYS_COUNTED = "([0-9]{1,5}) ?(?:d|days?|din|दिन)?"
_YEAR_MONTH = "([0-9]{4})[-/.]([0-9]{1,2})"
_MONTH_YEAR = "([0-9]{1,2})[-/.]([0-9]{4})"
_WORD_YEAR = rf"{_WORD}(?:[ ,-]{{0,2}}([0-9]{{4}}))?"


def parse_day(text: str, today: date, *, relative: bool = True) -> Day:
    """Read a day; `today` is the day in the book's zone. The future is not refused here.

    `2026-11-20`, `20-11-2026`, `20/11/2026`, `20.11.26`, `20/11`, `20 Nov`, `20 November 2026`, `20-Nov-26`,
    the Hindi months, digits of the Indian scripts, `today`, `yesterday`, `aaj`, `kal`, `parso`, `monday`, `सोमवार`.
    Two digits of a year are 20YY. Without a year, and of the days of the week, it is the latest such day up to
    today. `Nov 20 2026` is read; `Nov 20` is refused, because it may be November 2020. Without `relative` no word
    is taken that means another day tomorrow.

    Raises:
        Unreadable: `bad_day`; facts `month_first` for `4/17/2017` and `Nov 20`, `no_such_day` for `31/11/2026`.

    >>> parse_day("20/11", date(2026, 11, 22))
    '2026-11-20'
    >>> parse_day("कल", date(2026, 11, 22))
    '2026-11-21'
    """
    if (iso := _iso(text)) is not None:
        return iso
    typed = _folded(text)
    if not relative and (typed in _WORDS or typed in _WEEKDAYS):
        raise Unreadable("bad_day", text, relative=True)
    if typed in _WORDS and (day := earlier(Day(today.isoformat()), _WORDS[typed])) != BEFORE_ALL:
        return day
    if typed in _WEEKDAYS:
        return earlier(Day(today.isoformat()), (today.weekday() - _WEEKDAYS[typed]) % 7)
    if match := re.fullmatch(_DAY_FIRST, typed):
        return _made(text, today, match[4], int(match[3]), int(match[1]))
    if (match := re.fullmatch(_YEAR_FIRST, typed)) and int(match[3]) <= 12:
        return _made(text, today, match[1], int(match[3]), int(match[4]))
    if (match := re.fullmatch(_DAY_WORD, typed)) and (month := _month(match[2])):
        return _made(text, today, match[3], month, int(match[1]))
    if (match := re.fullmatch(_WORD_DAY, typed)) and (month := _month(match[1])):
        if match[3] is None:
            raise Unreadable("bad_day", text, month_first=True)
        return _made(text, today, match[3], month, int(match[2]))
    raise Unreadable("bad_day", text)


def parse_near_day(text: str, today: date) -> Day:
    """Read a day that may be to come: without a year it is the one nearest to today. Raises as `parse_day`.

    >>> parse_near_day("1/12", date(2026, 11, 22)), parse_near_day("1/11", date(2026, 11, 22))
    ('2026-12-01', '2026-11-01')
    """
    return parse_day(text, today if _folded(text) in _WORDS | _WEEKDAYS else _half_a_year_on(today))


def parse_near_period(text: str, today: date) -> tuple[Day, Day]:
    """Read a period that may be to come, as `parse_near_day` reads a day. Raises as `parse_period`.

    >>> parse_near_period("Dec", date(2026, 11, 22))
    ('2026-12-01', '2026-12-31')
    """
    return parse_period(text, today if _folded(text) in _WORDS | _WEEKDAYS else _half_a_year_on(today))


_TO_COME = {"today": 0, "aaj": 0, "आज": 0, "tomorrow": 1, "kal": 1, "कल": 1, "parso": 2, "parson": 2, "परसों": 2}
"""In how many days: `kal` and `parso` are days to come where something will be due."""


def parse_due(text: str, on: date) -> int | Day:
    """Read when something is due that is sold on a day: after how many days, `15d`, or on the next such day, `15 Dec`.

    Raises:
        Unreadable: `bad_due`.

    >>> parse_due("15d", date(2026, 11, 22)), parse_due("1/11", date(2026, 11, 22))
    (15, '2027-11-01')
    >>> parse_due("monday", date(2026, 11, 22)), parse_due("kal", date(2026, 11, 22))
    ('2026-11-23', 1)
    """
    typed = _folded(text)
    try:
        if re.fullmatch(_DAYS_COUNTED, typed):
            return parse_days(text)
        if typed in _WEEKDAYS:
            return later(Day(on.isoformat()), (_WEEKDAYS[typed] - on.weekday() - 1) % 7 + 1)
        if typed in _TO_COME:
            return _TO_COME[typed]
        # The latest such day within the year that begins here is the next one; of 29 February within eight.
        days = (parse_day(text, date.fromordinal(min(on.toordinal() + 365 * n - 1, _DAYS))) for n in (1, 5, 9))
        first, *others = list(days)
        return first if first >= on.isoformat() else next((day for day in others if day >= on.isoformat()), first)
    except Unreadable as e:
        raise Unreadable("bad_due", text) from e


def _half_a_year_on(today: date) -> date:
    """So that the latest such day up to then is the one nearest to today."""
    return date.fromordinal(min(today.toordinal() + _HALF_A_YEAR, _DAYS))


def may_be_of_a_day(word: str) -> bool:
    """Whether a word can be part of a day: it has a digit, or is one of the words for days. No pattern is tried."""
    return any(map(str.isdigit, word)) or (typed := _folded(word)) in _WORDS or typed in _WEEKDAYS


def parse_period(text: str, today: date) -> tuple[Day, Day]:
    """Read a period: its first and its last day, both included.

    `FY2025-26`, `Q2 FY2026-27` (April to June is Q1), `Nov 2026`, `2026-11`, `11/2026`, `Nov` (the latest that
    has begun), `2026` (January to December), or a single day.

    Raises:
        Unreadable: `bad_period`; the fact `both_years` where a financial year does not name two years that
            follow one another (`FY2026` means different years to different people), or those of `bad_day`.

    >>> parse_period("Q2 FY2026-27", date(2026, 11, 22))
    ('2026-07-01', '2026-09-30')
    """
    typed = _folded(text)
    if typed.startswith(("fy", "q")) or re.fullmatch("[0-9]{4}-[0-9]{4}", typed):
        return _financial(typed, text)
    if re.fullmatch("[0-9]{4}", typed):
        return _months(int(typed), 1, 12, text)
    if match := re.fullmatch(_YEAR_MONTH, typed):
        return _months(int(match[1]), int(match[2]), 1, text)
    if match := re.fullmatch(_MONTH_YEAR, typed):
        return _months(int(match[2]), int(match[1]), 1, text)
    if (match := re.fullmatch(_WORD_YEAR, typed)) and (month := _month(match[1])):
        year = int(match[2]) if match[2] else today.year - (month > today.month)
        return _months(year, month, 1, text)
    try:
        day = parse_day(text, today)
    except Unreadable as fault:
        raise Unreadable("bad_period", text, **fault.facts) from None
    return day, day


def parse_days(text: str) -> int:
    """Read a number of days: `30`, `30d`, `30 days`, at most five digits.

    Raises:
        Unreadable: `bad_days`.

    >>> parse_days("30d")
    30
    """
    match = re.fullmatch(_DAYS_COUNTED, _folded(text))
    if match is None:
        raise Unreadable("bad_days", text)
    return int(match[1])


def financial_year(day: Day) -> tuple[Day, Day]:
    """The first and the last day of the financial year in which a day lies.

    >>> financial_year(Day("2026-03-31"))
    ('2025-04-01', '2026-03-31')
    """
    year = int(day[:4]) - (day[5:7] < "04")
    return Day(f"{year:04}-04-01"), Day(f"{year + 1:04}-03-31")


def business_day(at: datetime) -> Day:
    """The business day of an aware instant: its date in +05:30.

    Raises:
        ValueError: the instant has no zone, so that nobody can say which day it is.
    """
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    utc = at.astimezone(UTC).replace(tzinfo=None)
    return business_day_of(At(f"{utc.isoformat(timespec='microseconds')}Z"))


def business_day_of(at: At) -> Day:
    """The business day of an instant in the stored form. The calendar ends with its last day, which is longer.

    >>> business_day_of(At("2026-03-31T18:29:59.999999Z")), business_day_of(At("2026-03-31T18:30:00.000000Z"))
    ('2026-03-31', '2026-04-01')
    """
    day = Day(at[:10])
    return day if at[11:16] < "18:30" else later(day, 1)


def moment(at: datetime) -> str:
    """An aware instant on the shop's clock, to the second, as it stands in the name of a file.

    >>> moment(datetime(2026, 11, 22, 16, 0, tzinfo=UTC))
    '2026-11-22-213000'
    """
    try:
        return f"{at.astimezone(ZONE):%Y-%m-%d-%H%M%S}"
    except OverflowError:
        return f"{LAST_DAY}-235959"


def end_of_day(day: Day) -> At:
    """The last microsecond of a business day, in the stored form.

    >>> end_of_day(Day("2026-03-31"))
    '2026-03-31T18:29:59.999999Z'
    """
    return At(f"{day}T18:29:59.999999Z" if day < LAST_DAY else f"{day}T23:59:59.999999Z")


def days_between(first: Day, last: Day) -> int:
    """From a day to another; below 0 where that came before.

    >>> days_between(Day("2026-11-22"), Day("2026-12-07"))
    15
    """
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def later(day: Day, days: int) -> Day:
    """The day so many days later; the last one where the calendar ends before.

    >>> later(Day("2026-02-28"), 1), later(LAST_DAY, 1)
    ('2026-03-01', '9999-12-31')
    """
    return LAST_DAY if (found := date.fromisoformat(day).toordinal() + days) > _DAYS else _nth(found)


def earlier(day: Day, days: int) -> Day:
    """The day so many days earlier; BEFORE_ALL where the calendar begins after, so that every day is later than that.

    >>> earlier(Day("2026-03-01"), 1), earlier(Day("0001-01-31"), 31)
    ('2026-02-28', '0000-12-31')
    """
    return BEFORE_ALL if (found := date.fromisoformat(day).toordinal() - days) < 1 else _nth(found)


_DAYS, _HALF_A_YEAR = date.max.toordinal(), 183


def _nth(ordinal: int) -> Day:
    return Day(date.fromordinal(ordinal).isoformat())


def _iso(text: str) -> Day | None:
    """`2026-11-20` without a pattern, for the files that hold a hundred thousand of them; else None."""
    if len(text) != 10 or not text[4] == "-" == text[7] or not text.isascii():
        return None
    try:
        year = date.fromisoformat(text).year
    except ValueError:
        return None
    return Day(text) if FIRST_YEAR <= year <= LAST_YEAR else None


def _folded(text: str) -> str:
    if len(text) > LONGEST:
        return ""
    typed = " ".join((ascii_digits(text) or "").casefold().split())
    if typed.isascii():
        return typed
    from unicodedata import normalize

    return normalize("NFC", typed)


def _month(word: str) -> int | None:
    # सितम्बर is सितंबर, and फ़रवरी (its nukta is a letter of its own in NFC) is फरवरी.
    return _MONTHS.get(word.replace("म्ब", "ंब").replace("\u093c", ""))


def _made(text: str, today: date, year: str | None, month: int, day: int) -> Day:
    if month > 12 >= day:
        raise Unreadable("bad_day", text, month_first=True)
    if not (1 <= month <= 12 and day):
        raise Unreadable("bad_day", text)
    try:
        if year is None:
            return _latest(today, month, day)
        # Leap or not, the calendar decides; a year out of range is refused like a day that is none.
        made = date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    except ValueError:
        raise Unreadable("bad_day", text, no_such_day=True) from None
    if not FIRST_YEAR <= made.year <= LAST_YEAR:
        raise Unreadable("bad_day", text)
    return Day(made.isoformat())


def _latest(today: date, month: int, day: int) -> Day:
    """The latest such day up to today; two leap years are never more than eight years apart."""
    for year in range(today.year, today.year - 9, -1):
        if day == 29 and month == 2 and not _leap(year):
            continue
        made = date(year, month, day)
        if made <= today:
            return Day(made.isoformat())
    raise ValueError("no such day")


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _financial(typed: str, text: str) -> tuple[Day, Day]:
    match = re.fullmatch(_FINANCIAL, typed)
    if match is None or (match[1] and match[4]):
        # `Q9` names no quarter; what else is wrong is nearly always a year that was left out.
        raise Unreadable("bad_period", text, **({} if re.search("q[05-9]", typed) else {"both_years": True}))
    first = int(match[2]) + (2000 if len(match[2]) == 2 else 0)
    following = f"{first + 1:04}"
    if match[3] not in (following, following[2:]):
        raise Unreadable("bad_period", text, both_years=True)
    quarter = match[1] or match[4]
    if quarter is None:
        return _months(first, 4, 12, text)
    start = 4 + 3 * (int(quarter) - 1)
    return _months(first + (start > 12), (start - 1) % 12 + 1, 3, text)


def _months(year: int, month: int, count: int, text: str) -> tuple[Day, Day]:
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        raise Unreadable("bad_period", text)
    after = month + count - 1
    end = date(year + after // 12, after % 12 + 1, 1) - timedelta(days=1)
    return Day(f"{year:04}-{month:02}-01"), Day(end.isoformat())
