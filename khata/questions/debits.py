"""What was given and still counts: enough to say which of it is unpaid without reading it all.

What was paid at once with a sale was paid for that sale, and makes no older one young. A pair of entries that cancel
each other is passed over where both count.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from khata.questions.balances import MOVED, among
from khata.questions.persons import persons
from khata.units import Day, Party
from khata.views.cut import Cut

# The plus signs leave only the index of reversals to begin with: few entries are one.
PAIRS = (
    "SELECT r.party, r.day, max(r.debit_paise - r.credit_paise, 0), o.day, max(o.debit_paise - o.credit_paise, 0)"
    " FROM entry r CROSS JOIN entry o ON o.seq = r.reverses"
    " WHERE r.reverses IS NOT NULL AND +r.debit_paise IS NOT NULL AND +r.seq <= ? AND +r.day <= ? AND +o.day <= ?"
)

GIVEN = "max(debit_paise - credit_paise, 0)"
"""What an entry adds to what is to be paid: of a sale that which was not paid at once, in paise."""


class Debits:
    """The debits of all parties up to a cut.

    Args:
        connection: the views.
        cut: the two clocks.
    """

    def __init__(self, connection: sqlite3.Connection, cut: Cut) -> None:
        self._connection, self._cut = connection, cut
        self._who = persons(connection, cut.known)
        self._pairs: dict[tuple[Party, Day], int] = {}
        for party, day, paise, its_day, its_paise in connection.execute(PAIRS, (cut.known, cut.as_on, cut.as_on)):
            party = self._who.of(party)  # noqa: PLW2901 - one person may have several khatas
            for on, amount in ((day, paise), (its_day, its_paise)):
                if amount:
                    self._pairs[party, on] = self._pairs.get((party, on), 0) + amount

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
        for (party, day), amount in self._pairs.items():
            if after < day <= upto:
                sums[party] -= amount
        return sums

    def oldest_unpaid(self, party: Party, balance_paise: int) -> Day:
        """The day of the oldest debit that is still owed: payments settle the oldest first."""
        left = balance_paise
        for on, paise in self.latest_first(party):
            left -= paise
            if left <= 0:
                return on
        raise AssertionError("a balance is never more than its debits")

    def latest_first(self, party: Party) -> Iterator[tuple[Day, int]]:
        """What a person was debited on each day, in paise, from the last day back, without what is cancelled."""
        khatas = self._who.khatas(party)
        # By the index; whoever owes little is done after a few rows.
        for on, paise in self._connection.execute(
            f"SELECT day, sum({GIVEN}) FROM entry WHERE {among('party', khatas)} AND day <= ?"
            f" AND {MOVED} AND debit_paise > 0 AND seq <= ? GROUP BY day ORDER BY day DESC",
            (*khatas, self._cut.as_on, self._cut.known),
        ):
            yield Day(on), paise - self._pairs.get((party, Day(on)), 0)
