"""From an event to its postings."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from khata.events.base import Event, Recorded
from khata.events.money import (
    DebtWrittenOff,
    DiscountAllowed,
    EntryReversed,
    GoodsReturned,
    MoneyRefunded,
    OpeningRecorded,
    PaymentReceived,
    SaleRecorded,
)
from khata.postings import allowances, goods, opening, payments
from khata.postings.base import Posting
from khata.units import Seq

Earlier = Callable[[Seq], Sequence[Posting]]
"""Gives the postings of an earlier entry."""

_TOPICS: dict[str, Callable[..., list[Posting]]] = {
    SaleRecorded.KIND: goods.sold,
    GoodsReturned.KIND: goods.returned,
    PaymentReceived.KIND: payments.received,
    MoneyRefunded.KIND: payments.refunded,
    DiscountAllowed.KIND: allowances.discounted,
    DebtWrittenOff.KIND: allowances.written_off,
    OpeningRecorded.KIND: opening.brought_forward,
}


def postings(event: Event, earlier: Earlier) -> list[Posting]:
    """The balanced postings of an event; empty if it moves no money.

    A reversal is the negation of what it reverses, whatever kind that was.
    """
    topic = _TOPICS.get(event.KIND)
    if topic is not None:
        return topic(event)
    if type(event) is EntryReversed:
        return [(account, party, -amount) for account, party, amount in earlier(event.entry)]
    return []


def from_book(recorded: Callable[[Seq], Recorded]) -> Earlier:
    """An `earlier` that asks the book itself: reversals are not reversed, so it never goes deeper than one step."""

    def nothing(_: Seq) -> Sequence[Posting]:
        return []

    def earlier(seq: Seq) -> Sequence[Posting]:
        return postings(recorded(seq).event, nothing)

    return earlier
