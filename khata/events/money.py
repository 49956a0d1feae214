"""What moves money: sales, payments, returns, refunds, discounts, write-offs, openings, reversals."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from khata.events.base import Amount, EntryNumber, Event, MalformedError, Natural, Number, Ref, checked, one_of
from khata.units import MODES

Mode = Annotated[str, checked(one_of(*MODES, later=True))]
Side = Annotated[str, checked(one_of("receive", "give"))]


class Paid(Struct, frozen=True, gc=False):
    """A part that was paid at once, in paise, and how."""

    mode: Mode
    amount_paise: Amount


class Line(Struct, frozen=True, omit_defaults=True, gc=False):
    """One item: its amount in paise; quantity in thousandths and rate in paise where they were given."""

    amount_paise: Amount
    quantity_milli: Natural | None = None
    rate_paise: Amount | None = None


class Goods(Event, kw_only=True):
    """What a sale and a return have in common. Without a party it was at the counter, paid in full at once."""

    amount_paise: Amount
    party: Number | None = None
    paid: Annotated[tuple[Paid, ...], Meta(min_length=1)] | None = None
    lines: Annotated[tuple[Line, ...], Meta(min_length=1)] | None = None
    ref: Ref | None = None

    def check(self) -> None:
        """Parts are never more than the whole, items make exactly the whole, the counter gives no credit."""
        paid_paise = 0
        if self.paid is not None:
            paid_paise = sum([part.amount_paise for part in self.paid])
            if paid_paise > self.amount_paise:
                raise MalformedError("paid_above_amount")
        if self.party is None and paid_paise != self.amount_paise:
            raise MalformedError("counter_not_paid")
        lines = self.lines
        if lines is not None and sum([line.amount_paise for line in lines]) + self.rounded_paise != self.amount_paise:
            raise MalformedError("lines_do_not_add_up")

    @property
    def rounded_paise(self) -> int:
        """What is added to the items to make the whole."""
        return 0

    @property
    def tax_paise(self) -> int:
        """The tax in the whole, of all items."""
        return 0


class SaleRecorded(Goods, kw_only=True):
    """Goods went out. What is not `paid` goes on the party's khata."""

    KIND: ClassVar[str] = "sale_recorded"


class GoodsReturned(Goods, kw_only=True):
    """Goods came back. What is not `paid` back lowers what the party owes."""

    KIND: ClassVar[str] = "goods_returned"


class PaymentReceived(Event, kw_only=True):
    """Money came in; `discount_paise` is the kasar allowed over and above it on settling in full."""

    KIND: ClassVar[str] = "payment_received"

    party: Number
    amount_paise: Amount
    mode: Mode
    discount_paise: Amount | None = None
    ref: Ref | None = None


class MoneyRefunded(Event, kw_only=True):
    """Money was given back."""

    KIND: ClassVar[str] = "money_refunded"

    party: Number
    amount_paise: Amount
    mode: Mode
    ref: Ref | None = None


class DiscountAllowed(Event, kw_only=True):
    """Kasar, vatav: part of what was owed is let go."""

    KIND: ClassVar[str] = "discount_allowed"

    party: Number
    amount_paise: Amount
    ref: Ref | None = None


class DebtWrittenOff(Event, kw_only=True):
    """A debt that will not be paid."""

    KIND: ClassVar[str] = "debt_written_off"

    party: Number
    amount_paise: Amount
    ref: Ref | None = None


class OpeningRecorded(Event, kw_only=True):
    """Brought forward from the paper book: they owe us (`receive`) or we owe them (`give`)."""

    KIND: ClassVar[str] = "opening_recorded"

    party: Number
    amount_paise: Amount
    side: Side
    ref: Ref | None = None


class ChargeMade(Event, kw_only=True):
    """What a customer owes for no goods: delivery, a cheque that came back."""

    KIND: ClassVar[str] = "charge_made"
    NEEDS: ClassVar[int] = 2

    party: Number
    amount_paise: Amount
    ref: Ref | None = None


class BalanceTransferred(Event, kw_only=True):
    """What is owed goes from one customer to another: an entry for each of the two, one after the other.

    `side` "to": the party owes less, and `other` more; "from": the other way round.
    """

    KIND: ClassVar[str] = "balance_transferred"
    NEEDS: ClassVar[int] = 2

    party: Number
    amount_paise: Amount
    side: Annotated[str, checked(one_of("to", "from"))]
    other: Number
    ref: Ref | None = None

    def check(self) -> None:
        """Nobody takes over his own debt."""
        if self.party == self.other:
            raise MalformedError("transferred_to_itself")


class EntryReversed(Event, kw_only=True):
    """Undoes an entry that moved money, once: its postings are the negation of the original's."""

    KIND: ClassVar[str] = "entry_reversed"

    entry: EntryNumber


class PaymentBounced(EntryReversed, kw_only=True):
    """A reversal of a payment that came to nothing: its cheque came back unpaid, the bank took the money back.

    `because` makes it countable after its words are forgotten.
    """

    V: ClassVar[int] = 2
    NEEDS: ClassVar[int] = 4

    because: Annotated[str, checked(one_of("bounced", later=True))]
