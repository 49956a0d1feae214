"""Taking back and putting right; the clock; opening a book; forgetting; customers."""

from __future__ import annotations

from typing import Any

import pytest

from khata.events.money import Line
from khata.rules.base import Named
from khata.rules.book import FixClock
from khata.rules.correction import CorrectEntry, ReverseEntry, UndoEntry
from khata.rules.erasure import ForgetParty
from khata.rules.goods import RecordSale
from khata.rules.opening import RecordOpening
from khata.rules.party import AmendParty, DeclareParty
from khata.rules.refused import Refused
from khata.units import Day, Paise, Party, Seq
from tests.books import event_id, opening_command, payment, rs, sale
from tests.rules.given import given

NOV_1 = Day("2026-11-01")
SOLD = sale("Ramesh", 450, on=NOV_1, note="atta", ref="B-1")
REVERSAL = ("entry_reversed", {"entry": 3})


def reverse(entry: int = 3, **more: Any) -> ReverseEntry:
    return ReverseEntry(entry=Seq(entry), **more)


def correct(entry: int = 3, **more: Any) -> CorrectEntry:
    return CorrectEntry(entry=Seq(entry), **more)


# --- reversing


def test_an_entry_is_cancelled_on_its_own_day_unless_said_otherwise() -> None:
    given(SOLD).when(reverse(reason="not his", note="oops")).then(
        REVERSAL, on=NOV_1, words={"reason": "not his", "note": "oops"}
    )
    given(SOLD).when(reverse(on=Day("2026-11-20"))).then(REVERSAL, on="2026-11-20", words={})


def test_cancelling_what_is_not_there() -> None:
    given(SOLD).when(reverse(4)).refused("unknown_entry", entry=4, last=3)
    given(SOLD).when(reverse(0)).refused("unknown_entry", entry=0)


@pytest.mark.parametrize("entry", [1, 2, 4])
def test_only_what_moved_money_is_cancelled_and_a_cancellation_is_not(entry: int) -> None:
    kind = {1: "book_opened", 2: "party_added", 4: "entry_reversed"}[entry]
    given(SOLD, reverse()).when(reverse(entry)).refused("not_reversible", entry=entry, kind=kind)
    given(SOLD, reverse()).when(correct(entry, amount_paise=rs(5))).refused("not_reversible", kind=kind)


def test_an_entry_is_cancelled_once() -> None:
    given(SOLD, reverse()).when(reverse()).refused("already_reversed", entry=3, by=4)
    given(SOLD, reverse()).when(correct(amount_paise=rs(5))).refused("already_reversed", by=4)


def test_a_cancellation_has_no_tomorrow() -> None:
    given(SOLD).when(reverse(on=Day("2027-01-01"))).refused("future_day")
    given(SOLD).when(correct(on=Day("2027-01-01"))).refused("future_day")


# --- undoing


def undo(entry: int) -> UndoEntry:
    return UndoEntry(entry=Seq(entry))


SOLD_DATA = {"amount_paise": 45000, "party": 1, "ref": "B-1"}


def test_what_corrected_nothing_is_cancelled() -> None:
    given(SOLD).when(undo(3)).then(REVERSAL, on=NOV_1, words={})
    given(SOLD, reverse()).when(undo(3)).refused("already_reversed", by=4)
    given(SOLD).when(undo(2)).refused("not_reversible", kind="party_added")


def test_of_a_correction_what_it_replaced_stands_again() -> None:
    moved = correct(amount_paise=rs(540), party=Named("Mahesh", add=True), on=Day("2026-11-20"), note="rice")
    given(SOLD, moved).when(undo(6)).then(
        ("entry_reversed", {"entry": 6}),
        ("sale_recorded", {**SOLD_DATA, "corrects": 6}),
        on=NOV_1,
        words={"note": "atta"},
    )


