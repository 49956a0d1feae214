"""What one customer owes, another will pay."""

from __future__ import annotations

from typing import ClassVar

from khata.events.base import Recorded
from khata.events.money import BalanceTransferred
from khata.rules.base import AlreadyRecorded, Command, Decision, Draft, Facts, Who
from khata.rules.entry import check_ref, day_of, known, resolve, words_of
from khata.rules.refused import Refused, SameParty
from khata.units import Paise, Seq


class TransferBalance(Command, kw_only=True):
    """A debt, or an advance, of `party` goes to `to`."""

    MAKES: ClassVar = BalanceTransferred

    party: Who
    to: Who
    amount_paise: Paise

    def decide(self, facts: Facts) -> Decision:
        """Two entries: the party owes less, and the other one more.

        Raises:
            SameParty: both are one.
            FutureDay, UnknownParty, AmbiguousParty, RefTaken, RefConflict: as they say.
        """
        on = day_of(self.on, facts)
        party, (other, drafts) = known(self.party, facts), resolve(self.to, facts)
        if party == other:
            raise SameParty(party=party)
        stated = {"party": other, "other": party, "amount_paise": self.amount_paise}
        entry = check_ref(self.ref, BalanceTransferred, stated, facts, self.on, once=self.once)
        if entry is not None:
            return AlreadyRecorded(entry)
        gone = BalanceTransferred(party=party, amount_paise=self.amount_paise, side="to", other=other)
        come = BalanceTransferred(party=other, amount_paise=self.amount_paise, side="from", other=party, ref=self.ref)
        words = words_of(self)
        return [*drafts, Draft(gone, on, words), Draft(come, on, words, self.id)]


class HalfOfTransfer(Refused):
    """A transfer is two entries: one of them is not changed without the other."""

    code = "half_of_transfer"


def counterpart(entry: Recorded, facts: Facts) -> Recorded | None:
    """The other entry of a transfer, which stands before it or behind it; None for any other entry."""
    event = entry.event
    if not isinstance(event, BalanceTransferred):
        return None
    found = facts.recorded(Seq(entry.seq + (1 if event.side == "to" else -1)))
    if found is None or not isinstance(found.event, BalanceTransferred) or found.at != entry.at:
        return None
    other = found.event
    mirrored = (other.other, other.party, other.amount_paise) == (event.party, event.other, event.amount_paise)
    return found if mirrored and other.side != event.side else None
