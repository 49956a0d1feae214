"""The book of one way of payment: cash, UPI, bank … with what was there before, what came in, what went out."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from khata.grammar.days import earlier
from khata.questions.accounts import nets
from khata.questions.entries import EntryRow, posted
from khata.questions.figures import Span, touching
from khata.units import Day
from khata.views.cut import Cut


class ModeLine(NamedTuple):
    """An entry that moved it; paise. `balance_paise` is after it."""

    row: EntryRow
    in_paise: int
    out_paise: int
    balance_paise: int


class ModeBook(NamedTuple):
    """What a mode of payment was at, line by line, and came to; paise, positive where more came in than went out.

    `first` None: from the beginning of the book, with nothing in hand: what was there before the book it does not know.
    """

    mode: str
    first: Day | None
    last: Day
    opening_paise: int
    lines: list[ModeLine]
    closing_paise: int


def modebook(connection: sqlite3.Connection, mode: str, first: Day | None, cut: Cut) -> ModeBook:
    """The book of a mode from a business day to `cut.as_on`, in the order of days and, within one, of recording."""
    opening = nets(connection, cut._replace(as_on=earlier(first, 1))).get(mode, 0) if first else 0
    balance, lines = opening, []
    for row, _ in touching(connection, mode, Span(first, cut.as_on, cut.known)):
        moved = [paise for account, paise in posted(row.postings) if account == mode]
        came, went = sum(each for each in moved if each > 0), -sum(each for each in moved if each < 0)
        balance += came - went
        lines.append(ModeLine(row, came, went, balance))
    return ModeBook(mode, first, cut.as_on, opening, lines, balance)
