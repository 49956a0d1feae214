"""Payments on their way: which are not settled, as far as a clock knows; and payments that came back."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from khata.questions.balances import among
from khata.questions.entries import select
from khata.units import Day, Paise, Party, Seq
from khata.views.cut import Cut


class BegunPayment(NamedTuple):
    """What a payment on its way says: whose it is, its paise, how it is paid, and its reference."""

    party: Party
    amount_paise: Paise
    mode: str
    ref: str | None


class PendingPayment(NamedTuple):
    """A payment on its way, by the entry with which it began; `name` is None once forgotten."""

    entry: Seq
    on: Day
    party: Party
    name: str | None
    amount_paise: Paise
    mode: str
    ref: str | None
    note: str | None
    by_name: str | None


class Bounces(NamedTuple):
    """How many payments of one person came back unpaid, and the business day of the last; None if none did."""

    times: int
    last_on: Day | None


NEVER = Bounces(0, None)


def unsettled(connection: sqlite3.Connection) -> Iterator[tuple[Seq, BegunPayment]]:
    """Those that nothing has come of yet, in order."""
    rows = connection.execute(
        "SELECT p.entry, p.party, p.amount_paise, p.mode, p.ref FROM pending p"
        " WHERE NOT EXISTS (SELECT 1 FROM settled s WHERE s.entry = p.entry) ORDER BY p.entry"
    )
    return ((Seq(entry), BegunPayment(*row)) for entry, *row in rows)


def pending(connection: sqlite3.Connection, cut: Cut, khatas: Sequence[Party] = ()) -> list[PendingPayment]:
    """Those on their way at the end of a business day, as far as the book knew; of these khatas only, if any."""
    whose = f" AND {among('p.party', khatas)}" if khatas else ""
    # CROSS: from the few that began, not from every entry up to that day.
    rows = connection.execute(
        "SELECT p.entry, p.amount_paise, p.mode, p.ref FROM pending p CROSS JOIN entry e ON e.seq = p.entry"
        ' LEFT JOIN settled s ON s.entry = p.entry LEFT JOIN entry d ON d.seq = s."by"'
        f" WHERE e.seq <= ? AND e.day <= ?{whose} AND (d.seq IS NULL OR d.seq > ? OR d.day > ?) ORDER BY e.day, e.seq",
        (cut.known, cut.as_on, *khatas, cut.known, cut.as_on),
    ).fetchall()
    found = []
    for entry, paise, mode, ref in rows:
        for row in select(connection, "e.seq = ?", entry):
            assert row.party is not None  # noqa: S101 - a payment on its way is somebody's
            said = (row.entry, row.on, row.party, row.party_name, Paise(paise), mode, ref, row.note, row.by_name)
            found.append(PendingPayment(*said))
    return found


def by_customer(payments: Iterable[PendingPayment], joined: Mapping[Party, Party]) -> dict[Party, int]:
    """What is on its way of each customer, in paise; `joined`: whose khata another one's is."""
    found: dict[Party, int] = {}
    for each in payments:
        whose = joined.get(each.party, each.party)
        found[whose] = found.get(whose, 0) + each.amount_paise
    return found


def bounces(connection: sqlite3.Connection, khatas: Sequence[Party], cut: Cut) -> Bounces:
    """How often payments of one person came back, by the business day on which they did."""
    times, last = connection.execute(
        "SELECT count(*), max(e.day) FROM bounce b CROSS JOIN entry e ON e.seq = b.entry"
        f" WHERE {among('e.party', khatas)} AND e.seq <= ? AND e.day <= ?",
        (*khatas, cut.known, cut.as_on),
    ).fetchone()
    return Bounces(times, Day(last) if last else None)
