from unicodedata import is_normalized

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.grammar.fault import Unreadable
from khata.grammar.text import clean_name, clean_phone, clean_ref, clean_text

CHARACTERS = st.text(st.characters(codec=None, exclude_categories=()))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Ramesh   Kumar\r\n", "Ramesh Kumar"),
        ("Ramesh\u00a0Kumar", "Ramesh Kumar"),
        ("Jose\u0301", "José"),
        ("क\u094d\u200dष", "क\u094d\u200dष"),
        ("ന\u0d4d\u200d", "ന\u0d4d\u200d"),
        ("نامه\u200cها", "نامه\u200cها"),
        ("[/] :smile: 😀", "[/] :smile: 😀"),
    ],
)
def test_text_is_stored_composed_and_with_single_blanks(typed: str, stored: str) -> None:
    assert clean_text(typed, what="note") == stored


@pytest.mark.parametrize(
    "character",
    [
        *("\x00", "\x07", "\x1b", "\n", "\t", "\x7f", "\x85", "\x9b"),
        *("\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"),
        *("\u200e", "\u200f", "\u061c", "\u2028", "\u2029", "\u200b", "\ufeff", "\u2060", "\u00ad"),
        *("\ud800", "\udfff", "\ufdd0", "\ufffe", "\uffff", "\U0010ffff", "\ue000", "\U000e0041"),
        *("\u3164", "\u2800", "\u034f"),
    ],
)
def test_a_character_that_deceives_is_refused_with_its_place(character: str) -> None:
    with pytest.raises(Unreadable) as refused:
        clean_text(f" ab{character}c", what="note")
    assert refused.value.code == "bad_text"
    assert refused.value.facts == {"what": "note", "character": f"U+{ord(character):04X}", "at": 3}


@pytest.mark.parametrize("typed", ["\u200dab", "ab\u200d", "a \u200db", "1\u200c2", "ab\u200c c", "a\u200d\u200db"])
def test_a_joiner_is_taken_only_where_it_joins(typed: str) -> None:
    with pytest.raises(Unreadable) as refused:
        clean_text(typed, what="note")
    assert refused.value.code == "bad_text"


@pytest.mark.parametrize("typed", ["", "  ", "\u00a0", "\r\n"])
def test_text_of_blanks_is_empty(typed: str) -> None:
    with pytest.raises(Unreadable) as refused:
        clean_text(typed, what="reason")
    assert (refused.value.code, refused.value.facts) == ("empty_text", {"what": "reason"})


def test_length_is_counted_after_cleaning() -> None:
    assert clean_text("  abc   d ", what="note", longest=5) == "abc d"
    with pytest.raises(Unreadable) as refused:
        clean_text("abcdef", what="note", longest=5)
    assert (refused.value.code, refused.value.facts) == ("too_long", {"what": "note", "longest": 5, "length": 6})


@given(CHARACTERS)
def test_any_text_comes_clean_or_is_refused(text: str) -> None:
    for clean in (lambda typed: clean_text(typed, what="note"), clean_name, clean_ref, clean_phone):
        try:
            stored = clean(text)
        except Unreadable:
            continue
        assert is_normalized("NFC", stored)
        assert clean(stored) == stored
        stored.encode()


@pytest.mark.parametrize(
    "name",
    ["Ramesh Kumar", "रमेश", "சுரேஷ்", "Gupta & Sons", "7-11", "Flat 12", "A1", "Counter Boy", "Dr. O'Neil"],
)
def test_a_name_is_taken(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("450", "digits"),
        ("४५०", "digits"),
        ("98765 43210", "digits"),
        ("３", "digits"),
        ("₹450", "amount"),
        ("Rs 450", "amount"),
        ("3x40", "amount"),
        ("1,23,456", "amount"),
        ("0.00", "amount"),
        ("(450)", "amount"),
        ("450.505", "amount"),
        ("99,99,99,99,999", "amount"),
        ("+450", "amount"),
        ("+ 2", "amount"),
        ("1.25kg x 50", "amount"),
        ("@3", "at_sign"),
        ("@ramesh", "at_sign"),
        ("@", "at_sign"),
        ("-ramesh", "dash"),
        ("--new", "dash"),
        ("-5", "dash"),
        ("!!", "no_letter"),
        ("😀", "no_letter"),
        ("।", "no_letter"),
    ],
)
def test_a_name_that_reads_as_something_else_is_refused(name: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        clean_name(name)
    assert (refused.value.code, refused.value.facts) == ("bad_name", {"reason": reason})


@pytest.mark.parametrize("name", ["+2 Coaching", "++ Ramesh", "Flat 3x4", "1.25kg Atta"])
def test_a_name_with_a_number_in_it_is_one(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize("name", ["counter", "Counter", " COUNTER ", "nakad", "नकद", "ｃｏｕｎｔｅｒ"])
def test_the_counters_names_are_reserved(name: str) -> None:
    with pytest.raises(Unreadable) as refused:
        clean_name(name)
    assert refused.value.code == "name_reserved"


def test_a_name_is_cleaned_like_any_text() -> None:
    with pytest.raises(Unreadable) as refused:
        clean_name("Ram\u202eesh")
    assert refused.value.facts["what"] == "name"
    with pytest.raises(Unreadable) as refused:
        clean_name("r" * 101)
    assert refused.value.code == "too_long"


@pytest.mark.parametrize(
    ("typed", "ref"),
    [("431598712", "431598712"), (" INV/26-27/001 ", "INV/26-27/001"), ("A  B", "A B"), ("x" * 40, "x" * 40)],
)
def test_a_ref_is_taken(typed: str, ref: str) -> None:
    assert clean_ref(typed) == ref


@pytest.mark.parametrize("typed", ["", " ", "x" * 41, "बिल 7", "a\tb", "a\nb", "a\x1b", "a\u00a0b", "é"])
def test_a_ref_that_is_long_or_not_printable_ascii_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable) as refused:
        clean_ref(typed)
    assert (refused.value.code, refused.value.facts) == ("bad_ref", {"longest": 40})


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("9876543210", "9876543210"),
        ("98765 43210", "9876543210"),
        ("+91 98765-43210", "9876543210"),
        ("+91-(98765) 43210", "9876543210"),
        ("919876543210", "9876543210"),
        ("09876543210", "9876543210"),
        ("00919876543210", "9876543210"),
        ("९८७६५४३२१०", "9876543210"),
        ("+977 1 4220000", "+97714220000"),
        ("+1 (212) 555-0100", "+12125550100"),
    ],
)
def test_a_phone_number_is_stored_as_digits(typed: str, phone: str) -> None:
    assert clean_phone(typed) == phone


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "12345",
        "1234567890",
        "5876543210",
        "98765432101",
        "+915876543210",
        "+91987654321",
        "+0123456789",
        "+1234567",
        "+1234567890123456",
        "98765abcde",
        "++919876543210",
        "9८76543210",
    ],
)
def test_what_is_no_phone_number_is_refused(typed: str) -> None:
    with pytest.raises(Unreadable) as refused:
        clean_phone(typed)
    assert (refused.value.code, refused.value.value) == ("bad_phone", typed)
