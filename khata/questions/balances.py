"""Who owes what, at the end of a business day, as the book knew it."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from khata.log.errors import ViewsDifferError
from khata.postings.base import PARTY
from khata.questions.entries import posted
from khata.questions.persons import Persons, persons
from khata.units import MODES, Day, Party
from khata.views.cut import Cut

NET = "debit_paise - credit_paise"
"""What an entry adds to what its party owes."""

_CAME_IN = " OR ".join(f"""e.postings GLOB '*[[]"{mode}",[0-9]*'""" for mode in MODES)
"""True of an entry with which money came in: a mode of payment is debited."""

MOVED = "debit_paise IS NOT NULL"
"""True of the entries on an account; the index by party and day has no other."""


class Balance(NamedTuple):
    """What one party owes, in paise; negative: the shop owes the party. `name` is None once forgotten."""

    party: Party
    party_id: str
    name: str | None
    balance_paise: int


def balance_of(connection: sqlite3.Connection, party: Party, cut: Cut) -> int:
    """One person's balance in paise, of all khatas that the book knew to be his. Raises ViewsDifferError."""
    khatas = persons(connection, cut.known).khatas(party)
    for each in khatas:
        check(connection, each)
    return sum(_sums(connection, cut, each).get(each, 0) for each in khatas)


def among(column: str, values: Sequence[object]) -> str:
    """The condition that a column has one of some values; of one it is what an index is made for."""
    return f"{column} = ?" if len(values) == 1 else f"{column} IN ({', '.join('?' * len(values))})"


def check(connection: sqlite3.Connection, party: Party) -> int:
    """Hold what is kept of one party against its entries; gives the balance of all of them in paise.

    Money is decided by it, and the file lies where anybody may change it. The sums by month are held against what is
    kept of the party wherever they are read.

    Raises:
        ViewsDifferError: they are not the same.
    """
    debit, credit = connection.execute(
        f"SELECT coalesce(sum(debit_paise), 0), coalesce(sum(credit_paise), 0) FROM entry WHERE party = ? AND {MOVED}",
        (party,),
    ).fetchone()
    kept = connection.execute("SELECT debited_paise, credited_paise FROM party WHERE party = ?", (party,)).fetchone()
    if (kept or (0, 0)) != (debit, credit):
        raise ViewsDifferError(party=party)
    return int(debit - credit)


def balances(connection: sqlite3.Connection, cut: Cut, *, settled: bool = False) -> list[Balance]:
    """All balances that are not zero, largest first; with `settled` those of everybody that the book knew then.

    Raises:
        ViewsDifferError: sums by month, of the party or of its entries are not the same.
    """
    sums, who = _sums(connection, cut), persons(connection, cut.known)
    for each in who.joined:
        sums[who.of(each)] = sums.get(who.of(each), 0) + sums.pop(each, 0)
    rows = connection.execute(
        "SELECT party, id, json_extract(record, '$.name') FROM party WHERE entry <= ?", (cut.known,)
    )
    found = [
        Balance(Party(party), party_id, name, sums.get(party, 0))
        for party, party_id, name in rows
        if party not in who.joined and (settled or sums.get(party))
    ]
    found.sort(key=lambda each: (-each.balance_paise, each.party))
    return found


def known_parties(connection: sqlite3.Connection, cut: Cut) -> int:
    """How many persons the book knew then."""
    count = int(connection.execute("SELECT count(*) FROM party WHERE entry <= ?", (cut.known,)).fetchone()[0])
    return count - len(persons(connection, cut.known).joined)


def _sums(connection: sqlite3.Connection, cut: Cut, party: Party | None = None) -> dict[int, int]:
    if cut.everything:
        return _by_month(connection, cut.as_on, party)
    if party is None:
        return _as_known(connection, cut)
    return dict(
        connection.execute(
            f"SELECT party, sum({NET}) FROM entry WHERE day <= ? AND seq <= ? AND party = ? AND {MOVED} GROUP BY party",
            (cut.as_on, cut.known, party),
        ).fetchall()
    )


def _as_known(connection: sqlite3.Connection, cut: Cut) -> dict[int, int]:
    """Party by party through the index, which has all that is asked for and is a fifth of the entries' size."""
    return _agreed(
        connection.execute(
            f"SELECT party.party, coalesce(sum(iif(+e.seq <= ? AND +e.day <= ?, {NET}, 0)), 0),"
            " coalesce(sum(e.debit_paise), 0) = debited_paise AND coalesce(sum(e.credit_paise), 0) = credited_paise"
            " FROM party LEFT JOIN entry e INDEXED BY entry_party"
            f" ON e.party = party.party AND e.{MOVED} GROUP BY party.party",
            (cut.known, cut.as_on),
        )
    )


