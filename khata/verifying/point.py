"""A verified point: an entry up to which a book was found whole, and what the entries after it are held against."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from khata.events.base import LARGEST
from khata.log.chain import leaf
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import Seq
from khata.verifying.tally import WHOLE, Months, Tally

VERSION = 1


@dataclass(slots=True)
class Point:
    """What a verification leaves for the next one. Nothing of it is a name: it lies outside the book.

    Attributes:
        seq: the last entry that was read.
        hash: its hash.
        at: when it was verified, UTC; set by whoever keeps it.
        tally: what was gathered up to there, as far as later entries are held against it.
    """

    seq: Seq
    hash: bytes
    at: str
    tally: Tally
    version: int = VERSION

    def holds(self, pages: ReadOnlyBook) -> bool:
        """Whether the book still has this entry, to the byte."""
        body = pages.body(self.seq)
        return body is not None and leaf(body) == self.hash


def carried(tally: Tally) -> Tally:
    """What is kept of a book's tally: who and what was declared, what is reversed, and each account's sums."""
    return Tally(
        rows=tally.rows,
        details=tally.details,
        opened=sorted(tally.opened),
        continues=tally.continues,
        counters=tally.counters,
        parties=sorted(tally.parties),
        imports=sorted(tally.imports),
        reversals=sorted(tally.reversals),
        not_money=sorted(tally.not_money),
        seen=_summed(tally.seen, tally.later),
    )


def _summed(*parts: Months) -> Months:
    sums: Months = {}
    for months in parts:
        for (party, account, _), (debit, credit) in months.items():
            both = sums.setdefault((party, account, WHOLE), [0, 0])
            both[0] += debit
            both[1] += credit
    return sums


def packed(point: Point) -> bytes:
    """A point as it is kept."""
    import msgspec

    return msgspec.msgpack.encode(point)


def unpacked(kept: bytes) -> Point | None:
    """A point that was kept; None if it is none, or one of another khata."""
    import msgspec

    try:
        point = msgspec.msgpack.decode(kept, type=Point)
        if point.at:
            datetime.fromisoformat(point.at)
    except ValueError:  # msgspec's own are, and so is what is no UTF-8
        return None
    whole = point.version == VERSION and point.tally.rows == point.seq and point.tally == carried(point.tally)
    return point if whole and 0 < point.seq <= LARGEST else None
