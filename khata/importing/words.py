"""How heads and words of a file are compared."""

from __future__ import annotations

import re
from unicodedata import normalize

_UNIT = re.compile(r"\(\s*(?:rs\.?|inr|₹|\+|-|dd/mm/yyyy)\s*\)")
_BETWEEN = re.compile(r"[._:*\-]+")
_SLASH = re.compile(" *([/|]) *")

TOTAL = re.compile(r"(?i)\s*(?:grand |sub ?)?totals?\b|\s*(?:कुल|योग|જુમલો|કુલ)(?:\s|:|$)")
"""How a cell begins of a row that sums up others."""


def folded(text: str) -> str:
    """A head or a word as it is compared: without case, points, brackets around a unit, and the blanks between.

    >>> folded("  Bill No. "), folded("Amount (Rs.)"), folded("Payment-In"), folded("Chq. / Ref No.")
    ('bill no', 'amount', 'payment in', 'chq/ref no')
    """
    typed = text.casefold().replace("\ufeff", "")
    if not typed.isascii():
        typed = normalize("NFC", typed)
    return _SLASH.sub(r"\1", " ".join(_BETWEEN.sub(" ", _UNIT.sub("", typed)).split()))
