"""Asking for what is owed: who was reminded, and what a customer denies."""

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

from khata.events.collecting import EntryDisputed, ReminderSent
from khata.events.money import EntryReversed
from khata.grammar.days import earlier
from khata.postings.base import PARTY
from khata.postings.kinds import MONEY, did
from khata.rules.base import Command, Decision, Draft, Facts, Who
from khata.rules.correction import standing
from khata.rules.entry import known, named_entry, words_of
from khata.rules.refused import Refused, SameParty
from khata.units import DISPUTE_STATUS, REMINDED_DAYS, Paise, Party, Seq


class AskedFor(NamedTuple):
    """Who was asked, and for how much."""

    party: Who
    amount_paise: Paise


class SendReminder(Command, kw_only=True):
    """A customer was asked for what he owes. `again`: though he was within the last seven days."""

    MAKES: ClassVar = ReminderSent

    party: Who
    amount_paise: Paise
    again: bool = False

    def decide(self, facts: Facts) -> Decision:
        """One event, of today. Raises UnknownParty, AmbiguousParty, PartyForgotten, RemindedLately."""
        event = _asked(AskedFor(self.party, self.amount_paise), facts, again=self.again)
        return [Draft(event, facts.today, words_of(self), self.id)]


class SendReminders(Command, kw_only=True):
    """Several customers were asked, each for what he owes."""

    MAKES: ClassVar = ReminderSent
    OWN_DAYS: ClassVar = True

    asked: Sequence[AskedFor]
    again: bool = False

    def decide(self, facts: Facts) -> Decision:
        """An event for each, of today; the id stands on the last. Raises as `SendReminder`, SameParty."""
        drafts, who = list[Draft](), set[Party]()
        for each in self.asked:
            event = _asked(each, facts, again=self.again)
            if event.party in who:
                raise SameParty(party=event.party)
            who.add(event.party)
            drafts.append(Draft(event, facts.today))
        return [*drafts[:-1], *(draft._replace(id=self.id) for draft in drafts[-1:])]


class DisputeEntry(Command, kw_only=True):
    """A customer denies an entry; `over`: he does so no more."""

    MAKES: ClassVar = EntryDisputed

    entry: Seq
    over: bool = False

    def decide(self, facts: Facts) -> Decision:
        """One event, of today.

        Raises:
            UnknownEntry, AlreadyReversed: there is none, or it was cancelled.
            NotOwed: it added nothing to what somebody owes.
            DisputedAlready, NotDisputed: nothing would change by it.
        """
        party = _debited(self.entry, facts)
        by = facts.disputed_by(self.entry)
        if by is not None and not self.over:
            raise DisputedAlready(entry=self.entry, by=by)
        if by is None and self.over:
            raise NotDisputed(entry=self.entry)
        event = EntryDisputed(party=party, entry=self.entry, status=DISPUTE_STATUS[self.over])
        return [Draft(event, facts.today, words_of(self), self.id)]


def _asked(asked: AskedFor, facts: Facts, *, again: bool) -> ReminderSent:
    party = known(asked.party, facts)
    last = facts.reminded_on(party)
    if last is not None and last > earlier(facts.today, REMINDED_DAYS) and not again:
        raise RemindedLately(what="party", party=party, on=last)
    return ReminderSent(party=party, amount_paise=asked.amount_paise)


def _debited(entry: Seq, facts: Facts) -> Party:
    """Whose account an entry that stands added to."""
    event: Any = named_entry(entry, facts).event
    if event.KIND in MONEY:
        standing(entry, facts)
    if isinstance(event, EntryReversed):
        raise NotOwed(what="reversal", entry=entry, of=event.entry)
    if did(event).debit_paise <= did(event).credit_paise or getattr(event, PARTY, None) is None:
        raise NotOwed(entry=entry, kind=event.KIND)
    party: Party = event.party
    return party


class RemindedLately(Refused):
    """The customer was asked within the last seven days."""

    code = "reminded_lately"


class NotOwed(Refused):
    """The entry added nothing to what somebody owes, so that there is nothing to deny."""

    code = "not_owed"


class DisputedAlready(Refused):
    """The customer denies it already."""

    code = "disputed_already"


class NotDisputed(Refused):
    """Nobody denies the entry."""

    code = "not_disputed"
