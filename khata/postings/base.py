"""A posting, and the names of the accounts."""

from __future__ import annotations

from khata.units import Party

PARTY = "party"
"""Sundry debtors: one account for each party. The modes of payment (`cash`, `upi`, …) are accounts of the same name."""
SALES = "sales"
RETURNS = "returns"
DISCOUNT = "discount"
WRITTEN_OFF = "written_off"
OPENING = "opening"
OTHER_INCOME = "other_income"
TRANSFERS = "transfers"
"""What went from one customer's account to another's: the two entries of a transfer come to nothing here."""
OUTPUT_TAX = "output_gst"
"""What was taken as tax, to be paid to the state."""
ROUND_OFF = "round_off"


Posting = tuple[str, Party | None, int]
"""One side of a double entry: the account, its party, paise: positive for debit and negative for credit.

A plain tuple, because every question begins with making millions of them."""
