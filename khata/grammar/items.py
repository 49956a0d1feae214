"""A line of a bill as it is typed: `Atta 5kg x2 @ 225`."""

import re
from typing import NamedTuple

from khata.grammar.amounts import MAX_LARGE_PAISE, MAX_PAISE, UNITS, parse_paise
from khata.grammar.digits import ascii_digits
from khata.grammar.fault import Unreadable
from khata.grammar.text import clean_text
from khata.units import Paise

LONGEST_NAME = 200
MAX_QUANTITY_MILLI = 9_99_99_999
"""99,999.999 of anything."""

# `x2` stands by itself: the x of `Box 2` or of `Rex2` belongs to the name.
_QUANTITY = rf"(?i)(.*[^ ]) [x×*] ?([0-9]{{1,5}})(?:\.([0-9]{{1,3}}))?(?: ?({UNITS}))?"


class Item(NamedTuple):
    """A line of a bill. Quantity in thousandths; None where it was not typed."""

    name: str
    quantity_milli: int | None
    rate_paise: Paise | None
    amount_paise: Paise


def parse_item(text: str, *, large: bool = False) -> Item:
    """Read one line of a bill.

    `NAME xQTY @ RATE` (the amount is rounded half up to the paisa), `NAME @ RATE` (one of it: the rate is the
    amount), `NAME = AMOUNT` and `NAME xQTY = AMOUNT`. A quantity has up to three decimals; its unit (`x1.25 kg`) stands
    behind the name.

    Raises:
        Unreadable: `bad_item` for another shape; the code of an amount that cannot be read or of a name that
            cannot be stored.

    >>> parse_item("Atta 5kg x2 @ 225")
    Item(name='Atta 5kg', quantity_milli=2000, rate_paise=22500, amount_paise=45000)
    >>> parse_item("Chai = 30")
    Item(name='Chai', quantity_milli=None, rate_paise=None, amount_paise=3000)
    >>> parse_item("Chini x1.25 kg @ 50")
    Item(name='Chini kg', quantity_milli=1250, rate_paise=5000, amount_paise=6250)
    """
    cut = max(text.rfind("@"), text.rfind("="))
    if cut < 0:
        raise Unreadable("bad_item", text)
    left, sign, right = text[:cut], text[cut], text[cut + 1 :]
    # `Atta @ 225 = 450` says two things: which of them the amount is must not be guessed.
    if not left.strip() or not right.strip() or "@" in left or "=" in left:
        raise Unreadable("bad_item", text)
    name, quantity = _quantity(clean_text(left, what="item", longest=LONGEST_NAME), text)
    money = parse_paise(right, large=large)
    if quantity is None or sign == "=":
        return Item(name, quantity, None, money)
    amount = (quantity * money + 500) // 1000
    most = MAX_LARGE_PAISE if large else MAX_PAISE
    if amount > most:
        raise Unreadable("amount_too_large", text, max_paise=most)
    if amount == 0:
        raise Unreadable("amount_zero", text)
    return Item(name, quantity, money, Paise(amount))


def _quantity(left: str, text: str) -> tuple[str, int | None]:
    typed = ascii_digits(left)
    match = re.fullmatch(_QUANTITY, typed) if typed is not None else None
    if match is None:
        # `Soap x1.2345` must not become the name of one thing at that rate.
        if re.search(r"(?i) [x×*] ?\d[\d.,]*(?: ?(?:g|gms?|grams?|ml|ग्राम))?$", left):
            raise Unreadable("bad_item", text)
        return left, None
    quantity = int(match[2]) * 1000 + int((match[3] or "").ljust(3, "0"))
    if quantity == 0:
        raise Unreadable("bad_item", text)
    name, unit = left[: match.end(1)], left[match.start(4) :] if match[4] else ""
    return f"{name} {unit}".strip(), quantity
