"""Payments that came back: owed again from the day on which they did."""

from __future__ import annotations

from typing import Any

import pytest

from khata.events.book import ImportStarted
from khata.questions.pending import bounces
from khata.rules.base import Command, Named
from khata.rules.bouncing import BouncePayment
from khata.rules.charge import MakeCharge
from khata.rules.correction import CorrectEntry, ReverseEntry, UndoEntry
from khata.rules.erasure import ForgetParty
from khata.rules.goods import RecordSale
from khata.rules.importing import StartImport
from khata.rules.locking import LockPeriod
from khata.rules.merging import JoinParties
from khata.rules.money import ReceivePayment, RefundMoney
from khata.units import Day, Party, Seq
from khata.views.cut import Cut
from tests.books import payment, rs, sale
from tests.rules.given import Given, given

A, B = Party(1), Party(2)
RAISED = ("format_raised", {"min_reader": 4, "min_writer": 4})
PAID_ON, TODAY = Day("2026-10-01"), Day("2026-11-22")
CHEQUE = payment("Ramesh", 10_000, mode="cheque", ref="C-1", on=PAID_ON)
AN_ID = "e" * 32


def back(entry: int = 3, **more: Any) -> BouncePayment:
    return BouncePayment(entry=Seq(entry), **more)


def reversal(entry: int = 3) -> tuple[str, dict[str, Any]]:
    return "entry_reversed", {"because": "bounced", "entry": entry}


def charge(rupees: int, party: int = 1) -> tuple[str, dict[str, Any]]:
    return "charge_made", {"amount_paise": rs(rupees), "party": party}


def times(told: Given, *parties: Party) -> int:
    told.shop.books.catch_up()
    return bounces(told.shop.books.cache.connection, parties, Cut(TODAY, Seq(10**6), everything=True)).times


def test_a_cheque_comes_back_today_and_is_owed_again() -> None:
    told = given(CHEQUE)
    told.when(back(reason="funds")).then(RAISED, reversal(), on=TODAY, words={"reason": "funds"})
    assert told.shop.balances() == {}
    assert times(told, A) == 1


def test_with_what_the_bank_took_in_one_commit() -> None:
    told = given(CHEQUE)
    told.when(back(charge_paise=rs(250), reason="funds", on=Day("2026-10-10"))).then(
        RAISED, charge(250), reversal(), on="2026-10-10"
    )
    assert {each.on for each in told.shop.recorded()[-2:]} == {"2026-10-10"}
    assert len({each.at for each in told.shop.recorded()[-3:]}) == 1
    assert told.shop.balances() == {1: 25000}


def test_the_discount_that_was_given_with_it_is_owed_again() -> None:
    told = given(sale("Ramesh", 1000), ReceivePayment(party=A, amount_paise=rs(995), mode="cheque", full=True))
    assert told.shop.balances() == {}
    told.when(back(4)).then(RAISED, reversal(4))
    assert told.shop.balances() == {1: 100000}


# --- refusals


@pytest.mark.parametrize(
    ("other", "facts"),
    [
        (payment("Ramesh", 10), {"kind": "payment_received", "mode": "cash"}),
        (sale("Ramesh", 10), {"kind": "sale_recorded"}),
        (RecordSale(party=Named("Ramesh", add=True), amount_paise=rs(10), paid=[("upi", rs(9))]), {"mode": "upi"}),
        (RefundMoney(party=Named("Ramesh", add=True), amount_paise=rs(10), mode="bank"), {"kind": "money_refunded"}),
    ],
    ids=["cash", "sale", "sale paid at once", "refund"],
)
def test_only_a_payment_through_a_bank_comes_back(other: Command, facts: dict[str, object]) -> None:
    given(other).when(back()).refused("not_a_payment", entry=3, **facts)


@pytest.mark.parametrize("mode", ["upi", "card", "bank", "cheque"])
def test_it_does_by_every_other_way(mode: str) -> None:
    given(payment("Ramesh", 10, mode=mode)).when(back()).then(RAISED, reversal())


def test_it_comes_back_once_and_never_before_it_was_paid() -> None:
    given(CHEQUE).when(back(on=Day("2026-09-30"))).refused("bounced_before", entry=3, original_on=PAID_ON)
    given(CHEQUE).when(back(on=PAID_ON)).then(RAISED, reversal(), on=PAID_ON)
    given(CHEQUE).when(back(on=Day("2026-11-23"))).refused("future_day")
    given(CHEQUE, back()).when(back()).refused("already_reversed", by=5)
    given(CHEQUE, ReverseEntry(entry=Seq(3))).when(back()).refused("already_reversed", by=4)
    given(CHEQUE).when(back(17)).refused("unknown_entry")
    given(CHEQUE).when(back(2)).refused("not_reversible")
    given(CHEQUE, back()).when(ReverseEntry(entry=Seq(5))).refused("not_reversible")
    given(CHEQUE, back()).when(CorrectEntry(entry=Seq(3), amount_paise=rs(5))).refused("already_reversed")
    given(CHEQUE, back()).when(UndoEntry(entry=Seq(5))).refused("not_reversible")


