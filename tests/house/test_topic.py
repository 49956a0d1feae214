"""A topic with something of its own to remember is one table and one fold: here, how often each customer bought."""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from khata.events.base import Event
from khata.events.money import SaleRecorded
from khata.log.chain import EMPTY
from khata.questions.state import State
from khata.rules.correction import ReverseEntry
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import At, Seq
from khata.verifying.ids import Ids
from khata.verifying.pages import Reader
from khata.verifying.tally import Tally
from khata.verifying.verdict import Fault
from khata.verifying.verify import verify
from khata.views import fold
from khata.views.cache import Cache, path_for
from khata.views.catch_up import catch_up
from khata.views.laws import LAST, PEAK, SUM, Gathered, ViewTable
from khata.views.schema import TABLES, _tables
from khata.views.tail import Folded, read
from tests.books import TODAY, Shop, on_disk

BOUGHT = ViewTable("bought", {"party": int}, {"times": SUM, "most": PEAK, "entry": LAST}, entry="entry")


def bought(recorded: Any, _: Any, made: Gathered) -> None:
    row = made[BOUGHT.name][recorded.event.party]
    row[0] += 1
    row[1] = max(row[1], recorded.event.amount_paise)
    row[2] = recorded.seq


@pytest.fixture(autouse=True)
def topic(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The whole declaration."""
    TABLES.append(BOUGHT)
    _tables.cache_clear()
    sale: type[Event] = SaleRecorded
    monkeypatch.setitem(fold.FOLDS, sale, (*fold.FOLDS.get(sale, ()), bought))
    yield
    TABLES.remove(BOUGHT)
    _tables.cache_clear()


def sold(shop: Shop) -> None:
    for n in range(1, 8):
        shop.sell(f"Party {n % 3}", 100 * n)
    shop.receive("Party 1", 50)
    shop.record(ReverseEntry(entry=Seq(3), reason="wrong"))
    shop.books.catch_up()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = on_disk(tmp_path / "shop.khata", tmp_path / "cache")
    sold(made)
    return made


@pytest.fixture
def views(tmp_path: Path) -> Path:
    return path_for(tmp_path / "cache", tmp_path / "shop.khata")


WHOLE = [(1, 3, 70000, 11), (2, 2, 50000, 9), (3, 2, 60000, 10)]


def rows(cache: Cache) -> list[tuple[Any, ...]]:
    return cache.connection.execute("SELECT * FROM bought ORDER BY party").fetchall()


def test_catching_up_in_steps_comes_to_what_a_rebuild_comes_to(shop: Shop) -> None:
    assert rows(shop.books.cache) == WHOLE
    whole = Cache(None)
    catch_up(shop.store, whole)
    assert rows(whole) == WHOLE


def test_the_rules_are_told_it_with_what_came_since(shop: Shop) -> None:
    with shop.store.reading() as reading:
        state = State(shop.books.cache.connection, reading, TODAY, At("2026-11-22T05:00:00.000000Z"))
        assert state.row(BOUGHT.name, 1) == [3, 70000, 11]
        fresh = State(Cache(None).connection, reading, TODAY, state.at)
        assert [fresh.row(BOUGHT.name, party) for party in (1, 2, 3)] == [list(row[1:]) for row in WHOLE]


def test_it_crosses_from_the_second_process(shop: Shop, tmp_path: Path) -> None:
    with shop.store.reading() as reading:
        folded = read(reading, EMPTY, 100).folded()
    crossed = Folded.of(marshal.loads(marshal.dumps(folded.plain())))  # noqa: S302 - made in this line
    assert crossed == folded
    assert crossed.rows.made["bought"] == {party: list(row) for party, *row in WHOLE}
    reader = Reader(ReadOnlyBook(tmp_path / "shop.khata"), None, 100, Ids())
    reader.read(1, 12)
    tally = reader.gathered()
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(tally), type=Tally).made == tally.made


@pytest.mark.parametrize(
    ("sql", "entry"),
    [
        ("UPDATE bought SET times = 4 WHERE party = 1", 11),
        ("UPDATE bought SET most = 1 WHERE party = 3", 10),
        ("DELETE FROM bought WHERE party = 2", 9),
        ("INSERT INTO bought VALUES (9, 1, 1, 4)", 4),
    ],
)
def test_verify_finds_a_row_that_was_changed(shop: Shop, tmp_path: Path, views: Path, sql: str, entry: int) -> None:
    book = tmp_path / "shop.khata"
    before = verify(book, views)
    assert before.result == "unbroken"
    shop.books.cache.connection.execute(sql)
    assert verify(book, views).faults == (Fault("replay", Seq(entry), "bought_differs"),)


def test_verify_goes_on_from_a_verified_point(shop: Shop, tmp_path: Path, views: Path) -> None:
    book = tmp_path / "shop.khata"
    point = verify(book, views).point
    shop.sell("Party 1", 900)
    shop.books.catch_up()
    assert verify(book, views, since=point).result == "unbroken"
    shop.books.cache.connection.execute("UPDATE bought SET times = 9 WHERE party = 1")
    assert [fault.code for fault in verify(book, views, since=point).faults] == ["bought_differs"]
