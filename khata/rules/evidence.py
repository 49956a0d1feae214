"""Keys that change, and balances that are sealed. What is signed and hashed comes in from outside, made already."""

from __future__ import annotations

from typing import ClassVar

from khata.events.evidence import BalancesSealed, KeyLost, KeyRotated
from khata.rules.base import Command, Decision, Draft, Facts
from khata.rules.refused import ReasonMissing, Refused, UnknownEntry
from khata.units import Day, Seq


class RotateKey(Command, kw_only=True):
    """Another key signs from here on; the old one has signed that."""

    MAKES: ClassVar = KeyRotated

    old: str
    new: str
    signature: str

    def decide(self, facts: Facts) -> Decision:
        """Raises KeyNotCurrent: another key signs for this book."""
        current = facts.signing_key
        if current is not None and current != self.old:
            raise KeyNotCurrent(current=current)
        return [Draft(KeyRotated(old=self.old, new=self.new, signature=self.signature), facts.today, None, self.id)]


class ReplaceLostKey(Command, kw_only=True):
    """The key is lost, or in other hands: another one signs from here on, and nothing proves that but the book."""

    MAKES: ClassVar = KeyLost

    new: str
    reason: str
    old: str | None = None

    def decide(self, facts: Facts) -> Decision:
        """Raises ReasonMissing."""
        if not self.reason:
            raise ReasonMissing
        event = KeyLost(old=facts.signing_key or self.old, new=self.new)
        return [Draft(event, facts.today, {"reason": self.reason}, self.id)]


class SealBalances(Command, kw_only=True):
    """What everybody owed at the end of a day, as known at an entry.

    `root` and `leaves` are those of the tree, `seed` (64 hex) what its salts are made of.
    """

    MAKES: ClassVar = BalancesSealed

    as_on: Day
    upto: Seq
    leaves: int
    root: str
    seed: str

    def decide(self, facts: Facts) -> Decision:
        """Raises UnknownEntry: the book has not as many."""
        if self.upto > facts.head:
            raise UnknownEntry(entry=self.upto, last=facts.head)
        event = BalancesSealed(as_on=self.as_on, leaves=self.leaves, root=self.root, upto=self.upto)
        return [Draft(event, facts.today, {"seed": self.seed}, self.id)]


class KeyNotCurrent(Refused):
    """The book says that another key signs for it. Facts: `current`."""

    code = "key_not_current"
