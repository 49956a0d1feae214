"""A time of day that programs write behind a day."""

from __future__ import annotations

import re

WITH_TIME = re.compile(
    r"(\S+?(?: [A-Za-z]{3,9},? \d{2,4})?),?[T ] ?(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?: ?([AaPp])\.?[Mm]\.?)?"
    r"(?:Z|[+-]\d{2}:?\d{2})?"
)
"""A day, hours, minutes, and the first letter of am or pm."""


def timed(typed: str, note: str) -> str:
    """A note with the time before it that stands behind a day; the note alone where there is none.

    >>> timed("20-11-2026 02:30 PM", "atta"), timed("2026-11-20", "atta")
    ('14:30 atta', 'atta')
    """
    match = WITH_TIME.fullmatch(typed.strip())
    if match is None:
        return note
    hour, half = int(match[2]), (match[4] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{hour:02}:{match[3]} {note}".strip()
