"""Days and instants as people write them: the day first, by the pattern and with the months of the language."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

from khata.i18n.messages import Words
from khata.units import At, Day

BOOK_ZONE: Final = timezone(timedelta(hours=5, minutes=30))
"""The book's zone: fixed, without daylight saving."""

MonthNames = tuple[str, ...]
"""Twelve names, January first."""


@lru_cache(maxsize=64)
def months(words: Words, *, full: bool = False) -> MonthNames:
    """The names of the months, short (`Nov`) or full (`November`)."""
    return tuple(words.say("date.months" if full else "date.months_short").split())


@lru_cache(maxsize=1024)
def day(d: Day, words: Words) -> str:
    """A business day, `22 Nov 2026`."""
    return words.say("date.day", day=int(d[8:10]), month=_month(d, words), year=int(d[:4]))


@lru_cache(maxsize=1024)
def day_short(d: Day, words: Words) -> str:
    """A business day where the year is plain from what stands around it, `22 Nov`."""
    return words.say("date.day_short", day=int(d[8:10]), month=_month(d, words))


def in_a_table(days: Iterable[Day], words: Words) -> Callable[[Day], str]:
    """How these days are written beneath each other: `22 Nov`, or `22 Nov 2026` as soon as they are of two years."""
    written = day_short if len({each[:4] for each in days}) < 2 else day
    return lambda d: written(d, words)


def month(d: Day, words: Words) -> str:
    """The month in which a business day lies, `November 2026`."""
    return words.say("date.month", month=months(words, full=True)[int(d[5:7]) - 1], year=int(d[:4]))


def clock(at: At, words: Words) -> str:
    """An instant on the shop's clock (+05:30), to the minute, `22 Nov 2026 21:47`."""
    on, time = _there(at[:16])
    return f"{day(on, words)} {words.figures(time)}"


def time_of_day(at: At, words: Words) -> str:
    """The time of an instant on the shop's clock (+05:30), `21:47`."""
    return words.figures(_there(at[:16])[1])


_END: Final = "9999-12-31T18:30"
"""From here on the shop's clock would show a year of five digits: the last day of the calendar is longer."""


@lru_cache(maxsize=4096)
def _there(minute: str) -> tuple[Day, str]:
    if minute >= _END:
        return Day(_END[:10]), "23:59"
    there = datetime.fromisoformat(f"{minute}Z").astimezone(BOOK_ZONE)
    return Day(there.date().isoformat()), f"{there:%H:%M}"


def span(first: Day, last: Day, words: Words) -> str:
    """The days from `first` to `last`, both included; what they share is said once.

    `1 to 22 Nov 2026`, `28 Oct to 3 Nov 2026`, `28 Dec 2025 to 3 Jan 2026`.
    """
    if first == last:
        return day(last, words)
    if first[:7] == last[:7]:
        on, month_of, year = int(last[8:10]), _month(last, words), int(last[:4])
        return words.say("date.span_in_month", first=int(first[8:10]), last=on, month=month_of, year=year)
    begin = day_short(first, words) if first[:4] == last[:4] else day(first, words)
    return words.say("date.span", first=begin, last=day(last, words))


def _month(d: Day, words: Words) -> str:
    return words.figures(months(words)[int(d[5:7]) - 1])  # Urdu has numbers
