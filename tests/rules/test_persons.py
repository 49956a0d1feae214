"""Two khatas of one person; what goes from one customer to another; charges; the shop's own facts."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from khata.questions.persons import NOBODY, after
from khata.rules.base import Named
from khata.rules.charge import MakeCharge
from khata.rules.correction import CorrectEntry, ReverseEntry, UndoEntry
from khata.rules.erasure import ForgetParty
from khata.rules.merging import JoinParties, SeparateParties
from khata.rules.party import AmendParty, DeclareParty
from khata.rules.shop import AmendShop
from khata.rules.transfer import TransferBalance
from khata.units import Party, Seq
from tests.books import payment, rs, sale
from tests.rules.given import Given, given

A, B, C = Party(1), Party(2), Party(3)
TWO = sale(Named("Ramesh", add=True), 450), sale(Named("Ramu", add=True), 100)
RAISED = ("format_raised", {"min_reader": 2, "min_writer": 2})


def joined() -> JoinParties:
    return JoinParties(party=A, other=B)


def identity(told: Given, number: int) -> str:
    return next(
        each.id
        for each in told.shop.recorded()
        if each.event.KIND == "party_added" and getattr(each.event, "party", None) == number
    )


# --- one person


def test_two_khatas_become_one_and_the_book_is_raised() -> None:
    told = given(*TWO)
    told.when(joined()).then(RAISED, ("party_merged", {"party": 1, "same": identity(told, 2)}))


def test_what_is_recorded_for_either_name_goes_to_the_one_that_stands_for_both() -> None:
    told = given(*TWO, joined())
    outcome = told.shop.record(sale(Named("Ramu"), 30))
    assert (outcome.party, outcome.name, outcome.balance_paise) == (1, "Ramesh", rs(580))
    outcome = told.shop.record(payment(B, 580))
    assert (outcome.party, outcome.balance_paise, [slip.code for slip in outcome.slips]) == (1, 0, [])


def test_another_joining_under_the_id_of_a_first_is_refused() -> None:
    told = given(*TWO, sale(Named("Meena", add=True), 20))
    told.shop.record(JoinParties(id="e" * 32, party=A, other=B))
    told.when(JoinParties(id="e" * 32, party=Named("Ramesh"), other=Named("Ramu"))).is_entry(9)
    told.when(JoinParties(id="e" * 32, party=A, other=C)).refused("id_reused")
    told.when(SeparateParties(id="e" * 32, party=A, other=B)).refused("id_reused")


def test_within_one_commit_too() -> None:
    told = given(*TWO)
    outcome = told.shop.record(joined(), sale(Named("Ramu"), 30))
    assert (outcome.party, outcome.balance_paise) == (1, rs(580))
    outcome = told.shop.record(SeparateParties(party=A, other=B), sale(Named("Ramu"), 30))
    assert (outcome.party, outcome.balance_paise) == (2, rs(130))


def test_a_joined_one_stands_for_nobody_and_joins_with_all_of_his() -> None:
    told = given(*TWO, sale(Named("Meena", add=True), 20), joined())
    told.when(JoinParties(party=A, other=B)).refused("same_party", party=1)
    told.when(JoinParties(party=Named("Ramu"), other=Named("Ramesh"))).refused("same_party", party=1)
    told.when(JoinParties(party=C, other=B)).then(("party_merged", {"party": 3, "same": identity(told, 1)}))
    assert told.shop.record(sale(Named("Ramu"), 1)).party == 3
    assert told.shop.record(sale(C, 1)).balance_paise == rs(450 + 100 + 20 + 2)


def test_they_are_two_after_all() -> None:
    told = given(*TWO, joined(), sale(Named("Ramu"), 30))
    told.when(SeparateParties(party=A, other=B)).then(("party_parted", {"party": 1, "same": identity(told, 2)}))
    assert told.shop.record(sale(Named("Ramu"), 1)).balance_paise == rs(101)
    assert told.shop.record(sale(Named("Ramesh"), 1)).balance_paise == rs(481)
    told.when(SeparateParties(party=A, other=B)).refused("not_merged", party=1, other="Ramu (@2)")
    told.when(SeparateParties(party=B, other=A)).refused("not_merged")
    told.when(joined()).then(("party_merged", {"party": 1, "same": identity(told, 2)}))


def test_who_is_joined_further_down_is_parted_from_where_he_was_joined() -> None:
    told = given(*TWO, sale(Named("Meena", add=True), 20), joined(), JoinParties(party=C, other=A))
    told.when(SeparateParties(party=C, other=B)).then(("party_parted", {"party": 1, "same": identity(told, 2)}))
    assert told.shop.record(sale(B, 1)).party == 2


def test_a_name_of_one_khata_is_free_for_the_other_and_for_nobody_else() -> None:
    given(*TWO, joined()).when(AmendParty(party=A, add_aliases=("Ramu",))).then(("party_changed", {"party": 1}))
    given(*TWO, joined()).when(DeclareParty(name="Ramu")).refused("name_taken", party=1)


def test_whoever_is_forgotten_is_forgotten_with_all_his_khatas() -> None:
    told = given(*TWO, joined())
    told.when(ForgetParty(party=A)).refused("not_settled", balance_paise=rs(550))
    told.shop.record(payment(A, 550))
    told.when(ForgetParty(party=A)).then(
        ("detail_erased", {"party": 2, "upto": 8}), ("detail_erased", {"party": 1, "upto": 8})
    )
    assert not told.shop.details()[1:]  # the counter's name stays
    told.when(sale(B, 5)).refused("party_forgotten")
    told.when(joined()).refused("party_forgotten")


def test_a_khata_of_another_book_is_only_noted() -> None:
    told, there = given(*TWO), "ab" * 16
    told.when(JoinParties(party=A, same=there)).then(RAISED, ("party_merged", {"party": 1, "same": there}))
    assert told.shop.record(sale(A, 1)).balance_paise == rs(451)
    told.when(JoinParties(party=B, same=there)).refused("same_party")
    told.when(SeparateParties(party=B, same=there)).refused("not_merged", other=there)
    told.when(SeparateParties(party=A, same="cd" * 16)).refused("not_merged")
    told.when(SeparateParties(party=A, same=there)).then(("party_parted", {"party": 1, "same": there}))
    told.when(SeparateParties(party=A, same=there)).refused("not_merged")
    told.when(JoinParties(party=B, same=there)).then(("party_merged", {"party": 2, "same": there}))


# --- who is whom


def test_a_circle_and_a_second_joining_say_nothing() -> None:
    several = [(B, A, True), (A, B, True), (C, B, True), (C, A, True), (A, C, True)]
    assert after(NOBODY, several).joined == {B: A, C: B}
    assert after(NOBODY, [(B, A, True), (B, C, False), (A, B, False)]).joined == {B: A}
    assert after(NOBODY, [(A, A, True)]).joined == {}
    assert NOBODY.khatas(A) == [A]


@examples(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5), st.booleans()), max_size=30), st.data())
def test_whatever_is_said_everybody_is_one_person_and_in_parts_it_is_the_same(
    said: list[tuple[Any, Any, bool]], data: st.DataObject
) -> None:
    who = after(NOBODY, said)
    at = data.draw(st.integers(0, len(said)))
    assert after(after(NOBODY, said[:at]), said[at:]).joined == who.joined
    khatas = [who.khatas(Party(each)) for each in range(1, 6)]
    for each in range(1, 6):
        assert [sorted(some) for some in khatas].count(sorted(who.khatas(Party(each)))) == len(who.khatas(Party(each)))
        assert who.of(who.of(Party(each))) == who.of(Party(each)) == who.khatas(Party(each))[0]


# --- between two


def transferred(side: str, party: int, other: int, paise: int, **more: Any) -> tuple[str, dict[str, Any]]:
    return "balance_transferred", {"party": party, "other": other, "side": side, "amount_paise": paise, **more}


def test_a_transfer_is_two_entries_and_the_sum_of_all_dues_stays() -> None:
    told = given(*TWO)
    told.when(TransferBalance(party=A, to=B, amount_paise=rs(200), note="his brother", ref="T 1")).then(
        RAISED,
        transferred("to", 1, 2, rs(200)),
        transferred("from", 2, 1, rs(200), ref="T 1"),
        words={"note": "his brother"},
    )
    assert told.shop.balances() == {1: rs(250), 2: rs(300)}


def test_more_than_is_owed_becomes_an_advance_and_is_asked_about() -> None:
    outcome = given(*TWO).shop.record(TransferBalance(party=A, to=B, amount_paise=rs(500)))
    assert [slip.code for slip in outcome.slips] == ["becomes_advance"]


def test_nobody_takes_over_from_himself() -> None:
    given(*TWO).when(TransferBalance(party=A, to=Named("Ramesh"), amount_paise=rs(5))).refused("same_party")
    given(*TWO, joined()).when(TransferBalance(party=A, to=B, amount_paise=rs(5))).refused("same_party", party=1)
    given(*TWO).when(TransferBalance(party=A, to=Named("Nobody"), amount_paise=rs(5))).refused("unknown_party")


def test_whoever_takes_over_may_be_new_and_nobody_else_is_added() -> None:
    new = Named("Nobody", add=True)
    told = given(*TWO)
    told.when(TransferBalance(party=A, to=new, amount_paise=rs(5))).then(
        RAISED,
        ("party_added", {"party": 3}),
        transferred("to", 1, 3, rs(5)),
        transferred("from", 3, 1, rs(5)),
    )
    for command in (
        TransferBalance(party=Named("Sita", add=True), to=A, amount_paise=rs(5)),
        JoinParties(party=Named("Sita", add=True), other=A),
        JoinParties(party=A, other=Named("Sita", add=True)),
        SeparateParties(party=Named("Sita", add=True), other=A),
    ):
        told.when(command).refused("unknown_party", name="Sita")


@pytest.mark.parametrize("half", [7, 8])
def test_whoever_cancels_a_half_cancels_both(half: int) -> None:
    other = 15 - half
    told = given(*TWO, TransferBalance(party=A, to=B, amount_paise=rs(200)))
    for command in (ReverseEntry(entry=Seq(half), reason="no"), UndoEntry(entry=Seq(half))):
        again = given(*TWO, TransferBalance(party=A, to=B, amount_paise=rs(200)))
        again.when(command).then(("entry_reversed", {"entry": other}), ("entry_reversed", {"entry": half}))
        assert again.shop.balances() == {1: rs(450), 2: rs(100)}
    told.when(CorrectEntry(entry=Seq(half), amount_paise=rs(5))).refused("half_of_transfer", entry=half)


def test_two_transfers_side_by_side_keep_their_halves_apart() -> None:
    one, other = (TransferBalance(party=A, to=B, amount_paise=rs(5)) for _ in range(2))
    told = given(*TWO, one, other)
    told.when(ReverseEntry(entry=Seq(9))).then(("entry_reversed", {"entry": 10}), ("entry_reversed", {"entry": 9}))
    told.when(ReverseEntry(entry=Seq(8))).then(("entry_reversed", {"entry": 7}), ("entry_reversed", {"entry": 8}))


def test_another_transfer_under_the_id_of_a_first_is_refused() -> None:
    told = given(*TWO, sale(Named("Meena", add=True), 20))
    told.shop.record(TransferBalance(id="e" * 32, party=A, to=B, amount_paise=rs(5)))
    for party, to in permutations((A, B, C), 2):
        if (party, to) != (A, B):
            again = TransferBalance(id="e" * 32, party=party, to=to, amount_paise=rs(5))
            told.when(again).refused("id_reused")
    told.when(TransferBalance(id="e" * 32, party=Named("Ramesh"), to=B, amount_paise=rs(5))).is_entry(10)


# --- charges, and the shop


def test_a_charge_counts_on_the_khata_and_is_taken_back_like_a_sale() -> None:
    told = given(*TWO)
    told.when(MakeCharge(party=A, amount_paise=rs(20), note="delivery")).then(
        RAISED, ("charge_made", {"party": 1, "amount_paise": rs(20)}), words={"note": "delivery"}
    )
    assert told.shop.balances() == {1: rs(470), 2: rs(100)}
    told.when(CorrectEntry(entry=Seq(7), amount_paise=rs(25))).then(
        ("entry_reversed", {"entry": 7}), ("charge_made", {"party": 1, "amount_paise": rs(25), "corrects": 7})
    )


def test_what_the_shop_says_of_itself_is_the_whole() -> None:
    told = given()
    name = told.shop.recorded()[0].event.shop
    told.when(AmendShop(upi="ramu@upi", phone="9876543210")).then(
        RAISED, ("shop_changed", {"shop": name, "lang": "en"}), words={"upi": "ramu@upi", "phone": "9876543210"}
    )
    told.when(AmendShop(shop="New", gstin="27AAPFU0939F1ZV", without=("upi",))).then(
        ("shop_changed", {"shop": "New", "lang": "en", "gstin": "27AAPFU0939F1ZV"}), words={"phone": "9876543210"}
    )
    told.when(AmendShop(without=("gstin", "phone"))).then(("shop_changed", {"shop": "New", "lang": "en"}), words={})
    told.when(AmendShop(without=("phone",))).refused("nothing_changed")
    told.when(AmendShop(shop="New")).refused("nothing_changed")
    told.when(AmendShop(without=("shop",))).refused("not_without", value="shop")


def test_another_change_of_the_shop_under_the_id_of_a_first_is_refused() -> None:
    told = given()
    told.shop.record(AmendShop(id="e" * 32, phone="9876543210", without=("upi",)))
    for other in (AmendShop(phone="9876543211"), AmendShop(shop="New"), AmendShop(without=("phone",))):
        other.id = "e" * 32
        told.when(other).refused("id_reused")
    told.when(AmendShop(id="e" * 32, phone="9876543210")).is_entry(3)


def test_forgetting_leaves_alone_what_only_stands_beside_half_a_transfer() -> None:
    """Another writer may have left the other half out: what stands in its place is somebody else's."""
    from khata.events.money import BalanceTransferred
    from khata.rules.base import Command, Decision, Draft, Facts

    class Half(Command, kw_only=True):
        def decide(self, facts: Facts) -> Decision:
            return [Draft(BalanceTransferred(party=A, amount_paise=rs(450), side="to", other=B), facts.today)]

    told = given(*TWO)
    told.shop.record(Half())
    told.shop.record(sale(B, 5, note="his own"))
    told.when(ForgetParty(party=A)).then(("detail_erased", {"party": 1, "upto": 8}))
    assert any(b"his own" in detail.body for detail in told.shop.details())
