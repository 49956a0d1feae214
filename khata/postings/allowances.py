"""What is let go: kasar, and debts that will not be paid."""

from __future__ import annotations

from khata.events.money import DebtWrittenOff, DiscountAllowed
from khata.postings.base import DISCOUNT, PARTY, WRITTEN_OFF, Posting


def discounted(event: DiscountAllowed) -> list[Posting]:
    """Off the party's account, an expense of the shop."""
    return [(DISCOUNT, None, event.amount_paise), (PARTY, event.party, -event.amount_paise)]


def written_off(event: DebtWrittenOff) -> list[Posting]:
    """Off the party's account, a loss of the shop."""
    return [(WRITTEN_OFF, None, event.amount_paise), (PARTY, event.party, -event.amount_paise)]
