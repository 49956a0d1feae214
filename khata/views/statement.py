"""A party's account: brought forward, line by line, and what it comes to."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from khata.grammar.modes import MODES
from khata.units import Day, Party
from khata.views.cut import Cut
from khata.views.entries import EntryRow, select
from khata.views.schema import LINES


class Line(NamedTuple):
    """One entry on an account, in paise.

    `cancelled`: with its reversal, if both count, it comes to nothing. `modes`: how money moved with it, if any did.
    """

    row: EntryRow
    debit_paise: int
    credit_paise: int
    balance_paise: int
    cancelled: bool
    modes: tuple[str, ...]


class Statement(NamedTuple):
    """An account over a period; paise, positive when the party owes the shop. `first` None: from the beginning."""

    party: Party
    first: Day | None
    last: Day
    opening_paise: int
    lines: list[Line]
    closing_paise: int
    debit_paise: int
    credit_paise: int


def statement(
    connection: sqlite3.Connection, party: Party, cut: Cut, first: Day | None = None, last: Day | None = None
) -> Statement:
    """The account of a party from `first` to `last`, both inclusive, no later than `cut.as_on`.

    Lines are in the order of business days and, within one, of recording.
    """
    end = min(last or cut.as_on, cut.as_on)
    sums = {
        seq: (debit, credit)
        for seq, debit, credit in connection.execute(
            "SELECT entry, sum(max(amount_paise, 0)), sum(max(-amount_paise, 0)) FROM posting"
            " WHERE party = ? AND day <= ? AND entry <= ? GROUP BY entry",
            (party, end, cut.known),
        )
    }
    rows = {
        row.entry: row
        for row in select(
            connection,
            "e.seq IN (SELECT entry FROM posting WHERE party = ? AND day <= ? AND entry <= ?) ORDER BY e.day, e.seq",
            party,
            end,
            cut.known,
        )
    }
    modes = _modes(connection, party, end, cut)
    opening, balance, debits, credits_ = 0, 0, 0, 0
    lines: list[Line] = []
    for seq, row in rows.items():
        debit, credit = sums[seq]
        balance += debit - credit
        if first is not None and row.on < first:
            opening = balance
            continue
        debits, credits_ = debits + debit, credits_ + credit
        other = row.reverses or row.reversed_by
        lines.append(Line(row, debit, credit, balance, other is not None and other in rows, tuple(modes.get(seq, ()))))
    return Statement(party, first, end, opening, lines, balance, debits, credits_)


def _modes(connection: sqlite3.Connection, party: Party, end: Day, cut: Cut) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = connection.execute(
        "SELECT DISTINCT q.entry, m.account"
        " FROM (SELECT entry FROM posting WHERE party = ? AND day <= ? AND entry <= ?) q"
        f" JOIN posting m ON m.id >= q.entry * {LINES} AND m.id < (q.entry + 1) * {LINES}"
        f" WHERE m.account IN ({', '.join('?' * len(MODES))})",
        (party, end, cut.known, *MODES),
    )
    for entry, mode in rows:
        found.setdefault(entry, []).append(mode)
    return found


def last_settled_on(connection: sqlite3.Connection, party: Party, cut: Cut) -> Day | None:
    """The last business day at whose end nothing was owed either way; None if there was none since the first entry."""
    rows = connection.execute(
        "SELECT day, sum(amount_paise) FROM posting WHERE party = ? AND day <= ? AND entry <= ?"
        " GROUP BY day ORDER BY day",
        (party, cut.as_on, cut.known),
    )
    balance, settled = 0, None
    for day, change in rows:
        balance += change
        if not balance:
            settled = Day(day)
    return settled


def first_day(connection: sqlite3.Connection, party: Party) -> Day | None:
    """The earliest business day on a party's account."""
    (day,) = connection.execute("SELECT min(day) FROM posting WHERE party = ?", (party,)).fetchone()
    return Day(day) if day else None
