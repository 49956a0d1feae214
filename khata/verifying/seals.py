"""Sealed balances, held against what the entries come to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from khata.log.book import Detail, Reading
from khata.log.chain import Entry, Head
from khata.log.errors import ViewsDifferError
from khata.postings.seals import BalanceTree
from khata.questions.sealing import everybody
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import Day, Seq
from khata.verifying.tally import Tally
from khata.views.cache import Cache
from khata.views.catch_up import catch_up
from khata.views.compare import CacheLook
from khata.views.cut import Cut


def check_seals(tally: Tally, pages: ReadOnlyBook, views: CacheLook | None, compared_upto: int) -> None:
    """Each seal must be that of the balances as they were, on its day and as known at its entry.

    One whose seed was erased says nothing any more.

    Args:
        tally: with the seals that were read.
        pages: the book, whose chain holds.
        views: its cache; None if there is none.
        compared_upto: the last entry up to which that was found to say what the book says.
    """
    seals = [each for each in sorted(tally.seals) if each[5]]
    if not seals:
        return
    reach = max(upto for _, _, _, _, upto, _ in seals)
    with _views(pages, views if compared_upto >= reach else None) as connection:
        for seq, as_on, leaves, root, upto, seed in seals:
            try:
                found = everybody(connection, Cut(Day(as_on), Seq(upto), everything=False))
                tree = BalanceTree(found, Day(as_on), bytes.fromhex(seed))
                holds = (tree.size, tree.root().hex()) == (leaves, root)
            except (ValueError, ViewsDifferError):
                holds = False
            if not holds:
                tally.fault("chain", seq, "sealed_differs")


@contextmanager
def _views(pages: ReadOnlyBook, views: CacheLook | None) -> Iterator[sqlite3.Connection]:
    """Views to be asked: the cache, where it is as good as a replay; else a replay in memory."""
    if views is not None:
        yield views.connection
        return
    with closing(Cache(None)) as cache:
        catch_up(_AsItStands(pages), cache)
        yield cache.connection


class _AsItStands:
    """A book for catching up in memory, read through a connection that cannot write."""

    def __init__(self, pages: ReadOnlyBook) -> None:
        self._pages = pages

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """Each look is a moment of its own: what stands there only grows, and nobody asks beyond what was verified."""
        yield self

    def elsewhere(self) -> None:
        """No other process is to read it."""

    def head(self) -> Head:
        """The last entry's place and hash."""
        return self._pages.standing().head

    def entries(self, first: int, last: int) -> Iterator[Entry]:
        """Entries from `first` to `last`, both inclusive; what lies astray was looked for before."""
        return map(Entry._make, self._pages.entries(max(first, 1), min(last, self.head().seq))[1])

    def details(self, first: int, last: int) -> Iterator[Detail]:
        """Details of these entries."""
        first, last = max(first, 1), min(last, self.head().seq)
        while first <= last:
            found = self._pages.pages(first, last)
            yield from map(Detail._make, found.details)
            first = found.last + 1

    def overfull(self, after: int) -> bool:
        """Whether the entries after one have more bytes than the file."""
        return self._pages.overfull(after)
