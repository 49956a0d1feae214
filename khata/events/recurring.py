"""What comes again: begun, ended, and left out for some days. None moves money; each time has an entry of its own."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import field

from khata.events.base import Amount, EntryNumber, Event, MalformedError, Number, checked, day, one_of
from khata.units import EVERY, MADE_AS

AnyDay = Annotated[str, checked(day)]


class RecurringBegun(Event, kw_only=True):
    """A customer owes the same again and again: milk, newspapers, rent. What for is in the detail, key `note`.

    `first` is the first day on which it is due, and `made_as` what is recorded then.
    """

    KIND: ClassVar[str] = "recurring_begun"
    NEEDS: ClassVar[int] = 4

    party: Number
    amount_paise: Amount
    every: Annotated[str, checked(one_of(*EVERY, later=True))]
    first: AnyDay = field(name="from")
    made_as: Annotated[str, checked(one_of(*MADE_AS, later=True))] = field(name="as")


class RecurringEnded(Event, kw_only=True):
    """From the day of this entry on it is not due any more; what was due before still is."""

    KIND: ClassVar[str] = "recurring_ended"
    NEEDS: ClassVar[int] = 4

    party: Number
    entry: EntryNumber


class RecurringSkipped(Event, kw_only=True):
    """It is not due from one day to another, both included. Why is in the detail, key `reason`."""

    KIND: ClassVar[str] = "recurring_skipped"
    NEEDS: ClassVar[int] = 4

    party: Number
    entry: EntryNumber
    first: AnyDay = field(name="from")
    last: AnyDay = field(name="to")

    def check(self) -> None:
        """Raise MalformedError for days that end before they begin."""
        if self.last < self.first:
            raise MalformedError("ends_before_it_begins")
