"""Which entries of a lost copy an adoption gives up, and how many adoptions it takes to say so."""

from __future__ import annotations

import pytest

from khata.events.adoption import gives_up
from khata.events.book import CopyAdopted
from khata.log.chain import Head
from khata.rules.book import AdoptCopy
from khata.rules.refused import Refused
from khata.units import Seq
from tests.books import Shop

LAST, OTHER = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    ("size", "entry", "digest", "given_up"),
    [
        (9, 9, LAST, True),
        (9, 9, OTHER, False),  # a third history
        (9, 6, OTHER, True),
        (9, 5, OTHER, False),  # this book's own past
        (9, 10, OTHER, False),
        (3, 3, LAST, True),  # the copy was shorter, and another one
        (3, 3, OTHER, False),
        (3, 2, OTHER, False),
        (6, 6, LAST, True),
    ],
)
def test_what_the_adoption_in_entry_six_gives_up(size: int, entry: int, digest: str, given_up: bool) -> None:
    assert gives_up(CopyAdopted(size=size, head=LAST), 6, entry, digest) is given_up


def adopted(shop: Shop, verified: Head | None) -> list[tuple[int, str]]:
    shop.record(AdoptCopy(reason="lost", verified=verified, id="1" * 32))
    events = [each.event for each in shop.recorded()]
    assert shop.recorded()[-1].id == "1" * 32
    return [(each.size, each.head) for each in events if isinstance(each, CopyAdopted)]


def test_what_was_only_verified_can_be_given_up(shop: Shop) -> None:
    assert adopted(shop, Head(Seq(7), b"\xaa" * 32)) == [(7, "aa" * 32)]


def test_there_is_nothing_to_give_up_where_nothing_is_lost(shop: Shop) -> None:
    with pytest.raises(Refused) as caught:
        adopted(shop, None)
    assert caught.value.code == "nothing_to_adopt"


@pytest.mark.parametrize(
    ("verified", "entries"),
    [(Head(Seq(5), b"\xaa" * 32), 1), (Head(Seq(9), b"\xaa" * 32), 2), (Head(Seq(8), b"\xaa" * 32), 2)],
)
def test_a_second_entry_is_made_for_what_the_first_does_not_cover(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, verified: Head, entries: int
) -> None:
    class Lost:
        def missed(self, *_: object) -> Head:
            return Head(Seq(8), b"\xbb" * 32)

        def advance(self, *_: object) -> None:
            pass

    monkeypatch.setattr(shop.books, "anchor", Lost())
    assert adopted(shop, verified)[:1] == [(8, "bb" * 32)]
    assert shop.kinds().count("copy_adopted") == entries
