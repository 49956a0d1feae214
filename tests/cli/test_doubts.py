"""What looks mistyped: asked about once, never over what was typed next, and refused where a script wants that."""

from __future__ import annotations

import pytest

from tests.cli.batches import send
from tests.cli.conftest import Counter
from tests.cli.sitting import sit

LARGE = "sale ramesh 99999"
"""Of a customer whose largest entry was ₹450."""


def owed(shop: Counter, name: str = "ramesh") -> int:
    found: int = shop("balance", name, "--json").data["parties"][0]["balance_paise"]
    return found


# --- in the shell


@pytest.mark.parametrize("question", ["ramesh 99999", "suresh 20", "ramesh 450 upi", "ramesh jama 400 full"])
def test_what_is_typed_in_the_place_of_an_answer_is_the_next_line(shop: Counter, question: str) -> None:
    sat = sit(shop, question, answers="ramesh 7\n")
    assert f"Nothing was recorded for: {question}" in sat.said
    assert owed(shop) == 45700


def test_so_is_what_is_typed_in_the_place_of_the_next_answer(shop: Counter) -> None:
    sat = sit(shop, "ramesh 99999", answers="ramesh 88888\nramesh 7\n")
    assert sat.said.count("Nothing was recorded for: ramesh") == 2
    assert owed(shop) == 45700


@pytest.mark.parametrize("answer", ["n\n", "no\n", "nahi\n", "\n", ""])
def test_a_no_is_no_line(shop: Counter, answer: str) -> None:
    sat = sit(shop, "ramesh 99999", answers=answer)
    assert "Nothing was recorded.\n" in sat.said
    assert owed(shop) == 45000


# --- at a terminal


def test_a_word_that_is_no_answer_is_asked_again(shop: Counter) -> None:
    said = shop(*LARGE.split(), typed="450\nmaybe\ny\n").err
    assert said.count("[y/N]") == 3
    assert "Neither yes nor no: 450\n" in said
    assert owed(shop) == 45000 + 9999900
    again = shop("sale", "ramesh", "9999999", typed="what\n" * 9)
    assert (again.code, again.err.count("[y/N]")) == (2, 3)


def test_one_question_for_one_entry(shop: Counter) -> None:
    said = shop("receive", "ramesh", "99999", "--on", "2026-09-01", typed="y\n").err
    assert said.count("[y/N]") == 1
    assert [line for line in said.splitlines() if line.startswith("Please check")] == said.splitlines()[:3]
    said = shop("sale", "ramesh", "100000").out
    said = shop("receive", "ramesh", "100", "--full", "--on", "2026-09-01", typed="y\n").err
    assert said.count("[y/N]") == 1
    assert "Kasar: " in said


@pytest.mark.parametrize(
    "words", [LARGE, "sale mahesh 20", "sale ramesh 20 --on 2026-09-01", "receive ramesh 400 --full", "undo"]
)
def test_a_dry_run_asks_nothing(shop: Counter, words: str) -> None:
    answer = shop(*words.split(), "--dry-run", typed="")
    assert (answer.code, "[y/N]" in answer.err) == (0, False)
    assert "nothing was recorded" in answer.err
    assert owed(shop) == 45000


# --- a script


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (LARGE, "unusual_amount"),
        ("receive ramesh 451", "becomes_advance"),
        ("sale ramesh 20 --on 2026-09-01", "long_ago"),
        ("opening ramesh 20", "brought_again"),
        ("receive ramesh 400 --full", "large_kasar"),
    ],
)
def test_a_script_can_have_doubts_refused(shop: Counter, words: str, code: str) -> None:
    if code != "large_kasar":
        told = shop(*words.split(), "--json", "--dry-run").envelope["warnings"]
        assert [each["code"] for each in told] == [code]
    assert shop(*words.split(), "--json", "--no-doubts").refused == code
    shop.environ["KHATA_NO_DOUBTS"] = "1"
    assert shop(*words.split(), "--json").refused == code
    assert owed(shop) == 45000
    shop.environ["KHATA_NO_DOUBTS"] = "0"
    if code != "large_kasar":
        assert shop(*words.split(), "--json").code == 0


def test_an_opening_that_is_meant_to_be_a_second_one_is_no_doubt(shop: Counter) -> None:
    answer = shop("opening", "ramesh", "20", "--again", typed="")
    assert (answer.code, "[y/N]" in answer.err) == (0, False)
    answer = shop("opening", "ramesh", "30", "--again", "--no-doubts", "--json")
    assert (answer.code, answer.envelope.get("warnings", [])) == (0, [])
    line = {"command": "opening", "party": "ramesh", "amount_paise": 1000, "again": True}
    assert send(shop, line, options="--no-doubts").entries == [6]
    assert owed(shop) == 45000 + 6000


def test_the_same_once_more_is_a_doubt_of_a_script_too(shop: Counter) -> None:
    shop("sale", "ramesh", "33", "--note", "atta")
    assert shop("sale", "ramesh", "33", "--note", "atta", "--no-doubts", "--json").refused == "same_as_entry"
    assert shop("sale", "ramesh", "33", "--note", "rice", "--no-doubts").code == 0


def test_a_line_of_a_batch_is_refused_by_itself(shop: Counter) -> None:
    line = {"command": "sale", "party": "ramesh", "amount_paise": 9999900}
    sent = send(shop, LARGE, "sale ramesh 7", line, group=9, options="--no-doubts")
    assert sent.entries == ["unusual_amount", 4, "unusual_amount"]
    assert owed(shop) == 45700


def test_no_doubts_goes_before_yes_and_before_a_person(shop: Counter) -> None:
    assert shop(*LARGE.split(), "--no-doubts", "--yes").code == 2
    answer = shop(*LARGE.split(), "--no-doubts", typed="y\n")
    assert (answer.code, "[y/N]" in answer.err) == (2, False)
    assert owed(shop) == 45000
