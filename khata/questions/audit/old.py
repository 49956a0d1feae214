"""Dues near three years: what a court would soon not hear any more, unless something begins the time anew.

The rule is the Limitation Act 1963: three years from the sale (article 14, goods sold without a fixed day of payment)
or from the day on which it is due (article 15, goods sold on credit for a fixed time), without that day itself
(section 12), and anew from each part payment that was made before the time had run out (section 19). Payments settle
the oldest debit first (Indian Contract Act 1872, section 61). An acknowledgement in writing begins the time anew, too
(section 18), and is not known to a book.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from khata.events.money import OpeningRecorded
from khata.grammar.days import LAST_DAY, days_between, earlier, later
from khata.questions.audit.settling import Settled, cancelled, settled
from khata.questions.balances import Balance, balances, last_received_on
from khata.questions.debits import Debits
from khata.questions.entries import select
from khata.questions.persons import Persons, persons
from khata.units import Day, Party, Seq
from khata.views.cut import Cut

YEARS = 3
SHORTEST_DAYS = 3 * 365
"""Three years are never fewer days than this."""


class OldDue(NamedTuple):
    """A person some of whose dues run out soon, or have.

    Attributes:
        party: the number that stands for the person.
        party_id: the id of the entry that declares it.
        name: None once forgotten.
        due_paise: what is owed of debits whose time has run out or runs out within the days that were asked about.
        balance_paise: all that is owed.
        oldest_on: the day of the oldest debit that is unpaid, in part or whole.
        last_received_on: the day of the last payment, None if there was none.
        debit_on: the day of the debit whose time ends first.
        due_on: the day on which that debit is due, where one was agreed.
        part_paid_on: the day of the part payment from which that time runs anew; None where it runs from the debit.
        lapses_on: the last day of that time.
        days_left: from the day that is asked about to that one; negative once it has passed.
        brought_forward: whether that debit was brought forward, so that the sale itself is older.
    """

    party: Party
    party_id: str
    name: str | None
    due_paise: int
    balance_paise: int
    oldest_on: Day
    last_received_on: Day | None
    debit_on: Day
    part_paid_on: Day | None
    lapses_on: Day
    days_left: int
    brought_forward: bool
    due_on: Day | None = None


class _Running(NamedTuple):
    """An open debit, the last day of its time, its agreed due day, and the part payment from which that time runs."""

    lapses_on: Day
    due_on: Day | None
    paid_on: Day | None
    debit: Settled


def last_day_of(day: Day) -> Day:
    """The last day of the three years from a day, in the calendar; from 29 February they end on the 28th.

    >>> last_day_of(Day("2023-11-22")), last_day_of(Day("2024-02-29"))
    ('2026-11-22', '2027-02-28')
    """
    year = int(day[:4]) + YEARS
    if year > date.max.year:
        return LAST_DAY
    return Day(f"{year:04}-02-28" if day[5:] == "02-29" else f"{year:04}{day[4:]}")


def old(connection: sqlite3.Connection, cut: Cut, within_days: int) -> list[OldDue]:
    """Who owes what runs out within so many days after `cut.as_on`, or has; first what ends first.

    Raises:
        ViewsDifferError: as `balances`.
    """
    upto = later(cut.as_on, within_days)
    # Debits after this day have time. Whoever owes no more than these come to need not be looked at.
    border = earlier(upto, SHORTEST_DAYS)
    lately = Debits(connection, cut).standing(border, cut.as_on)
    who, passed_over = persons(connection, cut.known), cancelled(connection, cut)
    found = [
        due
        for owing in balances(connection, cut)
        if owing.balance_paise > max(0, lately.get(owing.party, 0))
        if (
            due := _due(
                connection, owing, settled(connection, who.khatas(owing.party), cut, passed_over), who, cut, upto
            )
        )
    ]
    return sorted(found, key=lambda due: (due.lapses_on, -due.due_paise, due.party))


def _due(
    connection: sqlite3.Connection, owing: Balance, debits: list[Settled], who: Persons, cut: Cut, upto: Day
) -> OldDue | None:
    unpaid = [debit for debit in debits if debit.open_paise]
    running = [each for each in (_running(connection, debit) for debit in unpaid) if each.lapses_on <= upto]
    if not running:
        return None
    first = min(running, key=lambda each: (each.lapses_on, each.debit.on, each.debit.entry))
    return OldDue(
        owing.party,
        owing.party_id,
        owing.name,
        sum(each.debit.open_paise for each in running),
        owing.balance_paise,
        unpaid[0].on,
        last_received_on(connection, [owing.party], cut, who).get(owing.party),
        first.debit.on,
        first.paid_on,
        first.lapses_on,
        days_between(cut.as_on, first.lapses_on),
        _is_opening(connection, first.debit.entry),
        first.due_on,
    )


def _running(connection: sqlite3.Connection, debit: Settled) -> _Running:
    """The time of a debit, begun anew by each part payment that came before it had run out."""
    row = connection.execute("SELECT day FROM due WHERE entry = ?", (debit.entry,)).fetchone()
    due_on, paid_on = Day(row[0]) if row else None, None
    begun = due_on or debit.on
    ends = last_day_of(begun)
    for on in _paid_on(connection, debit):
        if begun < on <= ends:
            begun, ends, paid_on = on, last_day_of(on), on
    return _Running(ends, due_on, paid_on, debit)


def _paid_on(connection: sqlite3.Connection, debit: Settled) -> Iterator[Day]:
    """The days on which money came in for a debit: what was let go, or came back, is no payment."""
    for part in debit.parts:
        for row in select(connection, "e.seq = ?", part.entry):
            if row.reverses is None and part.first_paise < sum(row.effect.by_mode.values()):
                yield part.on


def _is_opening(connection: sqlite3.Connection, entry: Seq) -> bool:
    row = connection.execute("SELECT kind FROM entry WHERE seq = ?", (entry,)).fetchone()
    return row is not None and row[0] == OpeningRecorded.KIND
