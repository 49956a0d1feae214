"""What each kind of entry that moves money does to the accounts, and what else is to be known of it.

Double entry: every list of postings sums to zero. `postings(event, earlier)` is the one fold of the book into money.
A kind that is not in `MONEY` moves none, but for the reversal, which is the negation of what it reverses.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from khata.events.base import Event, Recorded
from khata.events.money import (
    BalanceTransferred,
    ChargeMade,
    DebtWrittenOff,
    DiscountAllowed,
    EntryReversed,
    Goods,
    GoodsReturned,
    MoneyRefunded,
    OpeningRecorded,
    PaymentReceived,
    SaleRecorded,
)
from khata.postings.base import (
    DISCOUNT,
    OPENING,
    OTHER_INCOME,
    OUTPUT_TAX,
    PARTY,
    RETURNS,
    ROUND_OFF,
    SALES,
    TRANSFERS,
    WRITTEN_OFF,
    Posting,
)
from khata.postings.effect import Effect, effect_of
from khata.units import Paise, Seq

EarlierPostings = Callable[[Seq], Sequence[Posting]]
"""Gives the postings of an earlier entry."""


class Kind(NamedTuple):
    """What is to be known of a kind of entry that moves money.

    Attributes:
        event: its event.
        postings: what it does to the accounts.
        word: what it is called in a file, to import and exported.
        said: the key of its free text in a file's column `note`.
        brought: whether it brings forward what was before the book, and so is long ago by nature.
        by_two: whether it is one of two entries that are made together, and so no row of a file.
        wording: which of the sentences about it fits what it did: the end of the key, "" where there is one only.
    """

    event: type[Event]
    postings: Callable[[Any], list[Posting]]
    word: str
    said: str = "note"
    brought: bool = False
    by_two: bool = False
    wording: Callable[[Effect], str] = lambda _: ""


def _by_payment(did: Effect) -> str:
    return "khata" if not did.by_mode else "paid" if did.paid_paise == did.amount_paise else "part"


def _by_kasar(did: Effect) -> str:
    return "full" if did.kasar_paise else ""


def _by_side(did: Effect) -> str:
    return "receive" if did.debit_paise else "give"


def _by_direction(did: Effect) -> str:
    return "from" if did.debit_paise else "to"


def _brought_forward(event: OpeningRecorded) -> list[Posting]:
    """`receive`: they owe us; `give`: we owe them."""
    amount = event.amount_paise if event.side == "receive" else -event.amount_paise
    return [(PARTY, event.party, amount), (OPENING, None, -amount)]


def _goods(account: str, sign: int) -> Callable[[Goods], list[Posting]]:
    """Goods that go out (sign 1), or come back (-1), against an account of the shop.

    The whole goes on the party's account, and what was paid at once off it again: both show on the statement.
    """

    def made(event: Goods) -> list[Posting]:
        amount, party = sign * event.amount_paise, event.party
        # Nearly all are of version 1, and have neither tax nor rounding to be asked for.
        found: list[Posting] = [(account, None, -amount)] if event.V == 1 else _parts(account, event, -sign)
        if party is not None:
            found.append((PARTY, party, amount))
        for part in event.paid or ():
            paid = sign * part.amount_paise
            found.append((part.mode, None, paid))
            if party is not None:
                found.append((PARTY, party, -paid))
        return found

    return made


def _parts(account: str, event: Goods, sign: int) -> list[Posting]:
    """The goods, their tax, and what was rounded, each on its account; what is nothing is left out."""
    tax, rounded = event.tax_paise, event.rounded_paise
    parts = ((account, event.amount_paise - tax - rounded), (OUTPUT_TAX, tax), (ROUND_OFF, rounded))
    return [(name, None, sign * paise) for name, paise in parts if paise]


def _received(event: PaymentReceived) -> list[Posting]:
    """The discount is over and above the amount that came in."""
    amount, discount = event.amount_paise, event.discount_paise or 0
    made: list[Posting] = [(event.mode, None, amount), (PARTY, event.party, -amount - discount)]
    if discount:
        made.append((DISCOUNT, None, discount))
    return made


def _refunded(event: MoneyRefunded) -> list[Posting]:
    """Money goes out, the party owes more (or is owed less)."""
    return [(PARTY, event.party, event.amount_paise), (event.mode, None, -event.amount_paise)]


def _discounted(event: DiscountAllowed) -> list[Posting]:
    """Off the party's account, an expense of the shop."""
    return [(DISCOUNT, None, event.amount_paise), (PARTY, event.party, -event.amount_paise)]


