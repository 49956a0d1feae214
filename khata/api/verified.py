"""The whole of a book verified, with what this machine remembers of it: what it wrote, what it verified before."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from khata.api.desk import Desk
from khata.log.chain import Head
from khata.store.checkpoints import Checkpoints
from khata.store.points import Points

if TYPE_CHECKING:
    from khata.log.note import VerifierKey
    from khata.verifying.against_signed import Signed
    from khata.verifying.point import Point
    from khata.verifying.verdict import Timestamp, Verdict
    from khata.verifying.verify import VerifyProgress


class Verified:
    """Where verifications of the book that is meant left off on this machine.

    Args:
        desk: the book.

    Attributes:
        book: 32 hex, as the book says it, or else this machine's mark; "" if neither does.
        point: the last verified point; None if there is none, or none that can be read.
        unreadable: whether something was kept, and what it was cannot be read.
    """

    def __init__(self, desk: Desk) -> None:
        from khata.store.sqlite.readonly import ReadOnlyBook
        from khata.verifying.against_anchor import book_of
        from khata.verifying.point import unpacked
        from khata.verifying.stored import opened

        self._desk, self._points = desk, Points(desk.places.verified)
        with closing(ReadOnlyBook(desk.book_path)) as pages:
            self._named = opened(pages) is not None
            self.book = book_of(pages, desk.anchor)
        kept = self._points.read(self.book)
        self.point: Point | None = unpacked(kept) if kept is not None else None
        self.unreadable = kept is not None and self.point is None

    def verify(self, progress: VerifyProgress | None = None, *, since: bool = False, links: bool = False) -> Verdict:
        """As the function of that name; `since`: go on from the point. It stays where it was: see `keep`."""
        from khata.verifying.verdict import Earlier
        from khata.verifying.verify import verify

        desk = self._desk
        verdict = verify(
            desk.book_path,
            desk.cache_path,
            anchor=desk.anchor,
            progress=progress,
            since=self.point if since and self._named else None,  # else an entry before it is damaged
            earlier=self.point,
            links=links,
            signed=None if links else self._signed(),
        )
        if self.unreadable:
            verdict.earlier = Earlier("unreadable")
        if verdict.mark == "none":
            if desk.places.own_counter() in verdict.counters:
                verdict.mark_is("gone")
            elif desk.places.knows(desk.book_path):
                verdict.mark_is("known")
        return verdict

    def _signed(self) -> Signed:
        """The checkpoints of the book that are kept on this machine, and are signed by a key of the shop."""
        from khata.api.evidence import known_checkpoints

        return known_checkpoints(self._desk, self.book)

    def own_keys(self) -> list[VerifierKey]:
        """The key of the book that is on this machine, where one is and can be read."""
        from khata.api.evidence import own_keys

        return own_keys(self._desk, self.book)

    def stamped(self, verdict: Verdict) -> Timestamp | None:
        """When an authority saw the largest of its checkpoints that hold; None if none did."""
        from khata.evidence.timestamps import Timestamps

        places = self._desk.places
        kept = Checkpoints(places.checkpoints, places.signed, self.book)
        return Timestamps(kept).upto(verdict.sealed.upto) if verdict.sealed.upto and kept.stamped() else None

    def lost(self) -> Head | None:
        """The entry of the point, if the book does not have it and nothing in it gives it up."""
        from khata.store.sqlite.readonly import ReadOnlyBook
        from khata.verifying.against_anchor import End
        from khata.verifying.against_point import against_point
        from khata.verifying.tally import Tally

        if self.point is None:
            return None
        with closing(ReadOnlyBook(self._desk.book_path)) as pages:
            standing = pages.standing()
            end = End(min(standing.head.seq, standing.most), standing.torn)
            found = against_point(Tally(), self.point, pages, end, beside=False)
        return Head(self.point.seq, self.point.hash) if found.result == "bad" else None

    def keep(self, verdict: Verdict) -> None:
        """Note where a verification left off, if all was well."""
        if verdict.point is not None:
            from khata.pen import stamp
            from khata.verifying.point import packed

            verdict.point.at = stamp(self._desk.now())
            self._points.keep(self.book, packed(verdict.point))
