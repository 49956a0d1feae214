"""What verification found: results, codes and places, no prose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from khata.units import At, Day, Paise, Seq
from khata.verifying.point import Point

CHECKS = ("schema", "chain", "details", "replay", "anchor", "checkpoint")

_NONE = Seq(0)

Result = Literal["unbroken", "broken", "incomplete"]
CheckResult = Literal["ok", "bad", "not_checked"]


class Check(NamedTuple):
    """One check and how it went."""

    check: str
    result: CheckResult


class Fault(NamedTuple):
    """What does not hold: the check, the entry (None where it is no entry's), and a code."""

    check: str
    entry: Seq | None
    code: str


Marked = Literal["not_asked", "none", "gone", "known", "unreadable", "unread", "older", "ok", "bad"]
"""What was found of this machine's mark. `none`: there is none; `gone`: though it wrote here; `known`: though the book
is in use here. `unread`: the entry that it names cannot be read. `older`: it was made in another file, and this is a
copy that does not have that entry."""


class Earlier(NamedTuple):
    """An entry up to which this machine verified the book before, and when.

    result: `ok` if it still stands there; `given_up` by the adoption in the entry `adopted`, on that day; `older` if
    this is a copy that ends before it; `unread` if the entry cannot be read; `unreadable` if what was kept cannot.
    """

    result: Literal["ok", "bad", "older", "given_up", "unread", "unreadable"]
    entry: Seq | None = None
    at: At | None = None
    adopted: Seq | None = None
    adopted_on: Day | None = None


class SeenBy(NamedTuple):
    """A witness that signed a checkpoint: its name, of how many entries, and when (POSIX seconds)."""

    name: str
    upto: Seq
    at: int


OF_SEALS = frozenset(
    ("not_bytes", "hash_differs", "bad_length", "missing", "out_of_order", "out_of_place", "link_differs", "unreadable")
)
"""The faults of the chain that its seals show; of the others the entries tell by what they say."""


class Timestamp(NamedTuple):
    """A checkpoint of so many entries was there at an instant (POSIX seconds), says an authority that keeps time."""

    size: int
    at: int
    authority: str


class Notice(NamedTuple):
    """What the book says of itself that nobody should have to look for, and the entry that says it.

    upto: of an adoption, the last entry of the copy that it gave up.
    """

    entry: Seq
    notice: Literal["adopted", "rotated", "lost"]
    upto: Seq | None = None


class Sealed(NamedTuple):
    """What was found of the checkpoints that are known of a book.

    Attributes:
        compared: how many hold.
        upto: the entries of the largest of them.
        seen: of each witness the largest that it signed, and that holds; the largest first.
        differs: the smallest that does not hold: something between `upto` and it was changed.
        missing_upto: the largest that has more entries than the book.
        given_up: the largest that an adoption gave up.
    """

    compared: int = 0
    upto: Seq = _NONE
    seen: tuple[SeenBy, ...] = ()
    differs: Seq = _NONE
    missing_upto: Seq = _NONE
    given_up: Seq = _NONE

    @property
    def protected_upto(self) -> Seq:
        """The last entry that somebody outside of the shop vouches for; 0 for none."""
        return self.seen[0].upto if self.seen else _NONE

    def with_one(self, size: int, seen: tuple[SeenBy, ...]) -> Sealed:
        """With one more that holds; they come in the order of their sizes."""
        latest = {each.name: each for each in (*reversed(self.seen), *seen)}
        ordered = sorted(latest.values(), key=lambda each: (-each.upto, each.at, each.name))
        return self._replace(compared=self.compared + 1, upto=Seq(size), seen=tuple(ordered))


_UNSEALED = Sealed()


@dataclass(slots=True, kw_only=True)
class Verdict:
    """Whether a book is as it was written.

    Attributes:
        result: `incomplete` if hashes hold and some meaning needs a newer khata.
        entries: how many the book has, as far as it could be read.
        read: how many of them were read now; the others were verified before (`since`).
        head: the last entry's hash, 64 hex.
        first_bad_entry: the first entry of which the chain or its details say that it is not as it was recorded;
            None if only the schema or the cache is at fault.
        first_bad_on: its business day, where it can still be read.
        holds_upto: the last entry of the prefix that holds, as far as all that is held against it tells.
        chain_upto: the same by the chain alone: names and notes up to there may be lost.
        mark: what was found of this machine's mark.
        written: the last entry that this machine wrote in this book, wherever it did; None if no mark says so.
        other_book: the last entry that it wrote in another book, which stood at this path; None if it did not.
        earlier: what was verified here before; None if that is not known.
        checks: one for each name in CHECKS, in that order.
        faults: the first ones; `fault_count` counts all.
        sealed: what was found of the checkpoints.
        notices: what the book says of losses and of its keys, in the order of its entries; () with `links`.
        unknown: entries whose meaning needs a newer khata.
        forms: names and notes that do.
        counters: the counters that the book declares (8 hex), as far as it was read.
        last_on: the last entry's business day.
        last_at: when it was recorded.
        names_and_notes: details that are as they were committed to.
        to_receive_paise: what is due in all, recomputed from the entries; None if replay was not checked.
        to_give_paise: the advances in all.
        parties: how many parties the book knows.
        compared_upto: the last entry whose rows in the cache were compared; 0 without a cache of this history.
        links: whether hashes and links alone were checked.
        since: the verified point that this verification went on from.
        point: where a later one can go on from; None unless all is well.
    """

    result: Result
    entries: int
    read: int = 0
    head: str
    checks: tuple[Check, ...]
    faults: tuple[Fault, ...] = ()
    fault_count: int = 0
    first_bad_entry: Seq | None = None
    first_bad_on: Day | None = None
    holds_upto: Seq = _NONE
    chain_upto: Seq = _NONE
    mark: Marked = "not_asked"
    written: Seq | None = None
    other_book: Seq | None = None
    earlier: Earlier | None = None
    sealed: Sealed = _UNSEALED
    notices: tuple[Notice, ...] = ()
    unknown: int = 0
    forms: int = 0
    counters: frozenset[str] = frozenset()
    last_on: Day | None = None
    last_at: At | None = None
    names_and_notes: int = 0
    to_receive_paise: Paise | None = None
    to_give_paise: Paise | None = None
    parties: int | None = None
    compared_upto: Seq = _NONE
    links: bool = False
    since: Point | None = None
    point: Point | None = None

    def mark_is(self, found: Marked) -> None:
        """Say more of a mark that was not found: then there is nothing to compare with."""
        self.mark = found
        self.checks = tuple(
            Check("anchor", "not_checked") if check == ("anchor", "ok") else check for check in self.checks
        )

    @property
    def not_checked(self) -> tuple[str, ...]:
        """The checks that were not made."""
        return tuple(check.check for check in self.checks if check.result == "not_checked")
