"""Days and instants as people write them: the day first, in the language's own months, by our own patterns."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from functools import cache, lru_cache
from typing import Final

from khata.i18n.messages import words_for
from khata.units import At, Day

BOOK_ZONE: Final = timezone(timedelta(hours=5, minutes=30))
"""The book's zone: fixed, without daylight saving."""

MonthNames = tuple[str, ...]
"""Twelve names, January first."""

# CLDR's names, copied: loading Babel for them costs 40 ms. A test holds them against Babel.
_SHORT: Final[dict[str, MonthNames]] = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "hi": (
        "जन॰",
        "फ़र॰",
        "मार्च",
        "अप्रैल",
        "मई",
        "जून",
        "जुल॰",
        "अग॰",
        "सित॰",
        "अक्टू॰",
        "नव॰",
        "दिस॰",
    ),
}
_FULL: Final[dict[str, MonthNames]] = {
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "hi": (
        "जनवरी",
        "फ़रवरी",
        "मार्च",
        "अप्रैल",
        "मई",
        "जून",
        "जुलाई",
        "अगस्त",
        "सितंबर",
        "अक्टूबर",
        "नवंबर",
        "दिसंबर",
    ),
}


def months(language: str, *, full: bool = False) -> MonthNames:
    """The names of the months, short (`Nov`) or full (`November`); English where the language is unknown."""
    known = (_FULL if full else _SHORT).get(language)
    return known if known is not None else _from_babel(language, full=full)


@lru_cache(maxsize=1024)
def day(d: Day, language: str = "en") -> str:
    """A business day, `22 Nov 2026`."""
    return f"{day_short(d, language)} {int(d[:4])}"


@lru_cache(maxsize=1024)
def day_short(d: Day, language: str = "en") -> str:
    """A business day where the year is plain from what stands around it, `22 Nov`."""
    return f"{int(d[8:10])} {months(language)[int(d[5:7]) - 1]}"


def in_a_table(days: Iterable[Day], language: str = "en") -> Callable[[Day], str]:
    """How these days are written beneath each other: `22 Nov`, or `22 Nov 2026` as soon as they are of two years."""
    written = day_short if len({each[:4] for each in days}) < 2 else day
    return lambda d: written(d, language)


def month(d: Day, language: str = "en") -> str:
    """The month in which a business day lies, `November 2026`."""
    return f"{months(language, full=True)[int(d[5:7]) - 1]} {int(d[:4])}"


def clock(at: At, language: str = "en") -> str:
    """An instant on the shop's clock (+05:30), to the minute, `22 Nov 2026 21:47`."""
    return _clock(at[:16], language)


_END: Final = "9999-12-31T18:30"
"""From here on the shop's clock would show a year of five digits: the last day of the calendar is longer."""


@lru_cache(maxsize=4096)
def _clock(minute: str, language: str) -> str:
    if minute >= _END:
        return f"{day(Day(_END[:10]), language)} 23:59"
    there = datetime.fromisoformat(f"{minute}Z").astimezone(BOOK_ZONE)
    return f"{day(Day(there.date().isoformat()), language)} {there:%H:%M}"


def span(first: Day, last: Day, language: str = "en") -> str:
    """The days from `first` to `last`, both included; what they share is said once.

    >>> span(Day("2026-11-01"), Day("2026-11-22")), span(Day("2025-12-28"), Day("2026-01-03"))
    ('1 to 22 Nov 2026', '28 Dec 2025 to 3 Jan 2026')
    """
    if first == last:
        return day(last, language)
    if first[:7] == last[:7]:
        start = str(int(first[8:10]))
    elif first[:4] == last[:4]:
        start = day_short(first, language)
    else:
        start = day(first, language)
    return words_for(language).say("date.span", first=start, last=day(last, language))


@cache
def _from_babel(language: str, *, full: bool) -> MonthNames:
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return months("en", full=full)
    names = locale.months["format"]["wide" if full else "abbreviated"]
    return tuple(str(names[number]) for number in range(1, 13))
