"""What a customer owes for no goods."""

from __future__ import annotations

from typing import ClassVar

from khata.events.money import ChargeMade
from khata.rules.base import Command, Decision, Facts, Who
from khata.rules.entry import money_entry
from khata.units import Paise


class MakeCharge(Command, kw_only=True):
    """A charge: for delivery, for a cheque that came back."""

    MAKES: ClassVar = ChargeMade

    party: Who
    amount_paise: Paise

    def decide(self, facts: Facts) -> Decision:
        """It counts on the khata, as goods do, and is no sale."""
        return money_entry(self, ChargeMade, facts, self.party, {"amount_paise": self.amount_paise})
