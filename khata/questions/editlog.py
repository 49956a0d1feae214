"""What was taken back, put right, typed late, brought in from a file or erased: what an auditor calls the edit log.

Nothing in the book is overwritten, and so all that was ever changed stands in it. CGST Rules 2017, r.56(8): a wrong
entry is scored out and the right one recorded, and of what is kept electronically "a log of every entry edited or
deleted" is maintained. Companies (Accounts) Rules 2014, r.3(1), proviso: an edit log of each change with its date.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from khata.events.book import ClockCorrected, CopyAdopted, DetailErased, ImportStarted
from khata.events.evidence import KeyLost, KeyRotated
from khata.events.party import PartyMerged, PartyParted
from khata.events.period import PeriodLocked, PeriodUnlocked
from khata.grammar.days import BEFORE_ALL, business_day_of, earlier, end_of_day
from khata.questions import imports
from khata.questions.entries import EntryRow, select
from khata.questions.imports import ReversedBatch
from khata.questions.locks import locks
from khata.units import Day, Party, Seq
from khata.views.cut import Cut, known_at

ABOUT_THE_BOOK = {
    ImportStarted.KIND: "import",
    DetailErased.KIND: "erasure",
    CopyAdopted.KIND: "adopted",
    ClockCorrected.KIND: "clock",
    PeriodLocked.KIND: "locked",
    PeriodUnlocked.KIND: "unlocked",
    KeyRotated.KIND: "key",
    KeyLost.KIND: "key",
    PartyMerged.KIND: "merged",
    PartyParted.KIND: "parted",
}
"""The kinds that move no money and yet are told, each with what it is called in the log."""

REVERSAL, IMPORT_REVERSED, CORRECTION, LATE = "reversal", "import_reversed", "correction", "late"


class TakenBack(NamedTuple):
    """What was left of an import and taken back together.

    Attributes:
        file: the name of the file.
        entries: how many reversals these are, for the days that were asked about; `late` of them on a later day.
        first: the earliest of those days.
    """

    file: str | None
    entries: int
    late: int
    first: Day


class Edit(NamedTuple):
    """A line of the log.

    Attributes:
        what: what was done: one of the words above.
        row: the entry by which it was done; of a correction, the one that stands now.
        before: the entry that it takes back or replaces.
        reversal: of a correction, the entry that takes the replaced one back; None if none does.
        changed: of a correction, what is another way than before: amount, party, day, mode, ref, note, items. A text
            that was erased since is not compared.
        file: of an import, the name of the file, and the number of its rows.
        batch: of many entries that were taken back together, how many. `row` is then the last of the reversals, without
            whose it was, and `before` the import.
        upto: where days were locked, the last one of them.
        rows_here: of an import, by business day, how many of its rows are for the days asked about, and the earliest.
    """

    what: str
    row: EntryRow
    before: EntryRow | None = None
    reversal: EntryRow | None = None
    changed: tuple[str, ...] = ()
    file: tuple[str | None, int] | None = None
    batch: TakenBack | None = None
    upto: Day | None = None
    rows_here: tuple[int, Day] | None = None

    @property
    def for_day(self) -> Day:
        """The business day that it is for; of an import's rows, and of what is taken back of it, the earliest."""
        if self.batch is not None:
            return self.batch.first
        return self.rows_here[1] if self.rows_here is not None else self.row.on

    @property
    def before_paise(self) -> int | None:
        """The amount of the entry that is taken back or replaced; None where there was none."""
        return self.before.amount_paise if self.before is not None else None

    @property
    def after_paise(self) -> int | None:
        """The amount that stands now, 0 of what is taken back; None where there is none, or where it is of many."""
        if self.batch is not None:
            return None
        return 0 if self.row.reverses is not None else self.row.amount_paise

    @property
    def reason(self) -> str | None:
        """Why, as somebody typed it; of an import its file. None where nobody did, or where it was erased."""
        if self.file is not None:
            return self.file[0]
        if self.upto is not None:
            return None
        told = self.reversal if self.what == CORRECTION else self.row
        return told.note if told is not None and self.what != LATE else None

    @property
    def days_late(self) -> int | None:
        """How many days after its business day it was recorded; None for those of the day itself."""
        days = (
            date.fromisoformat(business_day_of(self.row.at)).toordinal() - date.fromisoformat(self.for_day).toordinal()
        )
        return days if days > 0 else None


class EditLog(NamedTuple):
    """The lines of days `first` to `last`; `first` None: from the beginning.

    `by_day`: these are business days, and the lines in their order; else days of recording, in the order of that.
    """

    first: Day | None
    last: Day
    by_day: bool
    lines: list[Edit]


