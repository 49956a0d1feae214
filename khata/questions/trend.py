"""Month by month: what was sold, what came in, and what was due at its end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from khata.grammar.days import earlier, later
from khata.questions.balances import balances
from khata.questions.figures import Span, figure
from khata.questions.journal import Extract, first_day
from khata.units import Day
from khata.views.cut import Cut

MONTHS = 12
"""How many months are told of where nobody asked for others."""


class Month(NamedTuple):
    """A month, or the days of it that were asked about.

    Attributes:
        month: `2026-11`.
        due_on: its last day that counts.
        sales_paise: less what was cancelled.
        received_paise: in all modes, less what was given back; negative where that was more.
        due_paise: what all who owed came to at the end of `due_on`; advances are not set against it.
    """

    month: str
    due_on: Day
    sales_paise: int
    received_paise: int
    due_paise: int


def begin_of(connection: sqlite3.Connection, cut: Cut) -> Day:
    """The first day of the last twelve months that the book has: it may have fewer, and has that of the cut."""
    earliest = _first_of(cut.as_on)
    for _ in range(MONTHS - 1):
        earliest = _first_of(earlier(earliest, 1))
    begun = first_day(connection, Extract(None, cut)) or cut.as_on
    return max(earliest, _first_of(begun))


def trend(connection: sqlite3.Connection, first: Day, cut: Cut) -> list[Month]:
    """Every month from that of a day to that of the cut, also those in which nothing was written.

    Raises:
        ViewsDifferError: sums by month, of a party or of its entries are not the same.
    """
    span = Span(first, cut.as_on, cut.known)
    sales, received = (
        {row.key: row.amount_paise for row in figure(connection, what, "month", span)} for what in ("sales", "receipts")
    )
    found = []
    for end in _ends(first, cut.as_on):
        due = sum(max(0, each.balance_paise) for each in balances(connection, cut._replace(as_on=end)))
        found.append(Month(end[:7], end, sales.get(end[:7], 0), received.get(end[:7], 0), due))
    return found


def _first_of(day: Day) -> Day:
    return Day(f"{day[:7]}-01")


def _ends(first: Day, last: Day) -> Iterator[Day]:
    """The last day of each month from one day to another, and of the last month that other day."""
    begin = _first_of(first)
    while begin[:7] < last[:7]:
        next_one = _first_of(later(begin, 31))
        yield earlier(next_one, 1)
        begin = next_one
    yield last