def test_undoing_goes_back_step_by_step_and_never_forth() -> None:
    twice = [SOLD, correct(3, amount_paise=rs(540)), correct(5, amount_paise=rs(600))]
    first, second = ("entry_reversed", {"entry": 7}), ("entry_reversed", {"entry": 9})
    given(*twice).when(undo(7)).then(first, ("sale_recorded", {**SOLD_DATA, "amount_paise": 54000, "corrects": 7}))
    given(*twice, undo(7)).when(undo(9)).then(second, ("sale_recorded", {**SOLD_DATA, "corrects": 9}))
    given(*twice, undo(7), undo(9)).when(undo(11)).then(("entry_reversed", {"entry": 11}), on=NOV_1)
    corrected = correct(9, amount_paise=rs(700))
    given(*twice, undo(7), corrected).when(undo(11)).then(
        ("entry_reversed", {"entry": 11}), ("sale_recorded", {**SOLD_DATA, "amount_paise": 54000, "corrects": 11})
    )


@pytest.mark.parametrize("change", [{"note": "rice"}, {"on": Day("2026-11-20")}, {"mode": "upi"}])
def test_a_correction_that_keeps_the_amount_is_one_too(change: dict[str, Any]) -> None:
    paid = payment(Named("Ramesh"), 200, on=NOV_1)
    given(SOLD, paid, correct(4, **change)).when(undo(6)).then(
        ("entry_reversed", {"entry": 6}),
        ("payment_received", {"amount_paise": 20000, "party": 1, "mode": "cash", "corrects": 6}),
        on=NOV_1,
        words={},
    )


def test_a_reference_that_was_given_away_meanwhile_is_not_taken_back() -> None:
    away = correct(3, ref="B-2")
    given(SOLD, away, sale(Named("Ramesh"), 9, ref="B-1")).when(undo(5)).refused("ref_conflict", ref="B-1", entry=6)


def test_the_reference_of_a_cancelled_entry_is_free_again() -> None:
    given(SOLD, reverse()).when(sale(Named("Ramesh"), 9, ref="B-1")).then(
        ("sale_recorded", {"amount_paise": 900, "party": 1, "ref": "B-1"})
    )


def test_another_cancellation_under_the_same_id() -> None:
    other = sale("Ramesh", 5)
    given(SOLD, other, reverse(3, id=event_id("x"))).when(reverse(4, id=event_id("x"))).refused("id_reused")


# --- correcting


@pytest.mark.parametrize(
    ("change", "anew", "day"),
    [
        ({"amount_paise": rs(540)}, {"amount_paise": 54000}, NOV_1),
        ({"on": Day("2026-11-02")}, {}, "2026-11-02"),
        ({"party": Party(2)}, {"party": 2}, NOV_1),
        ({"party": Named("suresh")}, {"party": 2}, NOV_1),
        ({"ref": "B-2"}, {"ref": "B-2"}, NOV_1),
        ({"paid": [("upi", rs(50))]}, {"paid": [{"mode": "upi", "amount_paise": 5000}]}, NOV_1),
        ({"note": "ghee"}, {}, NOV_1),
    ],
    ids=["amount", "day", "party", "party by name", "reference", "paid", "note"],
)
def test_an_entry_is_put_right_by_two(change: dict[str, Any], anew: dict[str, Any], day: str) -> None:
    before = {"amount_paise": 45000, "party": 1, "ref": "B-1"}
    given(SOLD, DeclareParty(name="Suresh")).when(correct(**change)).then(
        REVERSAL,
        ("sale_recorded", before | anew | {"corrects": 3}),
        on=day,
        words={"note": change.get("note", "atta")},
    )


def test_it_was_somebody_new() -> None:
    given(SOLD).when(correct(party=Named("Suresh", add=True), reason="wrong page")).then(
        ("party_added", {"party": 2}),
        REVERSAL,
        ("sale_recorded", {"amount_paise": 45000, "party": 2, "ref": "B-1", "corrects": 3}),
    )


def test_what_was_paid_in_full_still_is() -> None:
    paid = sale(None, 35, paid=[("upi", None)])
    given(paid).when(correct(2, amount_paise=rs(53))).then(
        ("entry_reversed", {"entry": 2}),
        ("sale_recorded", {"amount_paise": 5300, "paid": [{"mode": "upi", "amount_paise": 5300}], "corrects": 2}),
    )


def test_a_payment_came_by_another_way() -> None:
    given(payment("Ramesh", 5)).when(correct(mode="upi")).then(
        REVERSAL, ("payment_received", {"amount_paise": 500, "party": 1, "mode": "upi", "corrects": 3})
    )


