"""What this machine wrote last in a book, against what stands there: a tail that was cut off, another history."""

from __future__ import annotations

import os
from typing import NamedTuple

from khata.log.chain import leaf
from khata.store.anchor import Anchor
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import Seq
from khata.verifying.stored import opened
from khata.verifying.tally import Tally


class Compared(NamedTuple):
    """Whether there was something to compare with, and the last entry that this machine wrote."""

    compared: bool
    written: Seq | None = None


def against_anchor(tally: Tally, anchor: Anchor | None, pages: ReadOnlyBook, last: int) -> Compared:
    """Hold the book against the mark; `last` is its last entry.

    A copy beside the book that this machine wrote may well be older, or salvaged: nothing can be said of it then.
    """
    first = opened(pages) if anchor is not None else None
    mark = anchor.read(first.book) if anchor is not None and first is not None else None
    if anchor is None or mark is None:
        return Compared(compared=False)
    written = mark.head.seq
    body = pages.body(written)  # now: another counter may have written it since this book was read
    if body is not None and (leaf(body) == mark.head.hash or tally.bad):
        return Compared(compared=True, written=written)
    if mark.path != anchor.path and os.path.lexists(mark.path):  # it never fails, whatever the mark says
        return Compared(compared=False, written=written)
    if body is None:
        tally.fault("anchor", last + 1, "cut_off")
    else:
        tally.fault("anchor", 0, "other_history")
    return Compared(compared=True, written=written)
