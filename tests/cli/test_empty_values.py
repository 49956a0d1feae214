"""Values that are empty, unclean, nobody's or later than today, and what is said of a day on which money went out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Counter


@pytest.mark.parametrize(
    "words",
    [
        "balance --book=",
        "balance --as-on=",
        "balance --known-at=",
        "sale ramesh 5 --on=",
        "sale ramesh 5 --ref=",
        "sale ramesh 5 --event-id=",
        "sale ramesh 5 --by=",
        "sale ramesh 5 --once",
    ],
)
def test_an_empty_value_is_not_taken_for_the_default(shop: Counter, words: str) -> None:
    assert shop(*words.split(), "--json").refused == "misused"
    assert shop("status", "--json").data["entries"] == 3


@pytest.mark.parametrize("name", ["a\x07b", "a\u202eb", "x" * 101, " "])
def test_a_counter_has_a_clean_name(shop: Counter, name: str) -> None:
    assert shop("sale", "ramesh", "5", "--by", name).code == 2
    assert shop("sale", "ramesh", "5", environ={"KHATA_BY": name}).code == 2
    assert shop("status", "--json").data["entries"] == 3


def test_a_dry_run_of_the_clock_says_so(shop: Counter) -> None:
    assert "nothing was recorded" in shop("clock", "fix", "--reason", "x", "--dry-run").err


def test_a_later_day_means_today(shop: Counter) -> None:
    assert shop("daybook", "--on", "01-01-2027", "--json").data["from"] == "2026-11-22"
    assert shop("daybook", "--from", "01-01-2027", "--json").data["from"] == "2026-11-22"
    since = shop("statement", "ramesh", "--from", "01-01-2027", "--to", "02-01-2027", "--json").data
    assert (since["from"], since["to"]) == ("2026-11-22", "2026-11-22")


def test_a_day_book_says_in_words_which_way_it_went(shop: Counter) -> None:
    shop("sale", "ramesh", "20", "--on", "yesterday")
    shop("receive", "ramesh", "30", "--on", "yesterday")
    shop("refund", "ramesh", "5", "--mode", "upi", "--on", "yesterday")
    said = shop("daybook", "--on", "yesterday").out
    assert "  ₹5.00  less on the khata than before" in said
    assert "  ₹5.00               money out: UPI" in said, "what is given back is owed again"
    assert " ₹25.00       ₹30.00  ₹5.00  less on the khata" in said
    assert "-₹" not in said


def test_a_number_that_nobody_has_is_not_offered_to_be_added(shop: Counter, tmp_path: Path) -> None:
    assert shop("sale", "@9", "5", "--new").err == "No customer has this number: @9. All customers: khata party list\n"
    (tmp_path / "a.csv").write_text("date,type,party,amount\n2026-11-20,sale,@9,5\n", encoding="utf-8")
    answer = shop("import", str(tmp_path / "a.csv"))
    assert "No customer in the book has this number" in answer.err
    assert "--new-parties" not in answer.err


def test_a_word_after_clock_that_is_no_command(shop: Counter) -> None:
    assert shop("clock", "foo").err == "No such command: foo. All of them: khata --help\n"
