"""Taking back, and the same command tried twice: nothing else may be hit, nothing may be lost."""

from __future__ import annotations

import pytest

from khata.views.cache import Cache
from khata.views.catch_up import Reach, catch_up
from tests.cli.conftest import Counter

THE_ID = "ab" * 16


def test_undo_takes_back_what_was_typed_last_though_it_was_for_another_day(shop: Counter) -> None:
    assert shop("sale", "ramesh", "500", "--on", "yesterday").code == 0
    assert shop("undo", "--yes", "--json").data["reverses"] == 4
    assert shop("undo", "--yes", "--json").data["reverses"] == 3
    assert shop("undo", "--yes", "--json").refused == "nothing_to_undo"


def test_undo_leaves_what_was_typed_on_an_earlier_day(shop: Counter) -> None:
    shop.now = shop.now.replace(day=23)
    assert shop("sale", "counter", "5", "--on", "22-11-2026").code == 0
    assert shop("undo", "--yes", "--json").data["reverses"] == 4
    assert shop("undo", "--yes", "--json").refused == "nothing_to_undo"


def test_undo_tried_twice_undoes_once(shop: Counter) -> None:
    shop("sale", "ramesh", "20")
    undo = ("undo", "--yes", "--event-id", THE_ID, "--json")
    first = shop(*undo).data
    assert shop(*undo).data == {**first, "already_recorded": True}
    assert first["reverses"] == 4


def test_a_sale_is_corrected_to_one_at_the_counter(shop: Counter) -> None:
    answer = shop("correct", "3", "--party", "counter", "--json").data
    assert (answer["party"], answer["paid"]) == (None, [{"mode": "cash", "amount_paise": 45000}])
    assert shop("balance", "ramesh", "--json").data["net_paise"] == 0
    shop("receive", "ramesh", "5")
    assert shop("correct", "6", "--party", "counter", "--json").refused == "not_of_this_kind"


def test_a_part_paid_sale_at_the_counter_wants_the_rest_said(shop: Counter) -> None:
    shop("sale", "ramesh", "20", "--paid", "5:upi")
    assert shop("correct", "4", "--party", "counter", "--json").refused == "counter_not_paid"
    assert shop("correct", "4", "--party", "counter", "--paid", "all:upi", "--json").data["paid"][0]["mode"] == "upi"


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("party add Mahesh --alias Mahi", "party add Suresh"),
        ("party add Mahesh", "party add Mahesh --alias Mahi"),
        ("party rename @1 --to Mahesh", "party rename @1 --to Suresh"),
        ("party rename @1 --phone 9822012345", "party rename @1 --phone 9822012346"),
        ("party alias @1 --add Mahi", "party alias @1 --add Suri"),
        ("party alias @1 --add Mahi", "party alias @1 --remove Mahi"),
        ("correct 3 470 --paid 100", "correct 3 470 --paid 200"),
        ("correct 3 --party counter", "correct 3 470"),
        ("correct 3 470", "correct 3 --party counter"),
    ],
)
def test_another_command_under_an_event_id_is_not_taken_for_a_retry(shop: Counter, first: str, other: str) -> None:
    under = ("--event-id", THE_ID, "--json")
    made = shop(*first.split(), *under).data
    again = shop(*first.split(), *under).data
    assert again == {**made, "already_recorded": True}
    assert shop(*other.split(), *under).refused == "id_reused"


@pytest.mark.parametrize("command", ["party rename Ramesh Kumar --to Mahesh", "party forget Ramesh Kumar --yes"])
def test_a_retry_is_answered_though_the_first_try_took_the_name_away(shop: Counter, command: str) -> None:
    shop("receive", "ramesh", "450")
    under = ("--event-id", THE_ID, "--json")
    made = shop(*command.split(), *under).data
    again = shop(*command.split(), *under).data
    assert again == {**made, "already_recorded": True}


def test_a_settlement_with_a_reference_is_answered_once_more_whatever_is_owed_by_then(shop: Counter) -> None:
    settle = ("receive", "ramesh", "445", "--full", "--ref", "B-1", "--once", "--json")
    first = shop(*settle).data
    shop("sale", "ramesh", "500")
    again = shop(*settle).data
    assert (again["entry"], again["already_recorded"]) == (first["entry"], True)


def test_the_balance_counts_the_entry_though_the_views_could_not_look(
    shop: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(book: object, cache: Cache, *, at_most: int | None = None) -> Reach:
        return Reach(cache.position(), held=True) if at_most else catch_up(book, cache)  # type: ignore[arg-type]

    monkeypatch.setattr("khata.writing.catch_up", held)
    assert shop("sale", "ramesh", "50", "--json").data["balance_paise"] == 50000
    assert shop("reverse", "3", "--json").data["balance_paise"] == 5000


def test_undo_right_after_two_khatas_were_joined_says_what_takes_that_back(shop: Counter) -> None:
    shop("sale", "Ramu", "5", "--new")
    shop("party", "merge", "ramesh", "ramu")
    refused = shop("undo", "--yes", "--json").envelope["refused"]
    assert (refused["code"], refused["facts"]["what"]) == ("nothing_to_undo", "party_merged")
    shop("party", "part", "ramesh", "ramu")
    assert "khata party merge A B" in shop("undo", "--yes").err
    shop("sale", "ramu", "7")
    assert shop("undo", "--yes", "--json").data["amount_paise"] == 700


def test_a_correction_to_far_more_is_asked_about(shop: Counter) -> None:
    warned = shop("correct", "3", "200000", "--dry-run", "--json").envelope["warnings"]
    assert [each["code"] for each in warned] == ["unusual_amount"]
    assert not shop("correct", "3", "460", "--json").envelope["warnings"]


def test_of_a_bill_with_items_it_is_said_how_it_is_put_right(shop: Counter) -> None:
    shop("sale", "ramesh", "--item", "Atta x2 @ 225")
    assert shop("correct", "4", "460").err == (
        "Entry 4: recorded with items. Sum of the items: ₹450.00. "
        "Cancel the entry and record it anew: khata reverse 4\n"
    )
