"""The part of a damaged book that holds: its first entries, and those of their details that are what they should be."""

from __future__ import annotations

from collections.abc import Iterator

from khata.events import codec
from khata.events.base import MalformedError, Recorded, Unknown
from khata.events.book import DetailErased
from khata.events.erasure import covers
from khata.log.book import Detail
from khata.log.chain import Entry, leaf
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import Seq
from khata.verifying.stored import recorded

STEP = 1024
"""Entries that are read at a time."""


class Prefix:
    """The entries of a book up to one, of which the chain says that they hold.

    Args:
        pages: the damaged book.
        last: the last entry that holds (`Verdict.chain_upto`).
    """

    def __init__(self, pages: ReadOnlyBook, last: Seq) -> None:
        self._pages, self.last = pages, last
        self.lost: list[Seq] = []

    def entries(self) -> Iterator[Entry]:
        """Their bytes as they are stored."""
        for first in range(1, self.last + 1, STEP):
            _, rows, _ = self._pages.entries(first, min(self.last, first + STEP - 1))
            yield from (Entry._make(row) for row in rows)

    def details(self) -> Iterator[Detail]:
        """The details that are what their entries committed to. Afterwards `lost` names the entries without theirs."""
        missing: list[Seq] = []
        erasures: list[DetailErased] = []
        upto = 0
        while upto < self.last:
            pages = self._pages.pages(upto + 1, min(self.last, upto + STEP))
            upto = pages.last
            details = {row[0]: row for row in pages.details}
            for seq, body, _ in pages.entries:
                event = codec.read(body).event
                if isinstance(event, DetailErased):
                    erasures.append(event)
                found = details.get(seq)
                if found is not None and (isinstance(event, Unknown) or _is_kept(found, event.detail)):
                    yield Detail._make(found)
                elif not isinstance(event, Unknown) and event.detail is not None:
                    missing.append(seq)
        self.lost = [seq for seq in missing if not self._explained(seq, erasures)]

    def _explained(self, seq: Seq, erasures: list[DetailErased]) -> bool:
        entry = self._recorded(seq)
        return any(covers(erasure, entry, self._recorded) for erasure in erasures)

    def _recorded(self, seq: Seq) -> Recorded:
        found = recorded(self._pages, seq)
        assert found is not None  # noqa: S101 - the chain holds up to there
        return found

    def beyond(self, upto: Seq) -> Iterator[Recorded]:
        """What can still be read after them, to the last entry that the file has."""
        for first in range(self.last + 1, upto + 1, STEP):
            for _, body, digest in self._pages.entries(first, min(upto, first + STEP - 1))[1]:
                if type(body) is bytes and leaf(body) == digest:
                    try:
                        yield codec.read(body)
                    except MalformedError:
                        continue


def _is_kept(row: tuple[object, ...], commitment: str | None) -> bool:
    _, salt, body, form = row
    if commitment is None or type(salt) is not bytes or type(body) is not bytes:
        return False
    return form != 0 or codec.commitment(salt, body) == commitment
