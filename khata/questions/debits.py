"""What was given and still counts, by party and month: enough to say which of it is unpaid without reading it all.

A pair of entries that cancel each other is passed over where both count.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import chain

from khata.grammar.days import earlier
from khata.postings.base import PARTY
from khata.questions.balances import MOVED
from khata.units import Day, Party
from khata.views.cut import Cut

# The plus signs leave only the index of reversals to begin with: few entries are one.
PAIRS = (
    "SELECT r.party, r.day, r.debit_paise, o.day, o.debit_paise FROM entry r CROSS JOIN entry o ON o.seq = r.reverses"
    " WHERE r.reverses IS NOT NULL AND +r.debit_paise IS NOT NULL AND +r.seq <= ? AND +r.day <= ? AND +o.day <= ?"
)

LATELY_DAYS = 180
"""How far back the debits of all parties are read at once: few owe for longer, and theirs are looked up one by one."""

DebitSums = list[tuple[str, int]]
"""Months with what was given in them in paise, the newest first."""


class Debits:
    """The debits of all parties up to a cut.

    Args:
        connection: the views.
        cut: the two clocks.
    """

    def __init__(self, connection: sqlite3.Connection, cut: Cut) -> None:
        self._connection, self._cut = connection, cut
        self._since = earlier(cut.as_on, LATELY_DAYS)[:7]
        self._pairs: dict[tuple[Party, Day], int] = {}
        for party, day, paise, its_day, its_paise in connection.execute(PAIRS, (cut.known, cut.as_on, cut.as_on)):
            for on, amount in ((day, paise), (its_day, its_paise)):
                if amount:
                    self._pairs[party, on] = self._pairs.get((party, on), 0) + amount
        self._cancelled: dict[tuple[Party, str], int] = {}
        for (party, day), amount in self._pairs.items():
            self._cancelled[party, day[:7]] = self._cancelled.get((party, day[:7]), 0) + amount
        self._months: dict[Party, DebitSums] = {}
        for number, month, paise in self._lately():
            self._months.setdefault(number, []).append((month, paise - self._cancelled.get((number, month), 0)))

    def _lately(self) -> Iterator[tuple[Party, str, int]]:
        """The latest months of everybody, party by party, for the keys begin with the party."""
        as_on, known = self._cut.as_on, self._cut.known
        if not self._cut.everything:
            yield from self._connection.execute(
                "SELECT e.party, substr(e.day, 1, 7), sum(e.debit_paise) FROM party"
                " CROSS JOIN entry e ON e.party = party.party WHERE e.day >= ? AND e.day <= ?"
                f" AND {MOVED} AND e.debit_paise > 0 AND e.seq <= ? GROUP BY 1, 2 ORDER BY 1, 2 DESC",
                (self._since + "-01", as_on, known),
            )
            return
        later = self.between(as_on, as_on[:7] + "-99")
        rows = self._connection.execute(
            "SELECT m.party, m.month, m.debit_paise FROM party CROSS JOIN month m ON m.party = party.party"
            f" WHERE m.account = '{PARTY}' AND m.month >= ? AND m.month <= ? ORDER BY 1, 2 DESC",
            (self._since, as_on[:7]),
        )
        for party, month, paise in rows:
            yield party, month, paise - (later.get(party, 0) if month == as_on[:7] else 0)

    def _before(self, party: Party) -> Iterator[tuple[str, int]]:
        """The months of one party before those: from the sums that are kept, unless only a part of the book counts."""
        if self._cut.everything:
            rows = self._connection.execute(
                f"SELECT month, debit_paise FROM month WHERE party = ? AND account = '{PARTY}' AND month < ?"
                " ORDER BY month DESC",
                (party, self._since),
            )
        else:
            rows = self._connection.execute(
                "SELECT substr(day, 1, 7), sum(debit_paise) FROM entry WHERE party = ? AND day < ?"
                f" AND {MOVED} AND debit_paise > 0 AND seq <= ? GROUP BY 1 ORDER BY 1 DESC",
                (party, self._since + "-01", self._cut.known),
            )
        for month, paise in rows:
            yield month, paise - self._cancelled.get((party, month), 0)

    def between(self, after: str, upto: str) -> dict[Party, int]:
        """All debits of a stretch of days by party, cancelled ones too: after a day, up to a day."""
        return dict(
            self._connection.execute(
                # Party by party, for the index begins with the party and then has the day.
                "SELECT e.party, sum(e.debit_paise) FROM party CROSS JOIN entry e ON e.party = party.party"
                f" WHERE e.day > ? AND e.day <= ? AND {MOVED} AND e.debit_paise > 0 AND e.seq <= ? GROUP BY e.party",
                (after, upto, self._cut.known),
            ).fetchall()
        )

    def standing(self, after: Day, upto: Day) -> dict[Party, int]:
        """What each party was debited in days, without what is cancelled."""
        sums = self.between(after, upto)
        for (party, day), amount in self._pairs.items():
            if after < day <= upto:
                sums[party] -= amount
        return sums

    def oldest_unpaid(self, party: Party, balance_paise: int) -> Day:
        """The day of the oldest debit that is still owed: payments settle the oldest first."""
        left = balance_paise
        for month, paise in chain(self._months.get(party, ()), self._before(party)):
            if paise >= left:
                return self._day_in(party, month, left)
            left -= paise
        raise AssertionError("a balance is never more than its debits")

    def _day_in(self, party: Party, month: str, left: int) -> Day:
        rows = self._connection.execute(
            f"SELECT day, sum(debit_paise) FROM entry WHERE party = ? AND day BETWEEN ? AND ? AND {MOVED}"
            " AND debit_paise > 0 AND seq <= ? GROUP BY day ORDER BY day DESC",
            (party, month + "-01", min(month + "-99", self._cut.as_on), self._cut.known),
        )
        for day, paise in rows:
            left -= paise - self._pairs.get((party, day), 0)
            if left <= 0:
                return Day(day)
        raise AssertionError("the days of a month add up to the month")
