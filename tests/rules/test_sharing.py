"""One payment for several customers: an entry for each, under one reference."""

from __future__ import annotations

from typing import Any

import pytest

from khata.rules.base import Command, Named
from khata.rules.bouncing import BouncePayment
from khata.rules.correction import CorrectEntry, ReverseEntry, UndoEntry
from khata.rules.erasure import ForgetParty
from khata.rules.locking import LockPeriod
from khata.rules.merging import JoinParties
from khata.rules.pending import BeginPayment
from khata.rules.sharing import ReceiveForSeveral
from khata.units import Day, Party, Seq
from tests.books import payment, rs, sale
from tests.rules.given import given

A, B, C = Party(1), Party(2), Party(3)
THREE = sale("Ramesh", 500), sale("Sunita", 400), sale("Meena", 300)
AN_ID = "e" * 32
YESTERDAY = Day("2026-11-21")


def for_several(*shares: tuple[Any, int], **more: Any) -> ReceiveForSeveral:
    return ReceiveForSeveral(shares=[(who, rs(rupees)) for who, rupees in shares or ((A, 300), (B, 200))], **more)


def share(party: int, rupees: int, ref: str | None = "U-1", mode: str = "cash") -> tuple[str, dict[str, Any]]:
    said = {"amount_paise": rs(rupees), "mode": mode, "party": party}
    return "payment_received", said | ({"ref": ref} if ref else {})


def test_each_has_an_entry_in_the_order_in_which_they_were_said() -> None:
    told = given(*THREE)
    told.when(for_several((Named("meena"), 100), (A, 300), mode="upi", ref="U-1", by_hand="Gopal", note="rent")).then(
        share(3, 100, mode="upi"), share(1, 300, mode="upi"), words={"by_hand": "Gopal", "note": "rent"}
    )
    last = told.shop.recorded()[-2:]
    assert len({each.at for each in last}) == 1
    assert told.shop.balances() == {1: 20000, 2: 40000, 3: 20000}


def test_nobody_is_named_twice_nor_added_nor_forgotten() -> None:
    told = given(*THREE, JoinParties(party=A, other=B), payment(C, 300), ForgetParty(party=C))
    told.when(for_several((A, 1), (Named("ramesh"), 2))).refused("same_party", party=1)
    told.when(for_several((A, 1), (B, 2))).refused("same_party", party=1)
    told.when(for_several((A, 1), (Named("Nobody", add=True), 2))).refused("unknown_party", name="Nobody")
    told.when(for_several((A, 1), (Party(9), 2))).refused("unknown_party")
    told.when(for_several((A, 1), (C, 2))).refused("party_forgotten")
    told.when(for_several((A, 1), on=Day("2026-11-23"))).refused("future_day")


def test_on_a_locked_day_nobody_pays() -> None:
    told = given(*THREE, LockPeriod(upto=YESTERDAY))
    told.when(for_several(on=YESTERDAY)).refused("period_locked")


# --- the reference


def test_the_same_payment_is_recorded_once() -> None:
    told = given(*THREE, for_several(ref="U-1"))
    told.when(for_several(ref="u-1")).refused("ref_taken", entry=9)
    told.when(for_several(ref="U-1", once=True)).is_entry(9)
    told.when(for_several((B, 200), (A, 300), ref="U-1", once=True)).is_entry(9)


