"""One payment for several customers: a family, a society."""

from __future__ import annotations

from collections.abc import Sequence
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
        found = [_found(entry, facts) for entry in facts.all_with_ref(self.ref)]
        if not found:
            return None
        held = [(facts.person(each.event.party), each.event.amount_paise) for each in found if _is_payment(each)]
        same = len(held) == len(found) == len(amounts) and dict(held) == amounts
        if not same or not all(is_for(self.on, each, facts) for each in found):
            raise RefConflict(ref=self.ref, entry=found[-1].seq)
        if not self.once:
            raise RefTaken(ref=self.ref, entry=found[-1].seq)
        return found[-1].seq


def check_free(ref: str, entry: Recorded, facts: Facts) -> None:
    """Refuse a reference that an entry is to have while another has it, unless both came in at once under it.

    Raises:
        RefPending: a payment on its way has it.
        RefConflict: another entry has it.
    """
    check_pending(ref, facts)
    for taken in facts.all_with_ref(ref):
        if taken != entry.seq and not _came_together(ref, entry, _found(taken, facts), facts):
            raise RefConflict(ref=ref, entry=taken)


def _came_together(ref: str, one: Recorded, other: Recorded, facts: Facts) -> bool:
    """Whether two entries are shares of one payment, or say anew what such shares were."""
    first, last = sorted((_first_said(one, facts), _first_said(other, facts)), key=lambda each: each.seq)
    if first.event.imported is not None and last.event.imported is not None:
        between = [first, last] if first.event.imported.entry == last.event.imported.entry else []
    else:
        between = [_found(Seq(seq), facts) for seq in range(first.seq, last.seq + 1)] if first.at == last.at else []
    key = ref_key(ref)
    return bool(between) and all(_is_payment(each) and ref_key(each.event.ref or "") == key for each in between)


def _first_said(entry: Recorded, facts: Facts) -> Recorded:
    """What was recorded first of an entry that was corrected, however often."""
    while (corrects := entry.event.corrects) is not None:
        entry = _found(corrects, facts)
    return entry


def _is_payment(recorded: Recorded) -> bool:
    return isinstance(recorded.event, PaymentReceived)


def _found(entry: Seq, facts: Facts) -> Recorded:
    recorded = facts.recorded(entry)
    assert recorded is not None  # noqa: S101 - the book names it
    return recorded
