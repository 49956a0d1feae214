"""What the words of a quick line say of who gave and who got, and of who is new."""

from __future__ import annotations

from typing import ClassVar

import pytest

from khata.grammar.meaning import QuickEntry
from khata.grammar.quick import read, spelt
from tests.grammar.test_quick import TODAY, Book, asked, command, refused


@pytest.mark.parametrize(
    ("line", "means"),
    [
        ("रमेश ने 200 दिए", "receive -- @1 200"),
        ("ramesh ne 200 diye", "receive -- @1 200"),
        ("ramesh ne diya 200 upi", "receive --mode=upi -- @1 200"),
        ("रमेश ने 200 दिया है फोनपे", "receive --mode=upi -- @1 200"),
        ("रमेश से 200 मिले", "receive -- @1 200"),
        ("ramesh se 200 mile gpay", "receive --mode=upi -- @1 200"),
        ("ramesh se mile 200", "receive -- @1 200"),
        ("ramesh ne 200 jama kiye", "receive -- @1 200"),
        ("ramesh se jama 200", "receive -- @1 200"),
        ("ramesh ne 450 udhaar liya", "sale -- @1 450"),
        ("ramesh 450 rs", 'sale -- @1 "450 rs"'),
        ("ramesh 450 rupees paid 200 upi", 'sale --paid=200.00:upi -- @1 "450 rupees"'),
        ("naya Bholu 450", "sale --new -- Bholu 450"),
        ("Bholu 450 naya", "sale --new -- Bholu 450"),
        ("नया Bholu जमा 200 upi", "receive --mode=upi --new -- Bholu 200"),
        ("naya Bholu Ram", "party add -- Bholu Ram"),
    ],
)
def test_what_is_said_of_who_gave_and_who_got(line: str, means: str) -> None:
    assert command(line) == means


@pytest.mark.parametrize(
    "line",
    [
        "ramesh lena 450",
        "रमेश लेना ४५०",
        "ramesh 450 dena",
        "रमेश से ४५० लेना है",
        "ramesh diya 450",
        "ramesh ne 450 liya",
        "ramesh ne 450",
        "ramesh se 450",
        "ramesh 450 mile",
        "ramesh mile 450",
    ],
)
def test_what_could_go_either_way_is_asked(line: str) -> None:
    assert [way.split()[0] for way in asked(line)] == ["sale", "receive"]


@pytest.mark.parametrize(
    ("line", "ways"),
    [
        ("ramesh ko 450 diya", ["sale -- @1 450", "refund -- @1 450"]),
        ("रमेश को 106 दिए", ["sale -- @1 106", "refund -- @1 106"]),
        ("ramesh ko 450 mile upi", ["sale -- @1 450", "refund --mode=upi -- @1 450"]),
        ("ramesh ko 20 wapas", ["return -- @1 20", "refund -- @1 20"]),
        ("ramesh se 45 udhaar", ["sale -- @1 45", "receive -- @1 45"]),
        ("रमेश का 240 चेक", ["receive --mode=cheque -- @1 240"]),
    ],
)
def test_what_went_to_somebody_did_not_come_from_him(line: str, ways: list[str]) -> None:
    assert asked(line) == ways


@pytest.mark.parametrize(
    ("line", "means"),
    [
        ("ramesh 450 kal", "sale --on=2026-11-21 -- @1 450"),
        ("रमेश जमा 200 upi कल", "receive --mode=upi --on=2026-11-21 -- @1 200"),
        ("ramesh 450 21-11", "sale --on=2026-11-21 -- @1 450"),
        ("ramesh 450 monday paid 200", "sale --paid=200.00:cash --on=2026-11-16 -- @1 450"),
        ("ramesh jama 200 20 nov upi", "receive --mode=upi --on=2026-11-20 -- @1 200"),
    ],
)
def test_a_day_may_stand_behind_the_sum_by_itself(line: str, means: str) -> None:
    assert command(line) == means


def test_a_rate_for_grams_is_no_name() -> None:
    assert refused("ramesh 500g x 80") == "bad_amount"
    assert refused("ramesh 1/2kg x 80") == "bad_amount"


@pytest.mark.parametrize("word", ["fix", "सुधार", "Fix"])
def test_a_short_word_for_a_correction_is_one_in_every_language(word: str) -> None:
    from khata.grammar.meaning import Fix

    assert read(f"{word} 540", Book(), TODAY) == Fix(None, "540", 54000)  # type: ignore[arg-type]


def test_a_customer_whose_name_begins_with_new_is_nobody_new() -> None:
    class Bazaar(Book):
        PARTIES: ClassVar = {1: ("Naya Bazaar",)}

    found = read("naya bazaar 450", Bazaar(), TODAY)
    assert isinstance(found, QuickEntry)
    assert found.words() == ("sale", "--", "@1", "450")
    assert spelt("Naya Bazaar", Bazaar()) == "@Naya Bazaar"
    assert refused("naya") == "new"


@pytest.mark.parametrize("line", ["naya suresh 450", "suresh 450 naya", "naya flat 450", "naya rame 450"])
def test_whoever_is_said_to_be_new_is_nobody_who_is_there(line: str) -> None:
    """Flat 12 and Ramesh Kumar are customers: a word of a name, or its beginning, is another one's name."""
    name = line.replace("naya", "").replace("450", "").strip()
    if name == "suresh":  # exactly a customer's: there is nobody new
        assert command(line) == "sale --new -- @4 450"
    else:
        assert command(line) == f"sale --new -- {name} 450"
