import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.grammar.fault import Unreadable
from khata.grammar.shop import STATES, _check_digit, check_gstin, clean_upi, parse_state


@pytest.mark.parametrize(
    "gstin",
    [
        "24AAUPV7468F1ZW",
        "24AANFA2641L1ZF",
        "27AAPFU0939F1ZV",
        "27aapfu0939f1zv",
        " 27 AAPFU0939F 1ZV ",
        "9917SGP29001OST",
    ],
)
def test_a_gstin_is_taken(gstin: str) -> None:
    assert check_gstin(gstin) == gstin.replace(" ", "").upper()


@pytest.mark.parametrize("number", ["38", "96", "97", "99"])
def test_a_gstin_of_ladakh_and_of_the_other_territories_is_taken(number: str) -> None:
    fourteen = f"{number}AAPFU0939F1Z"
    assert check_gstin(fourteen + _check_digit(fourteen))


@pytest.mark.parametrize(
    ("gstin", "reason"),
    [
        ("24AAUPV7468F1ZX", "check_digit"),
        ("27YQPCH7868M1Z4", "check_digit"),
        ("27APAFU0939F1ZV", "check_digit"),
        ("39AAPFU0939F1ZV", "state"),
        ("00AAPFU0939F1ZV", "state"),
        ("27AAPFU0939F1YV", "shape"),
        ("27AAPFU0939F1Z", "shape"),
        ("", "shape"),
        ("27AAPFU0939F1ZVV", "shape"),
        ("२७AAPFU0939F1ZV", "shape"),
        ("27ſAPFU0939F1ZV", "shape"),
    ],
)
def test_a_gstin_that_cannot_be_one_is_refused_with_the_reason(gstin: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        check_gstin(gstin)
    assert (refused.value.code, refused.value.value, refused.value.facts) == ("bad_gstin", gstin, {"reason": reason})


@pytest.mark.parametrize("place", range(15))
def test_any_single_wrong_character_of_a_gstin_is_noticed(place: int) -> None:
    right = "27AAPFU0939F1ZV"
    for wrong in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        if wrong != right[place]:
            with pytest.raises(Unreadable):
                check_gstin(right[:place] + wrong + right[place + 1 :])


@pytest.mark.parametrize(
    ("typed", "letters"),
    [*STATES.items(), *((letters, letters) for letters in STATES.values()), ("9", "UP"), ("mh", "MH"), (" २७ ", "MH")],
)
def test_a_state_is_read_from_letters_or_number(typed: str, letters: str) -> None:
    assert parse_state(typed) == letters


@pytest.mark.parametrize(
    ("older", "letters"), [("OR", "OD"), ("TS", "TG"), ("UA", "UK"), ("CT", "CG"), ("DD", "DNHDD")]
)
def test_other_letters_of_a_state_are_known(older: str, letters: str) -> None:
    assert parse_state(older) == letters


@pytest.mark.parametrize("typed", ["", "0", "39", "98", "027", "XX", "Maharashtra", "2७"])
def test_what_is_no_state_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_state(typed)
    assert refused.value.code == "bad_state"


@pytest.mark.parametrize(
    ("typed", "upi"),
    [
        ("Sharma.Kirana@okhdfcbank", "sharma.kirana@okhdfcbank"),
        (" 9876543210@ybl ", "9876543210@ybl"),
        ("a-b_c@s2b", "a-b_c@s2b"),
    ],
)
def test_a_upi_address_is_taken(typed: str, upi: str) -> None:
    assert clean_upi(typed) == upi


@pytest.mark.parametrize(
    "typed", ["", "ramesh", "@ybl", "a@ybl", "ra mesh@ybl", "x@y@z", "ramesh@gmail.com", "रमेश@ybl", "\u212aab@ybl"]
)
def test_what_is_no_upi_address_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable) as refused:
        clean_upi(typed)
    assert refused.value.code == "bad_upi"


@given(st.text() | st.text("0123456789ABCZ@.", max_size=16))
def test_any_text_is_taken_whole_or_refused(text: str) -> None:
    for read in (check_gstin, parse_state, clean_upi):
        try:
            taken = read(text)
        except Unreadable:
            continue
        assert read(taken) == taken
