"""The part of a damaged book that holds: its first entries, and those of their details that are what they should be."""

from __future__ import annotations

from collections.abc import Iterator

from khata.events import codec
from khata.events.base import MalformedError, Recorded, Unknown, mark_of
from khata.events.book import DetailErased
from khata.events.erasure import covers
from khata.log.book import Detail
from khata.log.chain import Entry, leaf
from khata.log.errors import DiskError
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import Seq
from khata.verifying.stored import recorded

_ERASURE = mark_of(DetailErased)

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
        self._erasures: list[DetailErased] = []
        self.lost: list[Seq] = []

    def entries(self) -> Iterator[Entry]:
        """Their bytes as they are stored."""
        for first in range(1, self.last + 1, STEP):
            for row in self._pages.entries(first, min(self.last, first + STEP - 1))[1]:
                entry = Entry._make(row)
                if _ERASURE in entry.body:
                    event = codec.read(entry.body).event
                    self._erasures += [event] if isinstance(event, DetailErased) else []
                yield entry

    def details(self) -> Iterator[Detail]:
        """The details that are what they should be, to be taken after all entries.

        Afterwards `lost` names the entries without theirs; one that an erasure covers is not lost, and left out.
        """
        upto = 0
        while upto < self.last:
            pages = self._pages.pages(upto + 1, min(self.last, upto + STEP))
            upto = pages.last
            details = {row[0]: row for row in pages.details}
            for seq, body, _ in pages.entries:
                recorded = codec.read(body)
                event, found = recorded.event, details.get(seq)
                if isinstance(event, Unknown):
                    if found is not None:
                        yield Detail._make(found)
                elif (event.detail is not None or found is not None) and not self._is_erased(recorded):
                    if found is not None and _is_kept(found, event.detail):
                        yield Detail._make(found)
                    elif event.detail is not None:
                        self.lost.append(seq)

    def _is_erased(self, recorded: Recorded) -> bool:
        return any(covers(erasure, recorded, self._recorded) for erasure in self._erasures)

    def _recorded(self, seq: Seq) -> Recorded:
        found = recorded(self._pages, seq)
        if found is None:  # the chain held up to there a moment ago
            raise DiskError(path=str(self._pages.path), reason=f"entry {seq} can no longer be read")
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
    """Whether a detail is what `verify` wants of one."""
    _, salt, body, form = row
    if form != 0:
        return commitment is not None and type(salt) is bytes and type(body) is bytes
    try:
        codec.said(commitment, salt, body)
    except MalformedError:
        return False
    return True
