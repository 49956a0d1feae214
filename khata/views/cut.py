"""The two clocks: a question is cut by business day (`as_on`) and by what was recorded (`known`)."""

import sqlite3
from typing import NamedTuple

from khata.grammar.days import business_day_of
from khata.log.chain import EMPTY, Head
from khata.units import At, Day, Seq


class Cut(NamedTuple):
    """A question's two clocks.

    Attributes:
        as_on: the business day whose end is asked about.
        known: the last entry that counts, inclusive.
        everything: whether that is all that the views hold, so that sums by month serve.
        given: whether either clock was asked for; the output then states both.
    """

    as_on: Day
    known: Seq
    everything: bool = True
    given: bool = False


def head_of(connection: sqlite3.Connection) -> Head:
    """How far the views reach: the entry and its hash; (0, zeros) when they hold nothing."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'position'").fetchone()
    return head_from(row[0] if row else None)


def head_from(kept: str | None) -> Head:
    """A position as it is kept, `12 ab…`; (0, zeros) for none. Raises ValueError."""
    if kept is None:
        return EMPTY
    seq, _, digest = kept.partition(" ")
    return Head(Seq(int(seq)), bytes.fromhex(digest))


def position_of(connection: sqlite3.Connection) -> Seq:
    """The last entry that the views hold; 0 if none."""
    return head_of(connection).seq


def first_lost(views: sqlite3.Connection) -> Seq | None:
    """The first entry whose detail is missing though no erasure covers it; None in a book that is well."""
    (entry,) = views.execute("SELECT min(entry) FROM missing").fetchone()
    return None if entry is None else Seq(entry)


def latest_day(connection: sqlite3.Connection, today: Day) -> Day:
    """Today, or the day on which the latest entry was recorded, if a clock was put back since.

    No entry has a later day than that of its recording, so a question about this day leaves nothing out.
    """
    last = position_of(connection)
    ends = [seq - 1 for (seq,) in connection.execute("SELECT seq FROM clock")]
    for seq in (*ends, last):
        row = connection.execute("SELECT at FROM entry WHERE seq = ?", (seq,)).fetchone()
        if row is not None:
            today = max(today, business_day_of(At(row[0])))
    return today


def known_at(connection: sqlite3.Connection, instant: At) -> Seq:
    """The last entry that the book held at an instant; 0 if none.

    Each entry counts with the earlier of its own `at` and the `at` of every later correction of the clock
    (docs/FORMAT.md), so that the answer is always a prefix of the book. Between corrections `at` never goes back: a
    search by halves needs no index.
    """
    last = position_of(connection)
    clocks = connection.execute("SELECT seq, at FROM clock ORDER BY seq").fetchall()
    first = 1
    for index in range(len(clocks) + 1):
        end = clocks[index][0] - 1 if index < len(clocks) else last
        later = [at for _, at in clocks[index:]]
        if not later or min(later) > instant:
            return _last_at(connection, first, end, instant)
        first = end + 1
    return last


def _last_at(connection: sqlite3.Connection, first: int, last: int, instant: At) -> Seq:
    low, high = first - 1, last
    while low < high:
        middle = (low + high + 1) // 2
        (at,) = connection.execute("SELECT at FROM entry WHERE seq = ?", (middle,)).fetchone()
        if at <= instant:
            low = middle
        else:
            high = middle - 1
    return Seq(low)
