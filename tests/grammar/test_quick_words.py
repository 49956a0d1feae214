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
        "ramesh ko 450 diya",
        "ramesh diya 450",
        "ramesh ne 450 liya",
        "ramesh ne 450",
        "ramesh se 450",
        "ramesh 450 mile",
        "ramesh ko 450 mile",
        "ramesh mile 450",
    ],
)
def test_what_could_go_either_way_is_asked(line: str) -> None:
    assert [way.split()[0] for way in asked(line)] == ["sale", "receive"]


def test_a_customer_whose_name_begins_with_new_is_nobody_new() -> None:
    class Bazaar(Book):
        PARTIES: ClassVar = {1: ("Naya Bazaar",)}

    found = read("naya bazaar 450", Bazaar(), TODAY)
    assert isinstance(found, QuickEntry)
    assert found.words() == ("sale", "--", "@1", "450")
    assert spelt("Naya Bazaar", Bazaar()) == "@Naya Bazaar"
    assert refused("naya") == "new"
