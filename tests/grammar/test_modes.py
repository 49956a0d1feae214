import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.grammar.amounts import MAX_PAISE
from khata.grammar.fault import Unreadable
from khata.grammar.modes import PAID_MODES, PaidPart, parse_mode, parse_paid
from khata.units import MODES, Paise


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        *((mode, mode) for mode in MODES),
        ("UPI", "upi"),
        (" Cash ", "cash"),
        ("nakad", "cash"),
        ("नकद", "cash"),
        ("नक़द", "cash"),
        ("रोक\u0921\u093c", "cash"),
        ("रोक\u095c", "cash"),
        ("ரொக்கம்", "cash"),
        ("gpay", "upi"),
        ("PhonePe", "upi"),
        ("NEFT", "bank"),
        ("चेक", "cheque"),
    ],
)
def test_a_mode_or_a_word_for_one_is_read(text: str, mode: str) -> None:
    assert parse_mode(text) == mode


@pytest.mark.parametrize("text", ["", "credit", "udhaar", "cash upi", "c"])
def test_what_is_no_mode_is_refused_with_those_that_are(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_mode(text, ("cash", "upi"))
    assert (refused.value.code, refused.value.facts) == ("bad_mode", {"allowed": ["cash", "upi"]})


def test_a_mode_that_is_not_allowed_here_is_refused_in_its_spoken_form_too() -> None:
    for text in ("cheque", "चेक"):
        with pytest.raises(Unreadable) as refused:
            parse_paid(f"200:{text}")
        assert (refused.value.code, refused.value.facts) == ("bad_mode", {"allowed": list(PAID_MODES)})


@pytest.mark.parametrize(
    ("text", "paid"),
    [
        ("200", PaidPart(Paise(200_00), "cash")),
        ("200:upi", PaidPart(Paise(200_00), "upi")),
        ("₹1,200.50 : card", PaidPart(Paise(1_200_50), "card")),
        ("२००:नकद", PaidPart(Paise(200_00), "cash")),
        ("100+50:bank", PaidPart(Paise(150_00), "bank")),
        ("all", PaidPart(None, "cash")),
        ("ALL:upi", PaidPart(None, "upi")),
        ("पूरा", PaidPart(None, "cash")),
    ],
)
def test_what_was_paid_is_read(text: str, paid: PaidPart) -> None:
    assert parse_paid(text) == paid


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "bad_paid"),
        (":upi", "bad_paid"),
        ("200:", "bad_paid"),
        ("200:upi:cash", "bad_paid"),
        ("200 upi", "bad_amount"),
        ("upi", "bad_paid"),
        ("0", "amount_zero"),
        ("-5:upi", "amount_minus"),
        ("9876543210", "amount_too_large"),
        ("200:gold", "bad_mode"),
    ],
)
def test_what_cannot_have_been_paid_is_refused(text: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_paid(text)
    assert refused.value.code == code


def test_a_large_part_is_taken_with_large() -> None:
    assert parse_paid("9876543210:bank", large=True) == PaidPart(Paise(9876543210_00), "bank")


@given(st.text() | st.text("0123456789:allupi. ", max_size=12))
def test_any_text_is_paid_or_refused(text: str) -> None:
    try:
        paid = parse_paid(text)
    except Unreadable:
        return
    assert paid.mode in PAID_MODES
    assert paid.paise is None or 1 <= paid.paise <= MAX_PAISE
