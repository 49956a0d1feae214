"""A day in the shop: what was sold and received, and what was typed today for other days."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from khata.postings.base import RETURNS, SALES
from khata.units import At, Day
from khata.views.cut import Cut, known_at
from khata.views.entries import EntryRow, Moved, select
from khata.views.schema import LINES

OF_ENTRY = f"p.id >= e.seq * {LINES} AND p.id < (e.seq + 1) * {LINES}"
"""The postings `p` of an entry `e`."""


class DayLine(NamedTuple):
    """An entry of the day, what it moved, and whether it and its reversal, if both count, come to nothing."""

    row: EntryRow
    postings: list[Moved]
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
    made = _postings(connection, first, end, cut)
    lines: list[DayLine] = []
    sums: dict[str, int] = {}
    for row in rows:
        mine = made.get(row.entry, [])
        for account, _, amount in mine:
            sums[account] = sums.get(account, 0) + amount
        lines.append(DayLine(row, mine, (row.reverses or row.reversed_by) in here))
    return DayBook(first, end, lines, _typed_elsewhere(connection, first, end, cut, window), sums)


def _postings(connection: sqlite3.Connection, first: Day, last: Day, cut: Cut) -> dict[int, list[Moved]]:
    """The postings of the entries of some days, by entry."""
    found: dict[int, list[Moved]] = {}
    rows = connection.execute(
        f"SELECT e.seq, p.account, p.party, p.amount_paise FROM entry e CROSS JOIN posting p ON {OF_ENTRY}"
        " WHERE e.day BETWEEN ? AND ? AND +e.seq <= ? ORDER BY +p.id",
        (first, last, cut.known),
    )
    for seq, *posting in rows:
        found.setdefault(seq, []).append(Moved._make(posting))
    return found


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
    sums = dict(
        connection.execute(
            "SELECT p.account, sum(p.amount_paise) FROM entry e"
            f" JOIN posting p ON {OF_ENTRY}"
            " WHERE e.day = ? AND +e.seq <= ? GROUP BY p.account",
            (cut.as_on, cut.known),
        ).fetchall()
    )
    return -sums.get(SALES, 0) - sums.get(RETURNS, 0), sum(sums.get(mode, 0) for mode in modes)