def _by_month(connection: sqlite3.Connection, as_on: Day, party: Party | None) -> dict[int, int]:
    """Whole months from their sums, less what the last one has after the day: cheap however long the book is."""
    month = as_on[:7]
    one, facts = ("party.party = ?", [party]) if party is not None else ("party.party > 0", [])
    sums = _agreed(
        connection.execute(
            f"SELECT party.party, coalesce(sum(iif(m.month <= ?, {NET}, 0)), 0),"
            " coalesce(sum(m.debit_paise), 0) = debited_paise AND coalesce(sum(m.credit_paise), 0) = credited_paise"
            f" FROM party LEFT JOIN month m ON m.party = party.party AND m.account = '{PARTY}'"
            f" WHERE {one} GROUP BY party.party",
            [month, *facts],
        )
    )
    later = connection.execute(
        # Party by party, for the index begins with the party and then has the day.
        f"SELECT e.party, sum({NET}) FROM party CROSS JOIN entry e ON e.party = party.party"
        f" WHERE {one} AND e.day > ? AND e.day <= ? AND {MOVED} GROUP BY e.party",
        [*facts, as_on, month + "-99"],
    )
    for number, amount in later:
        sums[number] -= amount
    return sums


def _agreed(rows: Iterable[tuple[int, int, int]]) -> dict[int, int]:
    """Sums by party, each of which is borne out by what else is kept of the party. Raises ViewsDifferError."""
    sums: dict[int, int] = {}
    for party, paise, agreed in list(rows):  # a cursor that is left half way holds on to its moment
        if not agreed:
            raise ViewsDifferError(party=party)
        sums[party] = paise
    return sums


_RECEIVED = (
    "e.day <= ? AND e.seq <= ?"
    f" AND e.debit_paise IS NOT NULL AND e.credit_paise > 0 AND e.reverses IS NULL AND ({_CAME_IN})"
    " AND (r.seq IS NULL OR r.seq > ? OR r.day > ?) ORDER BY e.day DESC, e.seq DESC LIMIT 1"
)
"""The last payment of an account, `e`, that no `r` cancels: at a day, as known at an entry, and both once more."""


def last_received_on(
    connection: sqlite3.Connection, parties: Iterable[Party], cut: Cut, who: Persons | None = None
) -> dict[Party, Day]:
    """The day of each person's last payment, as `last_received` has it; who never paid is not in it.

    `who`: who is whom at the cut, for a caller that knows it.
    """
    known = who or persons(connection, cut.known)
    whose = {khata: party for party in parties for khata in known.khatas(party)}
    rows = connection.execute(
        "SELECT account.value, (SELECT e.day FROM entry e LEFT JOIN entry r ON r.seq = e.reversed_by"
        f" WHERE e.party = account.value AND {_RECEIVED}) FROM json_each(?) account",
        (cut.as_on, cut.known, cut.known, cut.as_on, json.dumps(list(whose))),
    )
    last: dict[Party, Day] = {}
    for khata, day in rows:
        if day is not None:
            last[whose[khata]] = max(Day(day), last.get(whose[khata], Day("")))
    return last


class LastReceived(NamedTuple):
    """The last payment of a person: its day, and the paise that were paid with it."""

    on: Day
    paid_paise: int


def last_received(
    connection: sqlite3.Connection, party: Party, cut: Cut, who: Persons | None = None
) -> LastReceived | None:
    """The last payment that was not cancelled, a part paid with a sale included; None if there is none.

    `who`: who is whom at the cut, for a caller that asks for many.
    """
    khatas = (who or persons(connection, cut.known)).khatas(party)
    row = connection.execute(
        "SELECT e.day, e.postings FROM entry e LEFT JOIN entry r ON r.seq = e.reversed_by"
        f" WHERE {among('e.party', khatas)} AND {_RECEIVED}",
        (*khatas, cut.as_on, cut.known, cut.known, cut.as_on),
    ).fetchone()
    if row is None:
        return None
    return LastReceived(Day(row[0]), sum(paise for account, paise in posted(row[1]) if account in MODES))
