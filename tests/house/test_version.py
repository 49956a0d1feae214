"""A further version of a kind is one class: it is read by its type, and the book says from where on it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from khata.events import base, shapes
from khata.events.base import Amount
from khata.events.book import FormatRaised
from khata.events.money import SaleRecorded
from khata.events.registry import KINDS
from khata.log.errors import NewerBookError
from khata.rules.base import Command, Decision, Draft, Facts
from khata.units import Party
from khata.verifying.verify import verify
from khata.views.cache import path_for
from tests.books import Shop, balances_in, on_disk, rs
from tests.reading import key_by_key, read_by_type


class SaleThree(SaleRecorded, kw_only=True):
    V: ClassVar[int] = 3
    NEEDS: ClassVar[int] = 3

    fee_paise: Amount | None = None


class SellAnew(Command):
    def decide(self, facts: Facts) -> Decision:
        event = SaleThree(party=Party(1), amount_paise=rs(20), fee_paise=rs(1))
        return [Draft(event, facts.today), Draft(event, facts.today)]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = on_disk(tmp_path / "shop.khata", tmp_path / "cache")
    made.sell("Ramesh", 450)
    return made


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A khata that knows it; undone by the test for one that does not."""
    monkeypatch.setitem(KINDS, ("sale_recorded", 3), SaleThree)
    monkeypatch.setattr(base, "FORMAT", 3)
    shapes.marks.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    shapes.marks.cache_clear()


def test_the_book_is_raised_once_before_what_needs_it(shop: Shop, newer: pytest.MonkeyPatch) -> None:
    shop.record(SellAnew())
    shop.record(SellAnew())
    events = [each.event for each in shop.recorded()[2:]]
    assert [(event.KIND, event.V) for event in events] == [
        ("sale_recorded", 1),
        ("format_raised", 1),
        *[("sale_recorded", 3)] * 4,
    ]
    assert events[1] == FormatRaised(min_reader=3, min_writer=3)
    shop.books.catch_up()
    assert balances_in(shop.books.cache) == {1: rs(530)}


def test_a_new_counter_is_declared_before_the_book_is_raised(shop: Shop, newer: pytest.MonkeyPatch) -> None:
    shop.at_counter("Sita").record(SellAnew())
    assert [each.event.KIND for each in shop.recorded()[3:5]] == ["counter_added", "format_raised"]


def test_it_is_read_by_its_type_as_key_by_key(shop: Shop, newer: pytest.MonkeyPatch) -> None:
    shop.record(SellAnew())
    body = shop.entries()[-1].body
    assert read_by_type([body]) == [True]
    assert key_by_key(body) == shop.recorded()[-1]
    assert type(shop.recorded()[-1].event) is SaleThree


def test_an_older_khata_stops(shop: Shop, newer: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shop.record(SellAnew())
    shop.books.catch_up()
    book = tmp_path / "shop.khata"
    assert verify(book, path_for(tmp_path / "cache", book)).result == "unbroken"
    newer.undo()
    shapes.marks.cache_clear()
    assert verify(book).result == "incomplete"
    older = on_disk(book, tmp_path / "other cache")
    with pytest.raises(NewerBookError):
        older.sell("Ramesh", 5)


def test_what_needs_none_leaves_the_book_as_it_is(shop: Shop, newer: pytest.MonkeyPatch) -> None:
    shop.sell("Ramesh", 30)
    assert {each.event.KIND for each in shop.recorded()} == {"book_opened", "party_added", "sale_recorded"}
