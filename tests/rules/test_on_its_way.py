"""Payments on their way: begun, then received or failed, once and for good."""

from __future__ import annotations

from typing import Any

import pytest

from khata.rules.base import Command, Named
from khata.rules.correction import CorrectEntry, ReverseEntry, UndoEntry
from khata.rules.erasure import ForgetParty
from khata.rules.locking import LockPeriod, UnlockPeriod
from khata.rules.merging import JoinParties
from khata.rules.money import ReceivePayment
from khata.rules.pending import BeginPayment, ConfirmPayment, FailPayment
from khata.rules.refused import Refused
from khata.rules.slips import Doubt
from khata.units import Day, Party, Seq
from khata.writing import handle, handle_each
from tests.books import Shop, payment, rs, sale
from tests.rules.given import Given, given

A, B = Party(1), Party(2)
RAMESH = sale("Ramesh", 500)
RAISED = ("format_raised", {"min_reader": 4, "min_writer": 4})
AN_ID = "e" * 32
YESTERDAY = Day("2026-11-21")


def begun(rupees: int = 500, **more: Any) -> BeginPayment:
    return BeginPayment(**{"party": A, "amount_paise": rs(rupees)} | more)


def came(entry: int = 5, **more: Any) -> ConfirmPayment:
    return ConfirmPayment(entry=Seq(entry), **more)


def failed(entry: int = 5, **more: Any) -> FailPayment:
    return FailPayment(entry=Seq(entry), **more)


def coming(**more: Any) -> Given:
    """₹500 of Ramesh are on their way: entry 5, behind the raising of the format."""
    return given(RAMESH, begun(**more))


def received(ref: str | None = None, party: int = 1) -> tuple[str, dict[str, Any]]:
    return "payment_received", {"amount_paise": 50000, "mode": "upi", "party": party} | ({"ref": ref} if ref else {})


def settled(outcome: str = "received", entry: int = 5, party: int = 1) -> tuple[str, dict[str, Any]]:
    return "payment_settled", {"entry": entry, "outcome": outcome, "party": party}


def test_a_payment_on_its_way_raises_the_book_and_moves_no_money() -> None:
    told = given(RAMESH)
    expected = {"amount_paise": 50000, "mode": "upi", "party": 1, "ref": "U-1"}
    told.when(begun(ref="U-1", note="gpay", by_hand="Sita")).then(
        RAISED, ("payment_begun", expected), words={"note": "gpay", "by_hand": "Sita"}
    )
    assert told.shop.balances() == {1: 50000}


def test_it_comes_and_its_words_come_with_it() -> None:
    told = coming(note="gpay", by_hand="Sita", ref="U-1", on=YESTERDAY)
    told.when(came()).then(settled(), received("U-1"), on="2026-11-22", words={"note": "gpay", "by_hand": "Sita"})
    assert told.shop.balances() == {}


def test_it_comes_on_another_day_under_another_reference_with_another_note() -> None:
    told = coming(note="gpay", on=YESTERDAY)
    told.when(came(on=YESTERDAY, ref="431598712004", note="axis")).then(
        settled(), received("431598712004"), on=YESTERDAY, words={"note": "axis"}
    )
    assert {each.on for each in told.shop.recorded()[-2:]} == {YESTERDAY}


def test_it_does_not_come_and_nothing_is_owed_less() -> None:
    told = coming()
    told.when(failed(reason="timeout")).then(settled("failed"), words={"reason": "timeout"})
    assert told.shop.balances() == {1: 50000}


# --- refusals


@pytest.mark.parametrize("command", [came, failed])
def test_only_what_is_on_its_way_is_settled(command: Any) -> None:
    coming().when(command(3)).refused("not_pending", entry=3, kind="sale_recorded")
    coming().when(command(17)).refused("unknown_entry", entry=17, last=5)
    given(RAMESH, begun(), came()).when(command()).refused("not_pending", entry=5, outcome="received", by=6)
    given(RAMESH, begun(), failed()).when(command()).refused("not_pending", entry=5, outcome="failed", by=6)
    coming().when(command(on=Day("2026-11-23"))).refused("future_day")