_WITHIN = "{e}.seq > :after AND {e}.seq <= :upto AND {e}.day <= :as_on AND {days}"
_OF_THE_DAYS = "{e}.day BETWEEN :first AND :last"
# An entry that a correction replaces is taken back on its own day, and that day is another one by it, too.
_OF_EITHER = (
    "(c.day BETWEEN :first AND :last OR EXISTS (SELECT 1 FROM entry r WHERE r.reverses = c.corrects"
    " AND r.seq <= :upto AND r.day BETWEEN :first AND :last))"
)
# As business_day_of has it: the shop's day ends at 18:30 UTC.
_AFTER_ITS_DAY = (
    "(({e}.day < substr({e}.at, 1, 10) OR {e}.day = substr({e}.at, 1, 10) AND substr({e}.at, 12, 5) >= '18:30')"
    " AND {e}.day < '9999-12-31')"
)
_FOUND = f"""
SELECT r.seq, r.day FROM entry r INDEXED BY entry_reverses
 WHERE r.reverses IS NOT NULL AND {_WITHIN.format(e="r", days=_OF_THE_DAYS.format(e="r"))} AND {{single}}
 AND NOT EXISTS (SELECT 1 FROM entry c WHERE c.corrects = r.reverses AND c.seq <= :known AND c.day <= :as_on)
UNION ALL SELECT c.seq, c.day FROM entry c INDEXED BY entry_corrects
 WHERE c.corrects IS NOT NULL AND {_WITHIN.format(e="c", days=_OF_EITHER)}
UNION ALL SELECT t.seq, t.day FROM entry t INDEXED BY entry_typed
 WHERE t.import_entry IS NULL AND {_WITHIN.format(e="t", days=_OF_THE_DAYS.format(e="t"))}
 AND (t.kind IN (SELECT value FROM json_each(:kinds))
  OR {_AFTER_ITS_DAY.format(e="t")} AND t.amount_paise IS NOT NULL AND t.corrects IS NULL)
"""


def edit_log(connection: sqlite3.Connection, first: Day | None, last: Day, cut: Cut, *, by_day: bool) -> EditLog:
    """What was changed.

    Args:
        connection: the views.
        first: the first day, None for the beginning of the book.
        last: the last day, included.
        cut: the two clocks. What is of a later business day is left out, and a correction of which only one half is
            of these clocks is the half that is: an entry taken back.
        by_day: whether the days are business days; else those on which was recorded, in the book's zone.
    """
    after, upto, begin, end = Seq(0), cut.known, first or BEFORE_ALL, min(last, cut.as_on)
    if not by_day:
        after = known_at(connection, end_of_day(earlier(first, 1))) if first is not None else after
        upto = min(known_at(connection, end_of_day(last)), cut.known)
        begin, end = BEFORE_ALL, cut.as_on
    facts = {"after": after, "upto": upto, "first": begin, "last": end, "as_on": cut.as_on, "known": cut.known}
    # An import counts for the days of its rows, not for the one on which it was brought.
    facts["kinds"] = json.dumps([kind for kind in ABOUT_THE_BOOK if not (by_day and kind == ImportStarted.KIND)])
    here = _imported_for(connection, facts) if by_day else {}
    batches = _Batches(connection, facts)
    days = dict(connection.execute(_FOUND.format(single=batches.none_of_them), facts).fetchall())
    days |= {last: made.first for last, (_, made) in batches.found.items()}
    days |= {seq: day for seq, (_, day) in here.items()}
    found = sorted(days, key=lambda seq: (days[seq], seq) if by_day else seq)
    rows = {seq: batches.row(row) for seq, row in _rows(connection, found).items()}
    befores = _rows(connection, [row.reverses or row.corrects for row in rows.values()])
    halves = [befores[row.corrects].reversed_by for row in rows.values() if row.corrects is not None]
    reversals = _rows(connection, [seq for seq in halves if seq is not None and seq <= cut.known])
    erased, files = _Erased(connection), _files(connection)
    uptos = {each.entry: each.upto for each in locks(connection, cut.known)}
    lines = []
    for row in (rows[seq] for seq in found):
        before = befores.get(row.reverses or row.corrects)
        reversal = reversals.get(before.reversed_by) if before is not None and row.corrects is not None else None
        changed = _changed(before, row, erased) if before is not None and row.corrects is not None else ()
        batch = batches.told(row)
        what = IMPORT_REVERSED if batch is not None else _what(row, before)
        about = (files.get(row.entry), batch, uptos.get(row.entry), here.get(row.entry))
        lines.append(Edit(what, row, before, reversal, changed, *about))
    return EditLog(first, last if not by_day else end, by_day, lines)


