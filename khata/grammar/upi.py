"""The link that opens a payment by UPI in the payer's app, as NPCI's linking specification has it."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

NOTE_LONGEST: Final = 50
"""Characters of a note: apps refuse more."""

AT_ONCE_PAISE: Final = 1_00_000_00
"""What most apps and banks let somebody pay another at once (NPCI, 2026); to a few kinds of shops more."""


def upi_link(upi: str, payee: str, amount_paise: int | None = None, note: str = "") -> str:
    """`upi://pay?pa=…&pn=…&am=149.50&cu=INR&tn=…`: blanks as %20, two decimals, no grouping.

    Args:
        upi: the address, as `clean_upi` gives it.
        payee: the name that the app shows, as `clean_payee` gives it.
        amount_paise: above 0; None lets the payer type it.
        note: in ASCII; at most 50 characters of it.

    Raises:
        ValueError: an amount of nothing or less, or a note in another script.

    >>> upi_link("sharma@okhdfc", "Sharma & Sons", 14950, "khata 3")
    'upi://pay?pa=sharma@okhdfc&pn=Sharma%20%26%20Sons&am=149.50&cu=INR&tn=khata%203'
    """
    if not note.isascii() or (amount_paise is not None and amount_paise <= 0):
        raise ValueError("an amount above 0, and a note in ASCII")
    amount = "" if amount_paise is None else f"{amount_paise // 100}.{amount_paise % 100:02d}"
    facts = {"pa": upi, "pn": payee, "am": amount, "cu": "INR", "tn": note[:NOTE_LONGEST].strip()}
    return "upi://pay?" + "&".join(f"{key}={quote(said, safe='@')}" for key, said in facts.items() if said)
