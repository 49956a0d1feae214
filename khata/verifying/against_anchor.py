"""What this machine wrote last in a book, against what stands there: a tail that was cut off, another history."""

from __future__ import annotations

import os
from contextlib import closing
from typing import NamedTuple

from khata.log.chain import leaf
from khata.log.errors import BookError
from khata.store.anchor import Anchor, Mark
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import Seq
from khata.verifying.stored import opened
from khata.verifying.tally import Tally
from khata.verifying.verdict import Marked


class End(NamedTuple):
    """Where a book ends: its last entry, as far as it can be read; `torn` if more may come after it."""

    last: int
    torn: bool

    def may_hide(self, entry: int) -> bool:
        """Whether an entry that cannot be read may stand there all the same: then the chain has its fault."""
        return self.torn or entry <= self.last


class Compared(NamedTuple):
    """How the mark was found.

    written: the entry that it names. beside: whether it was made in another file, which stands where it was.
    other_book: the last entry that this machine wrote in another book, at this very path.
    """

    mark: Marked
    written: Seq | None = None
    beside: bool = False
    other_book: Seq | None = None


def against_anchor(tally: Tally, anchor: Anchor | None, pages: ReadOnlyBook, end: End) -> Compared:
    """Hold the book against the mark.

    A copy beside the book that this machine wrote may well be older, or salvaged: nothing can be said of it then.
    """
    if anchor is None:
        return Compared("not_asked")
    book, here = book_of(pages, anchor), anchor.here()
    other = here[1].head.seq if here is not None and here[0] != book else None
    mark = anchor.read(book)
    if mark is None:
        return Compared("unreadable" if book and anchor.unreadable(book) else "none", other_book=other)
    beside = not anchor.is_here(mark) and _stands_elsewhere(mark, pages)
    return Compared(_held_against(tally, mark, pages, end, beside=beside), mark.head.seq, beside, other)


def book_of(pages: ReadOnlyBook, anchor: Anchor) -> str:
    """The book's id (32 hex): from its first entry, or else the one that this machine wrote there; "" for neither."""
    first = opened(pages)
    if first is not None:
        return first.book
    here = anchor.here()
    return here[0] if here is not None else ""


def _held_against(tally: Tally, mark: Mark, pages: ReadOnlyBook, end: End, *, beside: bool) -> Marked:
    written = mark.head.seq
    body = pages.body(written)  # now: another counter may have written it since this book was read
    if body is not None and leaf(body) == mark.head.hash:
        return "ok"
    if beside:
        return "older"
    if body is None and end.may_hide(written):
        return "unread"
    if body is None:
        tally.fault("anchor", end.last + 1, "cut_off")
    elif not tally.bad:
        # Of a book that was damaged or tampered with the chain tells where.
        tally.fault("anchor", 0, "other_history")
    return "bad"


def _stands_elsewhere(mark: Mark, pages: ReadOnlyBook) -> bool:
    """Whether the file in which the mark was made is there; one that is damaged may be what the copy is kept for."""
    if not os.path.exists(mark.path):  # noqa: PTH110 - Path.exists raises for a path that is too long
        return False
    try:
        with closing(ReadOnlyBook(mark.path)) as there:
            theirs, ours = opened(there), opened(pages)
    except BookError:
        return True
    return theirs is None or ours is None or theirs.book == ours.book