# --- once more


def test_another_try_is_the_first_one_and_anything_else_is_refused() -> None:
    told = given(CHEQUE, payment(A, 20, mode="upi"), back(charge_paise=rs(250), id=AN_ID))
    told.when(back(charge_paise=rs(250), id=AN_ID)).is_entry(7)
    for other in (
        back(charge_paise=rs(200), id=AN_ID),
        back(4, charge_paise=rs(250), id=AN_ID),
        back(charge_paise=rs(250), on=PAID_ON, id=AN_ID),
        ReverseEntry(entry=Seq(3), id=AN_ID),
        UndoEntry(entry=Seq(3), id=AN_ID),
        MakeCharge(party=A, amount_paise=rs(250), id=AN_ID),
    ):
        told.when(other).refused("id_reused")
    told = given(CHEQUE, back(id=AN_ID))
    told.when(back(charge_paise=rs(250), id=AN_ID)).refused("id_reused")
    given(CHEQUE, ReverseEntry(entry=Seq(3), id=AN_ID)).when(back(id=AN_ID)).refused("id_reused")


def test_a_charge_of_another_line_of_the_same_commit_is_not_taken_for_its_own() -> None:
    told = given(CHEQUE)
    told.shop.record(MakeCharge(party=A, amount_paise=rs(250)), back(id=AN_ID))
    told.when(back(id=AN_ID)).is_entry(7)  # behind the charge and the raising of the format


# --- whoever it is


def test_the_charge_of_a_joined_customer_goes_to_the_one_who_stands_for_both() -> None:
    told = given(CHEQUE, sale("Ramu", 10), JoinParties(party=B, other=A))
    told.when(back(charge_paise=rs(250))).then(RAISED, charge(250, party=2), reversal())
    assert told.shop.balances() == {2: 26000}
    assert times(told, B, A) == 1


def test_a_payment_of_somebody_forgotten_comes_back_but_nobody_is_charged() -> None:
    told = given(sale("Ramesh", 10_000, on=PAID_ON), payment(A, 10_000, mode="cheque"), ForgetParty(party=A))
    told.when(back(4, charge_paise=rs(250))).refused("party_forgotten")
    told.when(back(4)).then(RAISED, reversal(4))
    assert told.shop.balances() == {1: 1_000_000}
    assert times(told, A) == 1


def test_an_imported_payment_comes_back_like_any_other() -> None:
    from khata.events.money import PaymentReceived
    from khata.rules.importing import FileRow, RecordRows

    told = given(sale("Ramesh", 500))
    start = StartImport(sha256="ab" * 32, rows=1, file="bank.csv", checked_upto=Seq(3))
    row = FileRow(2, PAID_ON, PaymentReceived(party=A, amount_paise=rs(500), mode="upi", ref="U-1"))
    told.shop.record(start, RecordRows(rows=[row]))
    assert isinstance(told.shop.recorded()[3].event, ImportStarted)
    told.when(back(5, charge_paise=rs(20))).then(RAISED, charge(20), reversal(5))
    assert told.shop.balances() == {1: 52000}


# --- locked days


def test_a_payment_of_a_locked_day_comes_back_today_and_never_on_a_locked_day() -> None:
    told = given(CHEQUE, LockPeriod(upto=Day("2026-10-31")))
    told.when(back(on=Day("2026-10-10"))).refused("period_locked")
    told.when(back(charge_paise=rs(250))).then(RAISED, charge(250), reversal(), on=TODAY)


def test_its_reference_is_free_again() -> None:
    told = given(CHEQUE, back(), payment(A, 10_000, mode="cheque", ref="C-1"))
    assert told.shop.recorded()[-1].event.KIND == "payment_received"
    told.when(payment(A, 10_000, mode="cheque", ref="C-1", once=True)).is_entry(6)


def test_each_one_counts() -> None:
    told = given(CHEQUE, back(), payment(A, 5, mode="upi"), back(6), payment(A, 5, mode="upi"))
    told.shop.record(ReverseEntry(entry=Seq(8)))
    assert (times(told, A), times(told, B)) == (2, 0)
