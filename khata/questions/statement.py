"""A party's account: brought forward, line by line, and what it comes to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from khata.grammar.days import BEFORE_ALL, earlier
from khata.log.errors import ViewsDifferError
from khata.postings.effect import Effect
from khata.questions.balances import MOVED, NET, among, balance_of
from khata.questions.collecting import disputes
from khata.questions.entries import EntryRow, on_terms, select
from khata.questions.parties import PartyRow, all_parties
from khata.questions.pending import NEVER, Bounces, PendingPayment, bounces, pending
from khata.questions.persons import persons
from khata.units import Day, Party, Seq
from khata.views.cut import Cut


class StatementLine(NamedTuple):
    """One entry on an account; the balance after it in paise.

    `cancelled`: with its reversal, if both count, it comes to nothing.
    """

    row: EntryRow
    effect: Effect
    balance_paise: int
    cancelled: bool

    @property
    def debit_paise(self) -> int:
        """What was given."""
        return self.effect.debit_paise

    @property
    def credit_paise(self) -> int:
        """What came back or was paid."""
        return self.effect.credit_paise


class Shown(NamedTuple):
    """A line as it is read; the balance is after it.

    Attributes:
        folded: it stands for itself and its reversal of the same day, which come to nothing.
        taken_back: a reversal of another day counts, too.
    """

    row: EntryRow
    effect: Effect
    balance_paise: int
    folded: bool
    taken_back: bool


class Statement(NamedTuple):
    """An account over a period; paise, positive when the party owes the shop. `first` None: from the beginning."""

    party: Party
    first: Day | None
    last: Day
    opening_paise: int
    lines: list[StatementLine]
    closing_paise: int
    pending: Sequence[PendingPayment] = ()
    """What was on its way at the end, in no balance."""
    bounces: Bounces = NEVER
    """How often payments came back unpaid, up to the end."""

    def shown(self) -> Iterator[Shown]:
        """The lines as they are read: one for an entry and its reversal, if both are of one day."""
        balance, days = self.opening_paise, {line.row.entry: line.row.on for line in self.lines}
        for line in self.lines:
            row = line.row
            other = row.reverses or row.reversed_by
            folded = line.cancelled and other is not None and days.get(other) == row.on
            if not folded:
                balance += line.debit_paise - line.credit_paise
            elif row.reverses is not None:
                continue
            taken_back = line.cancelled and not folded and row.reverses is None
            yield Shown(row, line.effect, balance, folded, taken_back)


def statement(
    connection: sqlite3.Connection, party: Party, cut: Cut, first: Day | None = None, last: Day | None = None
) -> Statement:
    """The account of a party from `first` to `last`, both inclusive, no later than `cut.as_on`.

    Lines are in the order of business days and, within one, of recording.

    Raises:
        ViewsDifferError: the lines come to something else than what is kept of the party.
    """
    end = min(last or cut.as_on, cut.as_on)
    khatas = persons(connection, cut.known).khatas(party)
    of_the_period = f"{among('e.party', khatas)} AND e.day BETWEEN ? AND ? AND e.seq <= ? AND e.{MOVED}"
    period = (*khatas, first or BEFORE_ALL, end, cut.known)
    rows = list(select(connection, f"{of_the_period} ORDER BY e.day, e.seq", *period))
    rows = on_terms(connection, rows, disputes(connection, cut.known, end))
    here = {row.entry for row in rows}
    opening = _brought_forward(connection, party, cut, first, end) if first is not None else 0
    balance = opening
    lines: list[StatementLine] = []
    for row in rows:
        effect = row.effect
        balance += effect.debit_paise - effect.credit_paise
        other = row.reverses or row.reversed_by
        cancelled = other is not None and (other in here or _counts(connection, other, end, cut))
        lines.append(StatementLine(row, effect, balance, cancelled))
    then = cut._replace(as_on=end)
    if balance != balance_of(connection, party, then):
        raise ViewsDifferError(party=party)
    besides = (pending(connection, then, khatas), bounces(connection, khatas, then))
    return Statement(party, first, end, opening, lines, balance, *besides)


def statements(
    connection: sqlite3.Connection, cut: Cut, first: Day | None = None, last: Day | None = None
) -> Iterator[tuple[PartyRow, Statement]]:
    """The accounts of all persons that were owed something, owed something or moved in a period, by name.

    Those whose name was erased come last, by number. Raises ViewsDifferError as `statement`.
    """
    who = persons(connection, cut.known)
    people = [row for row in all_parties(connection) if row.entry <= cut.known and row.party not in who.joined]
    for row in sorted(people, key=lambda row: (row.name is None, (row.name or "").casefold(), row.party)):
        made = statement(connection, row.party, cut, first, last)
        if made.lines or made.opening_paise:
            yield row, made


def _brought_forward(connection: sqlite3.Connection, party: Party, cut: Cut, first: Day, end: Day) -> int:
    """The balance at the end of the day before the first, in paise, however long the account is."""
    return balance_of(connection, party, cut._replace(as_on=min(earlier(first, 1), end)))


def _counts(connection: sqlite3.Connection, seq: Seq, end: Day, cut: Cut) -> bool:
    """Whether an entry that lies before the period counts at its end."""
    if seq > cut.known:
        return False
    return connection.execute("SELECT 1 FROM entry WHERE seq = ? AND day <= ?", (seq, end)).fetchone() is not None


def last_settled_on(connection: sqlite3.Connection, party: Party, cut: Cut) -> Day | None:
    """The last business day at whose end nothing was owed either way; None if there was none since the first entry."""
    khatas = persons(connection, cut.known).khatas(party)
    rows = connection.execute(
        f"SELECT day, sum({NET}) FROM entry WHERE {among('party', khatas)} AND day <= ? AND seq <= ? AND {MOVED}"
        " GROUP BY day ORDER BY day",
        (*khatas, cut.as_on, cut.known),
    )
    balance, settled = 0, None
    for day, change in rows:
        balance += change
        if not balance:
            settled = Day(day)
    return settled


def first_day(connection: sqlite3.Connection, party: Party) -> Day | None:
    """The earliest business day on a party's account."""
    khatas = persons(connection).khatas(party)
    of_them = f"SELECT min(day) FROM entry WHERE {among('party', khatas)} AND {MOVED}"
    (day,) = connection.execute(of_them, khatas).fetchone()
    return Day(day) if day else None
