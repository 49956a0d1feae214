"""Goods that go out and come back."""

from __future__ import annotations

from khata.events.money import GoodsReturned, SaleRecorded
from khata.postings.base import PARTY, RETURNS, SALES, Posting


def sold(event: SaleRecorded) -> list[Posting]:
    """The whole on the party's account, and what was paid at once off it again: both show on the statement."""
    amount, party = event.amount_paise, event.party
    made = [Posting(SALES, None, -amount)]
    if party is not None:
        made.append(Posting(PARTY, party, amount))
    for mode, paid in event.paid or ():
        made.append(Posting(mode, None, paid))
        if party is not None:
            made.append(Posting(PARTY, party, -paid))
    return made


def returned(event: GoodsReturned) -> list[Posting]:
    """The mirror of a sale."""
    amount, party = event.amount_paise, event.party
    made = [Posting(RETURNS, None, amount)]
    if party is not None:
        made.append(Posting(PARTY, party, -amount))
    for mode, paid in event.paid or ():
        made.append(Posting(mode, None, -paid))
        if party is not None:
            made.append(Posting(PARTY, party, paid))
    return made
