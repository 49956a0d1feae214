"""Days that are locked: what is for them goes on today's, or is refused."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from khata.events.base import Recorded
from khata.events.money import EntryReversed
from khata.events.pending import PaymentBegun, PaymentSettled
from khata.events.period import PeriodLocked, PeriodUnlocked
from khata.grammar.days import business_day_of
from khata.postings.kinds import MONEY
from khata.rules.base import Command, Decision, Draft, Facts
from khata.rules.refused import ReasonMissing, Refused, UnknownEntry
from khata.units import Day, Seq


class LockPeriod(Command, kw_only=True):
    """Nothing is recorded any more for a day or for those before it.

    `cut`: the last entry that counted in what was filed; None where that is the last that there is.
    """

    MAKES: ClassVar = PeriodLocked

    upto: Day
    cut: Seq | None = None

    def decide(self, facts: Facts) -> Decision:
        """Raises LockedAlready, DayNotOver, UnknownEntry."""
        locked = facts.locked_upto
        if locked is not None and self.upto <= locked:
            raise LockedAlready(upto=locked)
        if self.upto >= facts.today:
            raise DayNotOver(on=self.upto, today=facts.today)
        if self.cut is not None and not 0 < self.cut <= facts.head:
            raise UnknownEntry(entry=self.cut, last=facts.head)
        return [Draft(PeriodLocked(upto=self.upto, cut=self.cut), facts.today, None, self.id)]


class UnlockPeriod(Command, kw_only=True):
    """Every day is open again."""

    MAKES: ClassVar = PeriodUnlocked

    reason: str

    def decide(self, facts: Facts) -> Decision:
        """Raises ReasonMissing, NothingLocked."""
        if not self.reason:
            raise ReasonMissing
        if facts.locked_upto is None:
            raise NothingLocked
        return [Draft(PeriodUnlocked(), facts.today, {"reason": self.reason}, self.id)]


class LockedAlready(Refused):
    """These days are locked already."""

    code = "locked_already"


class DayNotOver(Refused):
    """A day is locked once it is over."""

    code = "day_not_over"


class NothingLocked(Refused):
    """No day is locked."""

    code = "nothing_locked"


class PeriodIsLocked(Refused):
    """The day is locked, and what is for it is not moved to another one. Facts: `on`, `upto`.

    With `what` "today" it is the clock's own day that is locked: one of the two is wrong.
    """

    code = "period_locked"


class OpenDays(NamedTuple):
    """Drafts of which none is for a locked day.

    `moved`: the day of the last one that was for one, and went on today's; `moved_entries`: how many did.
    """

    drafts: Sequence[Draft]
    moved: Day | None = None
    moved_entries: int = 0


def on_open_days(drafts: Sequence[Draft], command: Command, facts: Facts, *, typed: bool) -> OpenDays:
    """What a command made, none of it for a locked day.

    What has its day from the entry that it cancels or replaces stands on today. A day that was given for it is moved
    where somebody typed it and reads what became of it; a line of a file or of a script is refused, and so is what is
    brought forward: its day is what it says.

    Args:
        drafts: as the command's own rule made them.
        command: what was asked for.
        facts: what the book knows.
        typed: whether a person typed it by itself.

    Raises:
        PeriodIsLocked: nothing is to be recorded.
    """
    upto = facts.locked_upto
    if upto is None or all(draft.on > upto or not _is_of_money(draft) for draft in drafts):
        return OpenDays(drafts)
    open_, moved, count = [], None, 0
    for draft in drafts:
        if draft.on <= upto and _is_of_money(draft):
            given = draft.event.imported is not None or command.OWN_DAYS or draft.on == command.on
            if facts.today <= upto:
                raise PeriodIsLocked(what="today", on=facts.today, upto=upto)
            if given and (not typed or _is_fixed(draft)):
                raise PeriodIsLocked(on=draft.on, upto=upto)
            moved, count = draft.on, count + 1
            open_.append(draft._replace(on=facts.today))
        else:
            open_.append(draft)
    return OpenDays(open_, moved, count)


def is_for(on: Day | None, stored: Recorded, facts: Facts) -> bool:
    """Whether an entry is the one that is asked for on a day: also where that was locked, and it went on its own."""
    if on is None or on == stored.on:
        return True
    upto = facts.locked_before(stored.seq)  # opened since or not: what counts is when it was recorded
    return upto is not None and on <= upto < stored.on == business_day_of(stored.at)


def _is_of_money(draft: Draft) -> bool:
    """Whether it moves money, or says when money set out and what came of it: the day of both must be the same."""
    return draft.event.KIND in MONEY or isinstance(draft.event, EntryReversed | PaymentBegun | PaymentSettled)


def _is_fixed(draft: Draft) -> bool:
    kind = MONEY.get(draft.event.KIND)
    return draft.event.imported is not None or (kind is not None and kind.brought)
