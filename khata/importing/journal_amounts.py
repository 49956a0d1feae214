"""Amounts as journals write them: `INR 1,23,456.50`, `₹450`, `-450 INR`, `Rs. -450`. Integer paise, and no float.

Sources: the manuals of hledger (amounts; digit group marks) and ledger (commodities and amounts). The two differ in
what `1,000` is without a word on the decimal mark; in a book of rupees it is a thousand. `450,50` is refused then.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from khata.grammar.amounts import SIGNS

_SYMBOL = r'"[^"]*"|[^\s\d"+\-\u2212.,;:@*&={}\[\]()<>!?/^|~%#]+\.?'
_AMOUNT = re.compile(
    rf"(?P<one>[-+\u2212]?) *(?P<before>{_SYMBOL})? *(?P<two>[-+\u2212]?) *"
    rf"(?P<number>[0-9.,](?:[0-9.,' \u00a0\u202f]*[0-9.,])?)\s*(?P<after>{_SYMBOL})?"
)
_POINT = re.compile(r"((?:[0-9]{1,3}(?:[, '][0-9]{2,3})*[, '][0-9]{3}|[0-9]+)?)(?:\.([0-9]*))?")
_COMMA = re.compile(r"((?:[0-9]{1,3}(?:[. '][0-9]{2,3})*[. '][0-9]{3}|[0-9]+)?)(?:,([0-9]*))?")
_LONGEST_WHOLE = 15
_MINUS = ("-", "\u2212")


class NotAnAmountError(Exception):
    """Why an amount is not read: `amount`, `paise`, `decimal_comma`, `commodity`, `cost`; the `text` that is meant."""

    def __init__(self, why: str, text: str) -> None:
        super().__init__(why)
        self.why, self.text = why, text


class Marks(NamedTuple):
    """What a journal says of its amounts.

    Attributes:
        decimal: the decimal mark, `.` or `,`; "" where nothing was said.
        commodity: what an amount is in that names no commodity; "" for rupees.
    """

    decimal: str = ""
    commodity: str = ""


def is_rupee(symbol: str) -> bool:
    """Whether a commodity is the rupee; so is none at all.

    >>> is_rupee('"Rs."'), is_rupee("INR"), is_rupee("₹"), is_rupee(""), is_rupee("USD")
    (True, True, True, True, False)
    """
    return symbol.strip('"').casefold() in SIGNS or not symbol


def amount(text: str, marks: Marks) -> int:
    """An amount of rupees in paise.

    Raises:
        NotAnAmountError: it is none.

    >>> [amount(each, Marks()) for each in ("INR 1,23,456.50", "-₹450", "Rs. -450", "450.0 INR", "1,000")]
    [12345650, -45000, -45000, 45000, 100000]
    >>> amount("1.234,50 INR", Marks(","))
    123450
    """
    symbol, paise = commodity_and_paise(text, marks)
    if not is_rupee(symbol or marks.commodity):
        raise NotAnAmountError("commodity", text)
    return paise


def commodity_and_paise(text: str, marks: Marks) -> tuple[str, int]:
    """The commodity of an amount, "" where none stands there, and hundredths of it. Raises NotAnAmountError."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None or (found["one"] and found["two"]) or (found["before"] and found["after"]):
        raise NotAnAmountError("cost" if re.search(r"[@{]", text) else "amount", text)
    symbol = found["before"] or found["after"] or ""
    if not is_rupee(symbol or marks.commodity):
        raise NotAnAmountError("commodity", text)
    paise = _hundredths(found["number"].replace("\u00a0", " ").replace("\u202f", " "), marks.decimal, text)
    return symbol, -paise if (found["one"] or found["two"]) in _MINUS else paise


def _hundredths(number: str, decimal: str, text: str) -> int:
    wanted, other = (_COMMA, _POINT) if decimal == "," else (_POINT, _COMMA)
    found = wanted.fullmatch(number)
    if found is None:
        raise NotAnAmountError("decimal_comma" if other.fullmatch(number) else "amount", text)
    whole, part = re.sub("[^0-9]", "", found[1]), found[2] or ""
    if not (whole or part) or len(whole) > _LONGEST_WHOLE:
        raise NotAnAmountError("amount", text)
    if part[2:].strip("0"):
        raise NotAnAmountError("paise", text)
    return int(whole or "0") * 100 + int(part[:2].ljust(2, "0"))


def decimal_mark(sample: str) -> str:
    """The decimal mark that an amount in a `commodity` or `D` directive shows; "" where it shows none.

    >>> decimal_mark("INR 1.000,00"), decimal_mark("₹1,00,000.00"), decimal_mark("INR 1,000")
    (',', '.', '')
    """
    digits = re.sub("[^0-9.,]", "", sample)
    marks = [sign for sign in digits if sign in ".,"]
    if len(set(marks)) == 2 and marks.count(marks[-1]) == 1:
        return marks[-1]
    alone = re.search(r"([.,])([0-9]*)$", digits) if len(marks) == 1 else None
    return alone[1] if alone and len(alone[2]) != 3 else ""