@pytest.mark.parametrize(
    "other",
    [
        for_several((A, 300), ref="U-1", once=True),
        for_several((A, 300), (B, 201), ref="U-1", once=True),
        for_several((A, 300), (C, 200), ref="U-1", once=True),
        for_several((A, 300), (B, 200), (C, 5), ref="U-1", once=True),
        for_several((A, 300), (B, 200), ref="U-1", once=True, on=YESTERDAY),
        payment(A, 300, ref="U-1", once=True),
        payment(B, 200, ref="U-1", once=True),
        sale(B, 200, ref="U-1", once=True),
        CorrectEntry(entry=Seq(5), ref="U-1"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_anything_else_does_not_get_its_reference(other: Command) -> None:
    given(*THREE, for_several(ref="U-1")).when(other).refused("ref_conflict", ref=other.ref)


def test_of_two_who_became_one_neither_share_is_the_whole() -> None:
    told = given(*THREE, for_several(ref="U-1"), JoinParties(party=A, other=B))
    for rupees in (200, 300, 500):
        told.when(for_several((A, rupees), ref="U-1", once=True)).refused("ref_conflict", entry=9)


def test_what_is_left_of_it_is_another_payment() -> None:
    told = given(*THREE, for_several(ref="U-1"), ReverseEntry(entry=Seq(8)))
    told.when(for_several(ref="U-1", once=True)).refused("ref_conflict", entry=9)
    told.when(payment(B, 200, ref="U-1", once=True)).is_entry(9)


def test_a_reference_that_is_taken_is_refused() -> None:
    given(*THREE, sale(A, 1, ref="U-1")).when(for_several(ref="U-1", once=True)).refused("ref_conflict", entry=8)
    begun = BeginPayment(party=A, amount_paise=rs(300), ref="U-1")
    given(*THREE, begun).when(for_several(ref="U-1", once=True)).refused("ref_pending", entry=9)


# --- once more


def test_another_try_under_its_id_is_the_first_one_and_anything_else_is_refused() -> None:
    told = given(*THREE, for_several(id=AN_ID, mode="upi", ref="U-1"))
    for same in (
        for_several(id=AN_ID, mode="upi", ref="U-1"),
        for_several((Named("Ramesh"), 300), (Named("Sunita"), 200), id=AN_ID, mode="upi", ref="U-1"),
    ):
        told.when(same).is_entry(9)
    for other in (
        for_several((A, 300), (B, 201), id=AN_ID, mode="upi", ref="U-1"),
        for_several((A, 301), (B, 200), id=AN_ID, mode="upi", ref="U-1"),
        for_several((C, 300), (B, 200), id=AN_ID, mode="upi", ref="U-1"),
        for_several((C, 300), (A, 300), (B, 200), id=AN_ID, mode="upi", ref="U-1"),
        for_several((B, 200), id=AN_ID, mode="upi", ref="U-1"),
        for_several(id=AN_ID, mode="bank", ref="U-1"),
        for_several(id=AN_ID, mode="upi", ref="U-2"),
        payment(B, 200, id=AN_ID, mode="upi", ref="U-1"),
    ):
        told.when(other).refused("id_reused")
    told.when(payment(A, 5, id=AN_ID)).refused("id_reused")
    alone = given(*THREE, payment(B, 200, id=AN_ID, mode="upi", ref="U-1"))
    alone.when(for_several(id=AN_ID, mode="upi", ref="U-1")).refused("id_reused")


def test_of_two_payments_in_one_commit_each_is_known_by_its_id() -> None:
    told = given(*THREE)
    told.shop.record(payment(A, 5), for_several(id=AN_ID))
    told.when(for_several(id=AN_ID)).is_entry(10)


# --- one share of it


def test_a_share_is_corrected_and_that_is_taken_back_whatever_the_others_are() -> None:
    for entry, party, rupees in ((8, 1, 300), (9, 2, 200)):
        told = given(*THREE, for_several(ref="U-1"))
        anew = ("payment_received", {**share(party, rupees + 5)[1], "corrects": entry})
        told.when(CorrectEntry(entry=Seq(entry), amount_paise=rs(rupees + 5))).then(
            ("entry_reversed", {"entry": entry}), anew
        )
        before = ("payment_received", {**share(party, rupees)[1], "corrects": 11})
        told.when(UndoEntry(entry=Seq(11))).then(("entry_reversed", {"entry": 11}), before)
        told.when(for_several(ref="U-1", once=True)).is_entry(13)


def test_its_reference_is_put_right_in_one_share_after_the_other() -> None:
    told = given(*THREE, for_several(ref="U-1"), CorrectEntry(entry=Seq(8), ref="U-2"))
    told.when(CorrectEntry(entry=Seq(9), ref="U-2")).refused("ref_conflict", entry=11)
    told.when(CorrectEntry(entry=Seq(11), ref="u-1")).then(
        ("entry_reversed", {"entry": 11}), ("payment_received", {**share(1, 300, "u-1")[1], "corrects": 11})
    )


def test_one_share_does_not_become_a_second_one_of_another_customer() -> None:
    told = given(*THREE, for_several(ref="U-1"))
    told.when(CorrectEntry(entry=Seq(8), party=B)).refused("ref_conflict", entry=9)
    told.when(CorrectEntry(entry=Seq(8), party=C)).then(
        ("entry_reversed", {"entry": 8}), ("payment_received", {**share(3, 300)[1], "corrects": 8})
    )


def test_a_reference_that_another_payment_got_meanwhile_is_not_taken_back() -> None:
    told = given(*THREE, for_several(ref="U-1"), CorrectEntry(entry=Seq(8), ref="U-2"))
    told.shop.record(CorrectEntry(entry=Seq(9), ref="U-3"), payment(C, 20, ref="U-1"))
    told.when(UndoEntry(entry=Seq(13))).refused("ref_conflict", ref="U-1", entry=14)


def test_a_share_comes_back_and_the_others_stand() -> None:
    told = given(*THREE, for_several(ref="U-1", mode="upi"), BouncePayment(entry=Seq(8)))
    assert told.shop.balances() == {1: 50000, 2: 20000, 3: 30000}
    told.when(ReverseEntry(entry=Seq(9))).then(("entry_reversed", {"entry": 9}))
    told.when(for_several(ref="U-1", mode="upi")).then(share(1, 300, mode="upi"), share(2, 200, mode="upi"))


def test_shares_within_one_commit_are_known_at_once() -> None:
    told = given(*THREE)
    told.shop.record(for_several(ref="U-1"), for_several(ref="U-1", once=True), CorrectEntry(entry=Seq(8), note="x"))
    assert told.shop.balances() == {1: 20000, 2: 20000, 3: 30000}
    told.when(for_several(ref="U-1", once=True)).is_entry(11)
