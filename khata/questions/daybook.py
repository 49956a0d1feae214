"""A day in the shop: what was sold and received, and what was typed today for other days."""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from khata.postings.base import OPENING, OUTPUT_TAX, RETURNS, ROUND_OFF, SALES, TRANSFERS
from khata.postings.effect import Effect
from khata.questions.entries import EntryRow, made, select
from khata.units import MODES, At, Day
from khata.views.cut import Cut, known_at


class DayLine(NamedTuple):
    """An entry of the day, and what it did.

    Attributes:
        cancelled: it and its reversal both count, and come to nothing.
        folded: both are of one day.
    """

    row: EntryRow
    effect: Effect
    cancelled: bool
    folded: bool


class Movement(NamedTuple):
    """One of the sums that make up what all customers together owe more or less than before.

    Attributes:
        account: sales, returns, kasar …, or a mode of payment.
        given_back: money that went out.
        cancelled: of entries of other days, by reversals.
        paise: positive where more is owed.
    """

    account: str
    given_back: bool
    cancelled: bool
    paise: int


_ORDER = (SALES, OUTPUT_TAX, ROUND_OFF, RETURNS, OPENING, *MODES)


class DayBook(NamedTuple):
    """The entries of business days `first` to `last`, by day; those typed within them for other days; sums in paise.

    `by_account` has the net of each account (positive debit): `sales` is negative as the books have it.
    """

    first: Day
    last: Day
    lines: list[DayLine]
    typed_for_other_days: list[EntryRow]
    by_account_paise: dict[str, int]

    def movements(self) -> list[Movement]:
        """What made up the change of what is owed, goods first, then money, then what was let go: it adds up to it."""
        sums: dict[tuple[bool, str, bool], int] = {}
        for did in (line.effect for line in self.lines if not line.folded):
            cancels = did.reverses is not None
            for account, paise in (*did.by_mode.items(), *did.by_account.items()):
                both_ways = account in did.by_mode or account in (OPENING, TRANSFERS)
                key = cancels, account, both_ways and (paise > 0) == cancels
                sums[key] = sums.get(key, 0) - paise
        places = {account: place for place, account in enumerate(_ORDER)}
        keys = sorted(sums, key=lambda key: (key[0], places.get(key[1], len(places)), key[2]))
        return [Movement(account, back, cancels, sums[cancels, account, back]) for cancels, account, back in keys]

    def days(self) -> Iterator[tuple[Day, list[DayLine]]]:
        """The lines day by day."""
        for on, lines in groupby(self.lines, key=lambda line: line.row.on):
            yield on, list(lines)


def totalled(lines: Iterable[DayLine]) -> tuple[int, int]:
    """What was given and received by lines, in paise."""
    counting = [line.effect for line in lines if not line.folded]
    return sum(did.given_paise for did in counting), sum(did.received_paise for did in counting)


def daybook(connection: sqlite3.Connection, first: Day, last: Day, cut: Cut, window: tuple[At, At]) -> DayBook:
    """The day book of a day or several.

    Args:
        connection: the views.
        first: the first business day.
        last: the last, no later than `cut.as_on`.
        cut: the two clocks.
        window: the instants between which those days lie, for what was typed in them.
    """
    end = min(last, cut.as_on)
    rows = list(
        select(
            connection,
            # The plus signs leave only the index of days to begin with: a day is a small part of the book.
            "e.day BETWEEN ? AND ? AND +e.seq <= ? AND (e.amount_paise IS NOT NULL OR e.reverses IS NOT NULL)"
            " ORDER BY e.day, +e.seq",
            first,
            end,
            cut.known,
        )
    )
    days = {row.entry: row.on for row in rows}
    lines: list[DayLine] = []
    sums: dict[str, int] = {}
    for row in rows:
        effect = row.effect
        for account, paise in effect.nets():
            sums[account] = sums.get(account, 0) + paise
        other = row.reverses or row.reversed_by
        lines.append(DayLine(row, effect, other in days, other is not None and days.get(other) == row.on))
    return DayBook(first, end, lines, _typed_elsewhere(connection, first, end, cut, window), sums)


def _typed_elsewhere(
    connection: sqlite3.Connection, first: Day, last: Day, cut: Cut, window: tuple[At, At]
) -> list[EntryRow]:
    """Typed in these days for days before them; an import is not typed."""
    begin = known_at(connection, window[0])
    end = min(known_at(connection, window[1]), cut.known)
    return list(
        select(
            connection,
            "e.seq > ? AND e.seq <= ? AND e.import_entry IS NULL AND (e.day < ? OR e.day > ?)"
            " AND (e.amount_paise IS NOT NULL OR e.reverses IS NOT NULL) ORDER BY e.seq",
            begin,
            end,
            first,
            last,
        )
    )


def totals(connection: sqlite3.Connection, cut: Cut, modes: tuple[str, ...]) -> tuple[int, int]:
    """The day's sales less returns, and the money that came in less what was given back, in paise."""
    sums: dict[str, int] = {}
    rows = connection.execute(
        "SELECT party, postings FROM entry WHERE day = ? AND +seq <= ? AND postings IS NOT NULL", (cut.as_on, cut.known)
    )
    for row in rows:
        for account, _, amount in made(*row):
            sums[account] = sums.get(account, 0) + amount
    return -sums.get(SALES, 0) - sums.get(RETURNS, 0), sum(sums.get(mode, 0) for mode in modes)
