"""A long tail folded by two processes makes the same views as one, whatever happens to either."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from khata.log.book import Reading
from khata.log.errors import BookBrokenError, BusyError
from khata.rules.erasure import ForgetParty
from khata.store.memory import MemoryBook
from khata.views import catch_up as catching
from khata.views import two
from khata.views.cache import Cache
from khata.views.catch_up import catch_up
from tests.books import Shop, contents, in_memory, payment, sale
from tests.views.test_catch_up import eventful


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A book with one of everything, whose tail counts as long and is read in seven parts."""
    made = in_memory()
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


def used(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Notes for each part whether the second process folded it."""
    noted: list[bool] = []
    take = two.Mate.take

    def taking(mate: two.Mate) -> object:
        rows = take(mate)
        noted.append(rows is not None)
        return rows

    monkeypatch.setattr(two.Mate, "take", taking)
    return noted


def test_two_make_what_one_makes(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    noted, cache = used(monkeypatch), Cache(None)
    catch_up(shop.store, cache)
    assert contents(cache) == contents(by_one(shop, monkeypatch))
    assert len(noted) > 5
    assert all(noted)


@pytest.mark.parametrize("start", ["import os; os._exit(1)", "raise SystemExit", "print('garbage' * 99)", "(", ""])
def test_a_second_process_that_fails_is_done_without(shop: Shop, monkeypatch: pytest.MonkeyPatch, start: str) -> None:
    monkeypatch.setattr(two, "_START", start)
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


def test_a_broken_part_is_named_once_those_before_it_are_written(shop: Shop) -> None:
    entries = shop.entries()
    bad = len(entries) - 4
    entries[bad - 1] = entries[bad - 1]._replace(body=entries[bad - 1].body.replace(b'"on":"', b'"on":"X'))
    book = MemoryBook()
    with book.writing() as pages:
        pages.append(entries, shop.details())
    cache = Cache(None)
    with pytest.raises(BookBrokenError) as caught:
        catch_up(book, cache)
    assert caught.value.facts["entry"] == bad
    assert 0 < cache.position().seq < bad


class Interrupted:
    """A book that somebody else uses between one part and the next."""

    def __init__(self, book: object, turn: int, act: object) -> None:
        self._book, self._left, self._act = book, turn, act

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        self._left -= 1
        if not self._left:
            self._act()  # type: ignore[operator]
        with self._book.reading() as reading:  # type: ignore[attr-defined]
            yield reading


def test_another_process_that_caught_up_meanwhile_is_not_written_over(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, theirs = Cache(tmp_path / "views.sqlite"), Cache(tmp_path / "views.sqlite")
    catch_up(Interrupted(shop.store, 4, lambda: catch_up(shop.store, theirs)), mine)
    assert contents(mine) == contents(by_one(shop, monkeypatch))


def test_a_book_that_is_taken_meanwhile_is_left_to_the_next_question(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken() -> None:
        raise BusyError

    cache = Cache(None)
    reach = catch_up(Interrupted(shop.store, 4, taken), cache)
    assert reach.position == cache.position()
    catch_up(shop.store, cache)
    assert contents(cache) == contents(by_one(shop, monkeypatch))
