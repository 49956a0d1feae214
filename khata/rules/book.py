"""The book itself: opening it, its counters, its clock."""

from __future__ import annotations

from typing import Any, ClassVar

from khata.events.adoption import gives_up
from khata.events.book import BookOpened, ClockCorrected, CopyAdopted, CounterAdded
from khata.log.chain import Head
from khata.rules.base import Command, Decision, Draft, Facts
from khata.rules.refused import ReasonMissing, Refused


class OpenBook(Command, kw_only=True):
    """The first entry of a new book. `counter_name` is who types; `book` 32 hex."""

    MAKES: ClassVar = BookOpened

    book: str
    shop: str
    lang: str
    counter_name: str
    state: str | None = None
    gstin: str | None = None
    upi: str | None = None
    phone: str | None = None

    def decide(self, facts: Facts) -> Decision:
        """Exactly one event. Raises BookNotEmpty."""
        if facts.head:
            raise BookNotEmpty
        event = BookOpened(
            book=self.book,
            counter=facts.by,
            shop=self.shop,
            lang=self.lang,
            currency="INR",
            zone="+05:30",
            min_reader=1,
            min_writer=1,
            state=self.state,
            gstin=self.gstin,
        )
        words: dict[str, Any] = {"counter": self.counter_name}
        if self.upi:
            words["upi"] = self.upi
        if self.phone:
            words["phone"] = self.phone
        return [Draft(event, facts.today, words, self.id)]


class FixClock(Command, kw_only=True):
    """The clock had run ahead or far behind; from here on it is believed again."""

    MAKES: ClassVar = ClockCorrected

    reason: str

    def decide(self, facts: Facts) -> Decision:
        """An event whose own `at` is the real reading. Raises ReasonMissing."""
        if not self.reason:
            raise ReasonMissing
        return [Draft(ClockCorrected(), facts.today, {"reason": self.reason}, self.id)]


class AdoptCopy(Command, kw_only=True):
    """The book goes on from this copy, though this machine wrote more, or something else, in another one.

    `verified`: the last entry that this machine verified in it, where the copy does not have that either.
    """

    MAKES: ClassVar = CopyAdopted

    reason: str
    verified: Head | None = None

    def decide(self, facts: Facts) -> Decision:
        """An event that says what is given up; a second one for what was verified, if the first does not cover it.

        Raises:
            NothingToAdopt: the copy has all that this machine wrote and verified.
            ReasonMissing: nobody says why.
        """
        given_up = [CopyAdopted(size=head.seq, head=head.hash.hex()) for head in (facts.missed, self.verified) if head]
        if not given_up:
            raise NothingToAdopt
        if not self.reason:
            raise ReasonMissing
        first, last = given_up[0], given_up[-1]
        # It may be preceded by the entry that declares this counter.
        if gives_up(first, facts.head + 2, last.size, last.head):
            given_up = [first]
        ids = [None] * (len(given_up) - 1) + [self.id]
        words = {"reason": self.reason}
        return [Draft(event, facts.today, words, event_id) for event, event_id in zip(given_up, ids, strict=True)]


class BookNotEmpty(Refused):
    """A book is opened once."""

    code = "book_not_empty"


class ClockBehind(Refused):
    """The clock is 24 hours or more behind the last entry: one of the two is wrong."""

    code = "clock_behind"


class BookBehind(Refused):
    """The file lacks what this machine wrote last: an older copy, one whose end was cut off, or another history."""

    code = "book_behind"


class NothingToAdopt(Refused):
    """The file has all that this machine wrote."""

    code = "nothing_to_adopt"


def new_counter(by: str, name: str, facts: Facts) -> Draft:
    """The draft that declares a counter before its first entry."""
    return Draft(CounterAdded(counter=by), facts.today, {"counter": name})
