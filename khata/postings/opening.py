"""Brought forward from the paper book."""

from __future__ import annotations

from khata.events.money import OpeningRecorded
from khata.postings.base import OPENING, PARTY, Posting


def brought_forward(event: OpeningRecorded) -> list[Posting]:
    """`receive`: they owe us; `give`: we owe them."""
    amount = event.amount_paise if event.side == "receive" else -event.amount_paise
    return [(PARTY, event.party, amount), (OPENING, None, -amount)]