def _imported_for(connection: sqlite3.Connection, facts: Mapping[str, object]) -> dict[Seq, tuple[int, Day]]:
    """The imports that brought rows for the days asked about: how many, and the earliest day."""
    rows = connection.execute(
        "SELECT import_entry, count(*), min(day) FROM entry WHERE day BETWEEN :first AND :last AND +seq > :after"
        " AND +seq <= :upto AND import_entry IS NOT NULL AND amount_paise IS NOT NULL GROUP BY import_entry",
        {name: facts[name] for name in ("first", "last", "after", "upto")},
    )
    return {Seq(entry): (count, Day(day)) for entry, count, day in rows}


class _Batches:
    """What was left of imports and taken back together, as far as the clocks and the days have it: a line each.

    Args:
        connection: the views.
        facts: of `_FOUND`.
    """

    def __init__(self, connection: sqlite3.Connection, facts: Mapping[str, object]) -> None:
        self.found: dict[Seq, tuple[ReversedBatch, TakenBack]] = {}
        files = _files(connection)
        taken_back = imports.taken_back(connection)
        for each in taken_back:
            within = _WITHIN.format(e="r", days=_OF_THE_DAYS.format(e="r"))
            last, *sums = connection.execute(
                f"SELECT max(r.seq), count(*), total({_AFTER_ITS_DAY.format(e='r')}), min(r.day) FROM entry r"
                f" WHERE r.seq BETWEEN :begin AND :end AND {within}",
                {**facts, "begin": each.first, "end": each.last},
            ).fetchone()
            if last is not None:
                entries, late, first = sums
                made = TakenBack(files.get(each.of, (None, 0))[0], entries, int(late), Day(first))
                self.found[last] = (each._replace(last=last), made)
        parted = [f"r.seq NOT BETWEEN {each.first:d} AND {each.last:d}" for each in taken_back]
        self.none_of_them = " AND ".join(parted) or "1"
        """A condition over the reversal `r`."""

    def row(self, row: EntryRow) -> EntryRow:
        """An entry; of a batch the last reversal as it stands for all of them, which takes back the import."""
        if row.entry not in self.found:
            return row
        batch = self.found[row.entry][0]
        return row._replace(reverses=batch.of, party=None, party_name=None, postings=None, note=batch.reason)

    def told(self, row: EntryRow) -> TakenBack | None:
        """How many entries it stands for; None for an entry that stands for itself."""
        return self.found[row.entry][1] if row.entry in self.found else None


def _what(row: EntryRow, before: EntryRow | None) -> str:
    if row.corrects is not None:
        return CORRECTION
    if row.reverses is not None:
        return IMPORT_REVERSED if before is not None and before.import_entry is not None else REVERSAL
    return ABOUT_THE_BOOK.get(row.kind, LATE)


def _rows(connection: sqlite3.Connection, entries: Iterable[Seq | None]) -> dict[Seq | None, EntryRow]:
    """Entries by number."""
    wanted = json.dumps([seq for seq in entries if seq is not None])
    return {row.entry: row for row in select(connection, "e.seq IN (SELECT value FROM json_each(?))", wanted)}


def _files(connection: sqlite3.Connection) -> dict[Seq, tuple[str | None, int]]:
    """Of each import the name of its file and how many rows that has."""
    rows = connection.execute('SELECT entry, file, "rows" FROM import')
    return {Seq(entry): (file, count) for entry, file, count in rows}


class _Erased:
    """Of which entries the free text was erased: those are few, and looked up once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._upto: dict[Party, Seq] = {}
        self._entries: set[Seq] = set()
        for party, upto, entry in connection.execute("SELECT party, upto, entry FROM erasure"):
            if entry is not None:
                self._entries.add(entry)
            else:
                self._upto[party] = max(upto, self._upto.get(party, Seq(0)))

    def covers(self, row: EntryRow) -> bool:
        upto = self._upto.get(row.party, Seq(0)) if row.party is not None else 0
        return row.entry in self._entries or row.entry <= upto


def _changed(before: EntryRow, row: EntryRow, erased: _Erased) -> tuple[str, ...]:
    """What is another way in the entry that replaces one."""
    told = not (erased.covers(before) or erased.covers(row))
    facts: Mapping[str, tuple[object, object]] = {
        "amount": (before.amount_paise, row.amount_paise),
        "party": (before.party, row.party),
        "day": (before.on, row.on),
        "mode": (_paid(before), _paid(row)),
        "ref": (before.ref, row.ref),
        "note": (before.note, row.note) if told else (None, None),
        "items": (before.items, row.items) if told else (_figures(before), _figures(row)),
    }
    return tuple(name for name, (old, new) in facts.items() if old != new)


def _paid(row: EntryRow) -> dict[str, int | None]:
    """How money moved, in paise; None for the whole of the amount, which is no other way of a greater amount."""
    did = row.effect
    return {mode: None if abs(paise) == did.amount_paise else abs(paise) for mode, paise in did.by_mode.items()}


def _figures(row: EntryRow) -> list[tuple[object, ...]]:
    return [item[1:] for item in row.items]