def test_a_sale_was_not_paid_after_all() -> None:
    paid = sale("Ramesh", 35, paid=[("cash", rs(5))])
    given(paid).when(correct(paid=[])).then(
        REVERSAL, ("sale_recorded", {"amount_paise": 3500, "party": 1, "corrects": 3})
    )


def test_nothing_to_put_right() -> None:
    for nothing in (correct(), correct(amount_paise=rs(450)), correct(on=NOV_1), correct(party=Named("RAMESH"))):
        given(SOLD).when(nothing).refused("nothing_to_correct", entry=3)


def test_what_cannot_be_put_right_so() -> None:
    lines = sale("Ramesh", 450, lines=[Line(rs(450))])
    parts = sale("Ramesh", 450, paid=[("cash", rs(300)), ("upi", rs(100))])
    counter = sale(None, 35, paid=[("cash", rs(30)), ("upi", rs(5))])
    given(SOLD).when(correct(mode="upi")).refused("not_of_this_kind", option="--mode")
    given(payment("Ramesh", 5)).when(correct(paid=[])).refused("not_of_this_kind", option="--paid")
    given(lines).when(correct(amount_paise=rs(5))).refused("items_do_not_add_up", items_paise=45000)
    given(parts).when(correct(amount_paise=rs(399))).refused("paid_above_amount", paid_paise=40000)
    given(SOLD).when(correct(paid=[("cash", rs(451))])).refused("paid_above_amount", paid_paise=45100)
    given(counter).when(correct(2, amount_paise=rs(36))).refused("paid_unclear", entry=2)
    one_part = correct(2, amount_paise=rs(36), paid=[("cash", rs(35))])
    given(counter).when(one_part).refused("counter_not_paid", paid_paise=3500)
    given(counter).when(correct(2, paid=[])).refused("counter_not_paid", paid_paise=0)
    given(SOLD).when(correct(party=Named("Nobody"))).refused("unknown_party")
    given(SOLD).when(correct(99)).refused("unknown_entry")
    given(SOLD, sale("Ramesh", 5, ref="B-2")).when(correct(ref="B-2")).refused("ref_conflict", entry=4)


def test_the_way_to_another_correction_under_the_same_id() -> None:
    first = correct(amount_paise=rs(5), id=event_id("x"))
    given(SOLD, first).when(correct(4, amount_paise=rs(5), id=event_id("x"))).refused("id_reused")
    given(SOLD, first).when(correct(amount_paise=rs(6), id=event_id("x"))).refused("id_reused")
    given(SOLD, first).when(correct(amount_paise=rs(5), party=Named("Ramesh"), id=event_id("x"))).is_entry(5)


# --- customers


def test_a_customer_is_added_with_all_that_is_known() -> None:
    command = DeclareParty(name="Ramesh", aliases=("Rama", "Rama"), phone="98", address="Pune")
    words = {"name": "Ramesh", "aliases": ["Rama"], "phone": "98", "address": "Pune"}
    given().when(command).then(("party_added", {"party": 1}), words=words)


@pytest.mark.parametrize("name", ["Ramesh", "ramesh ", "RAMA", "Ｒａｍａ"])
def test_a_name_is_taken_in_any_case_and_form(name: str) -> None:
    past = DeclareParty(name="Ramesh", aliases=("Rama",)), DeclareParty(name="Suresh")
    given(*past).when(DeclareParty(name=name)).refused("name_taken", name=name, party=1)
    given(*past).when(DeclareParty(name="New", aliases=(name,))).refused("name_taken", name=name, party=1)
    given(*past).when(AmendParty(party=Party(2), name=name)).refused("name_taken", name=name, party=1)
    given(*past).when(AmendParty(party=Party(2), add_aliases=(name,))).refused("name_taken", name=name, party=1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "Mahesh"}, {"name": "Mahesh", "aliases": ["Rama"], "phone": "98"}),
        ({"phone": "99"}, {"name": "Ramesh", "aliases": ["Rama"], "phone": "99"}),
        ({"address": "Pune"}, {"name": "Ramesh", "aliases": ["Rama"], "phone": "98", "address": "Pune"}),
        ({"add_aliases": ("Ramu", "Rama")}, {"name": "Ramesh", "aliases": ["Rama", "Ramu"], "phone": "98"}),
        ({"remove_aliases": ("Rama",)}, {"name": "Ramesh", "phone": "98"}),
        ({"name": "RAMESH"}, {"name": "RAMESH", "aliases": ["Rama"], "phone": "98"}),
    ],
)
def test_a_change_holds_the_whole_record(change: dict[str, Any], words: dict[str, Any]) -> None:
    past = DeclareParty(name="Ramesh", aliases=("Rama",), phone="98")
    given(past).when(AmendParty(party=Party(1), **change)).then(("party_changed", {"party": 1}), words=words)


