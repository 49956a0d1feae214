"""What every rule shares: a command, a refusal, a draft of an event, and what a rule may ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol

from msgspec import Struct
from msgspec.structs import replace

from khata.events.base import Event, Recorded
from khata.log.chain import Head
from khata.units import At, Day, Paise, Party, Seq


class Named(NamedTuple):
    """A party by its exact name or alias, for when its number is not known yet.

    `add`: declare it if nobody has that name.
    """

    name: str
    add: bool = False
    phone: str | None = None


Who = Party | Named


class Command(Struct, kw_only=True):
    """What somebody wants recorded.

    Attributes:
        id: 32 hex made before the first try, so that a retry records once; None where nobody will retry.
        on: the business day; None for today.
        note: free text, kept where it can be forgotten.
        ref: somebody else's reference, unique in the book.
        once: with `ref`: a reference that stands in the book already is not a fault.
        MAKES: the event of its entry, where that is always the same; by it a retry is known.
        OWN_DAYS: whether its entries have days that it says itself, so that `on` is none of theirs.
        BULK: whether nothing that follows in its commit asks for what it made: it may be a million entries.
    """

    MAKES: ClassVar[type[Event]] = Event
    OWN_DAYS: ClassVar[bool] = False
    BULK: ClassVar[bool] = False

    id: str | None = None
    on: Day | None = None
    note: str | None = None
    ref: str | None = None
    once: bool = False

    @property
    def meant(self) -> frozenset[str]:
        """Codes of slips that are none here: whoever typed it said that it is meant so."""
        return frozenset()

    def decide(self, facts: Facts) -> Decision:
        """The events that this command makes: each topic's own rule. Raises Refused."""
        raise NotImplementedError


class Draft(NamedTuple):
    """An event about to be recorded: its day, its free text, and its id if the command brought one."""

    event: Event
    on: Day
    words: Mapping[str, Any] | None = None
    id: str | None = None


def says_the_same(one: Event, other: Event) -> bool:
    """Whether two events say the same, but for what links them to other entries and to their own words."""
    return type(one) is type(other) and one == replace(
        other, corrects=one.corrects, imported=one.imported, detail=one.detail
    )


class AlreadyRecorded(NamedTuple):
    """The entry that an earlier try of the same command made."""

    entry: Seq


Decision = list[Draft] | AlreadyRecorded


class PartyFacts(Protocol):
    """What a rule may know of a party; amounts in paise, the balance positive when the party owes the shop."""

    @property
    def record(self) -> Mapping[str, Any]:
        """The whole detail as it is now: name, aliases, phone, address."""

    @property
    def balance_paise(self) -> int:
        """With all that is recorded."""

    @property
    def largest_paise(self) -> int:
        """The largest entry so far."""

    @property
    def forgotten(self) -> bool:
        """Whether its details were erased."""


class PendingFacts(Protocol):
    """What a rule may know of a payment on its way: whose it is, its paise and its reference."""

    @property
    def party(self) -> Party:
        """Whose account it will settle."""

    @property
    def amount_paise(self) -> Paise:
        """What is to come."""

    @property
    def ref(self) -> str | None:
        """Somebody else's reference."""


class Facts(Protocol):
    """What a rule may ask. The views satisfy it by shape; rules and views do not know each other."""

    today: Day
    at: At
    by: str
    head: Seq
    importing: Seq | None
    missed: Head | None
    """What this machine wrote last, where the book at hand does not have it."""
    largest_sum_paise: int
    """No sum of `totals` is more."""

    @property
    def opened_on(self) -> Day | None:
        """The day on which the book was opened; None before."""

    @property
    def shop(self) -> Mapping[str, str]:
        """What the shop says of itself: `shop`, its name, and `lang`; where known `state`, `gstin`, `payee`."""

    @property
    def signing_key(self) -> str | None:
        """The verifier key that signs for the book, where an entry says so."""

    @property
    def locked_upto(self) -> Day | None:
        """The last day that is locked; None where none is."""

    def locked_before(self, entry: Seq) -> Day | None:
        """The last day that was locked when an entry was recorded; None where none was."""

    @property
    def totals(self) -> Mapping[str, Sequence[int]]:
        """What each account was debited and credited in all, in paise; those of all parties are one."""

    def party(self, number: Party) -> PartyFacts | None:
        """What is known of a party; None if the number was never declared."""

    def named(self, name: str) -> Sequence[Party]:
        """The persons that have exactly this name or alias, each by the number that stands for all of theirs."""

    def person(self, number: Party) -> Party:
        """The number that stands for a party: its own, or that of the party to which it was joined."""

    def khatas(self, number: Party) -> Sequence[Party]:
        """All numbers that one number stands for, itself first."""

    def joined_to(self, number: Party) -> Party | None:
        """The party to which this one was joined; None for one that stands by itself."""

    def joined_abroad(self, identity: str) -> Party | None:
        """The party to which another book's party, of this id (32 hex), was joined; None if it was not, or no more."""

    def identity(self, number: Party) -> str:
        """The id (32 hex) of the entry that declares a party."""

    def next_party(self) -> Party:
        """The next free number."""

    def same_since(self, party: Party, kind: str, amount_paise: int, by: str, since: At) -> Iterator[Seq]:
        """The typed entries of this kind and amount with a party, by a counter, after an instant, the latest first."""

    def owed_on(self, party: Party, day: Day) -> Paise | None:
        """What a party owed at the end of a day, in paise; None if it had no account by then.

        Of what one commit records, only what is brought forward is looked at.
        """

    def of_kind(self, party: Party, kind: type[Event]) -> Sequence[Recorded]:
        """The entries of one kind of a party, in order, those of this commit aside."""

    def brought_on(self, party: Party) -> Day | None:
        """The latest day for which something that stands was brought forward for a party; None if nothing was."""

    def recorded(self, entry: Seq) -> Recorded | None:
        """An entry as it stands in the book; None if there is none."""

    def words(self, entry: Seq) -> Mapping[str, Any] | None:
        """The free text of an entry; None if there is none, or it was erased."""

    def reversed_by(self, entry: Seq) -> Seq | None:
        """The entry that reversed this one."""

    def ended_on(self, entry: Seq) -> Day | None:
        """From which day on what began with an entry does not come again; None while it does."""

    def left_out(self, entry: Seq) -> Sequence[tuple[Day, Day]]:
        """From which days to which, both included, what began with an entry is left out."""

    def reminded_on(self, party: Party) -> Day | None:
        """The last day on which a person was asked for what is owed; None if never."""

    def disputed_by(self, entry: Seq) -> Seq | None:
        """The entry by which a customer denies this one; None if he does not, or not any more."""

    def seq_of_id(self, event_id: str) -> Seq | None:
        """The entry that has this event id."""

    def seq_of_ref(self, ref: str) -> Seq | None:
        """The entry that has this reference, reversed ones aside; of several shares of one payment the last."""

    def all_with_ref(self, ref: str) -> Sequence[Seq]:
        """The entries that have this reference, reversed ones aside, in order: several for shares of a payment."""

    def pending(self) -> Mapping[Seq, PendingFacts]:
        """The payments on their way, each by the entry with which it began."""

    def settled(self, entry: Seq) -> tuple[Seq | None, str | None]:
        """By which entry a payment on its way was settled, and what came of it."""

    def import_of(self, sha256: str) -> Seq | None:
        """The entry of the import whose file had this SHA-256, if anything that it recorded still stands."""
