"""Whom a question is about: by a name in another script, by a phone number; and that nothing is recorded so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Counter, like
from tests.cli.sitting import sit

FOUND = [
    ("Ramesh", "रमेश"),
    ("Ramesh", "ரமேஷ்"),
    ("लक्ष्मी", "Laxmi"),
    ("Lakshmi", "லட்சுமி"),
    ("মহম্মদ", "Muhammad"),
    ("محمد", "मोहम्मद"),
    ("Krishna", "கிருஷ்ணா"),
    ("চৌধুরী", "Choudhary"),
    ("ਸੁਰਿੰਦਰ ਸਿੰਘ", "Surender Singh"),
    ("ৰমেন বৰুৱা", "Ramen Barua"),
    ("അനിൽ", "Anil"),
    ("શાહ બ્રધર્સ", "Shah"),
    ("ଜଗନ୍ନାଥ", "jagannath"),
    ("ವೆಂಕಟೇಶ್", "వెంకటేష్"),
]


@pytest.mark.parametrize(("name", "typed"), FOUND)
def test_a_balance_is_asked_for_in_another_script_or_spelling(khata: Counter, name: str, typed: str) -> None:
    khata("init", "Sharma Kirana Store")
    khata("sale", name, "70", "--new")
    assert khata("balance", *typed.split()).out == f"₹70.00 due   {name}\n"


@pytest.mark.parametrize(
    ("name", "typed"), [("Usha", "आशा"), ("Rita", "ராதா"), ("हीरा", "Hari"), ("Kapil", "গোপাল"), ("Amit", "ਅਮਿਤਾ")]
)
def test_a_balance_is_never_that_of_another_name_that_sounds_near(khata: Counter, name: str, typed: str) -> None:
    khata("init", "Sharma Kirana Store")
    khata("sale", name, "70", "--new")
    assert khata("balance", typed, "--json").refused == "unknown_party"


@pytest.fixture(scope="module")
def made_two(opened_home: Counter, tmp_path_factory: pytest.TempPathFactory) -> Counter:
    """A book with Ramesh Kumar (@1), who has no number, and three who have one; Gita and Sunil end alike."""
    shop = like(opened_home, tmp_path_factory.mktemp("made"))
    shop("party", "add", "Mohan", "Lal", "--phone", "+91 98765 43210")
    shop("party", "add", "Gita", "--phone", "9123400042")
    shop("party", "add", "Sunil", "--phone", "9800000042")
    return shop


@pytest.fixture
def two(made_two: Counter, tmp_path: Path) -> Counter:
    """A copy of it."""
    return like(made_two, tmp_path)


@pytest.mark.parametrize(
    "typed", ["9876543210", "098765 43210", "+91-98765-43210", "९८७६५४३२१०", "0091 98765\u201043210", "3210", "३२१०"]
)
def test_a_phone_number_or_its_last_four_find_whose_it_is(two: Counter, typed: str) -> None:
    assert two("balance", *typed.split()).out == "SETTLED   Mohan Lal\n"
    assert "Mohan Lal" in two("statement", *typed.split()).out


@pytest.mark.parametrize("typed", ["210", "43210", "876543210", "98765", "4321", "3210.0", "1२34"])
def test_less_than_four_digits_and_what_is_between_is_no_phone_number(two: Counter, typed: str) -> None:
    assert two("balance", typed, "--json").refused == "unknown_party"


def test_several_whose_numbers_end_alike_are_asked_about_and_in_a_pipe_told(two: Counter) -> None:
    refused = two("balance", "0042", "--json").envelope["refused"]
    assert refused["code"] == "ambiguous_party"
    assert {each["name"] for each in refused["facts"]["candidates"]} == {"Gita", "Sunil"}
    assert two("balance", "0042").code == 2
    asked = two("balance", "0042", typed="2\n")
    assert "0042: which customer?" in asked.err
    assert asked.out.endswith("SETTLED   Gita\n")


def test_several_who_sound_alike_are_asked_about_and_in_a_pipe_told(khata: Counter) -> None:
    khata("init", "Sharma Kirana Store")
    for name, rupees in (("Laxmi", "10"), ("लक्ष्मी", "20")):
        khata("sale", name, rupees, "--new")
    refused = khata("balance", "லட்சுமி", "--json").envelope["refused"]
    assert refused["code"] == "ambiguous_party"
    assert {each["party"] for each in refused["facts"]["candidates"]} == {1, 2}
    asked = khata("balance", "லட்சுமி", typed="2\n")
    assert "லட்சுமி: which customer?" in asked.err
    assert asked.out.endswith("₹10.00 due   Laxmi\n")


def test_a_name_comes_before_a_phone_number(two: Counter) -> None:
    two("party", "add", "Flat", "3210")
    assert two("balance", "3210").out == "SETTLED   Flat 3210\n"
    two("party", "add", "0042 Flat")
    assert two("balance", "0042").out == "SETTLED   0042 Flat\n"


def test_another_phone_number_takes_the_place_of_the_first_and_forgetting_takes_it_away(two: Counter) -> None:
    two("party", "rename", "Gita", "--phone", "9111155555")
    assert two("balance", "0042").out == "SETTLED   Sunil\n"
    assert two("balance", "5555").out == "SETTLED   Gita\n"
    assert two("party", "forget", "Gita", "--yes").code == 0
    for typed in ("5555", "9111155555", "गीता"):
        assert two("balance", typed, "--json").refused == "unknown_party"


def test_the_number_of_a_khata_that_was_joined_finds_the_person(two: Counter) -> None:
    assert two("party", "merge", "Gita", "Mohan Lal", "--yes").code == 0
    by_number, by_name = two("balance", "3210", "--json"), two("balance", "Mohan Lal", "--json")
    assert by_number.data == by_name.data


@pytest.mark.parametrize("typed", ["ரமேஷ் குமார்", "रमेश", "3210", "9876543210", "0042", "गीता"])
@pytest.mark.parametrize("command", [["sale"], ["receive"], ["sale", "--paid", "all:cash"]])
def test_what_is_heard_or_a_phone_number_is_never_recorded_for(two: Counter, typed: str, command: list[str]) -> None:
    before = two("log", "--json").data
    answer = two(command[0], typed, "50", *command[1:], "--json")
    assert answer.refused in ("unknown_party", "not_exact", "ambiguous_party")
    offered = two(command[0], typed, "50", *command[1:], typed="\n")  # asked at a terminal, and answered with Enter
    assert offered.code != 0
    assert two("log", "--json").data == before


def test_a_line_of_a_batch_is_not_recorded_for_who_is_only_heard(two: Counter) -> None:
    from io import StringIO

    lines = [{"command": "sale", "party": typed, "amount": "50"} for typed in ("ரமேஷ் குமார்", "3210")]
    answer = two("batch", stdin=StringIO("".join(json.dumps(line) + "\n" for line in lines)))
    assert [json.loads(line)["refused"]["code"] for line in answer.out.splitlines()[:2]] == [
        "not_exact",
        "unknown_party",
    ]


@pytest.mark.parametrize("line", ["3210?", "3210??", "balance 3210", "statement 3210", "மோகன்?"])
def test_a_question_in_the_shell_finds_by_the_same(two: Counter, line: str) -> None:
    said = sit(two, line).said
    assert "SETTLED" in said
    assert "Nobody" not in said


@pytest.mark.parametrize("line", ["3210 50", "9876543210 50", "50 3210", "மோகன் 50", "ரமேஷ் குமார் jama 50"])
def test_a_quick_line_in_the_shell_records_for_nobody_who_is_only_heard(two: Counter, line: str) -> None:
    before = two("log", "--json").data
    sit(two, line)
    assert two("log", "--json").data == before
