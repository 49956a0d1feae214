"""When something that comes again is due, and by which reference what was recorded for a time is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from khata.units import Day, Seq

_DAYS = {"day": 1, "week": 7}
_REF = r"every-([1-9][0-9]{0,15})/([0-9]{4}-[0-9]{2}(?:-[0-9]{2})?)"

REF_FROM, REF_UPTO = "every-", "every."
"""Every reference of what comes again sorts from the one up to the other, that one not included."""


HORIZON = Day("2199-12-31")
"""Up to where the next time is looked for."""


def times(first: Day, every: str, last: Day, since: Day | None = None) -> Iterator[Day]:
    """The days on which something is due, in order.

    Args:
        first: the first of them.
        every: `day`, `week` or `month`. A month later is the same day of the next month, or its last one where it has
            no such day; it is counted from `first`, so that a 31st comes back after February.
        last: up to which day.
        since: from which day on, None for all.

    >>> list(times(Day("2027-12-31"), "month", Day("2028-03-31")))
    ['2027-12-31', '2028-01-31', '2028-02-29', '2028-03-31']
    """
    begin = date.fromisoformat(first)
    since = max(first, since or first)
    if every != "month":
        step, there = _DAYS[every], date.fromisoformat(since).toordinal()
        nth = begin.toordinal() + -(-(there - begin.toordinal()) // step) * step
        for ordinal in range(nth, date.fromisoformat(last).toordinal() + 1, step):
            yield Day(date.fromordinal(ordinal).isoformat())
        return
    for month in range(_month(since), _month(last) + 1):
        on = _in_month(month, begin.day)
        if since <= on <= last:
            yield on


def _month(day: Day) -> int:
    """Its number, counted from January of the year 0."""
    return int(day[:4]) * 12 + int(day[5:7]) - 1


def _in_month(number: int, day: int) -> Day:
    """That day of a month, or its last one."""
    year, month = divmod(number, 12)
    while day > 28:
        try:
            date(year, month + 1, day)
        except ValueError:
            day -= 1
        else:
            break
    return Day(f"{year:04}-{month + 1:02}-{day:02}")


def ref_of(entry: Seq, every: str, on: Day) -> str:
    """The reference of what is recorded for a time.

    Args:
        entry: the entry with which it began.
        every: as `times` has it.
        on: the day on which it is due.

    >>> ref_of(Seq(12), "month", Day("2026-11-28")), ref_of(Seq(12), "week", Day("2026-11-28"))
    ('every-12/2026-11', 'every-12/2026-11-28')
    """
    return f"{REF_FROM}{entry}/{on[:7] if every == 'month' else on}"


def time_of(ref: str) -> tuple[Seq, str] | None:
    """What a reference says: the entry with which it began, and the month or the day; None for any other reference.

    >>> time_of("every-12/2026-11"), time_of("INV-7")
    ((12, '2026-11'), None)
    """
    match = re.fullmatch(_REF, ref)
    return (Seq(int(match[1])), match[2]) if match else None
