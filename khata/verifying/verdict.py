"""What verification found: results, codes and places, no prose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from khata.units import At, Day, Paise, Seq

if TYPE_CHECKING:
    from khata.verifying.point import Point

LISTED = 100
"""Faults that are listed; more are only counted."""

CHECKS = ("schema", "chain", "details", "replay", "anchor", "checkpoint")

_NONE = Seq(0)

Result = Literal["unbroken", "broken", "incomplete"]


class Check(NamedTuple):
    """One check and how it went."""

    check: str
    result: Literal["ok", "bad", "not_checked"]


class Fault(NamedTuple):
    """What does not hold: the check, the entry (None where it is no entry's), and a code."""

    check: str
    entry: Seq | None
    code: str


@dataclass(slots=True, kw_only=True)
class Verdict:
    """Whether a book is as it was written.

    Attributes:
        result: `incomplete` if hashes hold and some meaning needs a newer khata.
        entries: rows that were read.
        head: the last entry's hash, 64 hex.
        first_bad_entry: the first entry of which the chain or its details say that it is not as it was recorded;
            None if only the schema or the cache is at fault.
        first_bad_on: its business day, where it can still be read.
        holds_upto: the last entry of the prefix that holds.
        chain_upto: the same by the chain alone: names and notes up to there may be lost.
        written: the last entry that this machine wrote in this book, wherever it did; None if it never did.
        checks: one for each name in CHECKS, in that order.
        faults: the first LISTED; `fault_count` counts all.
        unknown: entries whose meaning needs a newer khata.
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
    head: str
    checks: tuple[Check, ...]
    faults: tuple[Fault, ...] = ()
    fault_count: int = 0
    first_bad_entry: Seq | None = None
    first_bad_on: Day | None = None
    holds_upto: Seq = _NONE
    chain_upto: Seq = _NONE
    written: Seq | None = None
    unknown: int = 0
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

    @property
    def not_checked(self) -> tuple[str, ...]:
        """The checks that were not made."""
        return tuple(check.check for check in self.checks if check.result == "not_checked")
