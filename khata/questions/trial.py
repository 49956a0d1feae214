"""Every account, so that debits and credits can be held against any other program's."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from khata.grammar.days import earlier
from khata.postings.base import (
    DISCOUNT,
    OPENING,
    OTHER_INCOME,
    OUTPUT_TAX,
    PARTY,
    RETURNS,
    ROUND_OFF,
    SALES,
    TRANSFERS,
    WRITTEN_OFF,
)
from khata.questions.accounts import nets
from khata.questions.balances import balances
from khata.questions.figures import Span, moved_in
from khata.units import MODES, Day
from khata.views.cut import Cut

ORDER = (*MODES, PARTY, OPENING, SALES, OUTPUT_TAX, ROUND_OFF, OTHER_INCOME, RETURNS, DISCOUNT, WRITTEN_OFF, TRANSFERS)
"""How the accounts follow each other; one that is not here comes last."""


class TrialRow(NamedTuple):
    """An account at the end of a day, in paise: its net stands on one side.

    Of the customers' accounts, taken together, `debit_paise` is what all owe and `credit_paise` what the shop owes
    all whom it owes: the two are not set off.
    """

    account: str
    debit_paise: int
    credit_paise: int


class Turnover(NamedTuple):
    """An account over a period, in paise: its net before and after it (positive debit), and what moved it between."""

    account: str
    opening_paise: int
    debit_paise: int
    credit_paise: int
    closing_paise: int


def trial(connection: sqlite3.Connection, cut: Cut) -> list[TrialRow]:
    """The trial balance at the end of `cut.as_on`: accounts that come to something, debits and credits the same in all.

    Raises:
        ViewsDifferError: what is kept of a party is not the sum of its entries.
    """
    owed = [row.balance_paise for row in balances(connection, cut)]
    rows = [
        TrialRow(PARTY, sum(each for each in owed if each > 0), -sum(each for each in owed if each < 0))
        if account == PARTY
        else TrialRow(account, max(net, 0), max(-net, 0))
        for account, net in nets(connection, cut).items()
    ]
    return sorted((row for row in rows if row.debit_paise or row.credit_paise), key=_place)


def turnovers(connection: sqlite3.Connection, first: Day | None, cut: Cut) -> list[Turnover]:
    """Every account from a day to `cut.as_on`: what it was at, what moved it, what it came to.

    `first` None: from the beginning of the book. Accounts that never moved by then are left out.
    """
    before = nets(connection, cut._replace(as_on=earlier(first, 1))) if first else {}
    sides = {account: [0, 0] for account in before}
    for _, moves, _count in moved_in(connection, Span(first, cut.as_on, cut.known), "NULL"):
        for account, paise in moves:
            both = sides.setdefault(account, [0, 0])
            both[paise < 0] += abs(paise)
    rows = []
    for account, (debit, credit) in sides.items():
        opening = before.get(account, 0)
        rows.append(Turnover(account, opening, debit, credit, opening + debit - credit))
    return sorted((row for row in rows if any(row[1:])), key=_place)


def _place(row: TrialRow | Turnover) -> tuple[int, str]:
    return ORDER.index(row.account) if row.account in ORDER else len(ORDER), row.account
