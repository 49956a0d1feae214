"""The laws by which parts of a book come together: the same in any order, in memory, in the cache, and over it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.views.laws import (
    FIRST,
    LAST,
    PEAK,
    SUM,
    Gathered,
    RowsOver,
    ViewTable,
    cached,
    differing,
    gathering,
    goes_with,
    merge,
    once,
    plain,
    save,
)

PERSON = ViewTable(
    "person",
    {"number": int},
    {
        "id": goes_with("declared", str),
        "declared": FIRST,
        "name": goes_with("named", str, words=True),
        "named": LAST,
        "largest": PEAK,
        "last": LAST,
        "paise": SUM,
    },
    entry="declared",
)
SHELF = ViewTable("shelf", {"place": str, "item": str}, {"count": SUM})
FILE = ViewTable("file", {"entry": int}, {"sha": once(str), "path": once(str, words_of="entry")}, entry="entry")
TABLES = (PERSON, SHELF, FILE)

Event = tuple[str, int, int]
EVENTS = st.lists(
    st.tuples(st.sampled_from(["declare", "name", "pay", "put", "file"]), st.integers(1, 3), st.integers(-5, 9)),
    max_size=25,
)


def folded(events: list[tuple[int, Event]]) -> Gathered:
    """A fold of numbered events, which sets what it says and knows nothing of other parts."""
    made = gathering(TABLES)
    for entry, (kind, number, amount) in events:
        row = made["person"][number] if kind in {"declare", "name", "pay"} else []
        if kind == "declare" and row[1] is None:
            row[0], row[1] = f"id{entry}", entry
        elif kind == "name":
            row[2], row[3] = f"name{entry}", entry
        elif kind == "pay":
            row[4], row[6] = max(row[4], amount), row[6] + amount
        elif kind == "put":
            made["shelf"][f"place{number}", "rice"][0] += amount
        elif kind == "file":
            made["file"][entry] = [f"sha{entry}", f"path{entry}"]
        if row:
            row[5] = entry
    return plain(made)


def empty_cache() -> sqlite3.Connection:
    cache = sqlite3.connect(":memory:", isolation_level=None)
    for table in TABLES:
        cache.execute(f"CREATE TABLE {table.name} ({', '.join(table.columns)}, PRIMARY KEY ({', '.join(table.key)}))")
    return cache


def in_cache(cache: sqlite3.Connection) -> Gathered:
    return {table.name: dict(map(table.pair, cache.execute(table.asking))) for table in TABLES}


@given(EVENTS, st.integers(0, 25), st.integers(0, 25))
def test_parts_come_to_the_whole_in_any_order_and_in_the_cache(said: list[Event], one: int, other: int) -> None:
    events = list(enumerate(said, start=1))
    first, second = sorted((one, other))
    parts = [folded(events[:first]), folded(events[first:second]), folded(events[second:])]
    whole = folded(events)
    for order in permutations(parts):
        made: Gathered = {table.name: {} for table in TABLES}
        for part in order:
            merge(TABLES, made, part)
        assert made == whole
        with closing(empty_cache()) as cache:
            for part in order:
                for table in TABLES:
                    save(cache, table, part[table.name])
            assert in_cache(cache) == whole
            assert not any(list(differing(cache, table, whole[table.name], None, ())) for table in TABLES)


@given(EVENTS, st.integers(0, 25))
def test_a_fold_over_a_cache_goes_on_where_that_ends(said: list[Event], reach: int) -> None:
    events = list(enumerate(said, start=1))
    with closing(empty_cache()) as cache:
        begun = folded(events[:reach])
        for table in TABLES:
            save(cache, table, begun[table.name])
        over = {table.name: RowsOver(table, cache) for table in TABLES}
        for table in TABLES:
            for key, row in folded(events[reach:])[table.name].items():
                table.merge(over[table.name][key], row)
            over[table.name].load() if not over[table.name] else None
        for name, rows in over.items():
            whole = folded(events)[name]
            assert {key: whole[key] for key in rows} == rows


WHOLE: Gathered = {"person": {1: ["a", 2, "Ramesh", 5, 900, 8, 100]}, "shelf": {("left", "rice"): [3]}, "file": {}}


@pytest.fixture
def cache() -> Any:
    with closing(empty_cache()) as made:
        for table in TABLES:
            save(made, table, WHOLE[table.name])
        yield made


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE person SET paise = 101", [2]),
        ("UPDATE person SET id = 'b'", [2]),
        ("UPDATE person SET declared = 3", [2]),
        ("DELETE FROM person", [2]),
        ("INSERT INTO person VALUES (7, 'c', 4, 'x', 4, 0, 4, 0)", [4]),
        ("UPDATE shelf SET count = 4", [0]),
        ("DELETE FROM shelf", [0]),
        ("INSERT INTO file VALUES (6, 'sha', 'path')", [6]),
    ],
)
def test_what_a_cache_says_otherwise_is_found(cache: sqlite3.Connection, sql: str, found: list[int]) -> None:
    cache.execute(sql)
    assert [entry for table in TABLES for entry in differing(cache, table, WHOLE[table.name], None, ())] == found


def test_words_are_not_looked_at_where_they_are_gone_or_were_not_kept(cache: sqlite3.Connection) -> None:
    cache.execute("UPDATE person SET name = 'Suresh'")
    rows = WHOLE["person"]
    assert list(differing(cache, PERSON, rows, None, ())) == [2]
    assert list(differing(cache, PERSON, rows, [1], ())) == [2]
    assert list(differing(cache, PERSON, rows, None, {2})) == [2]
    assert list(differing(cache, PERSON, rows, None, {5})) == []
    assert list(differing(cache, PERSON, {1: [*rows[1][:2], None, *rows[1][3:]]}, None, ())) == []
    assert list(differing(cache, PERSON, rows, [9], ())) == []
    cache.execute("INSERT INTO file VALUES (6, 'sha', 'path')")
    assert list(differing(cache, FILE, {6: ["sha", "other"]}, None, ())) == [6]
    assert list(differing(cache, FILE, {6: ["sha", "other"]}, None, {6})) == []


def test_columns_that_are_a_part_of_a_table_leave_its_others_alone() -> None:
    part = ViewTable("person", {"number": int}, {"ended_by": FIRST}, entry="number", part="ended")
    with closing(sqlite3.connect(":memory:")) as cache:
        cache.execute("CREATE TABLE person (number INTEGER PRIMARY KEY, name TEXT, ended_by INTEGER)")
        cache.execute("INSERT INTO person (number, name) VALUES (1, 'a'), (2, 'b')")
        save(cache, part, {2: [7]})
        assert cache.execute("SELECT * FROM person").fetchall() == [(1, "a", None), (2, "b", 7)]
        assert cached(cache, part, 1) is None
        assert cached(cache, part, 2) == [7]
        assert list(differing(cache, part, {2: [7]}, None, ())) == []
        cache.execute("UPDATE person SET ended_by = 8 WHERE number = 1")
        assert list(differing(cache, part, {2: [7]}, None, ())) == [1]