def _written_off(event: DebtWrittenOff) -> list[Posting]:
    """Off the party's account, a loss of the shop."""
    return [(WRITTEN_OFF, None, event.amount_paise), (PARTY, event.party, -event.amount_paise)]


def _charged(event: ChargeMade) -> list[Posting]:
    """On the party's account, an income of the shop that is no sale."""
    return [(PARTY, event.party, event.amount_paise), (OTHER_INCOME, None, -event.amount_paise)]


def _transferred(event: BalanceTransferred) -> list[Posting]:
    """`to` another: the party owes less; `from` another: more."""
    amount = event.amount_paise if event.side == "from" else -event.amount_paise
    return [(PARTY, event.party, amount), (TRANSFERS, None, -amount)]


MONEY: dict[str, Kind] = {
    kind.event.KIND: kind
    for kind in (
        Kind(OpeningRecorded, _brought_forward, "opening", brought=True, wording=_by_side),
        Kind(SaleRecorded, _goods(SALES, 1), "sale", wording=_by_payment),
        Kind(PaymentReceived, _received, "receive", wording=_by_kasar),
        Kind(GoodsReturned, _goods(RETURNS, -1), "return", wording=_by_payment),
        Kind(MoneyRefunded, _refunded, "refund"),
        Kind(DiscountAllowed, _discounted, "discount"),
        Kind(DebtWrittenOff, _written_off, "write-off", said="reason"),
        Kind(ChargeMade, _charged, "charge"),
        Kind(BalanceTransferred, _transferred, "transfer", by_two=True, wording=_by_direction),
    )
}
"""What moves money, and so what can be reversed and corrected, by its stored kind. It is the one list of them."""


def postings(event: Event, earlier: EarlierPostings) -> list[Posting]:
    """The balanced postings of an event; empty if it moves no money.

    A reversal is the negation of what it reverses, whatever kind that was.
    """
    kind = MONEY.get(event.KIND)
    if kind is not None:
        return kind.postings(event)
    if isinstance(event, EntryReversed):
        return [(account, party, -amount) for account, party, amount in earlier(event.entry)]
    return []


def did(event: Event) -> Effect:
    """What an event did by itself; of a reversal, which entry it takes back."""
    made = () if isinstance(event, EntryReversed) else postings(event, lambda _: [])
    amount, party = getattr(event, "amount_paise", None), getattr(event, "party", None)
    return effect_of(event.KIND, amount, party, made, event.entry if isinstance(event, EntryReversed) else None)


def credit_of(event: Event) -> Paise:
    """What an event takes off its party's debt, in paise; 0 where it takes nothing off, or brings forward."""
    kind = MONEY.get(event.KIND)
    if kind is None or kind.brought:
        return Paise(0)
    return Paise(max(0, -sum([paise for account, _, paise in kind.postings(event) if account == PARTY])))


def from_book(recorded: Callable[[Seq], Recorded]) -> EarlierPostings:
    """An `earlier` that asks the book itself: reversals are not reversed, so it never goes deeper than one step."""

    def nothing(_: Seq) -> Sequence[Posting]:
        return []

    def earlier(seq: Seq) -> Sequence[Posting]:
        return postings(recorded(seq).event, nothing)

    return earlier
