"""What is let go: discounts and write-offs."""

from __future__ import annotations

from dataclasses import dataclass

from khata.events.money import DebtWrittenOff, DiscountAllowed
from khata.rules.base import Command, Decision, Facts, Who
from khata.rules.entry import money_entry
from khata.rules.refused import Refused
from khata.units import Paise


@dataclass(slots=True, kw_only=True)
class AllowDiscount(Command):
    """Kasar, vatav."""

    party: Who
    amount_paise: Paise

    def decide(self, facts: Facts) -> Decision:
        """See `decide_discount`."""
        return decide_discount(self, facts)


@dataclass(slots=True, kw_only=True)
class WriteOffDebt(Command):
    """A debt that will not be paid, and why."""

    party: Who
    amount_paise: Paise
    reason: str

    def decide(self, facts: Facts) -> Decision:
        """See `decide_write_off`."""
        return decide_write_off(self, facts)


class ReasonMissing(Refused):
    """This wants a reason: an accountant will ask."""

    code = "reason_missing"


def decide_discount(command: AllowDiscount, facts: Facts) -> Decision:
    """Part of what is owed is let go."""
    return money_entry(command, DiscountAllowed, facts, command.party, {"amount_paise": command.amount_paise})


def decide_write_off(command: WriteOffDebt, facts: Facts) -> Decision:
    """A debt is given up. Raises ReasonMissing."""
    if not command.reason:
        raise ReasonMissing
    fields, words = {"amount_paise": command.amount_paise}, {"reason": command.reason}
    return money_entry(command, DebtWrittenOff, facts, command.party, fields, words)
