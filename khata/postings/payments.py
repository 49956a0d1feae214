"""Money that comes in and is given back."""

from __future__ import annotations

from khata.events.money import MoneyRefunded, PaymentReceived
from khata.postings.base import DISCOUNT, PARTY, Posting


def received(event: PaymentReceived) -> list[Posting]:
    """The discount is over and above the amount that came in."""
    amount, discount = event.amount_paise, event.discount_paise or 0
    made: list[Posting] = [(event.mode, None, amount), (PARTY, event.party, -amount - discount)]
    if discount:
        made.append((DISCOUNT, None, discount))
    return made


def refunded(event: MoneyRefunded) -> list[Posting]:
    """Money goes out, the party owes more (or is owed less)."""
    return [(PARTY, event.party, event.amount_paise), (event.mode, None, -event.amount_paise)]
