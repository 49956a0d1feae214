"""No entry is recorded with which a sum of the book leaves 2^53 - 1 paise; to the last paisa all others are."""

from __future__ import annotations

from pathlib import Path

import pytest

from khata.rules.base import Named
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.rules.goods import RecordSale
from khata.rules.importing import StartImport
from khata.rules.money import ReceivePayment
from khata.rules.opening import RecordOpening
from khata.rules.refused import Refused
from khata.units import LARGEST, Paise, Party, Seq
from khata.verifying.verify import verify
from tests.books import Shop, file_row, file_rows, on_disk
from tests.rules.given import given

RAMESH, SURESH = Named("Ramesh", add=True), Named("Suresh", add=True)


def sold(paise: int, who: Named = RAMESH) -> RecordSale:
    return RecordSale(amount_paise=Paise(paise), party=who)


def paid(paise: int) -> ReceivePayment:
    return ReceivePayment(amount_paise=Paise(paise), party=Party(1))


def test_a_sale_that_would_leave_it_is_refused_and_one_that_fills_it_is_not() -> None:
    full = given(sold(LARGEST - 5))
    full.when(sold(6)).refused("sum_too_large")
    full.when(sold(5)).then(("sale_recorded", {"amount_paise": 5, "party": 1}))
    full.when(sold(1)).refused("sum_too_large")


def test_the_accounts_of_all_parties_are_one() -> None:
    """Another customer, and another account against hers: the sum of what all owe would not fit."""
    opening = RecordOpening(amount_paise=Paise(6), party=SURESH)
    given(sold(LARGEST - 5)).when(opening).refused("sum_too_large", account="party")


def test_what_was_recorded_in_the_same_commit_counts(shop: Shop) -> None:
    with pytest.raises(Refused):
        shop.record(sold(LARGEST - 5), sold(5), sold(1))
    assert len(shop.entries()) == 1


def test_where_a_sale_does_not_fit_money_still_comes_in() -> None:
    given(sold(LARGEST)).when(paid(7)).then(("payment_received", {"amount_paise": 7, "mode": "cash", "party": 1}))


def test_a_reversal_fills_the_other_side() -> None:
    past = given(sold(LARGEST - 5), ReverseEntry(entry=Seq(3)))
    past.when(ReverseEntry(entry=Seq(4))).refused("not_reversible")
    past.shop.record(sold(5))
    past.shop.record(ReverseEntry(entry=Seq(5)))
    past.when(paid(1)).refused("sum_too_large", account="party")
    given(sold(LARGEST - 5)).when(CorrectEntry(entry=Seq(3), amount_paise=Paise(6))).refused("sum_too_large")


def test_rows_of_a_file_are_refused_together(shop: Shop) -> None:
    shop.record(sold(LARGEST - 299))
    start = StartImport(sha256="ab" * 32, rows=3, file="x.csv", checked_upto=Seq(3))
    with pytest.raises(Refused) as caught:
        shop.record(start, file_rows(*[file_row(row, 1, 1) for row in (2, 3, 4)]))
    assert caught.value.code == "sum_too_large"
    assert len(shop.entries()) == 3
    shop.record(start, file_rows(*[file_row(row, 1, 1) for row in (2, 3)]))
    assert len(shop.entries()) == 6


def test_what_is_recorded_to_the_brim_is_believed_by_readers_and_verifiers(tmp_path: Path) -> None:
    shop = on_disk(tmp_path / "x.khata", tmp_path / "cache")
    shop.record(sold(LARGEST - 5), sold(5))
    shop.record(paid(LARGEST))
    assert shop.balances() in ({}, {1: 0})
    assert verify(tmp_path / "x.khata").result == "unbroken"
