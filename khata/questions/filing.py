"""What is to be known of a period before it is filed: how much of it there is, typed late, taken back, locked."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from khata.grammar.days import BEFORE_ALL
from khata.questions.editlog import CORRECTION, IMPORT_REVERSED, LATE, REVERSAL, Edit, edit_log
from khata.questions.locks import DaysLocked, locked_upto, locks
from khata.units import Day, Seq
from khata.views.cut import Cut

_BY_HAND = (LATE, REVERSAL, IMPORT_REVERSED, CORRECTION)


class FilingFacts(NamedTuple):
    """A period of business days, both included.

    Attributes:
        first, last: the days that are looked at; `first` None for the beginning of the book.
        ends_on: the last day that was asked for; later than `last` where the period is not over.
        entries: how many entries moved money for its days, the last of which is `last_entry` (0: none).
        edits: how many of each kind of change there are for its days, as the edit log calls them.
        late: how many entries somebody typed for them on a later day; `most_days_late` how much later at most.
        brought: how many a file brought on a later day; `most_days_brought` how much later at most.
        locked: the last day that is locked; None where none is.
        lock: the first entry that locked all of the period; None where none did.
        after_lock: how many entries were recorded for its days after what was filed of them.
    """

    first: Day | None
    last: Day
    ends_on: Day
    entries: int
    last_entry: Seq
    edits: Mapping[str, int]
    late: int
    most_days_late: int
    brought: int
    most_days_brought: int
    locked: Day | None
    lock: DaysLocked | None
    after_lock: int

    @property
    def over(self) -> bool:
        """Whether nothing of the period is still to come."""
        return self.last >= self.ends_on


def filing_facts(connection: sqlite3.Connection, first: Day | None, ends_on: Day, cut: Cut) -> FilingFacts:
    """What is to be known of the days from `first` (None: the first there is) to `ends_on`, as far as `cut.as_on`."""
    last = min(ends_on, cut.as_on)
    edits = edit_log(connection, first, last, cut, by_day=True).lines
    lock = next((each for each in locks(connection, cut.known) if each.upto and each.upto >= last), None)
    late = [each for each in edits if each.what in _BY_HAND and each.days_late is not None]
    files = [each for each in edits if each.rows_here is not None and each.days_late is not None]
    entries, last_entry = _counted(connection, first, last, cut, Seq(0))
    return FilingFacts(
        first,
        last,
        ends_on,
        entries,
        last_entry,
        _by_kind(edits),
        sum(each.batch.late if each.batch is not None else 1 for each in late),
        max((each.days_late or 0 for each in late), default=0),
        sum(each.rows_here[0] for each in files if each.rows_here is not None),
        max((each.days_late or 0 for each in files), default=0),
        locked_upto(connection, cut.known),
        lock,
        _counted(connection, first, last, cut, lock.counted)[0] if lock is not None else 0,
    )


def _by_kind(edits: Iterable[Edit]) -> Mapping[str, int]:
    """How many entries were changed in each way; what was taken back of a file together is as many as it was."""
    counts: Counter[str] = Counter()
    for each in edits:
        counts[each.what] += each.batch.entries if each.batch is not None else 1
    return counts


def operators(connection: sqlite3.Connection, first: Day | None, cut: Cut) -> list[str]:
    """Who recorded entries for these days, by name, or by 8 hex where the book knows none."""
    rows = connection.execute(
        "SELECT DISTINCT coalesce(c.name, e.by) FROM entry e LEFT JOIN counter c ON c.by = e.by"
        " WHERE e.day BETWEEN ? AND ? AND +e.seq <= ? ORDER BY 1",
        (first or BEFORE_ALL, cut.as_on, cut.known),
    )
    return [str(name) for (name,) in rows]


def _counted(connection: sqlite3.Connection, first: Day | None, last: Day, cut: Cut, after: Seq) -> tuple[int, Seq]:
    """How many entries after one moved money for days, and the last of them; 0 for none."""
    count, seq = connection.execute(
        "SELECT count(*), coalesce(max(seq), 0) FROM entry WHERE day BETWEEN ? AND ? AND +seq > ? AND +seq <= ?"
        " AND postings IS NOT NULL",
        (first or BEFORE_ALL, last, after, cut.known),
    ).fetchone()
    return int(count), Seq(seq)
