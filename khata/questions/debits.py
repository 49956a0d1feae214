"""What was given and still counts: enough to say which of it is unpaid without reading it all.

What was paid at once with a sale was paid for that sale, and makes no older one young. A pair of entries that cancel
each other is passed over where both count.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from khata.questions.balances import MOVED, among
from khata.questions.collecting import DisputedDebit
from khata.questions.persons import persons
from khata.units import Day, Party
from khata.views.cut import Cut

# The plus signs leave only the index of reversals to begin with: few entries are one.
PAIRS = (
    "SELECT r.party, r.day, r.day, max(r.debit_paise - r.credit_paise, 0),"
    " o.day, coalesce(d.day, o.day), max(o.debit_paise - o.credit_paise, 0)"
    " FROM entry r CROSS JOIN entry o ON o.seq = r.reverses LEFT JOIN due d ON d.entry = o.seq"
    " WHERE r.reverses IS NOT NULL AND +r.debit_paise IS NOT NULL AND +r.seq <= ? AND +r.day <= ? AND +o.day <= ?"
)

GIVEN = "max(debit_paise - credit_paise, 0)"
"""What an entry adds to what is to be paid: of a sale that which was not paid at once, in paise."""


_COUNTS = f"{{whose}} AND e.day <= ? AND {MOVED} AND debit_paise > 0 AND seq <= ?"

# By the index; of whoever owes little a few rows are read.
BY_DAY = f"SELECT e.day, e.day, sum({GIVEN}) FROM entry e WHERE {_COUNTS} GROUP BY e.day ORDER BY e.day DESC"

BY_DUE_DAY = (
    f"SELECT e.day, coalesce(d.day, e.day) AS due_on, sum({GIVEN}) FROM entry e LEFT JOIN due d ON d.entry = e.seq"
    f" WHERE {_COUNTS} GROUP BY e.day, due_on ORDER BY e.day DESC, due_on DESC"
)


class Debit(NamedTuple):
    """What a person was debited on a day, without what is cancelled, and from which day on that is due."""

    on: Day
    due_on: Day
    paise: int


class Debits:
    """The debits of all parties up to a cut.

    Args:
        connection: the views.
        cut: the two clocks.
        without: what is passed over, as if it had not been sold.
    """

    def __init__(self, connection: sqlite3.Connection, cut: Cut, without: Iterable[DisputedDebit] = ()) -> None:
        self._connection, self._cut = connection, cut
        self._who = persons(connection, cut.known)
        self._gone: dict[tuple[Party, Day, Day], int] = {}
        for party, *pair in connection.execute(PAIRS, (cut.known, cut.as_on, cut.as_on)):
            self._pass_over(party, *pair[:3])
            self._pass_over(party, *pair[3:])
        for _, party, on, due_on, paise in without:
            self._pass_over(party, on, due_on, paise)

    @cached_property
    def _any_terms(self) -> bool:
        return bool(self._connection.execute("SELECT EXISTS (SELECT 1 FROM due)").fetchone()[0])

    def on_terms(self, party: Party) -> bool:
        """Whether a person has bought something that was due on a day of its own."""
        khatas = self._who.khatas(party) if self._any_terms else ()
        asked = f"SELECT EXISTS (SELECT 1 FROM due WHERE {among('party', khatas)})"
        return bool(khatas) and bool(self._connection.execute(asked, khatas).fetchone()[0])

    def _pass_over(self, party: Party, on: Day, due_on: Day, paise: int) -> None:
        if paise:
            key = self._who.of(party), on, due_on  # one person may have several khatas
            self._gone[key] = self._gone.get(key, 0) + paise

    def standing(self, after: Day, upto: Day) -> dict[Party, int]:
        """What each person was debited in days, without what is cancelled: after a day, up to a day."""
        sums = dict(
            self._connection.execute(
                # Party by party, for the index begins with the party and then has the day.
                "SELECT e.party, sum(max(e.debit_paise - e.credit_paise, 0))"
                " FROM party CROSS JOIN entry e ON e.party = party.party"
                f" WHERE e.day > ? AND e.day <= ? AND {MOVED} AND e.debit_paise > 0 AND e.seq <= ? GROUP BY e.party",
                (after, upto, self._cut.known),
            ).fetchall()
        )
        for each in self._who.joined:
            if (paise := sums.pop(each, 0)) and (whose := self._who.of(each)):
                sums[whose] = sums.get(whose, 0) + paise
        for (party, day, _), amount in self._gone.items():
            if after < day <= upto:
                sums[party] -= amount
        return sums

    def oldest_unpaid(self, party: Party, balance_paise: int) -> Day:
        """The day of the oldest debit that is still owed: payments settle the oldest first."""
        left, gone = balance_paise, self._gone
        for on, due_on, paise in self._asked(party):
            left -= paise - gone.get((party, on, due_on), 0) if gone else paise
            if left <= 0:
                return on
        raise AssertionError("a balance is never more than its debits")

    def unpaid(self, party: Party, balance_paise: int) -> Iterator[Debit]:
        """What of a person's debits is still owed, the latest first: payments settle the oldest first."""
        left = balance_paise
        for debit in self.latest_first(party):
            if left <= 0:
                return
            if debit.paise:  # of what was paid at once nothing is left
                yield debit._replace(paise=min(left, debit.paise))
            left -= debit.paise

    def latest_first(self, party: Party) -> Iterator[Debit]:
        """What a person was debited, day by day from the last back."""
        for on, due_on, paise in self._asked(party):
            yield Debit(on, due_on, paise - self._gone.get((party, on, due_on), 0))

    def _asked(self, party: Party) -> Iterator[tuple[Day, Day, int]]:
        """The same with what is gone since: plain rows, for `balance` asks of everybody who owes."""
        khatas = self._who.khatas(party)
        asked = BY_DUE_DAY if self.on_terms(party) else BY_DAY
        return self._connection.execute(
            asked.format(whose=among("e.party", khatas)), (*khatas, self._cut.as_on, self._cut.known)
        )
