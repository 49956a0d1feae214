"""The days of a file: each cell as it is read, and what is only to be seen once all of the column was read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from khata.grammar.days import parse_day
from khata.grammar.digits import BLANKS, ascii_digits
from khata.grammar.fault import Unreadable
from khata.importing.file import File
from khata.importing.times import WITH_TIME, local
from khata.units import Day

AROUND = 31
"""Days before and after all days with a year within which one without is believed."""

FAR_BACK = 400
"""Days before the day in the middle of a file's rows after which one is worth a look: a year and some weeks."""

LONG_PAST = 3653
"""Days before today after which any row is: ten years."""

_EITHER = re.compile(r"\s*(0?[1-9]|1[0-2])[-/.](0?[1-9]|1[0-2])[-/.]")
"""A day that can be read with either of its numbers as the month."""

_MONTH_FIRST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{2}|\d{4})")

_NUMBER = re.compile("[0-9]+")
_WORD = re.compile(r"[^\W\d_]")


class FileDays:
    """The days of one file as they are met.

    Args:
        file: where faults and notes go, and the first and the last day.
        today: the day in the book's zone; later ones are faults.
        turned: whether `04/17/2026` was said to have its month first.
    """

    def __init__(self, file: File, today: Day, *, turned: bool = False) -> None:
        self._turned = turned
        self._file, self._today, self._date = file, today, date.fromisoformat(today)
        self._either: dict[Day, str] = {}
        self._month_first: tuple[int, str] | None = None
        self._yearless: dict[Day, str] = {}
        self._first, self._last = Day(""), Day("")
        self._rows: Counter[Day] = Counter()

    def read(self, number: int, typed: str) -> Day | None:
        """The day that a cell of a row says; None, and a fault, where it says none, or one that is still to come."""
        if not typed.strip(BLANKS):
            self._fault(number, "date", typed, "empty_cell")
            return None
        try:
            said = day_first(alone(typed)) if self._turned else alone(typed)
            on = parse_day(said, self._date, relative=False)
        except Unreadable as fault:
            if self._turned and fault.facts.get("month_first"):
                self._fault(number, "date", typed, "bad_day", {"what": "day_first"})
                return None
            self._fault(number, "date", fault.value, fault.code, fault.facts)
            if fault.facts.get("month_first") and self._month_first is None:
                self._month_first = number, typed
            return None
        if (swapped := _EITHER.match(typed)) and swapped[1].lstrip("0") != swapped[2].lstrip("0"):
            self._either[on] = typed
        if on > self._today:
            self._fault(number, "date", typed, "future_day", {"on": on, "today": self._today})
            return None
        if has_year(said):
            self._first, self._last = min(self._first or on, on), max(self._last, on)
        else:
            self._yearless[on] = said
        file = self._file
        file.first, file.last = min(file.first or on, on), max(file.last, on)
        return on

    def count(self, days: Iterable[Day]) -> None:
        """Count rows by their days."""
        self._rows.update(days)

    def doubt(self) -> None:
        """Look at all days once more: those that may be months, that have no year, or are far from all others."""
        self._maybe_months()
        self._without_year()
        self._far_back()

    def _fault(self, number: int, column: str, typed: str, code: str, facts: dict[str, Any] | None = None) -> None:
        self._file.faults.add(number, self._file.column(column), typed, code, facts)

    def _maybe_months(self) -> None:
        """Where one day of the column can only have its month first, every day that can be read both ways is in doubt.

        Whoever mends just the row that cannot be read would otherwise have the others turned round without a word.
        """
        if self._month_first is None or not self._either:
            return
        row, seen = self._month_first
        for each in self._file.rows:
            if (typed := self._either.get(each.on)) is not None:
                other = f"{each.on[:4]}-{each.on[8:]}-{each.on[5:7]}"
                facts = {"on": each.on, "other": other, "seen": seen, "at_row": row}
                self._fault(each.number, "date", typed, "maybe_month_first", facts)

    def _without_year(self) -> None:
        """A day without a year is the latest of its name; a spreadsheet makes such a one of `19 Sep 2019`.

        Far from all days that have a year it is a fault.
        """
        if not self._first or not self._yearless:
            return
        first, last = _moved(self._first, -AROUND), _moved(self._last, AROUND)
        far = {on: typed for on, typed in self._yearless.items() if not first <= on <= last}
        for each in self._file.rows if far else ():
            if (typed := far.get(each.on)) is not None:
                facts = {"on": each.on, "first": self._first, "last_on": self._last}
                self._fault(each.number, "date", typed, "year_missing", facts)

    def _far_back(self) -> None:
        """Rows more than FAR_BACK days before the day in the middle of all, or before all that anybody's khata holds.

        A year that is imported is long ago by nature; 2016 among the rows of 2026 is a slip of the hand.
        """
        left = sum(self._rows.values()) // 2
        middle = self._today
        for middle in sorted(self._rows):
            left -= self._rows[middle]
            if left < 0:
                break
        file, far = self._file, max(_moved(middle, -FAR_BACK), _moved(self._today, -LONG_PAST))
        if not file.first or file.first >= far:
            return
        said = {on: {"on": on, "days": (self._date - date.fromisoformat(on)).days} for on in self._rows if on < far}
        for each in file.rows:
            if (facts := said.get(each.on)) is not None:
                file.worth_a_look.note(each.number, file.column("date"), each.on, "far_back", facts)


def alone(typed: str) -> str:
    """A day without the time that programs write behind it, and with its parts told apart.

    >>> alone("20261124"), alone("2026-10-31T14:30:00"), alone("2026-10-31T20:30:00Z")
    ('2026-11-24', '2026-10-31', '2026-11-01')
    """
    said = local(typed).strip()
    if match := WITH_TIME.fullmatch(said):
        said = match[1]
    if len(said) == 8 and said.isdecimal() and said.isascii() and said.startswith(("19", "20", "21")):
        return f"{said[:4]}-{said[4:6]}-{said[6:]}"
    return said if said != typed.strip() else typed


def day_first(typed: str) -> str:
    """A day that is written with its month first, turned round; any other text as it is.

    >>> day_first("04/17/2026"), day_first("4-5-26"), day_first("2026-04-17")
    ('17/04/2026', '5-4-26', '2026-04-17')
    """
    return _MONTH_FIRST.sub(r"\3\2\1\2\4", typed) if _MONTH_FIRST.fullmatch(typed) else typed


def has_year(typed: str) -> bool:
    """Whether a day that could be read has a year.

    >>> has_year("20/11/26"), has_year("20 Nov 2026"), has_year("20/11"), has_year("20-Nov")
    (True, True, False, False)
    """
    numbers = len(_NUMBER.findall(ascii_digits(typed) or typed))
    return numbers > (1 if _WORD.search(typed) else 2)


def _moved(day: Day, days: int) -> Day:
    return Day((date.fromisoformat(day) + timedelta(days=days)).isoformat())
