"""What comes again: begun, ended, left out for some days; and recorded, time by time."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

from khata.events.money import ChargeMade, SaleRecorded
from khata.events.recurring import RecurringBegun, RecurringEnded, RecurringSkipped
from khata.grammar.recurring import HORIZON, ref_of, time_of, times
from khata.rules.base import Command, Decision, Draft, Facts, Who
from khata.rules.entry import day_of, named_entry, resolve, words_of
from khata.rules.goods import on_terms
from khata.rules.refused import Refused
from khata.units import Day, Paise, Seq


class BeginRecurring(Command, kw_only=True):
    """From `first` on (None for today) a customer owes so much every `day`, `week` or `month`.

    `made_as` is what is recorded each time: a `sale`, or a `charge`.
    """

    MAKES: ClassVar = RecurringBegun

    party: Who
    amount_paise: Paise
    every: str
    first: Day | None = None
    made_as: str = "sale"

    def decide(self, facts: Facts) -> Decision:
        """One event, and one for a new customer before it. Raises UnknownParty, AmbiguousParty, PartyForgotten."""
        party, drafts = resolve(self.party, facts)
        event = RecurringBegun(
            party=party,
            amount_paise=self.amount_paise,
            every=self.every,
            first=self.first or facts.today,
            made_as=self.made_as,
        )
        return [*drafts, Draft(event, facts.today, words_of(self), self.id)]


class EndRecurring(Command, kw_only=True):
    """It does not come again from a day on; what was due before is due still."""

    MAKES: ClassVar = RecurringEnded

    entry: Seq
    reason: str | None = None

    def decide(self, facts: Facts) -> Decision:
        """One event. Raises UnknownEntry, NotRecurring, RecurringOver, FutureDay."""
        line = _begun(self.entry, facts)
        if (ended := facts.ended_on(self.entry)) is not None:
            raise RecurringOver(entry=self.entry, on=ended)
        event = RecurringEnded(party=line.party, entry=self.entry)
        return [Draft(event, day_of(self.on, facts), words_of(self, reason=self.reason), self.id)]


class SkipRecurring(Command, kw_only=True):
    """It is left out from `first` to `last`; without both, the first time for which nothing was recorded yet."""

    MAKES: ClassVar = RecurringSkipped

    entry: Seq
    first: Day | None = None
    last: Day | None = None
    reason: str | None = None

    def decide(self, facts: Facts) -> Decision:
        """One event. Raises UnknownEntry, NotRecurring, RecurringOver, NothingToSkip."""
        line = _begun(self.entry, facts)
        end = self.last or self.first or HORIZON
        found = next(_open_times(self.entry, line, facts, self.first, end), None)
        if found is None:
            ended = facts.ended_on(self.entry)
            if ended is not None and (self.first is None or ended <= end):
                raise RecurringOver(entry=self.entry, on=ended)
            coming = next(_open_times(self.entry, line, facts, None, HORIZON), None)
            recorded = _recorded(self.entry, line, facts, self.first, end) if self.first else None
            what = {"what": "recorded", "recorded": recorded} if recorded else {"what": "coming"} if coming else {}
            raise NothingToSkip(entry=self.entry, first=self.first, upto=end, on=coming, **what)
        event = RecurringSkipped(
            party=line.party, entry=self.entry, first=self.first or found, last=end if self.first else found
        )
        return [Draft(event, facts.today, words_of(self, reason=self.reason), self.id)]


class DueTime(NamedTuple):
    """A time of what began with an entry: the day on which it is due."""

    entry: Seq
    on: Day


class RecordDue(Command, kw_only=True):
    """What is due, as somebody looked at it. What was recorded, left out or ended meanwhile is not recorded."""

    OWN_DAYS: ClassVar = True

    times: Sequence[DueTime]

    @property
    def meant(self) -> frozenset[str]:
        """Somebody looked at each, and at its day."""
        return frozenset({"long_ago", "same_as_entry"})

    def decide(self, facts: Facts) -> Decision:
        """A sale or a charge for each that is due still, on its own day; the id stands on the last.

        Raises:
            UnknownEntry, NotRecurring, UnknownParty, PartyForgotten, FutureDay: as they say.
        """
        drafts: list[Draft] = []
        for entry, on in dict.fromkeys(self.times):
            line = _begun(entry, facts)
            day_of(on, facts)
            if next(_open_times(entry, line, facts, on, on), None) is None:
                continue
            party, _ = resolve(line.party, facts)
            make = SaleRecorded if line.made_as == "sale" else ChargeMade
            event: Any = make(party=party, amount_paise=line.amount_paise, ref=ref_of(entry, line.every, on))
            note = (facts.words(entry) or {}).get("note")
            draft = Draft(event, on, {"note": note} if note else None)
            drafts.append(on_terms(draft, facts) if make is SaleRecorded else draft)
        if drafts:
            drafts[-1] = drafts[-1]._replace(id=self.id)
        return drafts


def _recorded(entry: Seq, line: RecurringBegun, facts: Facts, first: Day, last: Day) -> Seq | None:
    """The first entry that was recorded for a time in these days; None for none."""
    every = (facts.seq_of_ref(ref_of(entry, line.every, on)) for on in times(Day(line.first), line.every, last, first))
    return next((found for found in every if found is not None), None)


def is_one_of(command: RecordDue, event: object, facts: Facts) -> bool:
    """Whether an entry was recorded for one of the times of a command; without any, for what was due."""
    said = time_of(getattr(event, "ref", None) or "")
    if said is None or not command.times:
        return said is not None
    return any(time_of(ref_of(entry, _begun(entry, facts).every, on)) == said for entry, on in command.times)


def _begun(entry: Seq, facts: Facts) -> RecurringBegun:
    """What began with an entry. Raises UnknownEntry, NotRecurring."""
    event: Any = named_entry(entry, facts).event
    if not isinstance(event, RecurringBegun):
        raise NotRecurring(entry=entry, kind=event.KIND)
    return event


def _open_times(entry: Seq, line: RecurringBegun, facts: Facts, first: Day | None, last: Day) -> Iterator[Day]:
    """The times from a day to another for which nothing is recorded, and which are neither left out nor after the end.

    `first` None: from the first time of all.
    """
    ended, gone = facts.ended_on(entry), facts.left_out(entry)
    for on in times(Day(line.first), line.every, last, first):
        if ended is not None and on >= ended:
            return
        if any(begin <= on <= end for begin, end in gone):
            continue
        if facts.seq_of_ref(ref_of(entry, line.every, on)) is None:
            yield on


class NotRecurring(Refused):
    """The entry began nothing that comes again."""

    code = "not_recurring"


class RecurringOver(Refused):
    """It does not come again any more."""

    code = "recurring_over"


class NothingToSkip(Refused):
    """In these days nothing is due that could be left out."""

    code = "nothing_to_skip"
