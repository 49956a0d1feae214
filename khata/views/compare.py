"""The cache held against a fresh fold, for `verify`: read only, and bound to one history.

A cache of another history, of another version, or one that cannot be read, is no cache: the next question throws it
away. Erased words are the one thing in which a cache may rightly differ: it forgets when it next catches up.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from khata.log.chain import EMPTY, Head
from khata.units import Seq
from khata.views import schema
from khata.views.fold import Fold, Row

_WORDS = 13
"""The columns of an entry before `note` and `items`, which are made of words that may be erased."""

_ENTRIES = (
    "SELECT seq, id, kind, day, at, by, party, amount_paise, ref, reverses, corrects, import_entry, import_row, note,"
    " items FROM entry WHERE seq BETWEEN ? AND ? ORDER BY seq"
)
_POSTINGS = "SELECT id, entry, day, account, party, amount_paise FROM posting WHERE id BETWEEN ? AND ? ORDER BY id"


class Difference(NamedTuple):
    """Where the cache says something else than the book: the entry (0 for none) and a code."""

    entry: int
    code: str


class CachedParty(NamedTuple):
    """A party as the cache has it."""

    party: int
    id: str
    entry: int
    record: str
    record_entry: int
    largest_paise: int
    last_entry: int


class CacheLook:
    """A cache as one moment shows it, held until `close`; `position` is how far it reaches."""

    def __init__(self, connection: sqlite3.Connection, position: Head) -> None:
        self._connection = connection
        self.position = position

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _rows(self, sql: str, *values: int) -> list[Row]:
        return self._connection.execute(sql, values).fetchall()

    def differences(self, first: int, last: int, fold: Fold, unsure: Collection[int]) -> list[Difference]:
        """Where the rows of these entries differ from a fold of exactly these entries.

        Args:
            first: the first entry.
            last: the last entry, inclusive.
            fold: the fresh fold of them.
            unsure: entries whose words are gone from the book, or are not what was committed to.
        """
        lines = schema.LINES
        try:
            found = _entries_differ(self._rows(_ENTRIES, first, last), fold.entries, unsure)
            postings = self._rows(_POSTINGS, first * lines, last * lines + lines - 1)
            if postings != fold.postings:
                found += _differ(postings, fold.postings, 1, "posting_differs")
            clocks = self._rows("SELECT seq, at FROM clock WHERE seq BETWEEN ? AND ? ORDER BY seq", first, last)
            found += _differ(clocks, fold.clocks, 0, "clock_differs")
            imports = self._rows(
                "SELECT entry, sha256, rows, profile FROM import WHERE entry BETWEEN ? AND ? ORDER BY entry",
                first,
                last,
            )
            found += _differ(imports, [row[:4] for row in fold.imports], 0, "import_differs")
        except sqlite3.Error:
            return [Difference(first, "unreadable")]
        return found

    def reversed_between(self, first: int, last: int) -> list[tuple[int, int]]:
        """Entries that the cache calls reversed, and by which, as far as it is looked at."""
        with suppress(sqlite3.Error):
            rows = self._rows(
                "SELECT seq, reversed_by FROM entry WHERE seq BETWEEN ? AND ? AND reversed_by IS NOT NULL", first, last
            )
            return [(int(seq), int(by)) for seq, by in rows]  # type: ignore[call-overload]
        return []

    def months(self) -> Iterator[tuple[Any, ...]]:
        """(party, account, month, debit_paise, credit_paise)."""
        yield from self._connection.execute("SELECT party, account, month, debit_paise, credit_paise FROM month")

    def parties(self) -> Iterator[CachedParty]:
        """Every party."""
        columns = ", ".join(CachedParty._fields)
        for row in self._connection.execute(f"SELECT {columns} FROM party"):
            yield CachedParty._make(row)


def look(path: Path | None) -> CacheLook | None:
    """A cache, if there is one that this khata can read."""
    if path is None or not path.is_file():
        return None
    connection = None
    with suppress(sqlite3.Error, ValueError, TypeError, OSError):
        connection = sqlite3.connect(path.absolute().as_uri() + "?mode=ro", uri=True, isolation_level=None)
        for setting in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON", "busy_timeout = 5000"):
            connection.execute(f"PRAGMA {setting}")
        connection.execute("BEGIN")
        kinds = {kind for (kind,) in connection.execute("SELECT DISTINCT type FROM sqlite_master")}
        meta = dict(connection.execute("SELECT key, value FROM meta WHERE key IN ('version', 'position')"))
        if kinds <= {"table", "index"} and meta.get("version") == str(schema.VERSION) and "position" in meta:
            seq, _, digest = meta["position"].partition(" ")
            position = Head(Seq(int(seq)), bytes.fromhex(digest))
            if position != EMPTY:
                return CacheLook(connection, position)
    if connection is not None:
        connection.close()
    return None


def _entries_differ(cached: list[Row], folded: list[Row], unsure: Collection[int]) -> list[Difference]:
    if cached == folded:
        return []
    if unsure:
        sure = [row[:_WORDS] if row[0] in unsure else row for row in cached]
        return _differ(sure, [row[:_WORDS] if row[0] in unsure else row for row in folded], 0, "entry_differs")
    return _differ(cached, folded, 0, "entry_differs")


def _differ(cached: list[Row], folded: list[Row], column: int, code: str) -> list[Difference]:
    """The entries at which two lists of rows part, each once."""
    if cached == folded:
        return []
    apart = set(cached) ^ set(folded)
    entries = {entry for entry in (row[column] for row in apart) if isinstance(entry, int)}
    return [Difference(entry, code) for entry in sorted(entries)] or [Difference(0, code)]
