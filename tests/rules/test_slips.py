"""Slips of the hand: recorded all the same, and told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from khata.events.money import Line
from khata.rules.allowance import AllowDiscount, WriteOffDebt
from khata.rules.base import Command, Named
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.rules.goods import RecordReturn, RecordSale
from khata.rules.money import RefundMoney
from khata.rules.opening import RecordOpening
from khata.rules.pending import BeginPayment
from khata.rules.recurring import BeginRecurring
from khata.rules.slips import CODES
from khata.units import Day, Seq
from tests.books import Clock, in_memory, payment, rs, sale

HIM = Named("Ramesh")


def told(command: Command, *past: Command, later: timedelta = timedelta(0)) -> dict[str, dict[str, object]]:
    """The slips of a command, after these."""
    clock = Clock(step=timedelta())
    shop = in_memory(clock=clock)
    for each in past:
        shop.record(each)
    clock.now += later
    return {slip.code: slip.facts for slip in shop.record(command).slips}


@pytest.mark.parametrize(
    ("later", "warned"),
    [(timedelta(0), True), (timedelta(seconds=119, microseconds=999_999), True), (timedelta(minutes=2), False)],
)
def test_the_same_again_within_two_minutes(later: timedelta, *, warned: bool) -> None:
    facts = told(sale(HIM, 450), sale("Ramesh", 450), later=later)
    assert facts == ({"same_as_entry": {"entry": 3, "amount_paise": 45000}} if warned else {})


@pytest.mark.parametrize(
    "other",
    [{"note": "rice"}, {"ref": "B-2"}, {"on": Day("2026-11-21")}, {"paid": (("cash", rs(50)),)}, {"items": True}],
)
def test_the_same_sum_for_something_else_is_another_sale(other: dict[str, Any]) -> None:
    items = {"lines": (Line(amount_paise=rs(450)),), "items": ("atta",)} if other.pop("items", False) else {}
    assert not told(sale(HIM, 450, **other, **items), sale("Ramesh", 450, note="atta", ref="B-1"))


def test_not_the_same_is_not_the_same() -> None:
    first = sale("Ramesh", 450)
    assert not told(sale(HIM, 451), first)
    assert not told(sale("Suresh", 450), first)
    assert not told(payment(HIM, 450), first)
    assert told(sale(HIM, 450), first, sale(HIM, 1)) == {"same_as_entry": {"entry": 3, "amount_paise": 45000}}
    assert not told(sale(HIM, 450), first, ReverseEntry(entry=Seq(3)))
    assert not told(CorrectEntry(entry=Seq(3), on=Day("2026-11-21")), first)
    shop = in_memory()
    shop.record(first)
    assert not shop.at_counter("Sita").record(sale(HIM, 450)).slips


@pytest.mark.parametrize(("largest", "now", "warned"), [(500, 5000, False), (501, 5011, True), (600, 6000, False)])
def test_ten_times_the_largest_and_over_five_thousand(largest: int, now: int, *, warned: bool) -> None:
    facts = told(sale(HIM, now), sale("Ramesh", largest), sale(HIM, 3))
    expected = {"unusual_amount": {"amount_paise": now * 100, "largest_paise": largest * 100}}
    assert facts == (expected if warned else {})


def test_a_first_entry_or_an_opening_is_never_unusual() -> None:
    assert not told(sale("Ramesh", 99_999))
    assert told(RecordOpening(party=HIM, amount_paise=rs(99_999)), sale("Ramesh", 5)).keys() == {"brought_again"}
    assert not told(sale(None, 99_999))


@pytest.mark.parametrize(
    ("command", "advance"),
    [
        (payment(HIM, 450), None),
        (payment(HIM, 451), 100),
        (AllowDiscount(party=HIM, amount_paise=rs(452)), 200),
        (WriteOffDebt(party=HIM, amount_paise=rs(453), reason="x"), 300),
        (RecordReturn(party=HIM, amount_paise=rs(454)), 400),
        (RecordReturn(party=HIM, amount_paise=rs(454), paid=[("cash", rs(10))]), None),
        (RefundMoney(party=HIM, amount_paise=rs(500)), None),
    ],
)
def test_we_would_owe_them(command: Command, advance: int | None) -> None:
    facts: dict[str, Any] = told(command, sale("Ramesh", 450))
    assert facts == ({"becomes_advance": {"advance_paise": advance}} if advance else {})


def test_whoever_has_an_advance_buys_from_it_and_what_he_pays_adds_to_it() -> None:
    advance = RecordOpening(party=Named("Ramesh", add=True), amount_paise=rs(500), advance=True)
    assert not told(sale("Ramesh", 100), advance)
    assert not told(sale("Ramesh", 900), advance)
    assert told(payment("Ramesh", 40), advance) == {"becomes_advance": {"advance_paise": rs(540)}}


def test_more_than_a_month_back_or_before_the_book_was_opened() -> None:
    assert not told(sale("Ramesh", 5, on=Day("2026-11-21"))), "yesterday is no doubt"
    assert told(sale("Ramesh", 5, on=Day("2026-11-20"))) == {"long_ago": {"on": "2026-11-20", "days": 2}}
    assert told(sale(None, 5, on=Day("2026-10-01"))) == {"long_ago": {"on": "2026-10-01", "days": 52}}
    assert not told(RecordOpening(party=Named("Ramesh", add=True), amount_paise=rs(5), on=Day("2026-04-01")))


def opening(amount: int, on: str = "2026-11-22", *, advance: bool = False) -> RecordOpening:
    return RecordOpening(party=Named("Ramesh", add=True), amount_paise=rs(amount), on=Day(on), advance=advance)


@pytest.mark.parametrize(
    ("before", "on", "due", "advance"),
    [
        ([opening(1000, "2025-03-31"), sale("Ramesh", 200, on=Day("2025-06-01"))], "2026-03-31", 120_000, 0),
        ([opening(1000, "2025-03-31"), sale("Ramesh", 200, on=Day("2025-06-01"))], "2025-05-31", 100_000, 0),
        ([opening(1000)], "2026-11-22", 100_000, 0),
        ([opening(1000, advance=True)], "2026-11-22", 0, 100_000),
        ([sale("Ramesh", 5), payment(HIM, 5)], "2026-11-22", 0, 0),
        ([sale("Ramesh", 5)], "2026-11-21", None, None),
        ([opening(1000), ReverseEntry(entry=Seq(3))], "2026-11-22", None, None),
        ([opening(1000), CorrectEntry(entry=Seq(3), amount_paise=rs(900))], "2026-11-22", 90_000, 0),
    ],
)
def test_nobody_is_brought_forward_twice_without_a_word(
    before: list[Command], on: str, due: int | None, advance: int | None
) -> None:
    expected = {"on": on, "due_paise": due, "advance_paise": advance}
    assert told(opening(1200, on), *before).get("brought_again") == (None if due is None else expected)


def test_what_was_brought_forward_for_a_later_day_counts_too() -> None:
    expected = {"on": "2026-11-22", "due_paise": 100_000, "advance_paise": 0}
    assert told(opening(1200, "2026-11-20"), opening(1000)).get("brought_again") == expected
    assert "brought_again" not in told(opening(1200, "2026-11-20"), opening(1000), ReverseEntry(entry=Seq(3)))
    outcome = in_memory().record(opening(10), opening(20, "2026-11-20"))
    assert [slip.facts["due_paise"] for slip in outcome.slips if slip.code == "brought_again"] == [1000]


def test_two_that_are_brought_forward_together_are_told_of_as_well() -> None:
    outcome = in_memory().record(opening(10), opening(20))
    assert [slip.facts["due_paise"] for slip in outcome.slips if slip.code == "brought_again"] == [1000]


@pytest.mark.parametrize(("days", "warned"), [(31, False), (32, True)])
def test_a_month_back_in_an_old_book(days: int, *, warned: bool) -> None:
    clock = Clock()
    shop = in_memory(clock=clock)
    clock.set(days=100)
    on = Day((clock.now - timedelta(days=days)).date().isoformat())
    assert [slip.code for slip in shop.sell("Ramesh", 5, on=on).slips] == (["long_ago"] if warned else [])


def test_several_slips_are_all_told() -> None:
    first = sale("Ramesh", 501)
    shop = in_memory()
    shop.record(first)
    again = payment(HIM, 5011, on=Day("2026-01-01"))
    begun = BeginPayment(party=HIM, amount_paise=rs(7))
    milk = BeginRecurring(party=HIM, amount_paise=rs(450), every="month")
    shop.record(milk)
    far = RecordSale(party=HIM, amount_paise=rs(9), due_on=Day("2062-12-15"))
    rest = RecordOpening(party=HIM, amount_paise=rs(5)), begun, replace(begun), payment(HIM, 7), far
    outcome = shop.record(again, replace(again), *rest, replace(milk, first=Day("2027-01-01")))
    codes = (
        "unusual_amount",
        "same_as_entry",
        "brought_again",
        "begun_twice",
        "pending_same",
        "comes_again",
        "due_far",
    )
    assert outcome.slips_by_code == {**dict.fromkeys(codes, 1), "becomes_advance": 3, "long_ago": 2}
    assert outcome.entries_with_slips == 7
    assert set(outcome.slips_by_code) == set(CODES)
