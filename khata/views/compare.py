"""The cache held against a fresh fold, for `verify`: read only, and bound to one history.

A cache of another history, of another version, or one that cannot be read, is no cache: the next question throws it
away. Erased words are the one thing in which a cache may rightly differ: it forgets when it next catches up.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from khata.log.chain import EMPTY, Head
from khata.postings.base import PARTY
from khata.views import schema
from khata.views.cache import strange
from khata.views.cut import head_of
from khata.views.fold import Fold, Row
from khata.views.laws import Key, ViewTable, between, differing

_WORDS = 16
"""The columns of an entry before `note`, `items` and `by_hand`, which are made of words that may be erased."""

_ENTRY = (
    "seq, iif(typeof(id) = 'blob', lower(hex(id)), NULL), kind, day, at, by, party, amount_paise, debit_paise,"
    " credit_paise, postings, ref, reverses, corrects, import_entry, import_row, note, items, by_hand"
)
_ENTRIES = f"SELECT {_ENTRY} FROM entry WHERE seq BETWEEN ? AND ? ORDER BY seq"
# They come in the order of their numbers, as they lie; should they not, the text is another one.
_AS_ONE_TEXT = f"SELECT json_group_array(json_array({_ENTRY})) FROM entry WHERE seq BETWEEN ? AND ?"

_MONTHS = (
    "SELECT party, account, month, debit_paise, credit_paise FROM month WHERE party <> 0 ORDER BY party, account, month"
)
# Not by the index, which nobody has checked, but by the rows.
_MONTHS_OF_ENTRIES = (
    f"SELECT party, '{PARTY}', substr(day, 1, 7), sum(debit_paise), sum(credit_paise) FROM entry NOT INDEXED"
    " WHERE debit_paise IS NOT NULL GROUP BY 1, 3 ORDER BY 1, 3"
)


class Difference(NamedTuple):
    """Where the cache says something else than the book: the entry (0 for none) and a code."""

    entry: int
    code: str


class CacheLook:
    """A cache to be looked at in short moments, so that nobody who catches up waits; `position`: how far it reached."""

    def __init__(self, connection: sqlite3.Connection, position: Head) -> None:
        self.connection = connection
        self.position = position

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def _rows(self, sql: str, *values: int) -> list[Row]:
        return self.connection.execute(sql, values).fetchall()

    @contextmanager
    def moment(self) -> Iterator[int]:
        """A block in which the cache stands still; gives how far it reaches now, 0 if it was thrown away."""
        self.connection.execute("BEGIN")
        try:
            yield _position(self.connection).seq
        finally:
            with suppress(sqlite3.Error):
                self.connection.execute("ROLLBACK")

    def differences(self, first: int, last: int, fold: Fold, unsure: Collection[int]) -> list[Difference] | None:
        """Where the rows of these entries differ from a fold of exactly these entries; None if they are not here.

        Args:
            first: the first entry.
            last: the last entry, inclusive.
            fold: the fresh fold of them.
            unsure: entries whose words are gone from the book, or are not what was committed to.
        """
        try:
            with self.moment() as reach:
                if reach < last:
                    return None
                if reach != self.position.seq:
                    # It has caught up since, and may have forgotten what was still in the book when it was read.
                    unsure = range(first, last + 1)
                found = []
                if not self._same(first, last, fold.entries):
                    found = _entries_differ(self._rows(_ENTRIES, first, last), fold.entries, unsure)
        except (sqlite3.Error, UnicodeDecodeError):
            return [Difference(first, "unreadable")]
        return found

    def _same(self, first: int, last: int, folded: list[Row]) -> bool:
        """Whether the rows of these entries and the folded ones are the same as one text of JSON.

        To take that from SQLite costs half of taking each of their values. Where this says no, the rows say why.
        """
        with suppress(sqlite3.Error, ValueError):
            (text,) = self.connection.execute(_AS_ONE_TEXT, (first, last)).fetchone()
            return bool(text == msgspec.json.encode(folded).decode())
        return False

    def differing(
        self,
        table: ViewTable,
        rows: Mapping[Key, list[Any]],
        keys: Iterable[Key] | None,
        unsure: Container[int],
        upto: int | None = None,
    ) -> list[Difference]:
        """Where a table does not say what was gathered; see laws.differing. Raises sqlite3.Error."""
        found = differing(self.connection, table, rows, keys, unsure, upto)
        return [Difference(entry, f"{table.part or table.name}_differs") for entry in found]

    def between(self, table: ViewTable, first: int, last: int) -> list[int]:
        """The entries under which a table that stands by entry has a row. Raises sqlite3.Error."""
        return between(self.connection, table, first, last)

    def first_with_id(self, event_id: bytes) -> int | None:
        """The first entry that has this id."""
        found = self.connection.execute("SELECT min(seq) FROM entry WHERE id = ?", (event_id,)).fetchone()[0]
        return int(str(found)) if found is not None else None

    def sums(self, party: int, account: str) -> list[int]:
        """What an account was debited and credited in all, in paise; party 0 for accounts that are nobody's."""
        sql = "SELECT coalesce(sum(debit_paise), 0), coalesce(sum(credit_paise), 0) FROM month"
        row = self.connection.execute(f"{sql} WHERE party = ? AND account = ?", (party, account)).fetchone()
        return list(row)

    def months_of_nobody(self) -> Iterator[tuple[Any, ...]]:
        """(account, month, debit_paise, credit_paise) of the accounts that are nobody's."""
        yield from self.connection.execute(
            "SELECT account, month, debit_paise, credit_paise FROM month WHERE party = 0"
        )

    def months_apart(self) -> int:
        """How many of the parties' sums by month are not those of their entries' rows."""
        sums, entries = self.connection.execute(_MONTHS), self.connection.execute(_MONTHS_OF_ENTRIES)
        return sum(one != other for one, other in zip_longest(sums, entries))


def _position(connection: sqlite3.Connection) -> Head:
    version = connection.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
    return head_of(connection) if version == (str(schema.VERSION),) else EMPTY


def look(path: Path | None) -> CacheLook | None:
    """A cache, if there is one that this khata can read."""
    if path is None or not path.is_file() or strange(path):
        return None
    connection = None
    with suppress(sqlite3.Error, ValueError, TypeError, OSError):
        connection = sqlite3.connect(path.absolute().as_uri() + "?mode=ro", uri=True, isolation_level=None)
        for setting in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON", "busy_timeout = 5000"):
            connection.execute(f"PRAGMA {setting}")
        kinds = {kind for (kind,) in connection.execute("SELECT DISTINCT type FROM sqlite_master")}
        position = _position(connection)
        if kinds <= {"table", "index"} and position != EMPTY:
            return CacheLook(connection, position)
    if connection is not None:
        connection.close()
    return None


def _entries_differ(cached: list[Row], folded: list[Row], unsure: Collection[int]) -> list[Difference]:
    if unsure:
        cached, folded = ([row[:_WORDS] if row[0] in unsure else row for row in rows] for rows in (cached, folded))
    if cached == folded:
        return []
    entries = {entry for entry in (row[0] for row in set(cached) ^ set(folded)) if isinstance(entry, int)}
    return [Difference(entry, "entry_differs") for entry in sorted(entries)] or [Difference(0, "entry_differs")]
