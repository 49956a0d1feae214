"""Payments on their way: begun, and then received or failed. A pending one is in no balance."""

from __future__ import annotations

from typing import ClassVar

from khata.events.money import PaymentReceived
from khata.events.pending import FAILED, RECEIVED, PaymentBegun, PaymentSettled
from khata.rules.base import AlreadyRecorded, Command, Decision, Draft, Facts, Who
from khata.rules.entry import check_ref, day_of, money_entry, words_of
from khata.rules.refused import Refused, UnknownEntry
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

    def decide(self, facts: Facts) -> Decision:
        """That it was received, and right behind it the payment, with the reference of either.

        Raises:
            UnknownEntry, NotPending, FutureDay, RefTaken, RefConflict: as they say.
        """
        begun, event = _begun(self.entry, facts)
        stated = {"party": event.party, "amount_paise": event.amount_paise}
        ref = self.ref or event.ref
        entry = check_ref(ref, PaymentReceived, stated, facts, self.on, once=self.once, settles=begun)
        if entry is not None:
            return AlreadyRecorded(entry)
        on = day_of(self.on, facts)
        words = {key: said for key, said in (facts.words(begun) or {}).items() if key in ("note", "by_hand")}
        if self.note:
            words["note"] = self.note
        party = facts.person(event.party)
        payment = PaymentReceived(party=party, amount_paise=event.amount_paise, mode=event.mode, ref=ref)
        settled = PaymentSettled(party=event.party, entry=begun, outcome=RECEIVED)
        return [Draft(settled, on), Draft(payment, on, words or None, self.id)]


class FailPayment(Command, kw_only=True):
    """A payment that was pending will not come."""

    MAKES: ClassVar = PaymentSettled

    entry: Seq
    reason: str | None = None

    def decide(self, facts: Facts) -> Decision:
        """That it failed; no balance is another by it. Raises UnknownEntry, NotPending, FutureDay."""
        begun, event = _begun(self.entry, facts)
        settled = PaymentSettled(party=event.party, entry=begun, outcome=FAILED)
        return [Draft(settled, day_of(self.on, facts), words_of(self, reason=self.reason), self.id)]


class NotPending(Refused):
    """The entry is no payment on its way. `outcome`: what came of one that was, and `by` which entry."""

    code = "not_pending"


def _begun(entry: Seq, facts: Facts) -> tuple[Seq, PaymentBegun]:
    recorded = facts.recorded(entry)
    if recorded is None:
        raise UnknownEntry(entry=entry, last=facts.head)
    event = recorded.event
    if not isinstance(event, PaymentBegun):
        raise NotPending(entry=entry, kind=event.KIND)
    if entry not in facts.pending():
        by, outcome = facts.settled(entry)
        raise NotPending(entry=entry, outcome=outcome, by=by)
    return entry, event
