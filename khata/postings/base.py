"""A posting, and the names of the accounts."""

from __future__ import annotations

from typing import NamedTuple

from khata.units import Party

PARTY = "party"
"""Sundry debtors: one account for each party. The modes of payment (`cash`, `upi`, …) are accounts of the same name."""
SALES = "sales"
RETURNS = "returns"
DISCOUNT = "discount"
WRITTEN_OFF = "written_off"
OPENING = "opening"


class Posting(NamedTuple):
    """One side of a double entry: paise, positive for debit and negative for credit."""

    account: str
    party: Party | None
    amount_paise: int
