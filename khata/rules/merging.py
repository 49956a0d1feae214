"""Two khatas of one person."""

from __future__ import annotations

from typing import ClassVar

from khata.events.party import PartyMerged, PartyParted
from khata.rules.base import Command, Decision, Draft, Facts, Who
from khata.rules.entry import resolve
from khata.rules.refused import Refused, SameParty
from khata.units import Party


class JoinParties(Command, kw_only=True):
    """The khata of `other` belongs to `party` from here on."""

    MAKES: ClassVar = PartyMerged

    party: Who
    other: Who

    def decide(self, facts: Facts) -> Decision:
        """One event. Raises SameParty, UnknownParty, AmbiguousParty, PartyForgotten."""
        party, other = resolve(self.party, facts)[0], resolve(self.other, facts)[0]
        if party == other:
            raise SameParty(party=party)
        same = facts.identity(other)
        return [Draft(PartyMerged(party=party, same=same), facts.today, None, self.id)]


class SeparateParties(Command, kw_only=True):
    """The khata of `other`, a number of its own, is by itself again."""

    MAKES: ClassVar = PartyParted

    party: Who
    other: Party

    def decide(self, facts: Facts) -> Decision:
        """One event. Raises NotMerged, UnknownParty, AmbiguousParty, PartyForgotten."""
        party = resolve(self.party, facts)[0]
        joined = facts.joined_to(self.other)
        if joined is None or facts.person(self.other) != party:
            raise NotMerged(party=party, other=self.other)
        return [Draft(PartyParted(party=joined, same=facts.identity(self.other)), facts.today, None, self.id)]


class NotMerged(Refused):
    """The two were never made one, or are two again."""

    code = "not_merged"
