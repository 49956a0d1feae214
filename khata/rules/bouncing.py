"""A payment that came to nothing: the cheque came back unpaid, or the bank took the money back."""

from __future__ import annotations

from typing import Any, ClassVar

from khata.events.money import ChargeMade, EntryReversed, PaymentBounced, PaymentReceived, SaleRecorded
from khata.rules.base import Command, Decision, Draft, Facts
from khata.rules.correction import standing
from khata.rules.entry import day_of, known, words_of
from khata.rules.refused import Refused
from khata.units import Paise, Seq


class BouncePayment(Command, kw_only=True):
    """A payment is owed again, from the day on which it came back: today unless `on` says otherwise.

    `charge_paise`: what the customer owes for it besides.
    """

    MAKES: ClassVar = EntryReversed

    entry: Seq
    reason: str | None = None
    charge_paise: Paise | None = None

    def decide(self, facts: Facts) -> Decision:
        """The charge if there is one, and the reversal, in one commit.

        Raises:
            UnknownEntry, NotReversible, AlreadyReversed, FutureDay: as they say.
            NotAPayment: it is no payment, or it was in cash.
            BouncedBefore: the day is earlier than that of the payment.
            PartyForgotten: it is to be charged for, and nobody knows whom.
        """
        original = standing(self.entry, facts)
        event, on = original.event, day_of(self.on, facts)
        if not isinstance(event, PaymentReceived) or event.mode == "cash":
            raise NotAPayment(entry=self.entry, kind=event.KIND, **_why(event))
        if on < original.on:
            raise BouncedBefore(entry=self.entry, on=on, original_on=original.on)
        words = words_of(self, reason=self.reason)
        bounced = Draft(PaymentBounced(entry=self.entry, because="bounced"), on, words, self.id)
        if self.charge_paise is None:
            return [bounced]
        charge = ChargeMade(party=known(event.party, facts), amount_paise=self.charge_paise)
        return [Draft(charge, on, {"note": self.reason} if self.reason else None), bounced]


def _why(event: Any) -> dict[str, str]:
    """What is said of an entry that is no payment through a bank: the mode in which it was paid, if it was."""
    if isinstance(event, PaymentReceived):
        return {"what": "cash", "mode": event.mode}
    by_bank = [part.mode for part in getattr(event, "paid", None) or () if part.mode != "cash"]
    return {"what": "at_once", "mode": by_bank[0]} if by_bank and isinstance(event, SaleRecorded) else {}


class NotAPayment(Refused):
    """Only a payment that went through a bank comes back: not cash, and nothing else."""

    code = "not_a_payment"


class BouncedBefore(Refused):
    """A payment comes back on its own day or later."""

    code = "bounced_before"
