"""What another counter records after this one has looked and before it holds the book is known when it decides."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from khata.events.base import FORMAT, Event
from khata.events.book import FormatRaised
from khata.log.chain import Head, seal
from khata.log.errors import NewerBookError
from khata.rules.base import Command, Named
from khata.rules.book import AdoptCopy
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.rules.erasure import ForgetParty
from khata.rules.importing import StartImport
from khata.rules.money import ReceivePayment
from khata.rules.party import AmendParty, DeclareParty
from khata.rules.refused import Refused
from khata.store.anchor import Anchor
from khata.units import Party, Seq
from tests.books import MORNING, Shop, event_id, next_entry, on_disk, payment, rs, sale

Meanwhile = Callable[[Callable[[], object]], None]


@pytest.fixture
def meanwhile(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Has something happen when the next command has looked at the book, before it holds it."""
    hold: Callable[[], AbstractContextManager[Any]] = shop.store.writing

    def arrange(act: Callable[[], object]) -> None:
        done: list[bool] = []

        @contextmanager
        def writing() -> Iterator[Any]:
            if not done:
                done.append(True)
                act()
            with hold() as pages:
                yield pages

        monkeypatch.setattr(shop.store, "writing", writing)

    return arrange


def append(shop: Shop, event: Event) -> None:
    """An entry of which no rule was asked."""
    with shop.store.writing() as pages:
        pages.append([next_entry(pages.head(), event, at=MORNING + timedelta(hours=1))])


def append_unknown(shop: Shop) -> None:
    """An entry of a kind that only a newer khata knows."""
    with shop.store.writing() as pages:
        head = pages.head()
        said = json.loads(
            next_entry(head, FormatRaised(min_reader=1, min_writer=1), at=MORNING + timedelta(hours=1)).body
        )
        said["kind"] = "party_limited"
        body = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
        pages.append([seal(body, Head(head.seq, head.hash))])


@pytest.mark.parametrize(
    "arrives",
    [lambda shop: append(shop, FormatRaised(min_reader=1, min_writer=FORMAT + 1)), append_unknown],
    ids=["a book raised to a newer format", "an entry of a newer khata"],
)
def test_a_book_that_became_newer_meanwhile_is_not_written(
    shop: Shop, meanwhile: Meanwhile, arrives: Callable[[Shop], None]
) -> None:
    shop.sell("Ramesh", 5)
    meanwhile(lambda: arrives(shop))
    with pytest.raises(NewerBookError):
        shop.sell("Ramesh", 6)
    assert len(shop.entries()) == 4


SHA = "ab" * 32


@pytest.mark.parametrize(
    ("arrives", "mine", "code"),
    [
        (ReverseEntry(entry=Seq(3)), ReverseEntry(entry=Seq(3)), "already_reversed"),
        (ReverseEntry(entry=Seq(3)), CorrectEntry(entry=Seq(3), amount_paise=rs(5)), "already_reversed"),
        (sale("Ramesh", 5, ref="B-1"), sale("Ramesh", 6, ref="B-1"), "ref_conflict"),
        (DeclareParty(name="Suresh"), DeclareParty(name="SURESH"), "name_taken"),
        (DeclareParty(name="Suresh"), AmendParty(party=Party(1), name="Suresh"), "name_taken"),
        (AmendParty(party=Party(1), name="Mahesh"), sale(Named("Ramesh"), 5), "unknown_party"),
        (ForgetParty(party=Party(2)), AmendParty(party=Party(2), name="Gita"), "party_forgotten"),
        (sale("Ramesh", 5, id=event_id("one")), sale("Ramesh", 6, id=event_id("one")), "id_reused"),
        (StartImport(sha256=SHA, rows=1, file="a.csv", checked_upto=Seq(4)), None, "file_imported"),
        (sale("Ramesh", 5), StartImport(sha256=SHA, rows=1, file="a.csv", checked_upto=Seq(4)), "book_moved_on"),
        (payment("Ramesh", 5), ForgetParty(party=Party(1)), "not_settled"),
    ],
)
def test_what_came_meanwhile_stands_in_the_way(
    shop: Shop, meanwhile: Meanwhile, arrives: Command, mine: Command | None, code: str
) -> None:
    shop.sell("Ramesh", 450)
    shop.record(DeclareParty(name="Asha"))
    meanwhile(lambda: shop.at_counter("Ravi").record(arrives))
    with pytest.raises(Refused) as refused:
        shop.record(mine or StartImport(sha256=SHA, rows=1, file="a.csv", checked_upto=Seq(5)))
    assert refused.value.code == code
    assert len(shop.entries()) == 5


def test_a_customer_who_was_added_meanwhile_is_not_added_again(shop: Shop, meanwhile: Meanwhile) -> None:
    meanwhile(lambda: shop.at_counter("Ravi").sell("Ramesh", 5))
    shop.sell("ramesh", 6)
    assert shop.kinds()[1:] == ["party_added", "sale_recorded", "sale_recorded"]
    assert shop.balances() == {1: 1100}


def test_the_same_command_that_came_meanwhile_is_recorded_once(shop: Shop, meanwhile: Meanwhile) -> None:
    mine = sale("Ramesh", 5, id=event_id("one"))
    meanwhile(lambda: shop.at_counter("Ravi").record(mine))
    assert shop.record(mine).already == 3
    assert len(shop.entries()) == 3


def test_a_counter_that_was_declared_meanwhile_is_not_declared_again(shop: Shop, meanwhile: Meanwhile) -> None:
    sita = shop.at_counter("Sita")
    meanwhile(lambda: shop.at_counter("sita").sell("Ramesh", 5))
    sita.sell("Ramesh", 6)
    assert shop.kinds().count("counter_added") == 1
    assert len({recorded.by for recorded in shop.recorded()[1:]}) == 1


def test_an_account_is_settled_by_what_it_came_to_meanwhile(shop: Shop, meanwhile: Meanwhile) -> None:
    shop.sell("Ramesh", 450)
    meanwhile(lambda: shop.at_counter("Ravi").sell("Ramesh", 3))
    outcome = shop.record(ReceivePayment(party=Party(1), amount_paise=rs(448), full=True))
    assert outcome.recorded[-1].event.discount_paise == 500
    assert outcome.balance_paise == 0
    assert shop.balances() == {}


def test_what_is_adopted_no_longer_stands_in_the_way_of_the_rest_of_its_commit(tmp_path: Path) -> None:
    path = tmp_path / "shop.khata"
    shop = on_disk(path, tmp_path / "cache")
    shop.books.anchor = Anchor(tmp_path / "state", path)
    shop.sell("Ramesh", 5)
    shop.store.close()  # type: ignore[attr-defined]
    kept = path.read_bytes()
    shop.sell("Ramesh", 6)
    shop.store.close()  # type: ignore[attr-defined]
    path.write_bytes(kept)
    again = on_disk(path, tmp_path / "cache")
    again.books.anchor = Anchor(tmp_path / "state", path)
    outcome = again.record(AdoptCopy(reason="the laptop broke"), sale("Ramesh", 7))
    assert [recorded.event.KIND for recorded in outcome.recorded] == ["copy_adopted", "sale_recorded"]
