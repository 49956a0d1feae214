"""Money that comes in and is given back."""

from __future__ import annotations

from typing import ClassVar

from khata.events.money import MoneyRefunded, PaymentReceived
from khata.rules.base import Command, Decision, Facts, Who
from khata.rules.entry import money_entry
from khata.rules.refused import Refused
from khata.units import Paise

SMALL_KASAR_PAISE = 1000
"""Up to ₹10 the rest is let go without asking."""


class ReceivePayment(Command, kw_only=True):
    """Money came in. `full`: what is still owed after it is kasar; `agreed`: even when it is above ₹10.

    `by_hand`: who brought it, where that was somebody else.
    """

    MAKES: ClassVar = PaymentReceived

    party: Who
    amount_paise: Paise
    mode: str = "cash"
    full: bool = False
    agreed: bool = False
    by_hand: str | None = None

    def decide(self, facts: Facts) -> Decision:
        """A payment, and with `full` the kasar that settles the account. Raises LargeKasar."""
        fields = {"amount_paise": self.amount_paise, "mode": self.mode}
        decision = money_entry(self, PaymentReceived, facts, self.party, fields, {"by_hand": self.by_hand})
        if self.full and isinstance(decision, list):
            # After the reference: what is recorded already must not be asked about again, nor against today's balance.
            payment = decision[-1].event
            assert isinstance(payment, PaymentReceived)  # noqa: S101 - money_entry puts the entry itself last
            payment.discount_paise = _kasar(self, facts)
        return decision


class RefundMoney(Command, kw_only=True):
    """Money was given back."""

    MAKES: ClassVar = MoneyRefunded

    party: Who
    amount_paise: Paise
    mode: str = "cash"

    def decide(self, facts: Facts) -> Decision:
        """Money given back to a party."""
        fields = {"amount_paise": self.amount_paise, "mode": self.mode}
        return money_entry(self, MoneyRefunded, facts, self.party, fields)


class LargeKasar(Refused):
    """Settling in full would let go of more than ₹10: that wants a yes."""

    code = "large_kasar"


def _kasar(command: ReceivePayment, facts: Facts) -> Paise | None:
    who = command.party
    numbers = facts.named(who.name) if isinstance(who, tuple) else [who]
    known = facts.party(numbers[0]) if len(numbers) == 1 else None
    balance_paise = known.balance_paise if known else 0
    rest = balance_paise - command.amount_paise
    if rest <= 0:
        return None
    if rest > SMALL_KASAR_PAISE and not command.agreed:
        raise LargeKasar(balance_paise=balance_paise, amount_paise=command.amount_paise, kasar_paise=rest)
    return Paise(rest)
