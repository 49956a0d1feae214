"""What each account comes to at a cut; and what was recorded after an entry for the days before another."""

from __future__ import annotations

import sqlite3

from khata.log.errors import ViewsDifferError
from khata.views.cut import Cut, position_of

# Day by day through the index, which has the number of the entry besides: what was recorded late is a small part of
# the days before, and the days before are a small part of what was recorded since.
SINCE = """
WITH RECURSIVE days(day) AS (
 SELECT min(day) FROM entry
 UNION ALL SELECT (SELECT min(e.day) FROM entry e WHERE e.day > days.day) FROM days WHERE days.day < :as_on)
SELECT {columns} FROM days CROSS JOIN entry e INDEXED BY entry_day ON e.day = days.day
 WHERE days.day <= :as_on AND e.seq > :since AND e.seq <= :known AND +e.postings IS NOT NULL {order}
"""
"""The entries that moved money, recorded after `since` and up to `known`, for business days up to `as_on`."""

_APART = "json_extract(p.value, '$[0]'), sum(json_extract(p.value, '$[1]'))"


def nets(connection: sqlite3.Connection, cut: Cut) -> dict[str, int]:
    """What each account comes to at the cut, in paise, positive debit; those of all parties are one.

    Whole months from their sums, less what the last one has after the day, less what was recorded after the entry.

    Raises:
        ViewsDifferError: sums by month and in all are not the same.
    """
    month = cut.as_on[:7]
    sums: dict[str, int] = {}
    for account, paise, agreed in connection.execute(
        "SELECT m.account, sum(iif(m.month <= ?, m.debit_paise - m.credit_paise, 0)),"
        " sum(m.debit_paise) = t.debit_paise AND sum(m.credit_paise) = t.credit_paise"
        " FROM month m LEFT JOIN total t ON t.account = m.account GROUP BY m.account",
        (month,),
    ).fetchall():
        if not agreed:
            raise ViewsDifferError(account=account)
        sums[account] = paise
    taken = connection.execute(
        f"SELECT {_APART} FROM entry e, json_each(e.postings) p WHERE e.day > ? AND e.day <= ? GROUP BY 1",
        (cut.as_on, month + "-99"),
    ).fetchall()
    if not cut.everything:
        after = SINCE.format(columns="e.postings AS made", order="")
        taken += connection.execute(
            f"SELECT {_APART} FROM ({after}) e, json_each(e.made) p GROUP BY 1",
            {"since": cut.known, "known": position_of(connection), "as_on": cut.as_on},
        ).fetchall()
    for account, paise in taken:
        sums[account] -= paise
    return sums
