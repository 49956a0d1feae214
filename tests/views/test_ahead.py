"""A long tail folded by two processes makes the same views as one, whatever happens to either."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from khata import process
from khata.log.errors import BookBrokenError
from khata.rules.erasure import ForgetParty
from khata.store.sqlite.book import SqliteBook
from khata.store.sqlite.create import create
from khata.views import catch_up as catching
from khata.views.ahead import Ahead
from khata.views.cache import Cache
from khata.views.catch_up import catch_up
from tests.books import Shop, contents, payment, sale
from tests.views.test_catch_up import eventful


@pytest.fixture
def shop(disk_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A book with one of everything, whose tail counts as long and is read in seven parts."""
    made = disk_shop
    made.record(*eventful())
    made.record(sale("Gita", 7, note="to be forgotten"), payment("Gita", 7))
    made.record(ForgetParty(party=made.party("Gita")), sale("Ramesh", 3))
    monkeypatch.setattr(catching, "LONG", 10)
    monkeypatch.setattr(catching, "LARGE", 5)
    monkeypatch.setattr(catching, "BATCH", len(made.entries()) // 7 + 1)
    return made


def by_one(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Cache:
    cache = Cache(None)
    with monkeypatch.context() as patch:
        patch.setattr(catching, "LONG", 10**9)
        catch_up(shop.store, cache)
    return cache


def used(monkeypatch: pytest.MonkeyPatch, act: Callable[[int], None] | None = None) -> list[bool]:
    """Notes whether each part came from the second process, nothing for the end; `act` is told how many came before."""
    noted: list[bool] = []
    take = Ahead.take

    def taking(ahead: Ahead) -> object:
        if act is not None:
            act(len(noted))
        made = take(ahead)
        if made is not None or not ahead.ended:
            noted.append(made is not None)
        return made

    monkeypatch.setattr(Ahead, "take", taking)
    return noted


def test_two_make_what_one_makes(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    noted, cache = used(monkeypatch), Cache(None)
    catch_up(shop.store, cache)
    assert contents(cache) == contents(by_one(shop, monkeypatch))
    assert len(noted) > 4
    assert all(noted)


@pytest.mark.parametrize("start", ["import os; os._exit(1)", "raise SystemExit", "print('garbage' * 99)", "(", ""])
def test_a_second_process_that_fails_is_done_without(shop: Shop, monkeypatch: pytest.MonkeyPatch, start: str) -> None:
    monkeypatch.setattr(process, "START", start)
    noted, cache = used(monkeypatch), Cache(None)
    catch_up(shop.store, cache)
    assert contents(cache) == contents(by_one(shop, monkeypatch))
    assert not any(noted)


def test_where_no_process_can_be_started(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_process(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr("subprocess.Popen", no_process)
    cache = Cache(None)
    catch_up(shop.store, cache)
    assert contents(cache) == contents(by_one(shop, monkeypatch))


def test_a_broken_part_is_named_once_those_before_it_are_written(shop: Shop, tmp_path: Path) -> None:
    entries = shop.entries()
    bad = len(entries) - 4
    entries[bad - 1] = entries[bad - 1]._replace(body=entries[bad - 1].body.replace(b'"on":"', b'"on":"X'))
    create(tmp_path / "bad.khata", entries, shop.details())
    cache = Cache(None)
    with pytest.raises(BookBrokenError) as caught:
        catch_up(SqliteBook(tmp_path / "bad.khata"), cache)
    assert caught.value.facts["entry"] == bad
    assert 0 < cache.position().seq < bad


def test_another_process_that_caught_up_meanwhile_is_not_written_over(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, theirs = Cache(tmp_path / "views.sqlite"), Cache(tmp_path / "views.sqlite")

    def theirs_first(taken: int) -> None:
        if taken == 2:
            with monkeypatch.context() as patch:
                patch.setattr(catching, "LONG", 10**9)
                catch_up(shop.store, theirs)

    used(monkeypatch, theirs_first)
    catch_up(shop.store, mine)
    assert contents(mine) == contents(by_one(shop, monkeypatch))


def test_a_book_that_is_taken_meanwhile_is_left_to_the_next_question(
    shop: Shop, book_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(None)
    shop.close_views()
    with closing(sqlite3.connect(book_path, isolation_level=None)) as other:

        def taken(before: int) -> None:
            if before == 1:
                other.execute("BEGIN EXCLUSIVE")

        noted = used(monkeypatch, taken)
        reach = catch_up(SqliteBook(book_path), cache)
        assert reach.position == cache.position()
        assert noted[0]
        other.execute("ROLLBACK")
    catch_up(SqliteBook(book_path), cache)
    assert contents(cache) == contents(by_one(shop, monkeypatch))


def test_what_the_second_process_reads_is_checked_as_well(shop: Shop, tmp_path: Path) -> None:
    """A link that is broken between two parts: neither process alone sees both sides of it."""
    entries = shop.entries()
    other = Shop(SqliteBook(create_like(shop, tmp_path)))
    part = catching.BATCH
    mixed = [*entries[: 2 * part], *other.entries()[2 * part :]]
    create(tmp_path / "mixed.khata", mixed, [])
    cache = Cache(None)
    with pytest.raises(BookBrokenError) as caught:
        catch_up(SqliteBook(tmp_path / "mixed.khata"), cache)
    assert caught.value.facts["entry"] == 2 * part + 1
    assert cache.position().seq == 2 * part


def create_like(shop: Shop, tmp_path: Path) -> Path:
    """Another book, of as many entries, with a history of its own from the first sale on."""
    from tests.books import on_disk

    path = tmp_path / "other.khata"
    other = on_disk(path, tmp_path / "other-cache", clock=shop.clock)
    while len(other.entries()) < len(shop.entries()):
        other.record(sale("Ramesh", 3))
    return path
