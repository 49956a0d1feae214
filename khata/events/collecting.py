"""Asking for what is owed: that somebody was reminded, and that a customer denies an entry. Neither moves money."""

from __future__ import annotations

from typing import Annotated, ClassVar

from khata.events.base import Amount, EntryNumber, Event, Number, checked, one_of
from khata.units import DISPUTE_STATUS


class ReminderSent(Event, kw_only=True):
    """A customer was asked for so much of what is owed. What the text said is kept nowhere."""

    KIND: ClassVar[str] = "reminder_sent"
    NEEDS: ClassVar[int] = 4

    party: Number
    amount_paise: Amount


class EntryDisputed(Event, kw_only=True):
    """A customer denies an entry, or (`closed`) does so no more: of several about one entry the last counts.

    The balance stays as it is; nobody is reminded of what is denied. Why is in the detail, key `note`.
    """

    KIND: ClassVar[str] = "entry_disputed"
    NEEDS: ClassVar[int] = 4

    party: Number
    entry: EntryNumber
    status: Annotated[str, checked(one_of(*DISPUTE_STATUS))]
