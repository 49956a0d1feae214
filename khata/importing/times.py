"""A time of day that programs write behind a day."""

from __future__ import annotations

import re
from datetime import datetime

from khata.grammar.days import ZONE

WITH_TIME = re.compile(
    r"(\S+?(?: [A-Za-z]{3,9},? \d{2,4})?),?[T ] ?"
    r"([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d(?:\.\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?"
)
"""A day, hours, minutes, and the first letter of am or pm."""

_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)? ?(Z|[+-]\d\d:?\d\d)", re.ASCII | re.IGNORECASE
)


def local(typed: str) -> str:
    """A day and time that says its zone, by the book's clock; any other text as it is.

    >>> local("2026-10-31T20:30:00Z"), local("2026-10-31T23:30:00+05:30"), local("2026-10-31 20:30")
    ('2026-11-01 02:00', '2026-10-31 23:30', '2026-10-31 20:30')
    """
    match = _INSTANT.fullmatch(typed.strip())
    if match is None:
        return typed
    try:
        at = datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3]}".upper()).astimezone(ZONE)
    except (ValueError, OverflowError):
        return typed
    return f"{at:%Y-%m-%d %H:%M}"


def timed(typed: str, note: str) -> str:
    """A note with the time before it that stands behind a day; the note alone where there is none.

    >>> timed("20-11-2026 02:30 PM", "atta"), timed("2026-11-20", "atta")
    ('14:30 atta', 'atta')
    """
    match = WITH_TIME.fullmatch(local(typed).strip())
    if match is None:
        return note
    hour, half = int(match[2]), (match[4] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{hour:02}:{match[3]} {note}".strip()
