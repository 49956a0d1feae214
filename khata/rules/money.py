"""Money that comes in and is given back."""

from __future__ import annotations

from dataclasses import dataclass

from khata.events.money import MoneyRefunded, PaymentReceived
from khata.rules.base import (
    AlreadyRecorded,
    Command,
    Decision,
    Draft,
    Facts,
    Who,
    check_ref,
    day_of,
    imported_of,
    resolve,
    words_of,
)
from khata.rules.refused import Refused
from khata.units import Paise, Party

SMALL_KASAR_PAISE = 1000
"""Up to ₹10 the rest is let go without asking."""


@dataclass(slots=True, kw_only=True)
class ReceivePayment(Command):
    """Money came in. `full`: what is still owed after it is kasar; `agreed`: even when it is above ₹10."""

    party: Who
    amount_paise: Paise
    mode: str = "cash"
    full: bool = False
    agreed: bool = False

    def decide(self, facts: Facts) -> Decision:
        """See `decide_payment`."""
        return decide_payment(self, facts)


@dataclass(slots=True, kw_only=True)
class RefundMoney(Command):
    """Money was given back."""

    party: Who
    amount_paise: Paise
    mode: str = "cash"

    def decide(self, facts: Facts) -> Decision:
        """See `decide_refund`."""
        return decide_refund(self, facts)


class LargeKasar(Refused):
    """Settling in full would let go of more than ₹10: that wants a yes."""

    code = "large_kasar"


def decide_payment(command: ReceivePayment, facts: Facts) -> Decision:
    """A payment, and with `full` the kasar that settles the account."""
    on = day_of(command, facts)
    number, drafts = resolve(command.party, command, facts)
    stated = {"amount_paise": command.amount_paise, "party": number}
    entry = check_ref(command, PaymentReceived, stated, facts)
    if entry is not None:
        return AlreadyRecorded(entry)
    kasar = None
    if command.full:
        kasar = _kasar(command, 0 if drafts else _balance(facts, number))
    event = PaymentReceived(
        party=number,
        amount_paise=command.amount_paise,
        mode=command.mode,
        discount_paise=kasar,
        ref=command.ref,
        imported=imported_of(command, facts),
    )
    return [*drafts, Draft(event, on, words_of(command), command.id)]


def _balance(facts: Facts, number: Party) -> int:
    party = facts.party(number)
    return party.balance_paise if party else 0


def _kasar(command: ReceivePayment, balance_paise: int) -> Paise | None:
    rest = balance_paise - command.amount_paise
    if rest <= 0:
        return None
    if rest > SMALL_KASAR_PAISE and not command.agreed:
        raise LargeKasar(balance_paise=balance_paise, amount_paise=command.amount_paise, kasar_paise=rest)
    return Paise(rest)


def decide_refund(command: RefundMoney, facts: Facts) -> Decision:
    """Money given back to a party."""
    on = day_of(command, facts)
    number, drafts = resolve(command.party, command, facts)
    stated = {"amount_paise": command.amount_paise, "party": number}
    entry = check_ref(command, MoneyRefunded, stated, facts)
    if entry is not None:
        return AlreadyRecorded(entry)
    event = MoneyRefunded(
        party=number,
        amount_paise=command.amount_paise,
        mode=command.mode,
        ref=command.ref,
        imported=imported_of(command, facts),
    )
    return [*drafts, Draft(event, on, words_of(command), command.id)]
