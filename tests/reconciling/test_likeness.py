"""How like a name on a statement is to a customer's."""

from __future__ import annotations

import pytest

from khata.reconciling.likeness import Like, Namebook, heard, like
from khata.units import Party

RAMESH, RAJESH, SUNITA, GUPTA = Party(1), Party(2), Party(3), Party(4)


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ("MRS. SUNITA DEVI", ("sunita", "devi")),
        ("RAMESH KUMAR 2", ("ramesh", "kumar")),
        ("MD RAFIQ", ("mohamed", "rafiq")),
        ("Smt", ("smt",)),
        ("NA", ()), ("UPI", ()), ("", ()), ("null", ()),
    ],
)  # fmt: skip
def test_a_name_is_heard_without_titles_and_numbers(shown: str, words: tuple[str, ...]) -> None:
    assert heard(shown) == words


@pytest.mark.parametrize("shown", ["सुनीता देवी", "ಸುನೀತಾ ದೇವಿ"])
def test_other_letters_are_heard_as_latin_ones(shown: str) -> None:
    assert like(heard("SUNITA DEVI"), heard(shown)) >= Like.MOST


@pytest.mark.parametrize(
    ("shown", "called", "found"),
    [
        ("RAMESH KUMAR", "Ramesh Kumar", Like.FULL),
        ("KUMAR RAMESH", "Ramesh Kumar", Like.FULL),
        ("RAMESHKUMAR", "Ramesh Kumar", Like.FULL),
        ("LAKSHMI DEVI", "Laxmi Devi", Like.MOST),
        ("RAMESH LAL KUMAR", "Ramesh Kumar", Like.MOST),
        ("RAMESH KUMAR YADAV", "Ramesh Kumar", Like.MOST),
        ("SURESH PATIL", "Suresh Patel", Like.MOST),
        ("R KUMAR", "Ramesh Kumar", Like.PART),
        ("RAMESH K", "Ramesh Kumar", Like.PART),
        ("RAMESH KU", "Ramesh Kumar", Like.PART),
        ("RAMESH", "Ramesh Kumar", Like.PART),
        ("RAMESH KUMAR", "Ramesh", Like.PART),
        ("RAJESH KUMAR", "Ramesh Kumar", Like.NOT),
        ("SUNIL GUPTA", "Ramesh Gupta", Like.NOT),
        ("RA", "Ramesh Kumar", Like.NOT),
        ("", "Ramesh Kumar", Like.NOT),
    ],
)
def test_a_name_is_like_another_in_full_in_part_or_not(shown: str, called: str, found: Like) -> None:
    assert like(heard(shown), heard(called)) == found


def test_a_namebook_finds_all_of_whom_a_name_may_be() -> None:
    book = Namebook({RAMESH: ["Ramesh Kumar"], RAJESH: ["Rajesh Kumar", "Raju"], SUNITA: ["सुनीता देवी"], GUPTA: ["-"]})
    assert book.who("R KUMAR") == {RAMESH: Like.PART, RAJESH: Like.PART}
    assert book.who("RAJU") == {RAJESH: Like.FULL}
    assert book.who("SUNEETA DEVI") == {SUNITA: Like.MOST}
    assert book.who("NA") == book.who("GUPTA") == {}
