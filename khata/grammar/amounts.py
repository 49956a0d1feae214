"""Amounts of money as people type them: `450`, `1,23,456.50`, `₹450`, `450/-`, `120+45+30`, `3x40`.

No float and no Decimal: a grammar first, integer paise after. The limits are those of the command line's design.
"""

import re
from dataclasses import dataclass

from khata.grammar.digits import BLANKS, ascii_digits
from khata.grammar.fault import Unreadable
from khata.units import Paise

MAX_PAISE = 9_99_99_999_99
"""₹9,99,99,999.99: a phone number typed in the wrong place is larger."""

MAX_LARGE_PAISE = 10_000 * 1_00_00_000 * 100
"""₹10,000 crore, with `large`."""

_MINUS = "-\u2010\u2011\u2012\u2013\u2014\u2212\ufe58\ufe63\uff0d"
_CURRENCY = r"(?:₹|₨|rs\.?|re\.?|inr|रु\.?|रू\.?) *"
# A text, compiled at its first use: plain amounts never need it, and start-up would feel it.
_NUMBER = (
    rf"(?i)(?:{_CURRENCY})?"
    r"([0-9]+|[1-9][0-9]?(?:,[0-9]{2})*,[0-9]{3}|[1-9][0-9]{0,2}(?:,[0-9]{3})+)"
    r"(?:\.([0-9]+))?"
    r"(?: */-)?"
)
# In whole rupees: 10,000 crore has 12 digits, and int() is never given what could be thousands of them.
_LONGEST_WHOLE = 12
_PLAIN_WHOLE = 8
_TO_SPACE = dict.fromkeys(map(ord, BLANKS), " ")


@dataclass(frozen=True, slots=True)
class TypedAmount:
    """What was typed, in paise; `summed` where it was a sum or product, so that the total is to be echoed."""

    paise: Paise
    summed: bool


def parse_amount(text: str, *, large: bool = False) -> TypedAmount:
    """Read an amount: from 1 paisa to ₹9,99,99,999.99, or with `large` to ₹10,000 crore.

    A sum is of numbers and products of two numbers; its total must be whole paise.

    Raises:
        Unreadable: `bad_amount` (fact `plus` for a leading plus), `amount_minus`, `amount_zero`,
            `amount_decimals`, or `amount_too_large` with `max_paise` and, where it has the shape of a mobile
            number, `looks_like_phone`.

    >>> parse_amount("1,23,456.50")
    TypedAmount(paise=12345650, summed=False)
    >>> parse_amount("120+3x40")
    TypedAmount(paise=24000, summed=True)
    """
    paise = _plain(text)
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
    hundredths, summed = _total(typed, text, large=large)
    return TypedAmount(_within(hundredths, text, typed, large=large), summed)


def parse_paise(text: str, *, large: bool = False) -> Paise:
    """As `parse_amount`, the paise alone; quick for the plain numbers of an imported file.

    >>> parse_paise("450.5")
    45050
    """
    paise = _plain(text)
    return parse_amount(text, large=large).paise if paise is None else paise


def _plain(text: str) -> Paise | None:
    """`450` and `450.50` without a regex. Eight digits of rupees are within every limit; zero is left to others."""
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
            total += _hundredths(term, text, typed, large=large)
        elif len(factors) == 2:
            product = True
            first, second = (_hundredths(factor, text, typed, large=large) for factor in factors)
            paise, rest = divmod(first * second, 100)
            if rest:
                raise Unreadable("amount_decimals", text)
            total += paise
        else:
            raise Unreadable("bad_amount", text)
    return total, product or len(terms) > 1


def _hundredths(number: str, text: str, typed: str, *, large: bool) -> int:
    match = re.fullmatch(_NUMBER, number.strip(" "))
    if match is None:
        raise Unreadable("bad_amount", text)
    part = match[2] or ""
    if len(part) > 2:
        raise Unreadable("amount_decimals", text)
    whole = match[1].replace(",", "").lstrip("0")
    if len(whole) > _LONGEST_WHOLE:
        raise _too_large(text, typed, large=large)
    return int(whole or "0") * 100 + int(part.ljust(2, "0"))


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
