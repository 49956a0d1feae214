from decimal import Decimal

import pytest
from babel.numbers import format_currency, format_decimal
from hypothesis import example, given
from hypothesis import strategies as st

from khata.i18n import dates
from khata.i18n.messages import languages, words_for
from khata.i18n.money import count, rupees
from khata.units import At

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


def test_one_lakh_is_not_said_as_several_and_what_is_below_a_rupee_is_not_nothing() -> None:
    telugu = words_for("te", strict=True, compact=True)
    said = [telugu.rupees(paise) for paise in (1_00_000_00, 2_00_000_00, 1_10_000_00, 1_00_00_000_00, 40, 0)]
    assert said == ["₹1 లక్ష", "₹2 లక్షలు", "₹1.1 లక్షలు", "₹1 కోటి", "₹0.40", "₹0"]


def test_amounts_counts_and_entries_are_written_in_the_digits_of_the_language_if_asked_for() -> None:
    hi = words_for("hi", strict=True, native=True)
    assert hi.rupees(1_234_50) == "₹१,२३४.५०"
    assert hi.number(1234567) == "१२,३४,५६७"
    assert hi.say("word.up_to_entry", entry=17) == "एंट्री १७ तक"
    assert dates.clock(At("2026-11-22T16:17:59.999999Z"), hi) == "२२ नव॰ २०२६ २१:४७"
    assert words_for("hi", strict=True).rupees(1_234_50) == "₹1,234.50"


def test_what_is_no_number_keeps_its_digits() -> None:
    hi = words_for("hi", strict=True, native=True)
    assert "9876@upi" in hi.say("word.as_on", day="9876@upi")


@pytest.mark.parametrize("language", languages())
def test_the_digits_of_every_language_have_their_values(language: str) -> None:
    words = words_for(language, strict=True, native=True)
    assert [int(each) for each in words.figures("0123456789")] == list(range(10))


def test_no_float_is_ever_printed_as_money() -> None:
    with pytest.raises(ValueError, match="format code"):
        rupees(450.0)  # type: ignore[arg-type]
