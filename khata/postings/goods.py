"""Goods that go out and come back."""

from __future__ import annotations

from khata.events.money import GoodsReturned, SaleRecorded
from khata.postings.base import PARTY, RETURNS, SALES, Posting


def sold(event: SaleRecorded) -> list[Posting]:
    """The whole on the party's account, and what was paid at once off it again: both show on the statement."""
    amount, party = event.amount_paise, event.party
    made: list[Posting] = [(SALES, None, -amount)]
    if party is not None:
        made.append((PARTY, party, amount))
    for part in event.paid or ():
        made.append((part.mode, None, part.amount_paise))
        if party is not None:
            made.append((PARTY, party, -part.amount_paise))
    return made


def returned(event: GoodsReturned) -> list[Posting]:
    """The mirror of a sale."""
    amount, party = event.amount_paise, event.party
    made: list[Posting] = [(RETURNS, None, amount)]
    if party is not None:
        made.append((PARTY, party, -amount))
    for part in event.paid or ():
        made.append((part.mode, None, -part.amount_paise))
        if party is not None:
            made.append((PARTY, party, part.amount_paise))
    return made
