"""Weights, items and rounded bills as they are typed: in words, in a batch, in the shell and from Python."""

from __future__ import annotations

from typing import Any

import pytest

from khata import open_book
from tests.cli.batches import send
from tests.cli.conftest import Counter
from tests.cli.sitting import sit


def owed(shop: Counter) -> int:
    found: int = shop("balance", "ramesh", "--json").data["parties"][0]["balance_paise"]
    return found


def shown(shop: Counter, entry: int) -> dict[str, Any]:
    return dict(shop("show", str(entry), "--json").data)


@pytest.mark.parametrize(
    ("words", "paise"),
    [
        ("0.250x44", 1100),
        ("0.735x40", 2940),
        ("0.735x43.50", 3197),
        ("1.25kg x 50", 6250),
        ("1.25 kg x 50", 6250),
        ("2 x 40", 8000),
    ],
)
def test_a_weight_times_its_rate_is_told_before_it_is_recorded(shop: Counter, words: str, paise: int) -> None:
    for line in (["sale", "ramesh", *words.split()], ["sale", "ramesh", words]):
        answer = shop(*line, "--dry-run")
        assert answer.err.startswith(f"{words} = ₹{paise / 100:.2f}\n")
    sent = send(shop, f"sale ramesh {words}")
    assert owed(shop) == 45000 + paise, sent.answers
    sit(shop, f"ramesh {words}", f"ramesh jama {words} upi")
    assert owed(shop) == 45000 + paise


@pytest.mark.parametrize("words", ["250g x 44", "1.2345 x 2", "1.25 x 1.2555", "2 x"])
def test_what_is_no_weight_is_refused(shop: Counter, words: str) -> None:
    assert shop("sale", "ramesh", *words.split()).code == 2
    assert owed(shop) == 45000


ITEMS = ("--item", "Chini x1.25 kg @ 50", "--item", "Chai = 30.30")


def test_items_say_the_amount(shop: Counter) -> None:
    shop("sale", "ramesh", *ITEMS)
    entry = shown(shop, 4)
    assert [(each["name"], each["quantity_milli"]) for each in entry["items"]] == [("Chini kg", 1250), ("Chai", None)]
    assert owed(shop) == 45000 + 9280
    assert shop("sale", "ramesh", "93", *ITEMS, "--json").refused == "items_do_not_add_up"
    send(shop, {"command": "sale", "party": "ramesh", "items": ["Chai = 30"]}, "sale ramesh --item 'Chai = 30'")
    assert owed(shop) == 45000 + 9280 + 6000
    assert shop("sale", "ramesh", "--json").refused == "amount_comes_last"


@pytest.mark.parametrize(
    ("words", "amount", "round_off"),
    [
        ("ramesh --round", 9300, 20),
        ("ramesh --round 5", 9500, 220),
        ("ramesh --round=50", 10000, 720),
        ("ramesh 92.80 --round", 9300, 20),
        ("ramesh 93 --round", 9300, 20),
        ("counter --round --paid all:upi", 9300, 20),
    ],
)
def test_a_bill_is_rounded(shop: Counter, words: str, amount: int, round_off: int) -> None:
    done = shop("sale", *words.split(), *ITEMS, "--json").data
    assert (done["amount_paise"], done["round_off_paise"]) == (amount, round_off)
    assert shop("verify", "--json").data["result"] == "unbroken"
    assert shop("daybook", "--json").data["sales_paise"] == 45000 + 9280
    assert "round off +₹" in shop("sale", *words.split(), *ITEMS).out


def test_a_sum_without_items_is_rounded_as_well_up_or_down(shop: Counter) -> None:
    done = [shop("sale", "ramesh", *words.split(), "--json").data for words in ("449.40 --round", "--round 449.50")]
    assert [(each["amount_paise"], each["round_off_paise"]) for each in done] == [(44900, -40), (45000, 50)]
    plain = shop("sale", "ramesh", "450", "--round", "--json").data
    assert (plain["amount_paise"], plain["round_off_paise"]) == (45000, 0)
    assert shop("sale", "ramesh", "0.40", "--round", "--json").refused == "amount_zero"
    assert shop("sale", "ramesh", "99", "--round", *ITEMS, "--json").refused == "items_do_not_add_up"


def test_only_a_book_with_a_rounded_bill_needs_the_newer_version(shop: Counter) -> None:
    shop("sale", "ramesh", "450", "--round")
    shop("sale", "ramesh", "450.40", "--round")
    kinds = [line["kind"] for line in shop("log", "--json").data["lines"]]
    assert kinds[3:] == ["sale_recorded", "format_raised", "sale_recorded"]


def test_a_rounded_bill_is_tried_again_and_taken_back(shop: Counter) -> None:
    words = ("sale", "ramesh", "--round", *ITEMS, "--event-id", "ab" * 16, "--json")
    assert shop(*words).data["entry"] == shop(*words).data["entry"]
    assert shop(*words).data["already_recorded"]
    assert shop("sale", "ramesh", *ITEMS, "--event-id", "ab" * 16, "--json").refused == "id_reused"
    assert owed(shop) == 45000 + 9300
    shop("undo", "--yes")
    assert owed(shop) == 45000


def test_from_python_and_in_json(shop: Counter) -> None:
    sent = send(
        shop,
        {"command": "sale", "party": "ramesh", "amount": "44.70", "round_to": 1},
        {"command": "sale", "party": "ramesh", "amount": "44.70", "round_to": 3},
    )
    assert sent.entries[-1] == "bad_field"
    with open_book(shop.home / "Khata" / "sharma-kirana-store.khata", environ={"HOME": str(shop.home)}) as book:
        assert book.sale("ramesh", items=["Chai = 30.30"], round_to=5).balance_paise == 45000 + 4500 + 3000
