"""A view is a table with a law: how what two parts of the book say of one key comes together.

From one declaration follow the table in the cache, saving into it, what the rules are told while entries are being
recorded, the parts that two processes read, and what `verify` holds the cache against. The laws give the same in
whatever order the parts come, so that two processes may share a book in any way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import cached_property
from operator import add
from typing import Any, Literal, NamedTuple


class Law(NamedTuple):
    """How two values of one key come together.

    Attributes:
        kind: int, str or bytes.
        how: `sum`, `max`, `min`; `once`: there is one value only; `with`: it goes with that of another column, which is
            a `max` or a `min` of entries: the name that was given last, the id of the first.
        entry: that other column; or the key, where it is the entry whose words these are.
        words: whether it is made of words that may be erased.
        start: what it is while nothing is known.
    """

    kind: type
    how: Literal["sum", "max", "min", "once", "with"]
    entry: str = ""
    words: bool = False
    start: int | None = None


SUM, PEAK = Law(int, "sum", start=0), Law(int, "max", start=0)
"""Of amounts and counts."""
LAST, FIRST = Law(int, "max"), Law(int, "min")
"""Of entries."""


def once(kind: type, *, words_of: str = "") -> Law:
    """A column in which a key has one value only; `words_of`: the words of the entry in that column."""
    return Law(kind, "once", words_of, bool(words_of))


def goes_with(entry: str, kind: type, *, words: bool = False) -> Law:
    """A column whose value is that of the entry which stands in another column."""
    return Law(kind, "with", entry, words)


_TOGETHER: dict[str, Callable[[Any, Any], Any]] = {"sum": add, "max": max, "min": min, "once": lambda old, _: old}
_SAVED = {
    "sum": "{c} + excluded.{c}",
    "max": "coalesce(max({c}, excluded.{c}), {c}, excluded.{c})",
    "min": "coalesce(min({c}, excluded.{c}), {c}, excluded.{c})",
    "once": "coalesce({c}, excluded.{c})",
    "with": "iif(excluded.{e} IS NOT NULL AND ({e} IS NULL OR excluded.{e} {than} {e}), excluded.{c}, {c})",
}

Key = Any
"""The value of a table's key: a tuple where the key has several columns."""


class ViewTable:
    """A table of the views.

    Args:
        name: its name in the cache.
        key: the columns that tell its rows apart, and their types.
        laws: the other columns.
        entry: the column that says which entry a row is about, for whoever reports it; "" if none does.
        part: for columns of a table that has others, too, what they are called; only rows in which they are set count.
    """

    def __init__(
        self, name: str, key: Mapping[str, type], laws: Mapping[str, Law], *, entry: str = "", part: str = ""
    ) -> None:
        self.name, self.key, self.laws, self.entry, self.part = name, dict(key), dict(laws), entry, part
        self.columns = (*self.key, *laws)
        self.by_entry = entry in self.key
        """Whether each row stands under the entry that it is about: then rows up to one can be told from others."""
        self.at = {column: place for place, column in enumerate(laws)}
        """Where each column that is no key stands in a row."""
        self._empty = [law.start for law in laws.values()]

    def row(self) -> list[Any]:
        """A row of which nothing is known."""
        return self._empty.copy()

    @cached_property
    def _steps(self) -> list[tuple[int, str, int]]:
        """What goes with another column comes before it, while that still is as it was."""
        steps = [(self.at[name], law.how, self.at.get(law.entry, 0)) for name, law in self.laws.items()]
        return sorted(steps, key=lambda step: step[1] != "with")

    def merge(self, into: list[Any], more: list[Any]) -> None:
        """Bring what another part of the book says of a key into a row."""
        for at, how, entry in self._steps:
            old, new = into[at], more[at]
            if how == "with":
                one, other = more[entry], into[entry]
                if one is not None and (other is None or self._goes(entry, one, other)):
                    into[at] = new
            elif old is None or new is None:
                into[at] = new if old is None else old
            else:
                into[at] = _TOGETHER[how](old, new)

    def _goes(self, at: int, one: int, other: int) -> bool:
        """Whether of two entries in a column the one is what the column comes to."""
        return one >= other if self.laws[self.columns[len(self.key) + at]].how == "max" else one < other

    @cached_property
    def saving(self) -> str:
        """The statement that saves a row, key first, over one that may be there."""
        marks = ", ".join("?" * len(self.columns))
        sets = [f"{name} = {self._saved(name, law)}" for name, law in self.laws.items()]
        conflict = f"ON CONFLICT DO UPDATE SET {', '.join(sets)}" if sets else ""
        return f"INSERT INTO {self.name} ({', '.join(self.columns)}) VALUES ({marks}) {conflict}"

    def _saved(self, name: str, law: Law) -> str:
        than = ">=" if law.how == "with" and self.laws[law.entry].how == "max" else "<"
        return _SAVED[law.how].format(c=name, e=law.entry, than=than)

    @cached_property
    def asking(self) -> str:
        """The statement that gives all rows, key first."""
        set_only = f" WHERE {next(iter(self.laws))} IS NOT NULL" if self.part else ""
        return f"SELECT {', '.join(self.columns)} FROM {self.name}{set_only}"

    def values(self, key: Key) -> tuple[Any, ...]:
        """A key as it is bound."""
        return key if len(self.key) > 1 else (key,)

    def pair(self, found: tuple[Any, ...]) -> tuple[Key, list[Any]]:
        """Key and row of what `asking` gives."""
        width = len(self.key)
        return (found[0] if width == 1 else found[:width]), list(found[width:])


