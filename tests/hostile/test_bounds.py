"""A file that pretends to hold more than it has: lengths are asked before bodies, and reading is bounded by bytes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from khata.log.book import Reading
from khata.log.chain import Head
from khata.log.errors import BookBrokenError
from khata.store.sqlite import book, readonly
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.connection import MOST_OBJECTS
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.verifying.verify import verify
from khata.views import catch_up as catching
from khata.views import tail
from khata.views.cache import Cache
from khata.views.catch_up import catch_up
from tests.books import Shop, contents, on_disk, sale

LONG = 3_000_000


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = on_disk(tmp_path / "shop.khata", tmp_path / "cache")
    shop.record(*[sale("Ramesh", number + 1, note="atta" * number) for number in range(20)])
    return shop


def changed(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(sql)
        for _, text in triggers:
            connection.execute(text)


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        (f"UPDATE event SET body = zeroblob({LONG}) WHERE seq = 9", "bad_length"),
        (f"UPDATE event SET hash = zeroblob({LONG}) WHERE seq = 9", "hash_differs"),
        (f"UPDATE detail SET salt = zeroblob({LONG}) WHERE entry = 9", "bad_salt"),
    ],
    ids=["body", "hash", "salt"],
)
def test_a_value_that_no_entry_can_have_is_not_read(shop: Shop, tmp_path: Path, sql: str, code: str) -> None:
    path = tmp_path / "shop.khata"
    changed(path, sql)
    assert code in {fault.code for fault in verify(path).faults}
    with closing(ReadOnlyBook(path)) as pages:
        read = pages.pages(1, 20)
        assert max(len(value) for row in (*read.entries, *read.details) for value in row if type(value) is bytes) < 999
    with closing(SqliteBook(path)) as again, again.reading() as reading:
        assert max(len(entry.body) for entry in reading.entries(1, 20)) < 999
        assert max(len(detail.salt) for detail in reading.details(1, 20)) <= 16
    with pytest.raises(BookBrokenError):
        on_disk(path, tmp_path / "its own").sell("Ramesh", 5)


def test_more_bytes_than_the_file_has_are_not_read(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that are named again and again are seen by SQLite's own check, and by the sum of their lengths."""
    path = tmp_path / "shop.khata"
    monkeypatch.setattr(book, "file_size", lambda _: 999)
    monkeypatch.setattr(catching, "LARGE", 5)
    with pytest.raises(BookBrokenError):
        catch_up(shop.store, Cache(None))
    monkeypatch.setattr(readonly, "file_size", lambda _: 999)
    assert verify(path).result == "unbroken"  # nothing is named twice
    monkeypatch.setattr(ReadOnlyBook, "sound", lambda _: False)
    for links in (False, True):
        verdict = verify(path, links=links)
        assert (verdict.result, verdict.entries) == ("broken", 0)
        assert [fault.code for fault in verdict.faults] == ["damaged_pages"]


def test_long_details_are_read_a_few_at_a_time(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "shop.khata"
    cache = next((tmp_path / "cache").glob("*.sqlite"))
    before = verify(path, cache)
    monkeypatch.setattr(readonly, "MOST_BYTES", 100)
    with closing(ReadOnlyBook(path)) as pages:
        assert [pages.pages(first, 22).last for first in (1, 20, 22)] == [6, 20, 22]
    after = verify(path, cache)
    assert (after.result, after.entries, after.names_and_notes) == ("unbroken", 22, before.names_and_notes)
    assert after.compared_upto == 22


@pytest.mark.parametrize("most", [1, 500, 2000])
def test_a_tail_of_long_entries_is_folded_in_parts(shop: Shop, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    whole, parts = Cache(None), Cache(None)
    catch_up(shop.store, whole)
    reads: list[int] = []
    read = tail.read

    def bounded(reading: Reading, position: Head, count: int) -> tail.Tail:
        found = read(reading, position, count, most)
        reads.append(len(found.entries))
        return found

    monkeypatch.setattr(tail, "read", bounded)
    catch_up(shop.store, parts)
    assert contents(parts) == contents(whole)
    assert len(reads) > 3
    assert sum(reads) == 22


def test_a_schema_of_many_or_long_texts_is_not_read_to_its_end(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "shop.khata"
    shop.close_views()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"CREATE TABLE {'x' * 5000} (a)")
        for number in range(3 * MOST_OBJECTS):
            connection.execute(f"CREATE TABLE t{number} (a)")
    with closing(ReadOnlyBook(path)) as pages:
        objects = pages.standing().objects
    assert len(objects) == MOST_OBJECTS
    assert max(len(text or "") for row in objects for text in row) <= 999
    assert verify(path).result == "broken"
    with pytest.raises(BookBrokenError):
        on_disk(path, tmp_path / "cache").sell("Ramesh", 5)


@pytest.mark.parametrize("entry", [-5, 0, 23, 99])
def test_a_detail_that_stands_outside_of_the_entries_is_seen(shop: Shop, tmp_path: Path, entry: int) -> None:
    path = tmp_path / "shop.khata"
    shop.balances()
    changed(path, f"INSERT INTO detail VALUES ({entry}, x'00', x'7b7d', 0)")
    assert {fault.code for fault in verify(path).faults} == {"no_commitment"}
    with pytest.raises(BookBrokenError):
        shop.sell("Ramesh", 5)
    assert len(shop.entries()) == 22
    with pytest.raises(BookBrokenError):
        on_disk(path, tmp_path / "its own").sell("Ramesh", 5)


def test_an_entry_that_stands_before_the_first_is_seen(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "shop.khata"
    changed(path, "INSERT INTO event SELECT 0, body, hash FROM event WHERE seq = 1")
    assert verify(path).result == "broken"
    with pytest.raises(BookBrokenError):
        on_disk(path, tmp_path / "its own").sell("Ramesh", 5)
