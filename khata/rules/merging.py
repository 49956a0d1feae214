"""Two khatas of one person."""

from __future__ import annotations

from typing import ClassVar

from khata.events.party import PartyMerged, PartyParted
from khata.rules.base import Command, Decision, Draft, Facts, Who
from khata.rules.entry import known
from khata.rules.refused import Refused, SameParty
from khata.units import Party


class JoinParties(Command, kw_only=True):
    """The khata of `other` belongs to `party` from here on; of another book's it is the id, `same` (32 hex)."""

    MAKES: ClassVar = PartyMerged

    party: Who
    other: Who | None = None
    same: str = ""

    def decide(self, facts: Facts) -> Decision:
        """One event. Raises SameParty, UnknownParty, AmbiguousParty, PartyForgotten."""
        party, same = known(self.party, facts), self.same
        if self.other is not None:
            other = known(self.other, facts)
            if party == other:
                raise SameParty(party=party)
            same = facts.identity(other)
        elif facts.joined_abroad(same) is not None:
            raise SameParty(party=party)
        return [Draft(PartyMerged(party=party, same=same), facts.today, None, self.id)]


class SeparateParties(Command, kw_only=True):
    """The khata of `other`, a number of its own, or of another book's `same`, is by itself again."""

    MAKES: ClassVar = PartyParted

    party: Who
    other: Party | None = None
    same: str = ""

    def decide(self, facts: Facts) -> Decision:
        """One event. Raises NotMerged, UnknownParty, AmbiguousParty, PartyForgotten."""
        party, same = known(self.party, facts), self.same
        if self.other is not None:
            joined, same = facts.joined_to(self.other), facts.identity(self.other)
        else:
            joined = facts.joined_abroad(same)
        if joined is None or facts.person(joined) != party:
            raise NotMerged(party=party, name=_called(party, facts), other=_called(self.other, facts) or same)
        return [Draft(PartyParted(party=joined, same=same), facts.today, None, self.id)]


def _called(number: Party | None, facts: Facts) -> str:
    """How a party is called, with its number; "" for none."""
    known = facts.party(number) if number is not None else None
    return f"{known.record.get('name') or ''} (@{number})".strip() if known else ""


class NotMerged(Refused):
    """The two were never made one, or are two again."""

    code = "not_merged"
