"""Whom to ask for what is owed, and for how much; who was asked, and when."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from khata.grammar.days import days_between, earlier
from khata.questions.balances import LastReceived, balances, last_received
from khata.questions.collecting import held_back, reminded
from khata.questions.debits import Debits
from khata.questions.dues import aged
from khata.questions.parties import PartyRow, party
from khata.questions.persons import persons
from khata.units import REMINDED_DAYS, Day, Paise, Party
from khata.views.cut import Cut


class Reminder(NamedTuple):
    """What a person may be asked for.

    Attributes:
        row: who it is.
        asked_paise: what is due of what he owes: without what is not due yet, what he denies and what is on its way.
        since: the day since which the oldest part of it has been due.
        received: his last payment; None if there was none.
        reminded_on: the last day on which he was asked; None if never.
    """

    row: PartyRow
    asked_paise: Paise
    since: Day
    received: LastReceived | None
    reminded_on: Day | None

    def lately(self, today: Day) -> bool:
        """Whether he was asked within the seven days up to this one."""
        return self.reminded_on is not None and self.reminded_on > earlier(today, REMINDED_DAYS)


def reminders(
    connection: sqlite3.Connection, cut: Cut, *, over_days: int | None = None, whom: Party | None = None
) -> list[Reminder]:
    """Everybody who owes something that is due, the largest sum first; nobody whose name was erased.

    Only those whose oldest due is more than `over_days` old; of one person only, where `whom` is given, by the number
    that stands for him. What is on its way settles the oldest. Raises ViewsDifferError.
    """
    who = persons(connection, cut.known)
    held = held_back(connection, cut, who)
    debits = Debits(connection, cut, held.denied)
    asked, found = reminded(connection, cut, who), []
    for number, _, name, balance in balances(connection, cut):
        owed = balance - held.paise.get(number, 0)
        if owed <= 0 or name is None or whom not in (None, number):
            continue
        since, not_due, _ = aged(debits.unpaid(number, owed), cut.as_on)
        if since is None or (over_days is not None and days_between(since, cut.as_on) <= over_days):
            continue
        row = party(connection, number)
        assert row is not None  # noqa: S101 - it has a balance
        received = last_received(connection, number, cut, who)
        found.append(Reminder(row, Paise(owed - not_due), since, received, asked.get(number)))
    return sorted(found, key=lambda each: (-each.asked_paise, each.row.party))
