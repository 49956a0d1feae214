"""Amounts with a sign: parted from it where there is one, left alone where there is none or more than one."""

from __future__ import annotations

import pytest

from khata.grammar.signs import CREDIT, DEBIT, MINUS, PLUS, side, signed


@pytest.mark.parametrize(
    ("typed", "sign", "bare"),
    [
        ("-500", MINUS, "500"),
        ("(500)", MINUS, "500"),
        ("( 1,00,000.50 )", MINUS, "1,00,000.50"),
        ("500-", MINUS, "500"),
        ("\N{MINUS SIGN}500", MINUS, "500"),
        ("- 500", MINUS, "500"),
        ("₹-500", MINUS, "₹500"),
        ("-Rs. 500", MINUS, "Rs. 500"),
        ("Rs. -500", MINUS, "Rs. 500"),
        ("-५००", MINUS, "५००"),
        ("+500", PLUS, "500"),
        ("500 Dr", DEBIT, "500"),
        ("500 Dr.", DEBIT, "500"),
        ("Dr 500", DEBIT, "500"),
        ("dr. ₹500", DEBIT, "₹500"),
        ("500Cr", CREDIT, "500"),
        ("CR 450/-", CREDIT, "450/-"),
    ],
)
def test_a_sign_is_parted_from_its_amount(typed: str, sign: str, bare: str) -> None:
    assert signed(typed) == (sign, bare)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "500",
        "450/-",
        "450 /-",
        "₹450/-",
        "3x40",
        "120+45",
        "-",
        "--",
        "(-500)",
        "-500-",
        "-500 Dr",
        "(500) Cr",
        "5 crore",
        "Dr",
        "x" * 200 + "-5",
    ],
)
def test_what_has_no_sign_or_two_stays_as_it_is(typed: str) -> None:
    assert signed(typed) == ("", typed)


def test_a_side_is_said_in_any_of_its_words() -> None:
    assert [side(typed) for typed in ("Dr", " CR. ", "Debit", "credit", "नामे", "जमा", "", "0", "Drum")] == [
        DEBIT, CREDIT, DEBIT, CREDIT, DEBIT, CREDIT, "", "", "",
    ]  # fmt: skip
