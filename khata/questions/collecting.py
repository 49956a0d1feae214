"""Who was asked for what he owes; and what customers deny: it counts on their accounts, and nobody asks for it."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from khata.grammar.days import LAST_DAY
from khata.questions.balances import among
from khata.questions.pending import pending
from khata.questions.persons import Persons, persons
from khata.units import DISPUTE_STATUS, LARGEST, Day, Party, Seq
from khata.views.cut import Cut


class DisputedDebit(NamedTuple):
    """An entry that is denied and counts: its khata, its day, from when it is due, and what it added, in paise."""

    entry: Seq
    party: Party
    on: Day
    due_on: Day
    paise: int


def disputes(connection: sqlite3.Connection, known: Seq, as_on: Day | None = None) -> dict[Seq, Seq]:
    """The entries that are denied, each with the entry that says so; up to a business day, if one is given.

    What is denied of an entry is denied of the one that stands in its place.
    """
    last: dict[Seq, tuple[Seq, str]] = {}
    for by, of, status in connection.execute(
        "SELECT d.entry, d.of, d.status FROM dispute d CROSS JOIN entry e ON e.seq = d.entry"
        " WHERE d.entry <= ? AND (? IS NULL OR e.day <= ?) ORDER BY d.entry",
        (known, as_on, as_on),
    ):
        last[_standing(connection, Seq(of), known)] = Seq(by), status
    return {of: by for of, (by, status) in last.items() if status == DISPUTE_STATUS[0]}


def _standing(connection: sqlite3.Connection, entry: Seq, known: Seq) -> Seq:
    """The entry that stands in the place of another one, by corrections and what undid them; itself for none."""
    while row := connection.execute("SELECT seq FROM entry WHERE corrects = ? AND seq <= ?", (entry, known)).fetchone():
        entry = Seq(row[0])
    return entry


def disputed(connection: sqlite3.Connection, cut: Cut) -> list[DisputedDebit]:
    """What customers deny of what counts at a cut, by its entries."""
    found = []
    for entry in sorted(disputes(connection, cut.known, cut.as_on)):
        row = connection.execute(
            "SELECT e.seq, e.party, e.day, coalesce(d.day, e.day), e.debit_paise - e.credit_paise"
            " FROM entry e LEFT JOIN due d ON d.entry = e.seq LEFT JOIN entry r ON r.seq = e.reversed_by"
            " WHERE e.seq = ? AND e.day <= ? AND e.debit_paise > e.credit_paise"
            " AND (r.seq IS NULL OR r.seq > ? OR r.day > ?)",
            (entry, cut.as_on, cut.known, cut.as_on),
        ).fetchone()
        if row is not None:
            found.append(DisputedDebit._make(row))
    return found


class HeldBack(NamedTuple):
    """What of balances there is nothing to be paid for now: `denied`, and with what is on its way `paise` by person."""

    denied: list[DisputedDebit]
    denied_paise: Mapping[Party, int]
    paise: Mapping[Party, int]


def held_back(connection: sqlite3.Connection, cut: Cut, who: Persons) -> HeldBack:
    """What customers deny and what is on its way at a cut; `who`: who is whom at it."""
    denied = disputed(connection, cut)
    denies = _sums(who, ((each.party, each.paise) for each in denied))
    coming = ((each.party, each.amount_paise) for each in pending(connection, cut))
    return HeldBack(denied, denies, _sums(who, (*denies.items(), *coming)))


def _sums(who: Persons, amounts: Iterable[tuple[Party, int]]) -> dict[Party, int]:
    found: dict[Party, int] = {}
    for party, paise in amounts:
        found[who.of(party)] = found.get(who.of(party), 0) + paise
    return found


def agreed_paise(connection: sqlite3.Connection, party: Party, balance_paise: int, cut: Cut) -> int:
    """What of a person's balance there is to pay: without what he denies, and what is on its way."""
    who = persons(connection, cut.known)
    return balance_paise - held_back(connection, cut, who).paise.get(who.of(party), 0)


def reminded(connection: sqlite3.Connection, cut: Cut, who: Persons) -> dict[Party, Day]:
    """The last day on which each person was asked."""
    found: dict[Party, Day] = {}
    for party, day in connection.execute(
        "SELECT party, max(day) FROM reminder WHERE entry <= ? AND day <= ? GROUP BY party", (cut.known, cut.as_on)
    ):
        whose = who.of(Party(party))
        found[whose] = max(found.get(whose, Day(day)), Day(day))
    return found


def last_reminded(connection: sqlite3.Connection, khatas: Sequence[Party], cut: Cut | None = None) -> Day | None:
    """The last day on which a person was asked, by all of his numbers; None if never. `cut`: None for now."""
    (day,) = connection.execute(
        f"SELECT max(day) FROM reminder WHERE {among('party', khatas)} AND entry <= ? AND day <= ?",
        (*khatas, *((cut.known, cut.as_on) if cut else (LARGEST, LAST_DAY))),
    ).fetchone()
    return Day(day) if day else None
