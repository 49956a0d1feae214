from decimal import Decimal

import pytest
from babel.numbers import format_currency, format_decimal
from hypothesis import example, given
from hypothesis import strategies as st

from khata.i18n.money import count, in_digits, rupees

AMOUNTS = st.integers(-(10**15), 10**15)


@given(AMOUNTS)
@example(0)
@example(-1)
@example(99_999_99)
@example(1_00_000_00)
@example(99_99_99_999_99)
def test_rupees_are_what_babel_prints_in_lakhs(paise: int) -> None:
    theirs = format_currency(Decimal(paise).scaleb(-2), "INR", format="¤#,##,##0.00", locale="en_IN")
    assert rupees(paise) == theirs


@given(AMOUNTS)
@example(999)
@example(1000)
@example(1_00_000)
@example(1_00_00_000)
def test_counts_are_grouped_as_babel_groups_them(n: int) -> None:
    assert count(n) == format_decimal(n, format="#,##,##0", locale="en_IN")


def test_a_sign_is_shown_when_asked_for_and_zero_has_none() -> None:
    assert [rupees(paise, sign=True) for paise in (5, 0, -5)] == ["+₹0.05", "₹0.00", "-₹0.05"]


@pytest.mark.parametrize(("digits", "text"), [("deva", "₹१,२३४.५०"), ("taml", "₹௧,௨௩௪.௫௦"), ("latn", "₹1,234.50")])
def test_amounts_can_be_printed_in_the_digits_of_a_script(digits: str, text: str) -> None:
    assert rupees(1_234_50, digits=digits) == text


@pytest.mark.parametrize(
    "digits", ["arabext", "deva", "beng", "guru", "gujr", "orya", "taml", "telu", "knda", "mlym", "latn"]
)
def test_the_digits_of_every_script_have_their_values(digits: str) -> None:
    shown = in_digits("0123456789", digits)
    assert [int(each) for each in shown] == list(range(10))


def test_an_unknown_script_is_not_silently_ignored() -> None:
    with pytest.raises(LookupError):
        rupees(100, digits="roman")


def test_no_float_is_ever_printed_as_money() -> None:
    with pytest.raises(ValueError, match="format code"):
        rupees(450.0)  # type: ignore[arg-type]
