"""An entry up to which this machine verified a book before, against what stands there now."""

from __future__ import annotations

from khata.events.adoption import gives_up
from khata.events.book import CopyAdopted
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import At
from khata.verifying.against_anchor import End
from khata.verifying.point import Point
from khata.verifying.stored import of_kind
from khata.verifying.tally import Tally
from khata.verifying.verdict import Earlier


def against_point(tally: Tally, point: Point, pages: ReadOnlyBook, end: End, *, beside: bool) -> Earlier:
    """Hold the book against the point.

    Where the entry is not there any more, an adoption that stands in the book may have given it up.

    Args:
        tally: for the fault.
        point: the point.
        pages: the book.
        end: where it ends.
        beside: whether this is known to be a copy beside the book in which this machine writes.
    """
    at = At(point.at)
    if point.holds(pages):
        return Earlier("ok", point.seq, at)
    for recorded in of_kind(pages, 1, end.last, CopyAdopted):
        if gives_up(recorded.event, recorded.seq, point.seq, point.hash.hex()):
            return Earlier("given_up", point.seq, at, recorded.seq, recorded.on)
    if pages.body(point.seq) is None and end.may_hide(point.seq):
        return Earlier("unread", point.seq, at)
    if beside and point.seq > end.last:
        return Earlier("older", point.seq, at)
    tally.fault("anchor", min(point.seq, end.last + 1), "not_as_verified")
    return Earlier("bad", point.seq, at)
