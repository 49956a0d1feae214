"""The right to be forgotten: free text goes, the chain and the balances stay (DPDP Act 2023, s.12)."""

from __future__ import annotations

from typing import ClassVar

from khata.events.book import DetailErased
from khata.events.money import BalanceTransferred
from khata.rules.base import Command, Decision, Draft, Facts
from khata.rules.refused import Refused, UnknownParty
from khata.rules.transfer import counterpart
from khata.units import Party, Seq


class ForgetParty(Command, kw_only=True):
    """Erase every name, note and item of a party, of all its khatas."""

    MAKES: ClassVar = DetailErased

    party: Party

    def decide(self, facts: Facts) -> Decision:
        """Erase all details up to the entry before this one. Raises UnknownParty, NotSettled.

        Money on its way is open, too: once it is there, nobody would know whose it is.
        """
        known = facts.party(self.party)
        if known is None:
            raise UnknownParty(party=self.party, name=f"@{self.party}", nearest=[])
        if known.balance_paise:
            raise NotSettled(party=self.party, balance_paise=known.balance_paise)
        khatas = facts.khatas(self.party)
        for entry, begun in facts.pending().items():
            if begun.party in khatas:
                raise NotSettled(party=self.party, what="on_its_way", entry=entry, amount_paise=begun.amount_paise)
        events = [DetailErased(party=each, upto=facts.head) for each in reversed(khatas)]
        # What was said of a transfer stands with both, and was said of him.
        others = [counterpart(entry, facts) for each in khatas for entry in facts.of_kind(each, BalanceTransferred)]
        if halves := tuple(sorted(other.seq for other in others if other is not None and facts.words(other.seq))):
            events.insert(0, DetailErased(entries=halves))
        *first, last = [Draft(event, facts.today) for event in events]
        return [*first, last._replace(id=self.id)]


class DeclareLost(Command, kw_only=True):
    """Say that the free text of these entries is gone: a damaged book was salvaged without it."""

    MAKES: ClassVar = DetailErased

    entries: tuple[Seq, ...]

    def decide(self, facts: Facts) -> Decision:
        """One event that names them."""
        return [Draft(DetailErased(entries=self.entries), facts.today, None, self.id)]


class NotSettled(Refused):
    """Money is still owed one way or the other, or on its way: without the name nobody could claim it."""

    code = "not_settled"
