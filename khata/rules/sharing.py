"""One payment for several customers: a family, a society."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from khata.events.base import Recorded
from khata.events.money import PaymentReceived
from khata.grammar.text import ref_key
from khata.rules.base import AlreadyRecorded, Command, Decision, Draft, Facts, Who
from khata.rules.entry import RefConflict, RefTaken, check_pending, day_of, known, words_of
from khata.rules.locking import is_for
from khata.rules.refused import SameParty
from khata.units import Paise, Party, Seq


class ReceiveForSeveral(Command, kw_only=True):
    """Money came in at once for several: an entry for each, in one commit, under one reference."""

    MAKES: ClassVar = PaymentReceived

    shares: Sequence[tuple[Who, Paise]]
    mode: str = "cash"
    by_hand: str | None = None

    def decide(self, facts: Facts) -> Decision:
        """A payment for each, in the order in which they were said.

        Raises:
            SameParty: one is named twice.
            FutureDay, UnknownParty, AmbiguousParty, RefTaken, RefConflict, RefPending: as they say.
        """
        on, words = day_of(self.on, facts), words_of(self, by_hand=self.by_hand)
        amounts: dict[Party, Paise] = {}
        for who, paise in self.shares:
            party = known(who, facts)
            if party in amounts:
                raise SameParty(party=party)
            amounts[party] = paise
        if (entry := self._recorded(amounts, facts)) is not None:
            return AlreadyRecorded(entry)
        drafts = [
            Draft(PaymentReceived(party=party, amount_paise=paise, mode=self.mode, ref=self.ref), on, words)
            for party, paise in amounts.items()
        ]
        return [*drafts[:-1], drafts[-1]._replace(id=self.id)]

    def _recorded(self, amounts: dict[Party, Paise], facts: Facts) -> Seq | None:
        """The last entry of the same payment, where it is in the book. Raises RefTaken, RefConflict, RefPending."""
        if self.ref is None:
            return None
        check_pending(self.ref, facts)
        one = facts.seq_of_ref(self.ref)
        if one is None:
            return None
        shares = shares_of(one, facts)
        if amounts_of(shares, facts) != amounts or not is_for(self.on, shares[-1], facts):
            raise RefConflict(ref=self.ref, entry=one)
        if not self.once:
            raise RefTaken(ref=self.ref, entry=one)
        return shares[-1].seq


def amounts_of(shares: Sequence[Recorded], facts: Facts) -> dict[Party, Paise]:
    """What each customer's share of a payment is, in paise."""
    return {facts.person(each.event.party): each.event.amount_paise for each in shares}


def shares_of(entry: Seq, facts: Facts) -> list[Recorded]:
    """The payments that came in at once with this one: those around it in its commit that have its reference."""
    one = facts.recorded(entry)
    if one is None or not isinstance(one.event, PaymentReceived) or one.event.ref is None:
        return [] if one is None else [one]
    before = reversed(list(_beside(one, -1, facts)))
    return [*before, one, *_beside(one, 1, facts)]


def _beside(one: Recorded, step: int, facts: Facts) -> Iterator[Recorded]:
    seq = one.seq + step
    while (found := facts.recorded(Seq(seq))) is not None and found.at == one.at:
        event = found.event
        if not isinstance(event, PaymentReceived) or event.ref is None or ref_key(event.ref) != ref_key(one.event.ref):
            return
        yield found
        seq += step
