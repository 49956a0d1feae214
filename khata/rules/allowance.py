"""What is let go: discounts and write-offs."""

from __future__ import annotations

from typing import ClassVar

from khata.events.money import DebtWrittenOff, DiscountAllowed
from khata.rules.base import Command, Decision, Facts, Who
from khata.rules.entry import money_entry
from khata.rules.refused import ReasonMissing
from khata.units import Paise


class AllowDiscount(Command, kw_only=True):
    """Kasar, vatav."""

    MAKES: ClassVar = DiscountAllowed

    party: Who
    amount_paise: Paise

    def decide(self, facts: Facts) -> Decision:
        """Part of what is owed is let go."""
        return money_entry(self, DiscountAllowed, facts, self.party, {"amount_paise": self.amount_paise})


class WriteOffDebt(Command, kw_only=True):
    """A debt that will not be paid, and why."""

    MAKES: ClassVar = DebtWrittenOff

    party: Who
    amount_paise: Paise
    reason: str

    def decide(self, facts: Facts) -> Decision:
        """A debt is given up. Raises ReasonMissing."""
        if not self.reason:
            raise ReasonMissing
        fields, words = {"amount_paise": self.amount_paise}, {"reason": self.reason}
        return money_entry(self, DebtWrittenOff, facts, self.party, fields, words)
