"""What this machine remembers of a book, held against the book: all of it lies outside the book."""

from __future__ import annotations

from typing import NamedTuple

from khata.store.anchor import Anchor
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.verifying.against_anchor import Compared, End, against_anchor
from khata.verifying.against_point import against_point
from khata.verifying.point import Point
from khata.verifying.tally import Tally
from khata.verifying.verdict import Earlier


class Remembered(NamedTuple):
    """How both were found."""

    mark: Compared
    earlier: Earlier | None

    @property
    def compared(self) -> bool:
        """Whether there was something to compare with. A copy beside the book, or a lost mark, leaves that open."""
        if self.mark.mark in ("ok", "bad"):
            return True
        earlier = self.earlier.result if self.earlier is not None else ""
        return self.mark.mark in ("not_asked", "none") and earlier in ("ok", "bad", "given_up")

    @property
    def may_move(self) -> bool:
        """Whether a later verification may go on from this one: not from a copy beside the book that is written in."""
        return not self.mark.beside and (self.earlier is None or self.earlier.result in ("ok", "given_up"))


class Memory(NamedTuple):
    """What this machine wrote last, and up to where it verified the book before; None where that is not known."""

    anchor: Anchor | None
    point: Point | None

    def compare(self, tally: Tally, pages: ReadOnlyBook, end: End) -> Remembered:
        """Hold both against the book; what contradicts them is a fault in the tally."""
        mark = against_anchor(tally, self.anchor, pages, end)
        if self.point is None:
            return Remembered(mark, None)
        return Remembered(mark, against_point(tally, self.point, pages, end, beside=mark.mark == "older"))
