"""What a question asks about: days, the two clocks, and a period."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from khata.api.refusals import BadField, BadPeriod
from khata.grammar.days import business_day_of, earlier, end_of_day, parse_day, parse_period
from khata.grammar.known import KnownAtEntry, parse_known_at
from khata.units import At, Day, Seq
from khata.views.cache import Connection
from khata.views.cut import Cut, known_at, latest_day, position_of

DayGiven = str | date
"""A day: a date, or words such as `2026-11-20`, `20/11` or `kal`."""

KnownGiven = str | int | date | datetime
"""What was known: after an entry, at the end of a day, at an instant."""


def words_of(day: DayGiven, field: str = "on") -> str:
    """A day as it could have been typed. Raises BadField: an instant's day depends on a zone."""
    if isinstance(day, str):
        return day
    if isinstance(day, datetime) or not isinstance(day, date):
        raise BadField(field=field, why="type")
    return day.isoformat()


def cut(views: Connection, today: Day, as_on: DayGiven | None, known: KnownGiven | None) -> Cut:
    """The two clocks as they were asked for. A later day means today; a later entry means the last.

    Raises:
        BadField, Unreadable: neither a day nor an entry nor an instant.
    """
    last = position_of(views)
    latest = latest_day(views, today)  # a clock that was put back must not hide what is owed
    day, seq = latest, last
    if as_on is not None:
        day = min(parse_day(words_of(as_on, "as_on"), date.fromisoformat(today)), latest)
    if known is not None:
        found = parse_known_at(_known_words(known), date.fromisoformat(today))
        seq = min(found.seq, last) if isinstance(found, KnownAtEntry) else known_at(views, found.at)
    return Cut(day, Seq(seq), everything=seq == last, given=as_on is not None or known is not None)


class ToCome(NamedTuple):
    """What was asked for and is still to come, a day or an entry, and what is answered for in its place."""

    asked: Day | Seq
    upto: Day | Seq


def to_come(views: Connection, today: Day, days: Iterable[DayGiven | None], known: KnownGiven | None) -> ToCome | None:
    """The first of what was asked for that is still to come: days, the beginnings of periods, what was known.

    Raises:
        BadField, Unreadable: no day, no period, no entry and no instant.
    """
    now = date.fromisoformat(today)
    begins = [parse_period(words_of(each), now)[0] for each in days if each is not None]
    if known is not None:
        found = parse_known_at(_known_words(known), now)
        if isinstance(found, KnownAtEntry):
            last = position_of(views)
            return ToCome(found.seq, last) if found.seq > last else None
        begins.append(business_day_of(found.at))
    if begins and max(begins) > (latest := latest_day(views, today)):
        return ToCome(max(begins), latest)
    return None


def _known_words(known: KnownGiven) -> str:
    if isinstance(known, datetime):
        if known.tzinfo is None:
            raise BadField(field="known_at", why="zone")
        return known.isoformat()
    return str(known) if type(known) is int else words_of(known, "known_at")  # type: ignore[arg-type] # all others


def period(
    views: Connection, today: Day, first: DayGiven | None, last: DayGiven | None
) -> tuple[Day | None, Day | None]:
    """From a day to a day; words for a period such as FY2025-26 may stand for either. A later day means the latest.

    Raises:
        BadPeriod: it ends before it begins.
        BadField, Unreadable: no day and no period.
    """
    now = date.fromisoformat(today)
    begin = end = None
    if first is not None:
        begin, until = parse_period(words_of(first, "first"), now)
        end = until if last is None and until != begin else None
    if last is not None:
        end = parse_period(words_of(last, "last"), now)[1]
    if begin and end and begin > end:
        raise BadPeriod(first=begin, last_on=end)
    latest = latest_day(views, today)
    return _not_after(latest, begin), _not_after(latest, end)


def _not_after(latest: Day, day: Day | None) -> Day | None:
    return min(day, latest) if day else None


def days(
    views: Connection, today: Day, on: DayGiven | None, first: DayGiven | None, last: DayGiven | None, as_on: Day
) -> tuple[Day, Day]:
    """The days of a day book: one, from a day to a day, or the one that is asked about. Raises as `period`."""
    if on is not None:
        begin = end = min(parse_day(words_of(on), date.fromisoformat(today)), latest_day(views, today))
    else:
        start, stop = period(views, today, first, last)
        begin, end = start or stop or as_on, stop or as_on
    if begin > end:
        raise BadPeriod(first=begin, last_on=end)
    return begin, end


def between(begin: Day, end: Day) -> tuple[At, At]:
    """The instants between which business days lie."""
    return end_of_day(earlier(begin, 1)), end_of_day(end)
