"""What is remembered of a file while it is imported: its rows and references, on disk, in a database without a name.

Names and notes last no longer than the process.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import NamedTuple

from msgspec import Struct, msgpack

from khata.importing.duplicates import Duplicates
from khata.log.errors import DiskError
from khata.nameless import folder, nameless_database
from khata.units import Day, Paise, Party, Seq

AT_ONCE = 4096
"""Rows that are in memory at a time."""

MARKS_AT_ONCE = 250_000
"""Of how many rows at a time it is looked whether they are alike; all are gone through for each such part."""

Parts = tuple[tuple[str, Paise | None], ...]
"""What is paid at once: mode and paise, None for all that is left."""


class ReadRow(Struct, array_like=True, frozen=True, gc=False):
    """A row that was read.

    Attributes:
        number: its number in the file; the header is row 1.
        row_type: the place of its type and mode among ROW_TYPES.
        name: the place of its party among the file's names; COUNTER for nobody in particular.
        on: the business day.
        amount_paise: the amount.
        paid: what is paid at once.
        discount_paise: what was let go with a payment; 0 for nothing.
    """

    number: int
    row_type: int
    name: int
    on: Day
    amount_paise: Paise
    paid: Parts
    ref: str | None
    note: str | None
    discount_paise: Paise = Paise(0)


class Reference(NamedTuple):
    """The key of a reference, and its row; `payer`: of a payment that may be a share, the place of its party."""

    key: str
    row: int
    payer: int | None = None


Signature = tuple[int, Day, str, Party | None, Paise]
"""A row or an entry, and what makes two of them the same: day, kind, party (None: the counter), amount."""

_TABLES = """
    CREATE TABLE portion (nth INTEGER PRIMARY KEY, rows BLOB NOT NULL);
    CREATE TABLE ref (ref TEXT PRIMARY KEY, row INTEGER NOT NULL, payer INTEGER) WITHOUT ROWID;
    CREATE TABLE share (ref TEXT, payer INTEGER, PRIMARY KEY (ref, payer)) WITHOUT ROWID;
    CREATE TABLE mark (nth INTEGER PRIMARY KEY, marks BLOB NOT NULL, rows BLOB NOT NULL);
    CREATE TABLE alike (row INTEGER PRIMARY KEY, first INTEGER NOT NULL);
    CREATE TABLE found (row INTEGER PRIMARY KEY, entry INTEGER NOT NULL);
    CREATE TABLE mine (number INTEGER PRIMARY KEY, day TEXT, kind TEXT, party INTEGER, paise INTEGER);
    CREATE TABLE theirs (number INTEGER PRIMARY KEY, day TEXT, kind TEXT, party INTEGER, paise INTEGER);
