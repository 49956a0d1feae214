"""The chain alone: every hash and every link, with no look at what the entries say."""

from __future__ import annotations

import re
from binascii import hexlify
from typing import Any

from khata.log.chain import PLACE, ZEROS, Head, all_follow, leaf
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import Seq
from khata.verifying.tally import Tally

_PLACE = re.compile(PLACE)

Ties = tuple[bytes | None, bytes | None]
"""What the next entry may link to, in hex: the hash that stands in the row, and the body's if that is another."""


def check(tally: Tally, seq: int, body: Any, digest: Any, ties: Ties) -> Ties:
    """Check an entry's hash, its place and its link; returns what the next one may link to."""
    if type(body) is not bytes or type(digest) is not bytes:
        tally.fault("chain", seq, "not_bytes")
        return None, None
    computed = leaf(body)
    if computed != digest:
        tally.fault("chain", seq, "hash_differs")
    found = _PLACE.match(body)
    if found is None or int(found[2]) != seq:
        tally.fault("chain", seq, "out_of_place")
    elif ties[0] is not None and found[1] not in ties:
        # Both hold by themselves, and this one was made after another: the one before is what was changed.
        tally.fault("chain", max(1, seq - 1), "hash_differs" if seq > 1 else "link_differs")
    return hexlify(digest), None if computed == digest else hexlify(computed)


class Links:
    """Reads ranges of a book, in ascending order, into a tally of which only the chain's part is filled.

    Args:
        book: the book.
    """

    def __init__(self, book: ReadOnlyBook) -> None:
        self.tally = Tally()
        self._book = book

    def gathered(self) -> Tally:
        """The tally of all that was read."""
        return self.tally

    def read(self, first: int, last: int) -> None:
        """Check the entries from `first` to `last`, both inclusive."""
        before, rows, torn = self._book.entries(first, last)
        prev = link_to(before, first)
        if torn or prev is None or len(rows) != last - first + 1 or not all_follow(rows, Head(Seq(first - 1), prev)):
            self._walk(rows, first, last, prev, torn=torn)
        else:
            self.tally.rows += len(rows)

    def _walk(self, rows: list[tuple[Any, Any, Any]], first: int, last: int, prev: bytes | None, *, torn: bool) -> None:
        """The range entry by entry, to say what is not well and where."""
        tally, expected = self.tally, first
        ties: Ties = (hexlify(prev) if prev is not None else None, None)
        for seq, body, digest in rows:
            if seq < expected:
                tally.fault("chain", expected, "out_of_order")
                break
            if seq != expected:
                tally.fault("chain", expected, "missing")
                ties = (None, None)
            expected = seq + 1
            tally.rows += 1
            ties = check(tally, seq, body, digest, ties)
        if torn:
            tally.fault("chain", expected, "unreadable")
        elif expected <= last:
            tally.fault("chain", expected, "missing")


def link_to(before: tuple[Any, Any, Any] | None, first: int) -> bytes | None:
    """The hash that the first entry of a range must link to; None if the entry before it does not hold."""
    if first == 1:
        return ZEROS
    if before is None or type(before[1]) is not bytes or type(before[2]) is not bytes or leaf(before[1]) != before[2]:
        return None
    return before[2]
