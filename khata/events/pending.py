"""Payments on their way: begun, and what came of them. Neither moves money; what is received does, by its own entry."""

from __future__ import annotations

from typing import Annotated, ClassVar

from khata.events.base import Amount, EntryNumber, Event, Number, Ref, checked, one_of
from khata.events.money import Mode

RECEIVED, FAILED = "received", "failed"


class PaymentBegun(Event, kw_only=True):
    """A customer has paid, and the money is not there yet: a UPI payment that is pending. No balance knows of it."""

    KIND: ClassVar[str] = "payment_begun"
    NEEDS: ClassVar[int] = 4

    party: Number
    amount_paise: Amount
    mode: Mode
    ref: Ref | None = None


class PaymentSettled(Event, kw_only=True):
    """What came of a payment that was begun: once, and for good.

    Where it was `received`, the `payment_received` of the same party and amount is the entry after this one, in the
    same commit. Why it `failed` is in the detail, key `reason`.
    """

    KIND: ClassVar[str] = "payment_settled"
    NEEDS: ClassVar[int] = 4

    party: Number
    entry: EntryNumber
    outcome: Annotated[str, checked(one_of(RECEIVED, FAILED))]
