"""Who owes what, at the end of a business day, as the book knew it."""

from __future__ import annotations

import json
import sqlite3
from typing import NamedTuple

from khata.postings.base import PARTY
from khata.units import Day, Party
from khata.views.cut import Cut


class Balance(NamedTuple):
    """What one party owes, in paise; negative: the shop owes the party. `name` is None once forgotten."""

    party: Party
    party_id: str
    name: str | None
    balance_paise: int


def balance_of(connection: sqlite3.Connection, party: Party, cut: Cut) -> int:
    """One party's balance in paise."""
    return _sums(connection, cut, party).get(party, 0)


def balances(connection: sqlite3.Connection, cut: Cut, *, settled: bool = False) -> list[Balance]:
    """All balances that are not zero, largest first; with `settled` those of everybody that the book knew then."""
    sums = _sums(connection, cut)
    rows = connection.execute("SELECT party, id, record FROM party WHERE entry <= ?", (cut.known,))
    found = [
        Balance(Party(party), party_id, json.loads(record).get("name"), sums.get(party, 0))
        for party, party_id, record in rows
        if settled or sums.get(party)
    ]
    found.sort(key=lambda each: (-each.balance_paise, each.party))
    return found


def _sums(connection: sqlite3.Connection, cut: Cut, party: Party | None = None) -> dict[int, int]:
    if cut.everything:
        return _by_month(connection, cut.as_on, party)
    one, facts = ("AND party = ?", [party]) if party is not None else ("AND party IS NOT NULL", [])
    return dict(
        connection.execute(
            f"SELECT party, sum(amount_paise) FROM posting WHERE day <= ? AND entry <= ? {one} GROUP BY party",
            [cut.as_on, cut.known, *facts],
        ).fetchall()
    )


def _by_month(connection: sqlite3.Connection, as_on: Day, party: Party | None) -> dict[int, int]:
    """Whole months from their sums, the last one from its postings: cheap however long the book is."""
    month = as_on[:7]
    one, facts = ("AND party = ?", [party]) if party is not None else ("AND party > 0", [])
    sums = dict(
        connection.execute(
            "SELECT party, sum(debit_paise - credit_paise) FROM month"
            f" WHERE account = '{PARTY}' AND month < ? {one} GROUP BY party",
            [month, *facts],
        ).fetchall()
    )
    lately = connection.execute(
        f"SELECT party, sum(amount_paise) FROM posting WHERE party IS NOT NULL {one} AND day >= ? AND day <= ?"
        " GROUP BY party",
        [*facts, month + "-01", as_on],
    )
    for number, amount in lately:
        sums[number] = sums.get(number, 0) + amount
    return sums


def last_received_on(connection: sqlite3.Connection, party: Party, cut: Cut) -> Day | None:
    """The day of the last payment that was not cancelled, a part paid with a sale included; None if there is none."""
    row = connection.execute(
        "SELECT p.day FROM posting p JOIN entry e ON e.seq = p.entry LEFT JOIN entry r ON r.seq = e.reversed_by"
        " WHERE p.party = ? AND p.day <= ? AND p.entry <= ? AND p.amount_paise < 0"
        " AND e.kind IN ('payment_received', 'sale_recorded')"
        " AND (r.seq IS NULL OR r.seq > ? OR r.day > ?) ORDER BY p.day DESC LIMIT 1",
        (party, cut.as_on, cut.known, cut.known, cut.as_on),
    ).fetchone()
    return Day(row[0]) if row else None
