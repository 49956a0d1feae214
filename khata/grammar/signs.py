"""Amounts with a sign, as books of other programs have them: `-500`, `(500)`, `500-`, `500 Dr`, `Cr 500`.

A sign says which way money went, but not in every book the same way. So it is only parted from its amount here; what
it means, whoever knows the book has to say.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from unicodedata import normalize

from khata.grammar.digits import BLANKS, LONGEST

MINUS, PLUS, DEBIT, CREDIT = "minus", "plus", "dr", "cr"
SIGNS = (MINUS, PLUS, DEBIT, CREDIT)

_DASH = "-\u2010\u2011\u2012\u2013\u2014\u2212\ufe58\ufe63\uff0d"
# Texts, compiled at their first use: nobody who types an amount needs them.
_BRACKETS = r"\((?P<bare>[^()]*\d[^()]*)\)"
_BEFORE = rf"(?P<currency>[^\d{re.escape(_DASH)}+]*)(?P<sign>[{re.escape(_DASH)}+]) *(?P<bare>(?=.*\d)\S.*)"
_BEHIND = rf"(?P<bare>.*[^\s/{re.escape(_DASH)}]) *[{re.escape(_DASH)}]"
_DR_CR = r"(?i)(?:(?P<first>dr|cr)\.? *(?P<rest>[^a-z].*)|(?P<bare>.*[^a-z.(]) *\(?(?P<last>dr|cr)\.?\)?)"

_WORDS = {
    DEBIT: "d dr dr. db debit debited नामे ઉધાર",
    CREDIT: "c cr cr. credit credited जमा જમા",
}


class SignedAmount(NamedTuple):
    """An amount and its sign: one of SIGNS, or "" where it has none, or more than one and so none that is meant."""

    sign: str
    bare: str


def signed(text: str) -> SignedAmount:
    """Part an amount from its sign; a text with none, or with two, comes back as it is.

    >>> signed("(500)"), signed("450/-")
    (SignedAmount(sign='minus', bare='500'), SignedAmount(sign='', bare='450/-'))
    >>> signed("₹ -1,500").bare, signed("500 Cr").sign, signed("500.00(Dr)").sign, signed("-500 Dr").sign
    ('₹ 1,500', 'cr', 'dr', '')
    """
    typed = text.strip(BLANKS)
    if len(typed) > LONGEST:
        return SignedAmount("", text)
    sign, bare = _parted(typed)
    return SignedAmount(sign, bare) if sign and not _parted(bare)[0] else SignedAmount("", text)


def _parted(typed: str) -> SignedAmount:
    if match := re.fullmatch(_BRACKETS, typed):
        return SignedAmount(MINUS, match["bare"].strip(BLANKS))
    if match := re.fullmatch(_DR_CR, typed):
        bare = match["rest"] if match["first"] else match["bare"]
        return SignedAmount((match["first"] or match["last"]).lower(), bare.strip(BLANKS))
    if match := re.fullmatch(_BEFORE, typed):
        return SignedAmount(PLUS if match["sign"] == "+" else MINUS, match["currency"] + match["bare"])
    if match := re.fullmatch(_BEHIND, typed):
        return SignedAmount(MINUS, match["bare"])
    return SignedAmount("", typed)


def side(text: str) -> str:
    """`dr` or `cr` of a cell that says so in any of its words, "" of any other.

    >>> side(" Cr. "), side("Debit"), side("जमा"), side("450")
    ('cr', 'dr', 'cr', '')
    """
    typed = normalize("NFC", text[:LONGEST].strip(BLANKS).casefold())
    return next((meant for meant, words in _WORDS.items() if typed in words.split()), "")