@pytest.mark.parametrize(
    "other",
    [
        payment(A, 500, ref="u-1"),
        sale(A, 20, ref="U-1"),
        begun(20, ref="U-1"),
        begun(party=Named("Sita", add=True), ref="U-1"),
        begun(ref="U-1", on=YESTERDAY),
        CorrectEntry(entry=Seq(3), ref="U-1"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_the_reference_of_what_is_on_its_way_is_given_to_nothing_else(other: Command) -> None:
    coming(ref="U-1").when(other).refused("ref_pending", entry=5)


def test_nor_by_undoing() -> None:
    told = given(sale("Ramesh", 500, ref="U-1"), CorrectEntry(entry=Seq(3), ref="U-2"), begun(ref="U-1"))
    told.when(UndoEntry(entry=Seq(5))).refused("ref_pending", entry=7)


def test_once_it_failed_its_reference_is_free() -> None:
    told = given(RAMESH, begun(ref="U-1"), failed())
    told.when(begun(ref="U-1")).then(
        ("payment_begun", {"amount_paise": 50000, "mode": "upi", "party": 1, "ref": "U-1"})
    )


def test_it_does_not_come_under_the_reference_of_another_one() -> None:
    told = given(RAMESH, begun(ref="U-1"), begun(20, ref="U-2"), sale(A, 9, ref="B-1"))
    told.when(came(ref="U-2")).refused("ref_pending", entry=6)
    told.when(came(ref="B-1")).refused("ref_conflict", entry=7)
    told.when(came(ref="B-1", once=True)).refused("ref_conflict", entry=7)


# --- once more


def test_the_same_one_begins_once() -> None:
    told = coming(ref="U-1")
    told.when(begun(ref="U-1")).refused("ref_taken", entry=5)
    told.when(begun(ref="U-1", once=True)).is_entry(5)


def test_the_same_one_comes_once() -> None:
    told = given(RAMESH, begun(), came(ref="U-1"))
    told.when(came(ref="U-1", once=True)).is_entry(7)
    told.when(came(ref="U-1")).refused("not_pending", outcome="received")
    told.when(came(once=True)).refused("not_pending", outcome="received")
    told.when(came(ref="U-2", once=True)).refused("not_pending", outcome="received")
    told.when(failed()).refused("not_pending")


def test_a_payment_that_was_typed_meanwhile_settles_it_and_is_not_recorded_twice() -> None:
    told = given(RAMESH, begun(), payment(A, 500, mode="upi", ref="U-1", on=YESTERDAY))
    told.when(came(ref="U-1")).refused("ref_taken", entry=6, what="on_its_way", begun=5)
    told.when(came(ref="U-1", once=True, on=Day("2026-11-22"))).refused("ref_conflict", entry=6)
    told.when(came(ref="U-1", once=True)).then(settled(), on=YESTERDAY)
    told.when(came(ref="U-1", once=True)).is_entry(6)
    assert told.shop.balances() == {}


def test_another_try_under_its_id_is_the_first_one_and_anything_else_is_refused() -> None:
    told = given(RAMESH, begun(id=AN_ID, ref="U-1"), begun(20))
    told.when(begun(id=AN_ID, ref="U-1")).is_entry(5)
    others: list[Command]
    others = [begun(501, id=AN_ID), begun(id=AN_ID, ref="U-2"), payment(A, 500, id=AN_ID), failed(id=AN_ID)]
    for other in others:
        told.when(other).refused("id_reused")
    done = "d" * 32
    told.shop.record(came(id=done))
    told.when(came(id=done)).is_entry(8)
    others = [came(6, id=done), came(id=done, ref="U-9"), came(id=done, on=YESTERDAY), failed(id=done)]
    for other in others:
        told.when(other).refused("id_reused")
    told.when(payment(A, 500, mode="upi", ref="U-1", id=done)).refused("id_reused")
    gone = "c" * 32
    told.shop.record(failed(6, id=gone, reason="x"))
    told.when(failed(6, id=gone)).is_entry(9)
    others = [came(6, id=gone), failed(5, id=gone), ReverseEntry(entry=Seq(6), id=gone)]
    for other in (*others, UndoEntry(entry=Seq(6), id=gone)):
        told.when(other).refused("id_reused")


def test_a_payment_behind_a_cancellation_is_not_taken_for_one_that_came() -> None:
    told = given(RAMESH, begun(20))
    told.shop.record(ReverseEntry(entry=Seq(3)), payment(A, 500, mode="upi", id=AN_ID))
    told.when(came(3, id=AN_ID)).refused("id_reused")


def test_what_a_payment_typed_meanwhile_settled_is_known_by_its_id_too() -> None:
    told = given(RAMESH, begun(), payment(A, 500, ref="U-1"), came(ref="U-1", once=True, id=AN_ID))
    told.when(came(ref="U-1", once=True, id=AN_ID)).is_entry(7)
    told.when(failed(id=AN_ID)).refused("id_reused")
    told.when(came(id=AN_ID, on=YESTERDAY)).refused("id_reused")


# --- whoever it is


def test_the_payment_of_a_joined_customer_goes_to_the_one_who_stands_for_both() -> None:
    told = given(sale("Ramu", 10), RAMESH, begun(party=Named("Ramu")), JoinParties(party=B, other=A))
    told.when(came(7)).then(settled(entry=7), received(party=2))
    assert told.shop.record(sale(Named("Ramu"), 1)).balance_paise == rs(11)


def test_the_one_that_was_typed_for_the_other_khata_is_the_same_payment() -> None:
    told = given(sale("Ramu", 10), RAMESH, payment(Named("Ramu"), 500, ref="U-1"), begun(party=B))
    told.shop.record(JoinParties(party=B, other=A))
    told.when(came(8, ref="U-1", once=True)).then(settled(entry=8, party=2))
    told.when(payment(B, 500, ref="U-1", once=True)).is_entry(6)


def test_nobody_is_forgotten_whose_money_is_on_its_way() -> None:
    told = given(payment("Ramesh", 500), ReverseEntry(entry=Seq(3)), begun(), sale("Ramu", 1), payment(B, 1))
    told.when(ForgetParty(party=A)).refused("not_settled", what="on_its_way", entry=6, amount_paise=50000)
    told.shop.record(JoinParties(party=B, other=A))
    told.when(ForgetParty(party=B)).refused("not_settled", what="on_its_way", entry=6)
    told.shop.record(failed(6))
    assert told.shop.record(ForgetParty(party=B)).total == 2


# --- locked days


def locked() -> Given:
    return given(sale("Ramesh", 500, on=YESTERDAY), LockPeriod(upto=YESTERDAY))


@pytest.mark.parametrize("command", [came(7), failed(7), begun(20)], ids=lambda each: type(each).__name__)
def test_on_a_locked_day_nothing_sets_out_nor_comes(command: Command) -> None:
    told = locked()
    told.shop.record(begun())
    command.on, command.id = YESTERDAY, None
    told.when(command).refused("period_locked", on=YESTERDAY)
    outcome = handle([command], told.shop.books, typed=True)
    assert {each.on for each in outcome.recorded} == {"2026-11-22"}
    assert outcome.moved is not None


def test_a_payment_that_was_typed_for_a_day_since_locked_settles_it_today() -> None:
    told = given(sale("Ramesh", 500, on=YESTERDAY), payment(A, 500, ref="U-1", on=YESTERDAY), begun())
    told.shop.record(LockPeriod(upto=YESTERDAY))
    told.when(came(6, ref="U-1", once=True)).then(settled(entry=6), on="2026-11-22")
    told.shop.record(UnlockPeriod(reason="more"))
    told.when(begun(on=YESTERDAY, ref="U-2")).then(
        ("payment_begun", {"amount_paise": 50000, "mode": "upi", "party": 1, "ref": "U-2"}), on=YESTERDAY
    )


# --- within one commit, and at two counters


def test_it_begins_and_comes_in_one_commit() -> None:
    told = given(RAMESH)
    told.shop.record(begun(ref="U-1"), came(ref="U-2"))
    assert told.shop.kinds()[-3:] == ["payment_begun", "payment_settled", "payment_received"]
    told.shop.record(begun(ref="U-3"), failed(8), begun(ref="U-3"))
    told.when(came(8)).refused("not_pending", outcome="failed")


def test_it_comes_once_within_one_commit_too() -> None:
    told = coming()
    first, second = handle_each([came(), came()], told.shop.books)
    assert isinstance(second, Refused)
    assert (second.code, second.facts["by"]) == ("not_pending", 6)
    assert told.shop.balances() == {}
    assert not isinstance(first, Refused)


def test_of_two_counters_the_first_settles_it() -> None:
    told = coming()
    sita: Shop = told.shop.at_counter("Sita")
    sita.record(came())
    told.when(failed()).refused("not_pending", outcome="received", by=7)
    told.shop.record(begun(20, ref="U-7"))
    Given.when(_of(sita), payment(A, 20, ref="U-7")).refused("ref_pending", entry=9)


def _of(shop: Shop) -> Given:
    made = Given()
    made.shop = shop
    return made


# --- what looks mistyped


def slips(told: Given, command: Command) -> dict[str, object]:
    return {slip.code: slip.facts["entry"] for slip in told.shop.record(command).slips if "entry" in slip.facts}


def test_a_payment_of_the_same_sum_may_be_the_one_on_its_way() -> None:
    told = given(RAMESH, begun(), sale("Sita", 500), sale(A, 2000))
    assert slips(told, payment(A, 499)) == {}
    assert slips(told, payment(Named("Sita"), 500)) == {}
    assert slips(told, payment(A, 500)) == {"pending_same": 5}
    assert slips(told, begun()) == {"begun_twice": 5}
    assert slips(told, begun(499)) == {}
    told.shop.record(failed(), failed(12))
    assert slips(told, payment(A, 500, on=YESTERDAY)) == {}


def test_what_is_confirmed_is_no_doubt() -> None:
    told = given(RAMESH, begun(), begun(note="another"))
    told.shop.books.no_doubts = True
    with pytest.raises(Doubt) as caught:
        told.shop.record(ReceivePayment(party=A, amount_paise=rs(500)))
    assert caught.value.code == "pending_same"
    assert told.shop.record(came()).slips == []
