"""Up to which day a book was locked, and since which entry."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from khata.units import Day, Seq


class DaysLocked(NamedTuple):
    """An entry that locks days, or opens all (`upto` None).

    `cut`: the last entry that counted in what was filed of them; None where that is the one before `entry`.
    """

    entry: Seq
    upto: Day | None
    cut: Seq | None

    @property
    def counted(self) -> Seq:
        """The last entry that counted in what was filed."""
        return self.cut if self.cut is not None else Seq(self.entry - 1)


def locks(connection: sqlite3.Connection, known: Seq) -> list[DaysLocked]:
    """Every entry that locked days or opened them, up to `known`, in order."""
    rows = connection.execute("SELECT entry, upto, cut FROM lock WHERE entry <= ? ORDER BY entry", (known,))
    return [
        DaysLocked(Seq(entry), Day(upto) if upto else None, Seq(cut) if cut is not None else None)
        for entry, upto, cut in rows
    ]


def locked_upto(connection: sqlite3.Connection, known: Seq) -> Day | None:
    """The last day that was locked as the book stood after an entry; None where none was."""
    found = locks(connection, known)
    return found[-1].upto if found else None