class Rows(dict[Key, list[Any]]):
    """Rows of a table by their key; one that is not there yet is begun."""

    def __init__(self, table: ViewTable) -> None:
        super().__init__()
        self.table = table

    def __missing__(self, key: Key) -> list[Any]:
        row = self[key] = self.table.row()
        return row


class RowsOver(Rows):
    """Rows over a cache: one that is not there yet begins as the cache has it."""

    def __init__(self, table: ViewTable, cache: sqlite3.Connection) -> None:
        super().__init__(table)
        self._cache = cache

    def __missing__(self, key: Key) -> list[Any]:
        row = self[key] = cached(self._cache, self.table, key) or self.table.row()
        return row

    def load(self) -> RowsOver:
        """Take in every row that the cache has, for a table of a few rows."""
        self.update(map(self.table.pair, self._cache.execute(self.table.asking)))
        return self


Gathered = dict[str, dict[Key, list[Any]]]
"""What a fold leaves: for the name of each law's table its rows. Plain values, which may cross to another process."""


def gathering(tables: Iterable[ViewTable]) -> Gathered:
    """Nothing yet."""
    return {table.name: Rows(table) for table in tables}


def plain(made: Gathered) -> Gathered:
    """What was gathered, in plain dictionaries, which another process can be told."""
    return {name: dict(rows) for name, rows in made.items()}


def bound(tables: Iterable[ViewTable], made: Gathered, most: int) -> None:
    """Let no sum or largest value be more than what can be told."""
    for table in tables:
        numbers = [table.at[name] for name, law in table.laws.items() if law.start is not None]
        for row in made[table.name].values() if numbers else ():
            for at in numbers:
                row[at] = min(row[at], most)


def merge(tables: Iterable[ViewTable], into: Gathered, more: Gathered) -> None:
    """Bring what was gathered of another part of the book into what was gathered of this one."""
    for table in tables:
        rows = into.setdefault(table.name, {})
        for key, row in more.get(table.name, {}).items():
            if (old := rows.get(key)) is None:
                rows[key] = row.copy()
            else:
                table.merge(old, row)


def save(cache: sqlite3.Connection, table: ViewTable, rows: Mapping[Key, list[Any]]) -> None:
    """Write rows into a cache, inside the caller's transaction."""
    if len(table.key) == 1:
        cache.executemany(table.saving, ((key, *row) for key, row in rows.items()))
    else:
        cache.executemany(table.saving, ((*key, *row) for key, row in rows.items()))


def cached(cache: sqlite3.Connection, table: ViewTable, key: Key) -> list[Any] | None:
    """The row of a key in a cache; None if it has none."""
    where = " AND ".join(f"{column} = ?" for column in table.key)
    found = cache.execute(f"{table.asking} {'AND' if table.part else 'WHERE'} {where}", table.values(key)).fetchone()
    return None if found is None else table.pair(found)[1]


def differing(
    cache: sqlite3.Connection,
    table: ViewTable,
    rows: Mapping[Key, list[Any]],
    keys: Iterable[Key] | None,
    unsure: Container[int],
    upto: int | None = None,
) -> Iterator[int]:
    """Where a cache does not say what was gathered: for each row the entry that it is about, 0 for none.

    Args:
        cache: the cache.
        table: the table.
        rows: what was gathered.
        keys: which rows are looked at; None: all, and the cache may have no others.
        unsure: entries whose words are gone from the book: what they said is not looked at.
        upto: a row that a later entry put there does not count; None: the cache has none.
    """
    if keys is not None:
        for key in keys:
            have = cached(cache, table, key)
            if upto is not None and have is not None and _is_later(table, have, upto):
                have = None
            yield from _apart(table, key, have, rows.get(key), unsure)
        return
    left = set(rows)
    for key, have in map(table.pair, cache.execute(table.asking)):  # one by one: there may be very many
        left.discard(key)
        yield from _apart(table, key, have, rows.get(key), unsure)
    for key in left:
        yield from _apart(table, key, None, rows[key], unsure)


def between(cache: sqlite3.Connection, table: ViewTable, first: int, last: int) -> list[int]:
    """The entries from `first` to `last` under which a cache has a row of a table that stands by entry."""
    (column,) = table.key
    asked = f"{table.asking} {'AND' if table.part else 'WHERE'} {column} BETWEEN ? AND ?"
    return [key for key, *_ in cache.execute(asked, (first, last))]


def _is_later(table: ViewTable, row: list[Any], upto: int) -> bool:
    return any(row[table.at[name]] > upto for name, law in table.laws.items() if law in (LAST, FIRST))


def _apart(
    table: ViewTable, key: Key, have: list[Any] | None, want: list[Any] | None, unsure: Container[int]
) -> Iterator[int]:
    if have != want and (have is None or want is None or not _alike(table, key, have, want, unsure)):
        yield _entry(table, key, want or have or [])


def _alike(table: ViewTable, key: Key, have: list[Any], want: list[Any], unsure: Container[int]) -> bool:
    for law, one, other in zip(table.laws.values(), have, want, strict=True):
        # A verified point keeps no words.
        if one != other and not (law.words and (other is None or _of(table, law.entry, key, want) in unsure)):
            return False
    return True


def _of(table: ViewTable, column: str, key: Key, row: list[Any]) -> Any:
    return key if column in table.key else row[table.at[column]]


def _entry(table: ViewTable, key: Key, row: list[Any]) -> int:
    found = _of(table, table.entry, key, row) if table.entry else 0
    return found if isinstance(found, int) else 0
