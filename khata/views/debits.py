"""What was given and still counts, by party and month: enough to say which of it is unpaid without reading it all.

A pair of entries that cancel each other is passed over where both count.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import groupby

from khata.postings.base import PARTY
from khata.units import Day, Party
from khata.views.cut import Cut
from khata.views.schema import LINES

# The plus signs leave only the index of reversals to begin with: few entries are one.
PAIRS = (
    " FROM entry r CROSS JOIN entry o ON o.seq = r.reverses"
    f" CROSS JOIN posting p ON p.id BETWEEN {{}}.seq * {LINES} AND {{}}.seq * {LINES} + {LINES - 1}"
    " WHERE r.reverses IS NOT NULL AND +r.seq <= ? AND +r.day <= ? AND +o.day <= ?"
    " AND p.party IS NOT NULL AND p.amount_paise > 0"
)


class Debits:
    """The debits of all parties up to a cut.

    Args:
        connection: the views.
        cut: the two clocks.
    """

    def __init__(self, connection: sqlite3.Connection, cut: Cut) -> None:
        self._connection, self._cut = connection, cut
        self._pairs: dict[tuple[Party, Day], int] = {}
        for which in "or":
            sql = "SELECT p.party, p.day, p.amount_paise" + PAIRS.format(which, which)
            for party, day, amount in connection.execute(sql, (cut.known, cut.as_on, cut.as_on)):
                self._pairs[party, day] = self._pairs.get((party, day), 0) + amount
        sums = dict(self._sums())
        for (party, day), amount in self._pairs.items():
            sums[party, day[:7]] -= amount
        newest_first = sorted(sums.items(), key=lambda each: each[0], reverse=True)
        self._months = {
            Party(party): [(month, paise) for (_, month), paise in those]
            for party, those in groupby(newest_first, key=lambda each: each[0][0])
        }

    def _sums(self) -> Iterator[tuple[tuple[int, str], int]]:
        """The sums of (party, month): from the sums that are kept, unless only a part of the book counts."""
        as_on, known = self._cut.as_on, self._cut.known
        if not self._cut.everything:
            rows = self._connection.execute(
                "SELECT party, substr(day, 1, 7), sum(amount_paise) FROM posting WHERE party IS NOT NULL"
                " AND amount_paise > 0 AND day <= ? AND entry <= ? GROUP BY 1, 2",
                (as_on, known),
            )
            yield from (((party, month), paise) for party, month, paise in rows)
            return
        later = self.between(as_on, as_on[:7] + "-99")
        rows = self._connection.execute(
            f"SELECT party, month, debit_paise FROM month WHERE account = '{PARTY}' AND party > 0 AND month <= ?",
            (as_on[:7],),
        )
        for party, month, paise in rows:
            yield (party, month), paise - (later.get(party, 0) if month == as_on[:7] else 0)

    def between(self, after: str, upto: str) -> dict[Party, int]:
        """All debits of a stretch of days by party, cancelled ones too: after a day, up to a day."""
        return dict(
            self._connection.execute(
                # Party by party, for the index begins with the party and then has the day.
                "SELECT p.party, sum(p.amount_paise) FROM party CROSS JOIN posting p ON p.party = party.party"
                " WHERE p.day > ? AND p.day <= ? AND p.amount_paise > 0 AND p.entry <= ? GROUP BY p.party",
                (after, upto, self._cut.known),
            ).fetchall()
        )

    def standing(self, after: Day, upto: Day) -> dict[Party, int]:
        """The same without what is cancelled."""
        sums = self.between(after, upto)
        for (party, day), amount in self._pairs.items():
            if after < day <= upto:
                sums[party] -= amount
        return sums

    def oldest_unpaid(self, party: Party, balance_paise: int) -> Day:
        """The day of the oldest debit that is still owed: payments settle the oldest first."""
        left = balance_paise
        for month, paise in self._months[party]:
            if paise >= left:
                return self._day_in(party, month, left)
            left -= paise
        raise AssertionError("a balance is never more than its debits")

    def _day_in(self, party: Party, month: str, left: int) -> Day:
        rows = self._connection.execute(
            "SELECT day, sum(amount_paise) FROM posting WHERE party = ? AND day BETWEEN ? AND ? AND amount_paise > 0"
            " AND entry <= ? GROUP BY day ORDER BY day DESC",
            (party, month + "-01", min(month + "-99", self._cut.as_on), self._cut.known),
        )
        for day, paise in rows:
            left -= paise - self._pairs.get((party, day), 0)
            if left <= 0:
                return Day(day)
        raise AssertionError("the days of a month add up to the month")
