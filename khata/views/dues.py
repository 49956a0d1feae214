"""How old what is owed is: payments settle the oldest sale first."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import NamedTuple

from khata.units import Day, Party
from khata.views.balances import balances, last_received_on
from khata.views.cut import Cut

BUCKET_DAYS = (30, 60, 90)


class Due(NamedTuple):
    """What one party owes, by age: up to 30, 60, 90 days and more, in paise."""

    party: Party
    party_id: str
    name: str | None
    balance_paise: int
    oldest_on: Day
    last_received_on: Day | None
    by_age_paise: tuple[int, ...]


def dues(connection: sqlite3.Connection, cut: Cut, *, over_days: int = 0) -> list[Due]:
    """Everybody who owes, largest first; only those whose oldest due is more than `over_days` old.

    Ages are counted in days to `cut.as_on`.
    """
    found = []
    for party, party_id, name, balance in balances(connection, cut):
        if balance <= 0:
            continue
        open_sales = unpaid(connection, party, balance, cut)
        oldest = open_sales[-1][0]
        if over_days and age(oldest, cut.as_on) <= over_days:
            continue
        ages = [0] * (len(BUCKET_DAYS) + 1)
        for day, amount in open_sales:
            ages[_bucket(age(day, cut.as_on))] += amount
        received = last_received_on(connection, party, cut)
        found.append(Due(party, party_id, name, balance, oldest, received, tuple(ages)))
    return found


def age(day: Day, as_on: Day) -> int:
    """Days from one business day to another."""
    return (date.fromisoformat(as_on) - date.fromisoformat(day)).days


def _bucket(days: int) -> int:
    for index, limit in enumerate(BUCKET_DAYS):
        if days <= limit:
            return index
    return len(BUCKET_DAYS)


def unpaid(connection: sqlite3.Connection, party: Party, balance_paise: int, cut: Cut) -> list[tuple[Day, int]]:
    """What of each debit is still owed, newest first: (day, paise), adding up to the balance.

    Payments settle the oldest first, so the newest debits are the open ones. Pairs that cancel each
    other, if both count, are passed over; what is left adds up to the balance.
    """
    rows = connection.execute(
        "SELECT p.day, p.amount_paise FROM posting p JOIN entry e ON e.seq = p.entry"
        " LEFT JOIN entry r ON r.seq = e.reversed_by LEFT JOIN entry o ON o.seq = e.reverses"
        " WHERE p.party = ? AND p.day <= ? AND p.entry <= ? AND p.amount_paise > 0 AND (o.seq IS NULL OR o.day > ?)"
        " AND (r.seq IS NULL OR r.seq > ? OR r.day > ?) ORDER BY p.day DESC, p.entry DESC",
        (party, cut.as_on, cut.known, cut.as_on, cut.known, cut.as_on),
    )
    left, found = balance_paise, []
    for day, amount in rows:
        part = min(left, amount)
        found.append((Day(day), part))
        left -= part
        if not left:
            break
    return found
