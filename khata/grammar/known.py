"""`--known-at`: up to which entry, or to which instant, the book is asked."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import NamedTuple

from khata.grammar.days import ZONE, end_of_day, parse_day
from khata.grammar.digits import BLANKS, ascii_digits
from khata.grammar.entries import parse_entry
from khata.grammar.fault import Unreadable
from khata.units import At, Seq

_INSTANT = (
    r"(?i)(\S.*?)(?:T| |, )([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)? ?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)


class KnownAtEntry(NamedTuple):
    """As the book was after this entry."""

    seq: Seq


class KnownAtInstant(NamedTuple):
    """As the book was at this instant, entries recorded in that microsecond included."""

    at: At


def parse_known_at(text: str, today: date) -> KnownAtEntry | KnownAtInstant:
    """Read an entry (`17`, `e17`, `entry 17`: a bare number is an entry), a day (its end), or an instant.

    An instant is a day in any form that `parse_day` takes, `T` or a space, and a time: `2026-07-20T18:00`,
    `20 Jul 2026 18:00:30.5`. Without a zone it is the book's, +05:30; `Z` and `±hh:mm` are taken.

    Raises:
        Unreadable: `bad_known_at`, with the facts of `parse_day`.

    >>> parse_known_at("e17", date(2026, 11, 22))
    KnownAtEntry(seq=17)
    >>> parse_known_at("2026-07-20T18:00", date(2026, 11, 22))
    KnownAtInstant(at='2026-07-20T12:30:00.000000Z')
    """
    try:
        return KnownAtEntry(parse_entry(text))
    except Unreadable:
        pass
    typed = (ascii_digits(text) or "").strip(BLANKS)
    match = re.fullmatch(_INSTANT, typed)
    try:
        if match is None:
            return KnownAtInstant(end_of_day(parse_day(typed, today)))
        day = parse_day(match[1], today)
    except Unreadable as fault:
        raise Unreadable("bad_known_at", text, **fault.facts) from None
    return KnownAtInstant(_instant(date.fromisoformat(day), match, text))


def _instant(day: date, match: re.Match[str], text: str) -> At:
    zone = _zone(match[6], text)
    try:
        local = datetime(
            day.year,
            day.month,
            day.day,
            int(match[2]),
            int(match[3]),
            int(match[4] or "0"),
            int((match[5] or "").ljust(6, "0")),
            zone,
        )
    except ValueError:
        raise Unreadable("bad_known_at", text) from None
    return At(local.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z")


def _zone(typed: str | None, text: str) -> timezone:
    if typed is None:
        return ZONE
    if typed in "Zz":
        return UTC
    hours, minutes = int(typed[1:3]), int(typed[-2:])
    if hours > 14 or minutes > 59:
        raise Unreadable("bad_known_at", text)
    shift = timedelta(hours=hours, minutes=minutes)
    return timezone(-shift if typed[0] == "-" else shift)
