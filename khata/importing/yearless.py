"""Days that are written without a year, in a file whose other days have one.

Such a day is the latest of its name. Among rows of years ago it is what a spreadsheet made of `19 Sep 2019`.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from khata.grammar.digits import ascii_digits
from khata.importing.file import File
from khata.units import Day

AROUND = 31
"""Days before and after all days with a year within which one without is believed."""

_NUMBER = re.compile("[0-9]+")
_WORD = re.compile(r"[^\W\d_]")


class Yearless:
    """The days of a file as they are met."""

    def __init__(self) -> None:
        self._typed: dict[Day, str] = {}
        self._first, self._last = Day(""), Day("")

    def take(self, typed: str, on: Day) -> None:
        """A day as it is typed, without a time, and the day that it is."""
        if has_year(typed):
            self._first, self._last = min(self._first or on, on), max(self._last, on)
        else:
            self._typed[on] = typed

    def doubt(self, file: File) -> None:
        """A fault for each row with a day without a year that is far from all days that have one."""
        if not self._first or not self._typed:
            return
        first, last = _moved(self._first, -AROUND), _moved(self._last, AROUND)
        far = {on: typed for on, typed in self._typed.items() if not first <= on <= last}
        for each in file.rows if far else ():
            if (typed := far.get(each.on)) is not None:
                facts = {"on": each.on, "first": self._first, "last_on": self._last}
                file.faults.add(each.number, file.column("date"), typed, "year_missing", facts)


def has_year(typed: str) -> bool:
    """Whether a day that could be read has a year.

    >>> has_year("20/11/26"), has_year("20 Nov 2026"), has_year("20/11"), has_year("20-Nov")
    (True, True, False, False)
    """
    numbers = len(_NUMBER.findall(ascii_digits(typed) or typed))
    return numbers > (1 if _WORD.search(typed) else 2)


def _moved(day: Day, days: int) -> Day:
    return Day((date.fromisoformat(day) + timedelta(days=days)).isoformat())
