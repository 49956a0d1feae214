"""How old what is owed is: payments settle the oldest sale first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from khata.grammar.days import earlier
from khata.questions.balances import Balance, balances, last_received_on
from khata.questions.debits import Debits
from khata.questions.persons import persons
from khata.units import Day, Party
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

    Ages are counted in days to `cut.as_on`; payments settle the oldest debit first.
    """
    debits = Debits(connection, cut)
    limits = [earlier(cut.as_on, days + 1) for days in BUCKET_DAYS]
    buckets = [debits.standing(after, upto) for upto, after in pairwise([cut.as_on, *limits])]
    found, who = [], persons(connection, cut.known)
    for party, party_id, name, balance in balances(connection, cut):
        if balance <= 0:
            continue
        oldest = debits.oldest_unpaid(party, balance)
        if over_days and age(oldest, cut.as_on) <= over_days:
            continue
        ages, left = [], balance
        for bucket in buckets:
            ages.append(min(left, bucket.get(party, 0)))
            left -= ages[-1]
        received = last_received_on(connection, party, cut, who)
        found.append(Due(party, party_id, name, balance, oldest, received, (*ages, left)))
    return found


class Age(NamedTuple):
    """What is due of one age.

    Attributes:
        from_days: the age in days from which it counts.
        upto_days: the last one that does; None for any above.
        due_paise: what all who owe come to.
        customers: how many of them owe something of this age.
    """

    from_days: int
    upto_days: int | None
    due_paise: int
    customers: int


def by_age(rows: Sequence[Due]) -> list[Age]:
    """What is due of each age in all, the youngest first."""
    begins, ends = (0, *(days + 1 for days in BUCKET_DAYS)), (*BUCKET_DAYS, None)
    found = []
    for place, (low, high) in enumerate(zip(begins, ends, strict=True)):
        parts = [row.by_age_paise[place] for row in rows if row.by_age_paise[place]]
        found.append(Age(low, high, sum(parts), len(parts)))
    return found


def oldest_on(connection: sqlite3.Connection, cut: Cut, owing: Iterable[Balance]) -> dict[Party, Day]:
    """The day of the oldest unpaid debit of each of these parties, all of whom owe."""
    debits = Debits(connection, cut)
    return {each.party: debits.oldest_unpaid(each.party, each.balance_paise) for each in owing}


def ages_of(debits: Debits, party: Party, as_on: Day, balance_paise: int) -> tuple[int, ...]:
    """What one party owes, by age, as `dues` has it of everybody, in paise; empty where nothing is owed.

    Args:
        debits: cut at that day; one for as many parties as are asked about.
        party: who owes.
        as_on: the day up to which ages are counted.
        balance_paise: what is owed.
    """
    if balance_paise <= 0:
        return ()
    limits = [earlier(as_on, days + 1) for days in BUCKET_DAYS]
    ages, left = [0] * (len(limits) + 1), balance_paise
    for on, paise in debits.latest_first(party):
        part = min(left, paise)
        ages[next((place for place, limit in enumerate(limits) if on > limit), len(limits))] += part
        left -= part
        if not left:
            break
    return tuple(ages)


def age(day: Day, as_on: Day) -> int:
    """Days from one business day to another."""
    return (date.fromisoformat(as_on) - date.fromisoformat(day)).days
