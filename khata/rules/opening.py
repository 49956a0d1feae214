"""Brought forward from the paper book."""

from __future__ import annotations

from typing import ClassVar

from khata.events.money import OpeningRecorded
from khata.rules.base import Command, Decision, Facts, Who
from khata.rules.entry import money_entry
from khata.units import Paise


class RecordOpening(Command, kw_only=True):
    """What the paper book says: they owe us, or with `advance` we owe them.

    `again`: whoever says so knows that the customer has an account already, to which this is added.
    """

    MAKES: ClassVar = OpeningRecorded

    party: Who
    amount_paise: Paise
    advance: bool = False
    again: bool = False

    @property
    def meant(self) -> frozenset[str]:
        """Bringing forward to an account that has begun, where that was said."""
        return frozenset(["brought_again"] if self.again else [])

    def decide(self, facts: Facts) -> Decision:
        """An opening balance."""
        fields = {"amount_paise": self.amount_paise, "side": "give" if self.advance else "receive"}
        stated = ("amount_paise", "side")
        return money_entry(self, OpeningRecorded, facts, self.party, fields, stated=stated)
