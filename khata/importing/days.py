"""The days of a file: each cell as it is read, and what is only to be seen once all of the column was read."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

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


class _Doubtful(NamedTuple):
    """A day that the rest of the column may put in doubt.

    Attributes:
        typed: as it stands in the file.
        on: as it was read.
        either: whether its month may stand first.
        said: what it says without a year; None where it has one.
    """

    typed: str
    on: Day
    either: bool
    said: str | None


class FileDays:
    """The days of one file as they are met.

    Args:
        file: where faults and notes go, and the first and the last day.
        today: the day in the book's zone; later ones are faults.
        turned: whether `04/17/2026` was said to have its month first.

    Attributes:
        doubtful: what was typed for days that the rest of the column may put in doubt; whoever takes a row with one
            of them tells so, `meet`.
    """

    def __init__(self, file: File, today: Day, *, turned: bool = False) -> None:
        self._turned = turned
        self._file, self._today, self._date = file, today, date.fromisoformat(today)
        self.doubtful: dict[str, int] = {}
        self._doubts: list[_Doubtful] = []
        self._doubtful_at, self._which = array("q"), array("q")  # the rows, and which of these days each has
        self._month_first: tuple[int, str] | None = None
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
        if on > self._today:
            self._fault(number, "date", typed, "future_day", {"on": on, "today": self._today})
            return None
        if has_year(said):
            self._first, self._last = min(self._first or on, on), max(self._last, on)
        swapped = _EITHER.match(typed)
        either = swapped is not None and swapped[1].lstrip("0") != swapped[2].lstrip("0")
        if (either or not has_year(said)) and typed not in self.doubtful:
            self.doubtful[typed] = len(self._doubts)
            self._doubts.append(_Doubtful(typed, on, either=either, said=None if has_year(said) else said))
        file = self._file
        file.first, file.last = min(file.first or on, on), max(file.last, on)
        return on

    def meet(self, number: int, typed: str) -> None:
        """Note a row with such a day."""
        self._doubtful_at.append(number)
        self._which.append(self.doubtful[typed])

    def _doubtful_rows(self) -> Iterator[tuple[int, _Doubtful]]:
        for number, place in zip(self._doubtful_at, self._which, strict=True):
            yield number, self._doubts[place]

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
        if self._month_first is None:
            return
        row, seen = self._month_first
        for number, (typed, on, either, _) in self._doubtful_rows():
            if either:
                facts = {"on": on, "other": f"{on[:4]}-{on[8:]}-{on[5:7]}", "seen": seen, "at_row": row}
                self._fault(number, "date", typed, "maybe_month_first", facts)

    def _without_year(self) -> None:
        """A day without a year is the latest of its name; a spreadsheet makes such a one of `19 Sep 2019`.

        Far from all days that have a year it is a fault.
        """
        if not self._first:
            return
        first, last = _moved(self._first, -AROUND), _moved(self._last, AROUND)
        for number, (_, on, _, said) in self._doubtful_rows():
            if said is not None and not first <= on <= last:
                self._fault(
                    number, "date", said, "year_missing", {"on": on, "first": self._first, "last_on": self._last}
                )

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
