"""How old what is owed is: payments settle the oldest sale first."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from khata.grammar.days import days_between, earlier
from khata.questions.balances import Balance, balances, last_received_on
from khata.questions.collecting import held_back
from khata.questions.debits import Debit, Debits
from khata.questions.persons import persons
from khata.units import Day, Party
from khata.views.cut import Cut

BUCKET_DAYS = (30, 60, 90)


class Due(NamedTuple):
    """What one party owes, by age: up to 30, 60, 90 days and more, in paise.

    Attributes:
        oldest_on: the day of the oldest debit that is unpaid, in part or whole.
        by_age_paise: of what is due, counted from the day since which it is.
        not_due_paise: what is due on a later day; it is of no age yet.
        due_since: the day since which the oldest part has been due; None where nothing is due yet.
        disputed_paise: what the customer denies of what he owes; it is of an age like the rest.
    """

    party: Party
    party_id: str
    name: str | None
    balance_paise: int
    oldest_on: Day
    last_received_on: Day | None
    by_age_paise: tuple[int, ...]
    not_due_paise: int = 0
    due_since: Day | None = None
    disputed_paise: int = 0


def dues(connection: sqlite3.Connection, cut: Cut, *, over_days: int = 0) -> list[Due]:
    """Everybody who owes, largest first; only those whose oldest due is more than `over_days` old.

    Ages are counted in days to `cut.as_on`, from the day of a sale or from that on which it is due; payments settle the
    oldest debit first.
    """
    debits = Debits(connection, cut)
    limits = [earlier(cut.as_on, days + 1) for days in BUCKET_DAYS]
    buckets = [debits.standing(after, upto) for upto, after in pairwise([cut.as_on, *limits])]
    found, who = [], persons(connection, cut.known)
    denies = held_back(connection, cut, who).denied_paise
    owing = [each for each in balances(connection, cut) if each.balance_paise > 0]
    received = last_received_on(connection, [each.party for each in owing], cut, who)
    for party, party_id, name, balance in owing:
        oldest = debits.oldest_unpaid(party, balance)
        if debits.on_terms(party):
            since, not_due, ages = aged(debits.unpaid(party, balance), cut.as_on)
        else:
            since, not_due, parts, left = oldest, 0, list[int](), balance
            for bucket in buckets:
                parts.append(min(left, bucket.get(party, 0)))
                left -= parts[-1]
            ages = (*parts, left)
        if over_days and (since is None or days_between(since, cut.as_on) <= over_days):
            continue
        # What was paid since was meant for the rest.
        paid, denies_paise = received.get(party), min(denies.get(party, 0), balance)
        found.append(Due(party, party_id, name, balance, oldest, paid, ages, not_due, since, denies_paise))
    return found


class Aged(NamedTuple):
    """Debits by age, in paise: since when the oldest is due (None: nothing is yet), what is not due, and what is."""

    due_since: Day | None
    not_due_paise: int
    by_age_paise: tuple[int, ...]

    @property
    def parts_paise(self) -> tuple[int, ...]:
        """What is not due yet, and then what is, the youngest first."""
        return (self.not_due_paise, *self.by_age_paise)


def aged(unpaid: Iterable[Debit], as_on: Day) -> Aged:
    """Unpaid debits by how long they have been due on a day."""
    limits = [earlier(as_on, days + 1) for days in BUCKET_DAYS]
    ages, not_due, since = [0] * (len(limits) + 1), 0, as_on
    for _, due_on, paise in unpaid:
        if due_on > as_on:
            not_due += paise
            continue
        ages[next((place for place, limit in enumerate(limits) if due_on > limit), len(limits))] += paise
        since = min(since, due_on)
    return Aged(since if any(ages) else None, not_due, tuple(ages))


class Age(NamedTuple):
    """What is due of one age.

    Attributes:
        from_days: the age in days from which it counts; None for what is not due yet.
        upto_days: the last one that does; None for any above.
        due_paise: what all who owe come to.
        customers: how many of them owe something of this age.
    """

    from_days: int | None
    upto_days: int | None
    due_paise: int
    customers: int


def by_age(rows: Sequence[Due]) -> list[Age]:
    """What is due of each age in all, the youngest first; before these what is not due yet, where something is."""
    begins, ends = (0, *(days + 1 for days in BUCKET_DAYS)), (*BUCKET_DAYS, None)
    found = []
    for place, (low, high) in enumerate(zip(begins, ends, strict=True)):
        parts = [row.by_age_paise[place] for row in rows if row.by_age_paise[place]]
        found.append(Age(low, high, sum(parts), len(parts)))
    later = [row.not_due_paise for row in rows if row.not_due_paise]
    return [Age(None, None, sum(later), len(later)), *found] if later else found


def oldest_on(connection: sqlite3.Connection, cut: Cut, owing: Iterable[Balance]) -> dict[Party, Day]:
    """The day of the oldest unpaid debit of each of these parties, all of whom owe."""
    debits = Debits(connection, cut)
    return {each.party: debits.oldest_unpaid(each.party, each.balance_paise) for each in owing}


def ages_of(debits: Debits, party: Party, as_on: Day, balance_paise: int) -> Aged | None:
    """What one party owes, by age, as `dues` has it of everybody; None where nothing is owed.

    Args:
        debits: cut at that day; one for as many parties as are asked about.
        party: who owes.
        as_on: the day up to which ages are counted.
        balance_paise: what is owed.
    """
    return aged(debits.unpaid(party, balance_paise), as_on) if balance_paise > 0 else None
