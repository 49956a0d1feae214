"""A day in the shop: what was sold and received, and what was typed today for other days."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from khata.postings.base import RETURNS, SALES
from khata.postings.effect import Effect
from khata.questions.entries import EntryRow, made, select
from khata.units import At, Day
from khata.views.cut import Cut, known_at


class DayLine(NamedTuple):
    """An entry of the day, what it did, and whether it and its reversal, if both count, come to nothing."""

    row: EntryRow
    effect: Effect
    cancelled: bool


class DayBook(NamedTuple):
    """The entries of business days `first` to `last`; those typed within them for other days; sums in paise.

    `by_account` has the net of each account (positive debit): `sales` is negative as the books have it.
    """

    first: Day
    last: Day
    lines: list[DayLine]
    typed_for_other_days: list[EntryRow]
    by_account_paise: dict[str, int]


def daybook(connection: sqlite3.Connection, first: Day, last: Day, cut: Cut, window: tuple[At, At]) -> DayBook:
    """The day book of a day or several.

    Args:
        connection: the views.
        first: the first business day.
        last: the last, no later than `cut.as_on`.
        cut: the two clocks.
        window: the instants between which those days lie, for what was typed in them.
    """
    end = min(last, cut.as_on)
    rows = list(
        select(
            connection,
            # The plus signs leave only the index of days to begin with: a day is a small part of the book.
            "e.day BETWEEN ? AND ? AND +e.seq <= ? AND (e.amount_paise IS NOT NULL OR e.reverses IS NOT NULL)"
            " ORDER BY +e.seq",
            first,
            end,
            cut.known,
        )
    )
    here = {row.entry for row in rows}
    lines: list[DayLine] = []
    sums: dict[str, int] = {}
    for row in rows:
        effect = row.effect
        for account, paise in effect.nets():
            sums[account] = sums.get(account, 0) + paise
        lines.append(DayLine(row, effect, (row.reverses or row.reversed_by) in here))
    return DayBook(first, end, lines, _typed_elsewhere(connection, first, end, cut, window), sums)


def _typed_elsewhere(
    connection: sqlite3.Connection, first: Day, last: Day, cut: Cut, window: tuple[At, At]
) -> list[EntryRow]:
    """Typed in these days for days before them; an import is not typed."""
    begin = known_at(connection, window[0])
    end = min(known_at(connection, window[1]), cut.known)
    return list(
        select(
            connection,
            "e.seq > ? AND e.seq <= ? AND e.import_entry IS NULL AND (e.day < ? OR e.day > ?)"
            " AND (e.amount_paise IS NOT NULL OR e.reverses IS NOT NULL) ORDER BY e.seq",
            begin,
            end,
            first,
            last,
        )
    )


def totals(connection: sqlite3.Connection, cut: Cut, modes: tuple[str, ...]) -> tuple[int, int]:
    """The day's sales less returns, and the money that came in less what was given back, in paise."""
    sums: dict[str, int] = {}
    rows = connection.execute(
        "SELECT party, postings FROM entry WHERE day = ? AND +seq <= ? AND postings IS NOT NULL", (cut.as_on, cut.known)
    )
    for row in rows:
        for account, _, amount in made(*row):
            sums[account] = sums.get(account, 0) + amount
    return -sums.get(SALES, 0) - sums.get(RETURNS, 0), sum(sums.get(mode, 0) for mode in modes)
