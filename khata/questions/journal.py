"""What moved money, day by day, for a book in another program: from when on, whose, and what there was before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from khata.grammar.days import BEFORE_ALL, earlier
from khata.postings.base import OPENING, PARTY
from khata.questions.accounts import nets
from khata.questions.balances import MOVED, among, balance_of, balances
from khata.questions.entries import EntryRow, select
from khata.questions.persons import Persons, persons
from khata.units import Day, Party, Seq
from khata.views.cut import Cut


class Extract(NamedTuple):
    """Which part of the book is taken out.

    Attributes:
        first: the first business day; None for the beginning of the book.
        cut: the last business day, and what was known.
        party: whose entries; None for everybody's.
    """

    first: Day | None
    cut: Cut
    party: Party | None = None

    @property
    def before(self) -> Day:
        """The day before the first, or the last one that is asked about, whichever is earlier."""
        return min(earlier(self.first, 1), self.cut.as_on) if self.first else BEFORE_ALL


class Net(NamedTuple):
    """What an account comes to, in paise, positive debit; of a customer's with the person's number."""

    account: str
    party: Party | None
    paise: int


def brought_forward(connection: sqlite3.Connection, wanted: Extract) -> list[Net]:
    """What each account was at before the first day, which comes to nothing in all; nothing without a first day.

    Of one customer it is his account alone, against the account of openings.

    Raises:
        ViewsDifferError: what is kept of a party or an account is not the sum of its entries.
    """
    if wanted.first is None:
        return []
    before = wanted.cut._replace(as_on=wanted.before)
    if wanted.party is not None:
        owed = balance_of(connection, wanted.party, before)
        party = _who(connection, wanted).of(wanted.party)
        return [Net(PARTY, party, owed), Net(OPENING, None, -owed)] if owed else []
    found = [Net(PARTY, each.party, each.balance_paise) for each in balances(connection, before)]
    shop = nets(connection, before)
    return found + [Net(name, None, paise) for name, paise in shop.items() if name != PARTY and paise]


def money_entries(connection: sqlite3.Connection, wanted: Extract) -> Iterator[EntryRow]:
    """The entries that moved money, in the order of business days and, within one, of recording."""
    condition, facts = _of(connection, wanted)
    return select(connection, f"{condition} ORDER BY e.day, e.seq", *facts)


def first_day(connection: sqlite3.Connection, wanted: Extract) -> Day | None:
    """The first business day of these entries; None if there are none."""
    condition, facts = _of(connection, wanted)
    (day,) = connection.execute(f"SELECT min(e.day) FROM entry e WHERE {condition}", facts).fetchone()
    return Day(day) if day else None


def standing_openings(connection: sqlite3.Connection, wanted: Extract, kind: str) -> Iterator[EntryRow]:
    """The entries of the kind that brings forward which no other one of the extract takes back, by entry."""
    condition, facts = _of(connection, wanted)
    stands = "NOT EXISTS (SELECT 1 FROM entry r WHERE r.seq = e.reversed_by AND r.seq <= ? AND r.day <= ?)"
    return select(
        connection,
        f"{condition} AND e.kind = ? AND {stands} ORDER BY e.seq",
        *facts,
        kind,
        wanted.cut.known,
        wanted.cut.as_on,
    )


def who_moved(connection: sqlite3.Connection, wanted: Extract) -> set[Party]:
    """The persons on whose accounts these entries are."""
    who = _who(connection, wanted)
    if wanted.party is not None:
        return {who.of(wanted.party)}
    rows = connection.execute(
        "SELECT p.party FROM party p WHERE EXISTS (SELECT 1 FROM entry e"
        f" WHERE e.party = p.party AND e.{MOVED} AND e.day BETWEEN ? AND ? AND +e.seq <= ?)",
        (wanted.first or BEFORE_ALL, wanted.cut.as_on, wanted.cut.known),
    )
    return {who.of(Party(party)) for (party,) in rows}


def _of(connection: sqlite3.Connection, wanted: Extract) -> tuple[str, tuple[Day | Seq | Party, ...]]:
    """The condition over `e`, and its facts. By the index of days or of a party: neither has to sort much."""
    facts = (wanted.first or BEFORE_ALL, wanted.cut.as_on, wanted.cut.known)
    if wanted.party is None:
        return "e.day BETWEEN ? AND ? AND +e.seq <= ? AND +e.postings IS NOT NULL", facts
    khatas = _who(connection, wanted).khatas(wanted.party)
    return f"{among('e.party', khatas)} AND e.{MOVED} AND e.day BETWEEN ? AND ? AND +e.seq <= ?", (*khatas, *facts)


def _who(connection: sqlite3.Connection, wanted: Extract) -> Persons:
    return persons(connection, wanted.cut.known)