def test_a_change_that_changes_nothing() -> None:
    past = DeclareParty(name="Ramesh", aliases=("Rama",))
    for change in (AmendParty(party=Party(1)), AmendParty(party=Party(1), name="Ramesh", add_aliases=("Rama",))):
        given(past).when(change).refused("nothing_changed", party=1)


def test_a_change_of_nobody() -> None:
    given().when(AmendParty(party=Party(1), name="Ramesh")).refused("unknown_party", party=1)


# --- forgetting


def test_one_who_owes_nothing_is_forgotten() -> None:
    given(SOLD, payment(Named("Ramesh"), 450)).when(ForgetParty(party=Party(1))).then(
        ("detail_erased", {"party": 1, "upto": 4})
    )


def test_one_who_owes_or_is_owed_is_not_forgotten() -> None:
    given(SOLD).when(ForgetParty(party=Party(1))).refused("not_settled", balance_paise=45000)
    given(payment("Ramesh", 5)).when(ForgetParty(party=Party(1))).refused("not_settled", balance_paise=-500)


def test_nobody_is_not_forgotten_and_the_forgotten_are_not_named() -> None:
    given().when(ForgetParty(party=Party(1))).refused("unknown_party", party=1)
    past = DeclareParty(name="Ramesh"), ForgetParty(party=Party(1))
    given(*past).when(AmendParty(party=Party(1), name="Ramesh")).refused("party_forgotten", party=1)
    given(*past).when(DeclareParty(name="Ramesh")).then(("party_added", {"party": 2}))


# --- the book


def test_a_book_is_opened_once() -> None:
    given().when(opening_command()).refused("book_not_empty")


def test_a_clock_is_put_right_for_a_reason() -> None:
    given().when(FixClock(reason="battery")).then(("clock_corrected", {}), words={"reason": "battery"})
    given().when(FixClock(reason="")).refused("reason_missing")


def test_opening_again_under_its_own_id_is_the_first_entry() -> None:
    given().when(opening_command()).refused("book_not_empty")
    told = given()
    again = opening_command()
    again.id = told.shop.recorded()[0].id
    told.when(again).is_entry(1)


def test_a_refusal_says_itself_in_a_word() -> None:
    command = RecordSale(party=Party(9), amount_paise=Paise(1))
    with pytest.raises(Refused, match=r"^unknown_party \{'party': 9"):
        given().shop.record(command)


def test_a_kasar_is_not_guessed_anew() -> None:
    settled = (sale("Ramesh", 645), payment("Ramesh", 640, full=True))
    given(*settled).when(correct(4, amount_paise=rs(600))).refused("kasar_unclear", entry=4, kasar_paise=500)
    given(*settled, sale("Suresh", 5)).when(correct(4, party=Named("Suresh"))).refused("kasar_unclear")
    given(*settled).when(correct(4, mode="upi")).then(
        ("entry_reversed", {"entry": 4}),
        (
            "payment_received",
            {"amount_paise": 64000, "party": 1, "mode": "upi", "discount_paise": 500, "corrects": 4},
        ),
    )


FORGOTTEN = (sale("Ramesh", 450), payment(Named("Ramesh"), 450), ForgetParty(party=Party(1)))


@pytest.mark.parametrize(
    "command",
    [
        sale(Party(1), 5),
        payment(Party(1), 5),
        RecordOpening(party=Party(1), amount_paise=rs(5)),
        correct(7, party=Party(1)),
    ],
    ids=["sale", "payment", "opening", "correction"],
)
def test_who_is_forgotten_has_no_further_entries(command: Any) -> None:
    given(*FORGOTTEN, sale("Mahesh", 5)).when(command).refused("party_forgotten", party=1)


def test_an_entry_of_who_is_forgotten_can_still_be_cancelled() -> None:
    given(*FORGOTTEN).when(reverse(4)).then(("entry_reversed", {"entry": 4}))
