"""Days that are over for good: filed, and not to be written to any more."""

from __future__ import annotations

from typing import Annotated, ClassVar

from khata.events.base import EntryNumber, Event, checked, day

LastDay = Annotated[str, checked(day)]


class PeriodLocked(Event, kw_only=True):
    """All days up to one are closed: nothing that moves money is recorded for them from here on.

    `cut`: the last entry that counted in what was filed of them, where that is not the one before this.
    """

    KIND: ClassVar[str] = "period_locked"
    NEEDS: ClassVar[int] = 3

    upto: LastDay
    cut: EntryNumber | None = None


class PeriodUnlocked(Event, kw_only=True):
    """All days are open again. Why is in the detail, key `reason`."""

    KIND: ClassVar[str] = "period_unlocked"
    NEEDS: ClassVar[int] = 3
