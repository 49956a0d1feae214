"""The files that were imported: what each recorded, and what of it still stands.

The rows of a file are recorded together, and so follow the entry that began it: no index is kept for what is hardly
ever asked.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from khata.events.book import FormatRaised
from khata.grammar.days import LAST_DAY
from khata.questions.entries import EntryRow, select
from khata.units import At, Day, Paise, Seq
from khata.views.cut import Cut

_BEYOND = Seq(1 << 62)

NOW = Cut(LAST_DAY, _BEYOND)
"""All that the views hold."""


class ImportedFile(NamedTuple):
    """An import, its amounts in paise.

    Attributes:
        entry: the entry that began it, by which it is called.
        on: the business day of that.
        file: the name of the file; None where it was erased.
        rows: how many rows that has.
        recorded: how many entries it made.
        reversed: how many of these were taken back, the corrected ones among them.
        corrected: how many of these stand in another way, as they were corrected.
        given_paise: what its entries gave to customers, goods and money, and `received_paise` what came from them.
        first, last: the days between which its entries lie; None where it made none.
    """

    entry: Seq
    on: Day
    at: At
    by: str
    by_name: str | None
    file: str | None
    rows: int
    recorded: int
    reversed: int
    corrected: int
    given_paise: int
    received_paise: int
    first: Day | None
    last: Day | None

    @property
    def standing(self) -> int:
        """How many of its entries count as they were recorded."""
        return self.recorded - self.reversed


class CorrectedRow(NamedTuple):
    """A row of a file that was corrected: its number, the entry that it made, and the one that now stands for it."""

    row: int
    of: Seq
    entry: Seq


class BatchSums(NamedTuple):
    """Entries of an import: how many, and what they gave and received in paise, at the counter likewise."""

    entries: int
    given_paise: Paise
    received_paise: Paise


class ReversedBatch(NamedTuple):
    """What stood of the import `of` was taken back together, by the reversals `first` to `last`; why: `reason`."""

    of: Seq
    first: Seq
    last: Seq
    reason: str | None


_OF_IT = "e.seq > :started AND e.seq < :end AND e.import_entry = :started AND e.amount_paise IS NOT NULL"
# What is nobody's goes over the counter: as much is given as is received.
_GIVEN, _RECEIVED = "coalesce(e.debit_paise, e.amount_paise)", "coalesce(e.credit_paise, e.amount_paise)"


_BACK_BY_THEN = (
    "CASE WHEN e.reversed_by <= :known THEN (SELECT 1 FROM entry r WHERE r.seq = e.reversed_by AND r.day <= :as_on) END"
)


def _within(connection: sqlite3.Connection, started: Seq) -> dict[str, Any]:
    """The entry that began an import, and the first one after it that is none of its own."""
    # An import of what an older khata did not know says so before the first such row.
    row = connection.execute(
        "SELECT seq FROM entry INDEXED BY entry_typed WHERE import_entry IS NULL AND seq > ? AND kind <> ?"
        " ORDER BY seq LIMIT 1",
        (started, FormatRaised.KIND),
    ).fetchone()
    return {"started": started, "end": Seq(row[0]) if row else _BEYOND}


def imports(connection: sqlite3.Connection, cut: Cut, only: Seq | None = None) -> list[ImportedFile]:
    """The imports that were recorded by then, with what they brought for the days up to the clock's, in their order.

    `only`: none but this one.
    """
    begun = connection.execute(
        'SELECT i.entry, e.day, e.at, e.by, c.name, i.file, i."rows" FROM import i JOIN entry e ON e.seq = i.entry'
        " LEFT JOIN counter c ON c.by = e.by WHERE i.entry <= :known AND i.entry = coalesce(:only, i.entry)"
        " ORDER BY i.entry",
        {"known": cut.known, "only": only},
    ).fetchall()
    found = (_imported(connection, row, cut) for row in begun)
    return [each for each in found if each.on <= cut.as_on or each.recorded]


def _imported(connection: sqlite3.Connection, begun: Sequence[Any], cut: Cut) -> ImportedFile:
    facts = _within(connection, Seq(begun[0])) | {"known": cut.known, "as_on": cut.as_on}
    # As the book stood then, what was taken back later was not; nearly always that is now, and asks no other entry.
    back = "e.reversed_by" if cut.everything and not cut.given else _BACK_BY_THEN
    made = connection.execute(
        f"SELECT count(*), count({back}), coalesce(sum({_GIVEN}), 0), coalesce(sum({_RECEIVED}), 0), min(e.day),"
        f" max(e.day) FROM entry e WHERE {_OF_IT} AND e.day <= :as_on AND e.seq <= :known",
        facts,
    ).fetchone()
    stand = len(corrected(connection, Seq(begun[0]), cut)) if made[1] else 0
    return ImportedFile._make((*begun, *made[:2], stand, *made[2:]))


def corrected(connection: sqlite3.Connection, started: Seq, cut: Cut) -> list[CorrectedRow]:
    """The rows of an import that somebody corrected and that stand in another way, in the order of the file."""
    rows = connection.execute(
        "WITH RECURSIVE line(row, of, seq) AS ("
        "SELECT e.import_row, e.seq, c.seq FROM entry c INDEXED BY entry_corrects"
        " CROSS JOIN entry e ON e.seq = c.corrects WHERE c.corrects > :started AND c.corrects < :end"
        " AND c.seq <= :known AND c.day <= :as_on AND e.import_entry = :started"
        " UNION ALL SELECT line.row, line.of, c.seq FROM line CROSS JOIN entry c ON c.corrects = line.seq"
        " WHERE c.seq <= :known AND c.day <= :as_on)"
        " SELECT line.row, line.of, line.seq FROM line CROSS JOIN entry e ON e.seq = line.seq"
        " WHERE e.reversed_by IS NULL OR e.reversed_by > :known ORDER BY line.of",
        _within(connection, started) | {"known": cut.known, "as_on": cut.as_on},
    )
    return [CorrectedRow(*row) for row in rows]


def behind(connection: sqlite3.Connection, started: Seq, cut: Cut) -> list[EntryRow]:
    """The entries that an import made, in their order."""
    within = _within(connection, started)
    where = (
        "e.seq > ? AND e.seq < ? AND e.import_entry = ? AND e.amount_paise IS NOT NULL AND e.day <= ? AND e.seq <= ?"
    )
    return [*select(connection, f"{where} ORDER BY e.seq", *within.values(), started, cut.as_on, cut.known)]


def rows_of(connection: sqlite3.Connection, started: Seq) -> Iterator[tuple[int, Seq]]:
    """Rows of the file and their entries, for the rows that an import recorded, in the order of the book."""
    return connection.execute(
        f"SELECT e.import_row, e.seq FROM entry e WHERE {_OF_IT} ORDER BY e.seq", _within(connection, started)
    )


def begun(connection: sqlite3.Connection, cut: Cut, most: int) -> list[tuple[Seq, str | None]]:
    """The latest imports that were recorded by then, each with the name of its file, in their order."""
    rows = connection.execute(
        "SELECT entry, file FROM import WHERE entry <= ? ORDER BY entry DESC LIMIT ?", (cut.known, most)
    )
    return [(Seq(entry), file) for entry, file in rows][::-1]


def begun_by(connection: sqlite3.Connection, sha256: str) -> list[Seq]:
    """The imports whose file had this SHA-256 (64 hex), in their order."""
    rows = connection.execute("SELECT entry FROM import WHERE sha256 = ? ORDER BY entry", (sha256,))
    return [Seq(entry) for (entry,) in rows]


def stands(connection: sqlite3.Connection, started: Seq) -> bool:
    """Whether an import counts: anything that it recorded stands, or all of it in another way, as it was corrected.

    A payment that came back did come: it is no reason for bringing its row once more.
    """
    where, within = f"FROM entry e WHERE {_OF_IT}", _within(connection, started)
    if connection.execute(f"SELECT 1 {where} AND e.reversed_by IS NULL LIMIT 1", within).fetchone():
        return True
    (recorded,) = connection.execute(f"SELECT count(*) {where}", within).fetchone()
    (back,) = connection.execute(
        f"SELECT count(*) {where} AND e.reversed_by IN (SELECT entry FROM bounce)", within
    ).fetchone()
    return len(corrected(connection, started, NOW)) + int(back) == int(recorded)


def standing(connection: sqlite3.Connection, started: Seq) -> Iterator[Seq]:
    """The entries of an import that count as they were recorded, in their order."""
    rows = connection.execute(
        f"SELECT e.seq FROM entry e WHERE {_OF_IT} AND e.reversed_by IS NULL ORDER BY e.seq",
        _within(connection, started),
    )
    return (Seq(seq) for (seq,) in rows)


def sums(connection: sqlite3.Connection, started: Seq, *, by: tuple[Seq, Seq] | None = None) -> BatchSums:
    """What stands of an import; or what the reversals `by`, the first and the last one, took back of it."""
    back = "e.reversed_by IS NULL" if by is None else f"e.reversed_by BETWEEN {by[0]:d} AND {by[1]:d}"
    return BatchSums._make(
        connection.execute(
            f"SELECT count(*), coalesce(sum({_GIVEN}), 0), coalesce(sum({_RECEIVED}), 0) FROM entry e"
            f" WHERE {_OF_IT} AND {back}",
            _within(connection, started),
        ).fetchone()
    )


def taken_back_until(connection: sqlite3.Connection, started: Seq, last: Seq) -> ReversedBatch:
    """The reversals of an import's entries that one hand recorded in one commit, up to the last of them."""
    facts = _within(connection, started) | {"last": last}
    (before,) = connection.execute(
        "SELECT coalesce(max(seq), 0) FROM (SELECT e.seq FROM entry e JOIN entry l ON l.seq = :last WHERE e.seq < :last"
        " AND NOT coalesce(e.at = l.at AND e.by = l.by AND e.reverses > :started AND e.reverses < :end, 0)"
        " ORDER BY e.seq DESC LIMIT 1)",
        facts,
    ).fetchone()
    first = Seq(before + 1)
    (reason,) = connection.execute("SELECT max(note) FROM entry WHERE seq BETWEEN ? AND ?", (first, last)).fetchone()
    return ReversedBatch(started, first, last, reason)


def taken_back(connection: sqlite3.Connection) -> list[ReversedBatch]:
    """The imports of which all that stood was taken back together, for one reason; of a single entry that says nothing.

    No entry says that they were: they follow each other, one hand recorded them in one commit, and nothing stands.
    """
    found = []
    for (started,) in connection.execute("SELECT entry FROM import ORDER BY entry").fetchall():
        if stands(connection, started):
            continue
        (last,) = connection.execute(
            f"SELECT max(e.reversed_by) FROM entry e WHERE {_OF_IT}", _within(connection, started)
        ).fetchone()
        batch = taken_back_until(connection, started, last) if last else None
        if batch is not None and batch.first < batch.last and _of_one_reason(connection, batch):
            found.append(batch)
    return found


def _of_one_reason(connection: sqlite3.Connection, batch: ReversedBatch) -> bool:
    """Whether the same was said of all, as far as it was not erased with a customer."""
    (reasons,) = connection.execute(
        "SELECT count(DISTINCT note) FROM entry WHERE seq BETWEEN ? AND ?", (batch.first, batch.last)
    ).fetchone()
    return int(reasons) <= 1
