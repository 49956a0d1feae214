"""What a statement has shown: the entries that it was matched with, and by what a customer is known when he pays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from khata.events.matching import MatchedLine, StatementMatched
from khata.events.party import PartyChanged
from khata.rules.base import Command, Decision, Draft, Facts
from khata.rules.refused import PartyForgotten, UnknownEntry, UnknownParty
from khata.units import Party

AT_ONCE = 500
"""Lines in one entry: a body has no more than 64 KB."""

MOST_KEPT = 30
"""UPI ids, and names of payers, that are kept of one customer: the latest ones."""


class MatchStatement(Command, kw_only=True):
    """Lines of a statement, with the entry that stands for each."""

    MAKES: ClassVar = StatementMatched

    sha256: str
    file: str
    matched: Sequence[MatchedLine]

    def decide(self, facts: Facts) -> Decision:
        """An entry for each some hundred lines. Raises UnknownEntry."""
        for line in self.matched:
            if not 0 < line.entry <= facts.head:
                raise UnknownEntry(entry=line.entry, last=facts.head)
        drafts = [
            Draft(
                StatementMatched(sha256=self.sha256, matched=tuple(self.matched[first : first + AT_ONCE])),
                facts.today,
                {"file": self.file},
            )
            for first in range(0, len(self.matched), AT_ONCE)
        ]
        return drafts if not drafts else [*drafts[:-1], drafts[-1]._replace(id=self.id)]


class LearnPayer(Command, kw_only=True):
    """How a customer pays: UPI ids and names on statements. They are details of the customer, forgotten with them."""

    MAKES: ClassVar = PartyChanged

    party: Party
    vpas: Sequence[str] = ()
    payers: Sequence[str] = ()

    def decide(self, facts: Facts) -> Decision:
        """The whole record with them; nothing where it has them. Raises UnknownParty, PartyForgotten."""
        known = facts.party(self.party)
        if known is None:
            raise UnknownParty(party=self.party, name=f"@{self.party}", nearest=[])
        if known.forgotten:
            raise PartyForgotten(party=self.party)
        before = dict(known.record)
        words: dict[str, Any] = dict(before)
        for key, learned in (("vpas", self.vpas), ("payers", self.payers)):
            if set(learned) - set(before.get(key, ())):
                kept = [each for each in before.get(key, ()) if each not in learned]
                words[key] = [*kept, *dict.fromkeys(learned)][-MOST_KEPT:]
        if words == before:
            return []
        return [Draft(PartyChanged(party=self.party), facts.today, words, self.id)]
