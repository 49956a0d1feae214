"""What is to be known of a period before it is filed: how much of it there is, typed late, taken back, locked."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from khata.grammar.days import BEFORE_ALL
from khata.questions.editlog import LATE, Edit, edit_log
from khata.questions.locks import DaysLocked, locked_upto, locks
from khata.units import Day, Seq
from khata.views.cut import Cut


class FilingFacts(NamedTuple):
    """A period of business days, both included.

    Attributes:
        entries: how many entries moved money for its days.
        edits: how many of each kind of change there are for its days, as the edit log calls them.
        most_days_late: of what was typed late for its days; 0 where nothing was.
        locked: the last day that is locked; None where none is.
        lock: the first entry that locked all of the period; None where none did.
        after_lock: how many entries were recorded for its days after that.
    """

    first: Day | None
    last: Day
    entries: int
    edits: Mapping[str, int]
    most_days_late: int
    locked: Day | None
    lock: DaysLocked | None
    after_lock: int

    @property
    def late(self) -> int:
        """How many entries were typed on a later day than the one they are for."""
        return self.edits.get(LATE, 0)


def filing_facts(connection: sqlite3.Connection, first: Day | None, cut: Cut) -> FilingFacts:
    """What is to be known of the days from `first` (None: the first there is) to `cut.as_on`."""
    edits = edit_log(connection, first, cut.as_on, cut, by_day=True).lines
    lock = next((each for each in locks(connection, cut.known) if each.upto and each.upto >= cut.as_on), None)
    late = [each.days_late or 0 for each in edits if each.what == LATE]
    return FilingFacts(
        first,
        cut.as_on,
        _count(connection, first, cut, Seq(0)),
        _counted(edits),
        max(late, default=0),
        locked_upto(connection, cut.known),
        lock,
        _count(connection, first, cut, lock.entry) if lock is not None else 0,
    )


def _counted(edits: Iterable[Edit]) -> Mapping[str, int]:
    """How many entries were changed in each way; what was taken back of a file together is as many as it was."""
    counts: Counter[str] = Counter()
    for each in edits:
        counts[each.what] += each.batch[1] if each.batch is not None else 1
    return counts


def operators(connection: sqlite3.Connection, first: Day | None, cut: Cut) -> list[str]:
    """Who recorded entries for these days, by name, or by 8 hex where the book knows none."""
    rows = connection.execute(
        "SELECT DISTINCT coalesce(c.name, e.by) FROM entry e LEFT JOIN counter c ON c.by = e.by"
        " WHERE e.day BETWEEN ? AND ? AND +e.seq <= ? ORDER BY 1",
        (first or BEFORE_ALL, cut.as_on, cut.known),
    )
    return [str(name) for (name,) in rows]


def _count(connection: sqlite3.Connection, first: Day | None, cut: Cut, after: Seq) -> int:
    (count,) = connection.execute(
        "SELECT count(*) FROM entry WHERE day BETWEEN ? AND ? AND +seq > ? AND +seq <= ? AND postings IS NOT NULL",
        (first or BEFORE_ALL, cut.as_on, after, cut.known),
    ).fetchone()
    return int(count)
