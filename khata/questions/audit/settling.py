"""Which payment settled which sale of one person: payments settle the oldest first.

What was paid at once with a sale was paid for that sale. A pair of entries that cancel each other is passed over where
both count. What was paid in advance settles the debits that come after it.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Container, Sequence
from typing import NamedTuple

from khata.questions.balances import MOVED, among
from khata.units import Day, Party, Seq
from khata.views.cut import Cut

# The plus signs leave only the index of reversals to begin with: few entries are one.
PAIRS = (
    "FROM entry r CROSS JOIN entry o ON o.seq = r.reverses"
    " WHERE r.reverses IS NOT NULL AND +r.seq <= ? AND +r.day <= ? AND +o.day <= ?"
)
"""The entries `o` that come to nothing with their reversals `r`: takes what is known, and twice the day."""


class SettledPart(NamedTuple):
    """What of an entry that took something off a debt went to one debit.

    `first_paise` and `last_paise` say which of its paise, counted from 0, the last not included: of a payment with
    kasar the money comes first, and then what was let go.
    """

    entry: Seq
    on: Day
    first_paise: int
    last_paise: int


class Settled(NamedTuple):
    """A debit: what was not paid at once of it and what is still open, in paise; and by what the rest was settled."""

    entry: Seq
    on: Day
    debit_paise: int
    open_paise: int
    parts: list[SettledPart]


def cancelled(connection: sqlite3.Connection, cut: Cut) -> set[Seq]:
    """The entries that come to nothing at the cut: each one that was reversed, and its reversal, where both count."""
    pairs = connection.execute(f"SELECT r.seq, o.seq {PAIRS}", (cut.known, cut.as_on, cut.as_on))
    return {seq for pair in pairs for seq in pair}


def settled(
    connection: sqlite3.Connection, khatas: Sequence[Party], cut: Cut, passed_over: Container[Seq]
) -> list[Settled]:
    """All debits of one person in the order of their days, each with what settled it.

    Args:
        connection: the views.
        khatas: all numbers of the person.
        cut: the two clocks.
        passed_over: what `cancelled` found.
    """
    debits: list[list[int]] = []  # the entry's place among `rows`, what it is, what is open
    waiting: deque[int] = deque()  # debits that are not settled yet
    advance: deque[SettledPart] = deque()  # what was paid and settled nothing yet
    parts: list[list[SettledPart]] = []
    found: list[tuple[Seq, Day]] = []
    on_terms = f"SELECT EXISTS (SELECT 1 FROM due WHERE {among('party', khatas)})"
    (any_due,) = connection.execute(on_terms, khatas).fetchone()
    for seq, on, debit, credit in connection.execute(
        # All of it stands in the index, and in this order where the person has one khata and no due days.
        f"SELECT e.seq, e.day, debit_paise, credit_paise FROM entry e"
        f"{' LEFT JOIN due d ON d.entry = e.seq' if any_due else ''}"
        f" WHERE {among('e.party', khatas)} AND e.day <= ? AND +e.seq <= ? AND {MOVED}"
        f" ORDER BY e.day, {'coalesce(d.day, e.day), ' if any_due else ''}e.seq",
        (*khatas, cut.as_on, cut.known),
    ):
        if seq in passed_over or debit == credit:
            continue
        if debit > credit:
            found.append((seq, on))
            debits.append([debit - credit, debit - credit])
            parts.append([])
            waiting.append(len(debits) - 1)
        else:
            advance.append(SettledPart(seq, on, 0, credit - debit))
        while waiting and advance:
            first, paid = waiting[0], advance[0]
            taken = min(debits[first][1], paid.last_paise - paid.first_paise)
            parts[first].append(paid._replace(last_paise=paid.first_paise + taken))
            debits[first][1] -= taken
            if not debits[first][1]:
                waiting.popleft()
            if paid.first_paise + taken == paid.last_paise:
                advance.popleft()
            else:
                advance[0] = paid._replace(first_paise=paid.first_paise + taken)
    return [
        Settled(seq, on, whole, left, by) for (seq, on), (whole, left), by in zip(found, debits, parts, strict=True)
    ]
