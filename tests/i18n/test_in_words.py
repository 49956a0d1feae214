"""Amounts in words and in a word. The values are CLDR's and num2words', as the decision on languages says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khata.i18n.in_words import in_words
from khata.i18n.messages import languages, words_for

SAID = {
    "en": {
        0: "zero rupees only",
        50: "fifty paise only",
        1: "one paisa only",
        100: "one rupee only",
        2105: "twenty-one rupees and five paise only",
        99999: "nine hundred ninety-nine rupees and ninety-nine paise only",
        12345650: "one lakh twenty-three thousand four hundred fifty-six rupees and fifty paise only",
        696969900: "sixty-nine lakh sixty-nine thousand six hundred ninety-nine rupees only",
        99_99_99_999_99: "ninety-nine crore ninety-nine lakh ninety-nine thousand nine hundred ninety-nine rupees"
        " and ninety-nine paise only",
        1_00_00_00_000_00: "one hundred crore rupees only",
        12_34_56_78_901_00: "one thousand two hundred thirty-four crore fifty-six lakh seventy-eight thousand"
        " nine hundred one rupees only",
        10_00_00_00_00_000_00: "one lakh crore rupees only",
    },
    "hi": {
        50: "पचास पैसे मात्र",
        100: "एक रुपया मात्र",
        2105: "इक्कीस रुपये और पाँच पैसे मात्र",
        99999: "नौ सौ निन्यानबे रुपये और निन्यानबे पैसे मात्र",
        12345650: "एक लाख तेईस हज़ार चार सौ छप्पन रुपये और पचास पैसे मात्र",
        696969900: "उनहत्तर लाख उनहत्तर हज़ार छह सौ निन्यानबे रुपये मात्र",
        99_99_99_999_99: "निन्यानबे करोड़ निन्यानबे लाख निन्यानबे हज़ार नौ सौ निन्यानबे रुपये और निन्यानबे पैसे मात्र",
        1_00_00_00_000_00: "एक सौ करोड़ रुपये मात्र",
        12_34_56_78_901_00: "एक हज़ार दो सौ चौंतीस करोड़ छप्पन लाख अठहत्तर हज़ार नौ सौ एक रुपये मात्र",
        10_00_00_00_00_000_00: "एक लाख करोड़ रुपये मात्र",
    },
    "gu": {
        100: "એક રૂપિયો માત્ર",
        12345650: "એક લાખ તેવીસ હજાર ચાર સો છપ્પન રૂપિયા અને પચાસ પૈસા માત્ર",
        10_00_00_00_00_000_00: "એક લાખ કરોડ રૂપિયા માત્ર",
    },
    "bn": {
        12345600: "এক লাখ তেইশ হাজার চারশত ছাপ্পান্ন টাকা মাত্র",
        696969900: "উনসত্তর লাখ উনসত্তর হাজার ছয়শত নিরানব্বই টাকা মাত্র",
        99_99_99_999_00: "নিরানব্বই কোটি নিরানব্বই লাখ নিরানব্বই হাজার নয়শত নিরানব্বই টাকা মাত্র",
        1_00_00_00_000_00: "একশত কোটি টাকা মাত্র",
    },
}


@pytest.mark.parametrize("language", languages())
def test_amounts_are_said_as_on_a_cheque_or_not_at_all(language: str) -> None:
    words = words_for(language, strict=True)
    if words.own("amount.numbers") is None:
        assert in_words(100, words) is None
    for paise, said in SAID.get(language, {}).items():
        assert in_words(paise, words) == said


@pytest.mark.parametrize("language", languages())
def test_there_are_a_hundred_different_numbers(language: str) -> None:
    numbers = (words_for(language).own("amount.numbers") or "").split()
    assert len(numbers) in (0, 100)
    assert len(set(numbers)) == len(numbers)


@given(st.integers(0, 10**15), st.integers(0, 10**15))
def test_no_two_amounts_are_said_alike(one: int, other: int) -> None:
    words = words_for("hi", strict=True)
    assert (in_words(one, words) == in_words(other, words)) is (one == other)


def test_less_than_nothing_is_not_said() -> None:
    with pytest.raises(ValueError, match="-1"):
        in_words(-1, words_for("en"))


@pytest.mark.parametrize(
    ("paise", "en", "hi"),
    [
        (12_34_567_00, "₹12.3 lakh", "₹12.3 लाख"),
        (12_00_000_00, "₹12 lakh", "₹12 लाख"),
        (99_94_999_99, "₹99.9 lakh", "₹99.9 लाख"),
        (99_95_000_00, "₹1 crore", "₹1 करोड़"),
        (1_23_45_678_00, "₹1.2 crore", "₹1.2 करोड़"),
        (-1_23_45_678_00, "-₹1.2 crore", "-₹1.2 करोड़"),
        (99_999_49, "₹99,999", "₹99,999"),
        (99_999_50, "₹1 lakh", "₹1 लाख"),
        (45_300_00, "₹45,300", "₹45,300"),
        (0, "₹0", "₹0"),
        (12_34_56_00_00_000_00, "₹1,23,456 crore", "₹1,23,456 करोड़"),
    ],
)
def test_an_amount_in_a_word_is_said_in_lakhs_and_crores(paise: int, en: str, hi: str) -> None:
    assert words_for("en", strict=True, compact=True).rupees(paise) == en
    assert words_for("hi", strict=True, compact=True).rupees(paise) == hi
