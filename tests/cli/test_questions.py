"""What a person at a terminal is asked, and that nobody else is."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Counter


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("sale ramesh 450", "Just recorded: entry 3, same customer, ₹450.00."),
        ("sale ramesh 9000", "ten times"),
        ("receive ramesh 500", "More than the due. Advance: ₹50.00."),
        ("sale ramesh 20 --on 01-09-2026", "Days ago: 82."),
        ("sale ramesh 20 --on 20-11-2026", "Days ago: 2."),
        ("receive ramesh 400 --full", "Kasar: ₹50.00. Right?"),
        ("sale suresh 20", "New name: suresh. Add this customer?"),
        ("undo", "Cancel? Entry 3 · sale · ₹450.00 · Ramesh"),
    ],
)
def test_a_slip_is_asked_about_at_a_terminal_and_a_no_records_nothing(shop: Counter, words: str, asked: str) -> None:
    for no in ("n\n", "\n", "", "perhaps\n"):
        answer = shop(*words.split(), typed=no)
        assert answer.code == 2
        assert asked in answer.err
        assert answer.err.endswith("Nothing was recorded.\n")
        assert answer.out == ""
        shop.now -= shop.now - shop.now.replace(minute=32)  # "a moment ago" stays one
    assert shop("status", "--json").data["entries"] == 3


@pytest.mark.parametrize("yes", ["y", "Y", "yes", "haan"])
def test_a_yes_records_without_a_further_warning(shop: Counter, yes: str) -> None:
    answer = shop("receive", "ramesh", "500", typed=f"{yes}\n")
    assert answer.code == 0
    assert "₹50.00 ADVANCE" in answer.out
    assert "Please check" not in answer.err


def test_yes_answers_beforehand(shop: Counter) -> None:
    answer = shop("receive", "ramesh", "500", "--yes", typed="")
    assert answer.code == 0
    assert "[y/N]" not in answer.err


def test_hindi_is_asked_and_answered_in_hindi(shop: Counter) -> None:
    answer = shop("receive", "ramesh", "500", "--lang", "hi", typed="हाँ\n")
    assert answer.code == 0
    assert "एडवांस" in answer.out


def test_elsewhere_a_slip_is_recorded_with_a_warning(shop: Counter) -> None:
    answer = shop("receive", "ramesh", "500")
    assert answer.code == 0
    assert answer.err == "Please check. More than the due. Advance: ₹50.00.\n"
    assert shop("receive", "ramesh", "600", "-q").err == ""


def test_elsewhere_what_must_be_agreed_is_refused(shop: Counter) -> None:
    assert shop("undo", "--json").refused == "not_agreed"
    assert shop("receive", "ramesh", "400", "--full", "--json").refused == "large_kasar"
    assert shop("party", "forget", "ramesh", "--json").refused == "not_agreed"


def test_one_of_several_is_chosen_by_number(shop: Counter) -> None:
    shop("party", "add", "Ramesh Patil")
    answer = shop("sale", "ramesh", "20", typed="2\n")
    assert "ramesh: which customer?" in answer.err
    chosen = next(line for line in answer.err.splitlines() if line.startswith("  2  ")).removeprefix("  2  ")
    assert answer.out.endswith(chosen.partition(" (@")[0] + "\n")
    assert shop("sale", "ramesh", "20", typed="\n").code == 2
    assert shop("sale", "ramesh", "20", typed="9\n").code == 2
    assert shop("balance", "ramesh", typed="1\n").code == 0


def test_the_shops_name_is_asked_for_at_a_terminal_only(khata: Counter) -> None:
    assert khata("init", "--json").refused == "shop_name_missing"
    assert khata("init", typed="\n").code == 2
    assert khata("init", typed="Sharma Kirana Store\n").code == 0
    assert khata("status", "--json").envelope["shop"] == "Sharma Kirana Store"


def test_a_dry_run_asks_and_records_nothing(shop: Counter) -> None:
    answer = shop("receive", "ramesh", "500", "--dry-run", typed="y\n")
    assert answer.code == 0
    assert "nothing was recorded" in answer.err
    assert shop("status", "--json").data["entries"] == 3


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("sale ramesh 450 upi", "khata sale ramesh 450 --paid all:upi"),
        ("sale ramesh kumar 450 नकद", "khata sale ramesh kumar 450 --paid all:cash"),
        ("receive ramesh 450 gpay", "khata receive ramesh 450 --mode upi"),
        ("discount ramesh 5 upi", "khata discount ramesh 5 --note upi"),
    ],
)
def test_the_order_that_was_meant_is_told(shop: Counter, words: str, meant: str) -> None:
    assert shop(*words.split()).err.endswith(f": {meant}\n")


def test_the_number_that_is_told_is_that_of_who_is_meant(shop: Counter) -> None:
    shop("sale", "Mahesh Gupta", "5", "--new")
    assert "such as @2;" in shop("sale", "mahes", "5").err
    assert "such as @2" in shop("sale", "mahes", "5", "--lang", "hi").err.replace("जैसे", "such as")


def test_a_sale_that_was_paid_at_once_makes_no_old_debt_young(shop: Counter) -> None:
    shop("sale", "Asha", "1000", "--new", "--on", "1-8-2026")
    for words in (["1000", "--paid", "all"], ["500", "--paid", "450:upi"]):
        shop("sale", "asha", *words)
    due = next(each for each in shop("dues", "--json").data["parties"] if each["name"] == "Asha")
    assert (due["by_age_paise"], due["oldest_on"]) == ([5000, 0, 0, 100000], "2026-08-01")
    assert [each["name"] for each in shop("dues", "--over", "60", "--json").data["parties"]] == ["Asha"]
    assert shop("reverse", "6").code == 0
    due = next(each for each in shop("dues", "--json").data["parties"] if each["name"] == "Asha")
    assert due["by_age_paise"] == [5000, 0, 0, 100000]


def test_the_foot_of_the_day_book_adds_up_when_some_owe_and_some_have_an_advance(shop: Counter) -> None:
    shop("opening", "Asha", "800", "--new")
    shop("opening", "Bala", "100", "--advance", "--new")
    book = shop("daybook", "--json").data
    openings = [each["paise"] for each in book["movements"] if each["account"] == "opening"]
    assert sorted(openings) == [-10000, 80000]
