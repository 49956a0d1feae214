"""What the views make of a book that is not whole: nothing from its first wrong entry on, which they name."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from khata.log.chain import EMPTY, Entry, leaf
from khata.log.errors import BookBrokenError
from khata.nameless import nameless_database
from khata.store.memory import MemoryBook
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.create import create
from khata.store.sqlite.schema import OBJECTS
from khata.units import Seq
from khata.views import catch_up as catching
from khata.views.cache import Cache
from khata.views.catch_up import catch_up
from tests.any_book import entries_of
from tests.on_paper import Paper
from tests.views.test_accounts import EVERY_KIND, assert_accounts

ENTRIES = entries_of(EVERY_KIND)
PART = 4
PLACES = [1, 2, PART - 1, PART, PART + 1, PART + 2, 2 * PART, 2 * PART + 1, len(ENTRIES) - 1, len(ENTRIES)]


class Handed:
    """A book that gives these rows, whatever stands in them."""

    def __init__(self, rows: Sequence[Entry]) -> None:
        self._book = MemoryBook()
        self._book._pages._entries = list(rows)

    def __getattr__(self, name: str) -> object:
        return getattr(self._book, name)


def rehashed(entry: Entry) -> Entry:
    body = re.sub(rb'"id":"[0-9a-f]{32}"', b'"id":"' + b"ab" * 16 + b'"', entry.body)
    return Entry(entry.seq, body, leaf(body))


@pytest.fixture(params=[True, False], ids=["a long tail", "a short one"], autouse=True)
def in_parts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in small parts, by either engine."""
    monkeypatch.setattr(catching, "BATCH", PART)
    if request.param:
        monkeypatch.setattr(catching, "LARGE", 0)


def refused(rows: Sequence[Entry], entry: int) -> str:
    """Why the views refuse a book at an entry; those before its part are in them, and right."""
    cache = Cache(None)
    with pytest.raises(BookBrokenError) as broken:
        catch_up(Handed(rows), cache)  # type: ignore[arg-type]
    assert broken.value.facts["entry"] == entry
    reach = cache.position().seq
    assert reach == (entry - 1) // PART * PART
    assert_accounts(cache, Paper(each.body for each in ENTRIES[:reach]))
    return str(broken.value.facts["reason"])


@pytest.mark.parametrize("place", PLACES)
def test_an_entry_whose_hash_is_another_is_named(place: int) -> None:
    bad = ENTRIES[place - 1]
    rows = [*ENTRIES[: place - 1], bad._replace(hash=leaf(b"another")), *ENTRIES[place:]]
    assert refused(rows, place) == "hash_differs"


@pytest.mark.parametrize("place", PLACES[:-1])
def test_an_entry_that_follows_another_than_stands_there_is_named(place: int) -> None:
    rows = [*ENTRIES[: place - 1], rehashed(ENTRIES[place - 1]), *ENTRIES[place:]]
    assert refused(rows, place + 1) == "link_differs"


def test_a_whole_chain_that_begins_with_another_hash_than_zeros_is_refused_at_its_first_entry() -> None:
    rows, before = list[Entry](), b"f" * 64
    for entry in ENTRIES:
        body = b'{"@prev":"' + before + entry.body[74:]
        rows.append(Entry(entry.seq, body, leaf(body)))
        before = leaf(body).hex().encode()
    assert refused(rows, 1) == "link_differs"


@pytest.mark.parametrize("place", PLACES[:-1])
def test_a_body_that_says_another_place_is_named(place: int) -> None:
    body = ENTRIES[place - 1].body.replace(b'"@seq":%d,' % place, b'"@seq":%d,' % (place + 1))
    assert (
        refused([*ENTRIES[: place - 1], Entry(Seq(place), body, leaf(body)), *ENTRIES[place:]], place) == "link_differs"
    )


@pytest.mark.parametrize(
    ("first", "last", "entry", "reason", "reach"),
    [
        (6, 6, 7, "gap", PART),
        (PART + 1, 2 * PART, PART + 1, "missing", PART),
        (PART + 2, len(ENTRIES) - 1, PART + 2, "missing", PART + 1),
    ],
    ids=["one in the middle of a part", "a whole part", "all but the last"],
)
def test_entries_that_are_gone_are_named(
    tmp_path: Path, first: int, last: int, entry: int, reason: str, reach: int
) -> None:
    create(tmp_path / "book.khata", ENTRIES)
    with closing(sqlite3.connect(tmp_path / "book.khata", isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER event_no_delete")
        connection.execute("DELETE FROM event WHERE seq BETWEEN ? AND ?", (first, last))
        connection.execute(OBJECTS["event_no_delete"])
    cache = Cache(None)
    with pytest.raises(BookBrokenError) as broken, closing(SqliteBook(tmp_path / "book.khata")) as book:
        catch_up(book, cache)
    assert broken.value.facts == {"entry": entry, "reason": reason}
    assert cache.position().seq == reach


@pytest.mark.parametrize("on_disk", [True, False])
def test_views_that_can_be_written_nowhere_are_told_of_and_not_tried_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_disk: bool
) -> None:
    made: list[Callable[..., sqlite3.Connection]] = []

    def full(make: Callable[..., sqlite3.Connection]) -> Callable[..., sqlite3.Connection]:
        def connect(*given: Cache) -> sqlite3.Connection:
            made.append(make)
            assert len(made) < 4, "tried again and again"
            connection = make(*given)
            connection.execute("PRAGMA query_only = ON")
            return connection

        return connect

    monkeypatch.setattr(Cache, "_alone", full(Cache._alone))
    monkeypatch.setattr("khata.views.cache.nameless_database", full(nameless_database))
    cache = Cache(tmp_path / "views.sqlite" if on_disk else None)
    catch_up(MemoryBook(), cache)
    cache.connection.execute("PRAGMA query_only = ON")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        catch_up(Handed(ENTRIES), cache)  # type: ignore[arg-type]
    assert cache.position() == EMPTY
