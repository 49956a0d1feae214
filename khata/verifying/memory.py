"""What this machine remembers of a book, held against the book: all of it lies outside the book."""

from __future__ import annotations

from typing import NamedTuple

from khata.store.anchor import Anchor
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.verifying.against_anchor import Compared, End, against_anchor
from khata.verifying.against_point import against_point
from khata.verifying.against_signed import Signed, against_signed
from khata.verifying.point import Point
from khata.verifying.tally import LISTED, Tally
from khata.verifying.verdict import OF_SEALS, Earlier, Sealed


class Remembered(NamedTuple):
    """How all of it was found."""

    mark: Compared
    earlier: Earlier | None
    sealed: Sealed

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
    """What this machine wrote last, up to where it verified the book before, and what was signed of it.

    None where that is not known.
    """

    anchor: Anchor | None
    point: Point | None
    signed: Signed | None = None

    def compare(self, tally: Tally, pages: ReadOnlyBook, end: End) -> Remembered:
        """Hold all of it against the book; what contradicts it is a fault in the tally."""
        mark = against_anchor(tally, self.anchor, pages, end)
        point, older = self.point, mark.mark == "older"
        earlier = against_point(tally, point, pages, end, beside=older) if point is not None else None
        sealed = Sealed()
        # Of a chain that does not hold no root could be made; and of more faults than are listed nobody knows.
        holds = len(tally.faults) < LISTED and not any(code in OF_SEALS for _, _, code in tally.faults)
        if self.signed is not None and holds:
            sealed = against_signed(tally, self.signed, pages, end, beside=older)
        return Remembered(mark, earlier, sealed)
