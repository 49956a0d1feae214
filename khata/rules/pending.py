"""Payments on their way: begun, and then received or failed. A pending one is in no balance."""

from __future__ import annotations

from typing import ClassVar

from khata.events.money import PaymentReceived
from khata.events.pending import FAILED, RECEIVED, PaymentBegun, PaymentSettled
from khata.rules.base import AlreadyRecorded, Command, Decision, Draft, Facts, Who
from khata.rules.entry import check_ref, day_of, known, money_entry, named_entry, words_of
from khata.rules.refused import Refused
from khata.units import Paise, Seq


class BeginPayment(Command, kw_only=True):
    """A customer has paid by UPI, and the money is not there yet."""

    MAKES: ClassVar = PaymentBegun

    party: Who
    amount_paise: Paise
    mode: str = "upi"
    by_hand: str | None = None

    def decide(self, facts: Facts) -> Decision:
        """The beginning; nobody's balance is another by it. Raises as `money_entry`."""
        fields = {"amount_paise": self.amount_paise, "mode": self.mode}
        return money_entry(self, PaymentBegun, facts, self.party, fields, {"by_hand": self.by_hand})


class ConfirmPayment(Command, kw_only=True):
    """A payment that was pending has come. Its day is today unless `on` says otherwise."""

    MAKES: ClassVar = PaymentReceived

    entry: Seq

    @property
    def meant(self) -> frozenset[str]:
        """That the same sum is on its way is why it is confirmed."""
        return frozenset(("pending_same",))

    def decide(self, facts: Facts) -> Decision:
        """That it was received, and right behind it the payment, with the reference of either.

        Where the payment stands in the book already under this reference, and `once` says that it may, it is not
        recorded again: the one on its way is settled by it, on its day.

        Raises:
            UnknownEntry, NotPending, FutureDay, PartyForgotten, RefTaken, RefConflict, RefPending: as they say.
        """
        begun = _begun(self.entry, facts)
        ref = self.ref or begun.ref
        by, outcome = facts.settled(self.entry)
        party = known(begun.party, facts)
        stated: dict[str, object] = {"party": party, "amount_paise": begun.amount_paise}
        if by is not None:
            if self.once and outcome == RECEIVED and (entry := self._recorded(ref, stated, facts)) is not None:
                return AlreadyRecorded(entry)
            raise NotPending(entry=self.entry, outcome=outcome, by=by)
        on = day_of(self.on, facts)
        settled = PaymentSettled(party=begun.party, entry=self.entry, outcome=RECEIVED)
        if (entry := self._recorded(ref, stated, facts)) is not None:
            came = facts.recorded(entry)
            return [Draft(settled, on if came is None else came.on, words_of(self), self.id)]
        words = {key: said for key, said in (facts.words(self.entry) or {}).items() if key in ("note", "by_hand")}
        if self.note:
            words["note"] = self.note
        payment = PaymentReceived(party=party, amount_paise=begun.amount_paise, mode=begun.mode, ref=ref)
        return [Draft(settled, on), Draft(payment, on, words or None, self.id)]

    def _recorded(self, ref: str | None, stated: dict[str, object], facts: Facts) -> Seq | None:
        """The same payment under this reference, where `once` was said. Raises RefTaken, RefConflict, RefPending."""
        return check_ref(ref, PaymentReceived, stated, facts, self.on, once=self.once, settles=self.entry)


class FailPayment(Command, kw_only=True):
    """A payment that was pending will not come."""

    MAKES: ClassVar = PaymentSettled

    entry: Seq
    reason: str | None = None

    def decide(self, facts: Facts) -> Decision:
        """That it failed; no balance is another by it. Raises UnknownEntry, NotPending, FutureDay."""
        begun = _begun(self.entry, facts)
        by, outcome = facts.settled(self.entry)
        if by is not None:
            raise NotPending(entry=self.entry, outcome=outcome, by=by)
        settled = PaymentSettled(party=begun.party, entry=self.entry, outcome=FAILED)
        return [Draft(settled, day_of(self.on, facts), words_of(self, reason=self.reason), self.id)]


class NotPending(Refused):
    """The entry is no payment on its way. `outcome`: what came of one that was, and `by` which entry."""

    code = "not_pending"


def _begun(entry: Seq, facts: Facts) -> PaymentBegun:
    """A payment that was on its way once. Raises UnknownEntry, NotPending."""
    event = named_entry(entry, facts).event
    if not isinstance(event, PaymentBegun):
        raise NotPending(entry=entry, kind=event.KIND)
    return event
