"""Amounts of money as people type them: `450`, `1,23,456.50`, `₹450`, `450/-`, `120+45+30`, `3x40`, `1.25kg x 50`.

No float and no Decimal: a grammar first, integer paise after. The limits are those of the command line's design.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from khata.grammar.digits import BLANKS, ascii_digits
from khata.grammar.fault import Unreadable
from khata.units import Paise

MAX_PAISE = 9_99_99_999_99
"""₹9,99,99,999.99: a phone number typed in the wrong place is larger."""

MAX_LARGE_PAISE = 10_000 * 1_00_00_000 * 100
"""₹10,000 crore, with `large`."""

_MINUS = "-\u2010\u2011\u2012\u2013\u2014\u2212\ufe58\ufe63\uff0d"
SIGNS = frozenset(
    ("₹", "₨", "rs", "rs.", "re", "re.", "inr", "रु", "रु.", "रू", "रू.", "rupee", "rupees", "रुपये", "रुपए", "रुपया")
)
"""How rupees are written beside a number, in small letters."""

_SIGN = "(?:" + "|".join(map(re.escape, sorted(SIGNS, key=lambda sign: (-len(sign), sign)))) + ")"
_CURRENCY = rf"{_SIGN} *"
# A text, compiled at its first use: plain amounts never need it, and start-up would feel it.
_NUMBER = (
    rf"(?i)(?:{_CURRENCY})?"
    r"([0-9]+|[1-9][0-9]?(?:,[0-9]{2})*,[0-9]{3}|[1-9][0-9]{0,2}(?:,[0-9]{3})+)"
    r"(?:\.([0-9]+))?"
    rf"(?: */-|(?: *{_SIGN}))?"
)
_SHORT = (
    r"(?i)([0-9]+)(?:\.([0-9]{1,3}))? *"
    r"(?:(k|thousand|hazaa?r|हज़ार|हजार)|(l|la[ck]h?s?|लाख)|(cr|crores?|करोड़|करोड))"
)
"""A number with the word for what it is multiplied by. It is not taken: `2l` is two lakh, or two litres."""
# In whole rupees: 10,000 crore has 12 digits, and int() is never given what could be thousands of them.
_LONGEST_WHOLE = 12
_PLAIN_WHOLE = 8
_PRODUCT_WORDS = 5
UNITS = (
    "kgs?|kilos?|किलो|किग्रा|l|ltrs?|litres?|liters?|लीटर|m|mtrs?|metres?|meters?|मीटर"
    "|pcs?|nos?|pkts?|packets?|dozens?|doz|दर्जन"
)
"""What may stand behind a quantity: the unit that its rate is for. No grams: the rate is of a kilo."""

TIMES = frozenset("xX×*")
"""What stands between a quantity and its rate."""

_TO_SPACE = dict.fromkeys(map(ord, BLANKS), " ")


class TypedAmount(NamedTuple):
    """What was typed, in paise; `summed` where it was a sum or product, so that the total is to be echoed."""

    paise: Paise
    summed: bool


def parse_amount(text: str, *, large: bool = False) -> TypedAmount:
    """Read an amount: from 1 paisa to ₹9,99,99,999.99, or with `large` to ₹10,000 crore.

    A sum is of numbers and of products of a quantity (up to three decimals, with its unit or without) and a rate. Its
    total is rounded half up to the paisa, as a line of a bill is.

    Raises:
        Unreadable: `bad_amount` (fact `plus` for a leading plus), `amount_minus`, `amount_zero`,
            `amount_decimals`, or `amount_too_large` with `max_paise` and, where it has the shape of a mobile
            number, `looks_like_phone`.

    >>> parse_amount("1,23,456.50")
    TypedAmount(paise=12345650, summed=False)
    >>> parse_amount("120+3x40")
    TypedAmount(paise=24000, summed=True)
    >>> parse_amount("0.735kg x 43.50")
    TypedAmount(paise=3197, summed=True)
    """
    paise = plain_paise(text)
    if paise is not None:
        return TypedAmount(paise, summed=False)
    digits = ascii_digits(text)
    if digits is None:
        raise Unreadable("bad_amount", text)
    typed = digits.translate(_TO_SPACE).strip(" ")
    if typed.startswith("+"):
        raise Unreadable("bad_amount", text, plus=True)
    if _is_negative(typed):
        raise Unreadable("amount_minus", text)
    total, summed = _total(typed, text, large=large)
    return TypedAmount(_within(total, text, typed, large=large), summed)


def is_amount(word: str) -> bool:
    """Whether a word can be read as an amount."""
    try:
        parse_amount(word)
    except Unreadable:
        return False
    return True


def of_two_words(words: Sequence[str]) -> bool:
    """Whether the last two words are one amount: `450 rs`, `rs 450`, or `1 lakh`, which is not taken."""
    if len(words) < 2:
        return False
    first, last = words[-2], words[-1]
    if first[:1].isdigit():
        return last.casefold() in SIGNS or bool(_written_out(ascii_digits(f"{first} {last}") or ""))
    return last[:1].isdigit() and first.casefold() in SIGNS


def product_of_words(words: Sequence[str], at: int, *, to_the_end: bool = False) -> int:
    """How many words make a product there, `1.25 kg x 50`; 0 for none, and for a word that is a sum by itself.

    >>> product_of_words(["ramesh", "1.25kg", "x", "50", "upi"], 1)
    3
    """
    if at < len(words) and words[at][:1].isdigit():
        for count in range(min(_PRODUCT_WORDS, len(words) - at), 1, -1):
            text = " ".join(words[at : at + count])
            if (not to_the_end or at + count == len(words)) and any(sign in text.casefold() for sign in "x×*"):
                try:
                    parse_amount(text)
                except Unreadable as fault:
                    if fault.code == "bad_amount":
                        continue
                return count
    return 0


def parse_paise(text: str, *, large: bool = False) -> Paise:
    """As `parse_amount`, the paise alone; quick for the plain numbers of an imported file.

    >>> parse_paise("450.5")
    45050
    """
    paise = plain_paise(text)
    return parse_amount(text, large=large).paise if paise is None else paise


def plain_paise(text: str) -> Paise | None:
    """The paise of `450` and `450.50`, without a regex; None for all that `parse_amount` is to read, or to refuse.

    Eight digits of rupees are within every limit; zero is left to others.
    """
    whole, point, part = text.partition(".")
    if not (text.isascii() and whole.isdigit() and len(whole) <= _PLAIN_WHOLE):
        return None
    if not point:
        paise = int(whole) * 100
    elif part.isdigit() and len(part) <= 2:
        paise = int(whole) * 100 + (int(part) if len(part) == 2 else int(part) * 10)
    else:
        return None
    return Paise(paise) if paise else None


def _is_negative(typed: str) -> bool:
    if typed[:1] == "(" and typed[-1:] == ")":
        return _is_number(typed[1:-1])
    currency = re.match(rf"(?i){_CURRENCY}(?=\D)", typed)
    bare = typed[currency.end() :] if currency else typed
    if bare[:1] and bare[0] in _MINUS:
        return _is_number(bare[1:])
    return bare[-1:] != "" and bare[-1] in _MINUS and _is_number(bare[:-1])


def _is_number(typed: str) -> bool:
    return re.fullmatch(_NUMBER, typed.strip(" ")) is not None


def _total(typed: str, text: str, *, large: bool) -> tuple[int, bool]:
    """The total in paise, and whether it was a sum or a product."""
    terms = typed.split("+")
    total = 0
    product = False
    for term in terms:
        factors = re.split("[x×*]", term, flags=re.IGNORECASE)
        if len(factors) == 1:
            total += _digits(term, 2, text, typed, large=large) * 1000
        elif len(factors) == 2:
            product = True
            first, second = map(_without_unit, factors)
            total += _product(first, second, text, typed, large=large)
        else:
            raise Unreadable("bad_amount", text)
    return (total + 500) // 1000, product or len(terms) > 1


def _product(first: str, second: str, text: str, typed: str, *, large: bool) -> int:
    """Quantity times rate, either way round, in thousandths of a paisa."""
    finer = first if len(first.partition(".")[2]) > len(second.partition(".")[2]) else second
    other = second if finer is first else first
    return _digits(finer, 3, text, typed, large=large) * _digits(other, 2, text, typed, large=large)


def _without_unit(factor: str) -> str:
    return re.sub(rf"(?i)(?<=[0-9]) *(?:{UNITS}) *$", "", factor)


def _digits(number: str, decimals: int, text: str, typed: str, *, large: bool) -> int:
    """A number without its point, after so many decimals at the most."""
    match = re.fullmatch(_NUMBER, number.strip(" "))
    if match is None:
        raise Unreadable("bad_amount", text, **_written_out(typed))
    part = match[2] or ""
    if len(part) > decimals:
        raise Unreadable("amount_decimals", text)
    whole = match[1].replace(",", "").lstrip("0")
    if len(whole) > _LONGEST_WHOLE:
        raise _too_large(text, typed, large=large)
    return int((whole or "0") + part.ljust(decimals, "0"))


def _written_out(typed: str) -> dict[str, object]:
    """Of `4.5k` and `1 lakh`, what it is with all its zeros, as facts of a refusal; nothing for anything else."""
    match = re.fullmatch(_SHORT, typed)
    if match is None or len(match[1]) > _PLAIN_WHOLE:
        return {}
    zeros = 3 if match[3] else 5 if match[4] else 7
    return {"what": "short", "amount": str(int(match[1] + (match[2] or "").ljust(zeros, "0")))}


def _within(paise: int, text: str, typed: str, *, large: bool) -> Paise:
    if paise == 0:
        raise Unreadable("amount_zero", text)
    if paise > (MAX_LARGE_PAISE if large else MAX_PAISE):
        raise _too_large(text, typed, large=large)
    return Paise(paise)


def _too_large(text: str, typed: str, *, large: bool) -> Unreadable:
    facts: dict[str, object] = {"max_paise": MAX_LARGE_PAISE if large else MAX_PAISE}
    if re.fullmatch("(?:0|91)?[0-9]{10}", typed):
        facts["looks_like_phone"] = True
    return Unreadable("amount_too_large", text, **facts)