"""

_NTH = (
    "SELECT number, day, kind, party, paise,"
    " row_number() OVER (PARTITION BY day, kind, party, paise ORDER BY number) AS nth FROM"
)


class FileRows:
    """The rows of one file, in their order.

    Every method raises DiskError where there is no room, or no folder, for temporary files.
    """

    def __init__(self) -> None:
        with _meaning():
            self._connection = nameless_database(_TABLES)
        self._latest: list[ReadRow] = []
        self._count = self._marks = 0

    def __len__(self) -> int:
        return self._count

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()

    def add(self, rows: Iterable[ReadRow]) -> None:
        """Add rows after those that are there, some thousand at a time."""
        if self._latest:
            with _meaning():
                self._connection.execute("INSERT INTO portion (rows) VALUES (?)", (msgpack.encode(self._latest),))
        self._latest = list(rows)
        self._count += len(self._latest)

    def portions(self) -> Iterator[list[ReadRow]]:
        """The rows, as many at a time as were added at a time."""
        if self._count > len(self._latest):
            decode = msgpack.Decoder(list[ReadRow]).decode
            with _meaning():
                for (rows,) in self._connection.execute("SELECT rows FROM portion ORDER BY nth"):
                    yield decode(rows)
        yield self._latest

    def __iter__(self) -> Iterator[ReadRow]:
        for rows in self.portions():
            yield from rows

    # --- references

    def add_refs(self, refs: Sequence[Reference]) -> list[tuple[int, int]]:
        """Remember references and their rows.

        Returns:
            For each that another row had before, shares of one payment aside: its place among `refs`, and the first
            row that had it.
        """
        with _meaning():
            before = self._connection.total_changes
            self._connection.executemany("INSERT OR IGNORE INTO ref VALUES (?, ?, ?)", refs)
            if self._connection.total_changes - before == len(refs):
                return []
            first = [self._first(each.key) for each in refs]
            twice = [(nth, one) for nth, one in enumerate(first) if one.row != refs[nth].row]
            return [(nth, one.row) for nth, one in twice if not self._is_share(refs[nth], one)]

    def _first(self, key: str) -> Reference:
        return Reference(*self._connection.execute("SELECT * FROM ref WHERE ref = ?", (key,)).fetchone())

    def _is_share(self, one: Reference, first: Reference) -> bool:
        """Whether a row is of the payment that came with the first row of its reference, and of another customer."""
        if one.payer is None or first.payer in (None, one.payer):
            return False
        before = self._connection.total_changes
        self._connection.execute("INSERT OR IGNORE INTO share VALUES (?, ?)", (one.key, one.payer))
        return self._connection.total_changes > before

    def add_marks(self, marks: Mapping[int, int]) -> None:
        """Remember what rows say: by row a number of 64 bits that is the same where they say the same."""
        self._marks += len(marks)
        said = (array("q", marks.values()).tobytes(), array("q", marks).tobytes())
        with _meaning():
            self._connection.execute("INSERT INTO mark (marks, rows) VALUES (?, ?)", said)

    def alike(self) -> Iterator[tuple[int, int]]:
        """Rows that say what another one said, by row, each with the first row that said it."""
        parts = self._marks // MARKS_AT_ONCE + 1
        with _meaning():
            self._connection.execute("DELETE FROM alike")
            for part in range(parts):
                self._connection.executemany("INSERT INTO alike VALUES (?, ?)", self._alike_in(part, parts))
            yield from self._connection.execute("SELECT row, first FROM alike ORDER BY row")

    def _alike_in(self, part: int, parts: int) -> Iterator[tuple[int, int]]:
        # An index of them all would be written all over, for each mark may be any number.
        first: dict[int, int] = {}
        for marks, rows in self._connection.execute("SELECT marks, rows FROM mark ORDER BY nth"):
            for mark, row in zip(array("q", marks), array("q", rows), strict=True):
                if mark % parts == part and (before := first.setdefault(mark, row)) != row:
                    yield row, before

    def has_ref(self, ref: str) -> bool:
        """Whether a row has the reference of this key."""
        with _meaning():
            return self._row_of(ref) is not None

    def refs(self) -> Iterator[tuple[str, int]]:
        """The key of every reference with the first row that has it."""
        with _meaning():
            yield from self._connection.execute("SELECT ref, row FROM ref")

    def _row_of(self, ref: str) -> int | None:
        found = self._connection.execute("SELECT row FROM ref WHERE ref = ?", (ref,)).fetchone()
        return found[0] if found else None

    # --- rows and entries

    def find_anew(self) -> None:
        """Forget the entries that rows are."""
        with _meaning():
            self._connection.execute("DELETE FROM found")

    def find(self, entries: Iterable[tuple[int, Seq]]) -> int:
        """Remember entries that rows are, of several for one row the first; returns how many rows have one now."""
        self._fill("INSERT OR IGNORE INTO found VALUES (?, ?)", entries)
        with _meaning():
            count: int = self._connection.execute("SELECT count(*) FROM found").fetchone()[0]
        return count

    def found(self) -> Iterator[tuple[int, Seq]]:
        """Rows and the entries that they are, by row."""
        with _meaning():
            yield from self._connection.execute("SELECT row, entry FROM found ORDER BY row")

    def pairs(
        self, mine: Iterable[Signature], theirs: Iterable[Signature], taken: Collection[tuple[int, Seq]]
    ) -> Duplicates:
        """Rows and the entries that they may be, by row: of those that are alike the first row the first entry.

        Args:
            mine: the rows; only looked at if there are entries.
            theirs: the entries.
            taken: rows and the entries that they are already.
        """
        with _meaning():
            self._connection.executescript("DELETE FROM theirs; DELETE FROM mine")
        self._fill("INSERT INTO theirs VALUES (?, ?, ?, coalesce(?, 0), ?)", theirs)
        self._fill("DELETE FROM theirs WHERE number = ?", ((entry,) for _, entry in taken))
        with _meaning():
            if self._connection.execute("SELECT 1 FROM theirs LIMIT 1").fetchone() is None:
                return Duplicates()
        self._fill("INSERT INTO mine VALUES (?, ?, ?, coalesce(?, 0), ?)", mine)
        self._fill("DELETE FROM mine WHERE number = ?", ((row,) for row, _ in taken))
        with _meaning():
            return Duplicates(
                self._connection.execute(
                    f"SELECT mine.number, theirs.number FROM ({_NTH} mine) AS mine JOIN ({_NTH} theirs) AS theirs"
                    " USING (day, kind, party, paise, nth) ORDER BY 1"
                )
            )

    def _fill(self, statement: str, values: Iterable[Sequence[object]]) -> None:
        rest = iter(values)
        while some := list(islice(rest, AT_ONCE)):
            with _meaning():
                self._connection.executemany(statement, some)


@contextmanager
def _meaning() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as e:
        raise DiskError(path=folder(), reason=str(e), what="temporary") from e
