"""A verified point: an entry up to which a book was found whole, and what the entries after it are held against."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from khata.events.base import MalformedError, instant
from khata.log.chain import leaf
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import LARGEST, Seq
from khata.verifying.tally import WHOLE, AccountMonths, Tally
from khata.views.laws import Gathered, merge
from khata.views.schema import TABLES

VERSION = 5
_DIGEST = 32


@dataclass(slots=True)
class Point:
    """What a verification leaves for the next one. Nothing of it is a name: it lies outside the book.

    Attributes:
        seq: the last entry that was read.
        hash: its hash.
        at: when it was verified, UTC; set by whoever keeps it, and until then empty.
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
        keys=sorted(tally.keys),
        adoptions=sorted(tally.adoptions),
        seen=summed(tally.seen, tally.later),
        made=_without_words(tally.made, tally.beyond),
    )


def _without_words(*parts: Gathered) -> Gathered:
    """Rows of the whole, but for what is made of words: nothing of a point is a name."""
    made: Gathered = {}
    for part in parts:
        merge(TABLES, made, part)
    for table in TABLES:
        said = [table.at[name] for name, law in table.laws.items() if law.words]
        for row in made.get(table.name, {}).values():
            for at in said:
                row[at] = None
    return made


def summed(*parts: AccountMonths) -> AccountMonths:
    """The sums of each account over all months."""
    sums: AccountMonths = {}
    for months in parts:
        for (party, account, _), (debit, credit) in months.items():
            both = sums.setdefault((party, account, WHOLE), [0, 0])
            both[0] += debit
            both[1] += credit
    return sums


def packed(point: Point) -> bytes:
    """A point as it is kept: a SHA-256 over it, so that a damaged one is never believed, and the point."""
    import msgspec

    content = msgspec.msgpack.encode(point)
    return sha256(content).digest() + content


def unpacked(kept: bytes) -> Point | None:
    """A point that was kept; None if it is none, a damaged one, or one of another khata."""
    import msgspec

    digest, content = kept[:_DIGEST], kept[_DIGEST:]
    if sha256(content).digest() != digest:
        return None
    try:
        point = msgspec.msgpack.decode(content, type=Point)
        if point.at:
            instant(point.at)
    except (msgspec.MsgspecError, MalformedError, RecursionError):
        return None
    whole = point.version == VERSION and point.tally.rows == point.seq and point.tally == carried(point.tally)
    return point if whole and 0 < point.seq <= LARGEST else None
