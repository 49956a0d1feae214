"""From an event to its postings."""

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

_TOPICS: dict[type[Event], Callable[..., list[Posting]]] = {
    SaleRecorded: goods.sold,
    GoodsReturned: goods.returned,
    PaymentReceived: payments.received,
    MoneyRefunded: payments.refunded,
    DiscountAllowed: allowances.discounted,
    DebtWrittenOff: allowances.written_off,
    OpeningRecorded: opening.brought_forward,
}


def postings(event: Event, earlier: Earlier) -> list[Posting]:
    """The balanced postings of an event; empty if it moves no money.

    A reversal is the negation of what it reverses, whatever kind that was.
    """
    topic = _TOPICS.get(type(event))
    if topic is not None:
        return topic(event)
    if type(event) is EntryReversed:
        return [Posting(account, party, -amount) for account, party, amount in earlier(event.entry)]
    return []


def from_book(recorded: Callable[[Seq], Recorded]) -> Earlier:
    """An `earlier` that asks the book itself: reversals are not reversed, so it never goes deeper than one step."""

    def nothing(_: Seq) -> Sequence[Posting]:
        return []

    def earlier(seq: Seq) -> Sequence[Posting]:
        return postings(recorded(seq).event, nothing)

    return earlier
