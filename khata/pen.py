"""The writing hand: gives each event of a commit its place, its instant, its salt, and the seals of many at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime

from khata.events import codec
from khata.events.base import Recorded
from khata.events.book import ClockCorrected, DetailErased
from khata.events.erasure import covers
from khata.log.book import Detail, Reading, Writing
from khata.log.chain import Entry, Head, sealed
from khata.rules.base import Draft
from khata.units import At, Seq
from khata.views.stored import event_of, recorded_by

FLUSH = 256
"""Entries that are sealed and go to the store at a time."""

ID = 16
"""Bytes of an id."""


class Pen:
    """Writes drafts after the head of a held book.

    Args:
        pages: the book, held.
        now: the clock's reading, aware, in UTC.
        new_id: gives 32 random hex.

    Attributes:
        head: the last entry that went to the store; after `flush`, the last one written.
        reading: the book with all that was written.
        last_at: that of the last entry before; None in an empty book.
        at: the instant of what is written now (UTC).
        clock: the clock's own reading, where it was held back.
        by: the counter that writes, 8 hex.
    """

    def __init__(self, pages: Writing, now: datetime, new_id: Callable[[], str]) -> None:
        self._pages = pages
        self._new_id = new_id
        self.head: Head = pages.head()
        self._last = self.head.seq
        self.reading: Reading = _Written(self, pages)
        self.last_at = self._last_at()
        self.at, self.clock = _at(now, self.last_at)
        self.by = ""
        self._unsealed: list[Recorded] = []
        self._details: list[Detail] = []
        self._ids = self._fresh_ids()

    def _fresh_ids(self) -> Iterator[str]:
        for _ in range(FLUSH):
            yield self._new_id()
        while True:
            # Asking the system for each would take longer than sealing it. They are this pen's, and last no longer: a
            # process that is split in two must not give the same id twice, for the second entry would pass for a retry.
            seed = bytes.fromhex(self._new_id() + self._new_id())
            many = hashlib.shake_256(seed).hexdigest(FLUSH * ID)
            for start in range(0, len(many), 2 * ID):
                yield many[start : start + 2 * ID]

    def _last_at(self) -> At | None:
        for entry in self._pages.entries(self.head.seq, self.head.seq):
            return event_of(entry).at
        return None

    def append(self, draft: Draft) -> Recorded:
        """Write one event after those before. Raises MalformedError, here or at a later one, if it cannot be read."""
        event, words = draft.event, draft.words
        seq = self._last = Seq(self._last + 1)
        if words:
            salt = bytes.fromhex(self._new_id())
            body = codec.detail_body(words)
            event.detail = codec.commitment(salt, body)
            self._details.append(Detail(seq, salt, body))
        at, clock = self.at, self.clock
        if clock is not None and isinstance(event, ClockCorrected):
            at, clock = clock, None
            self.at, self.clock = at, None
        recorded = Recorded(seq, at, draft.on, self.by, draft.id or next(self._ids), event, clock)
        if isinstance(event, DetailErased):
            self._erase(event)
        self._unsealed.append(recorded)
        if len(self._unsealed) >= FLUSH:
            self.flush()
        return recorded

    def _erase(self, erasure: DetailErased) -> None:
        self.flush()
        original = recorded_by(self._pages)
        gone = [
            detail.entry
            for detail in list(self._pages.details(1, self.head.seq))
            if covers(erasure, original(detail.entry), original)
        ]
        self._pages.erase(gone)

    def flush(self) -> None:
        """Seal what was written, and hand it to the store. Raises MalformedError."""
        if not self._unsealed:
            return
        entries = sealed(codec.write_many(self._unsealed), self.head)
        self._pages.append(entries, self._details)
        self.head = Head(entries[-1].seq, entries[-1].hash)
        self._unsealed, self._details = [], []


class _Written:
    """The book with what the pen has written so far: what is still in its hand goes to the store first."""

    def __init__(self, pen: Pen, pages: Writing) -> None:
        self._pen, self._pages = pen, pages

    def head(self) -> Head:
        self._pen.flush()
        return self._pen.head

    def entries(self, first: int, last: int) -> Iterator[Entry]:
        self._pen.flush()
        return self._pages.entries(first, last)

    def details(self, first: int, last: int) -> Iterator[Detail]:
        self._pen.flush()
        return self._pages.details(first, last)

    def overfull(self, after: int) -> bool:
        return self._pages.overfull(after)


def stamp(now: datetime) -> At:
    """An instant as the book writes it: UTC, six digits of microseconds."""
    return At(f"{now.replace(tzinfo=None).isoformat(timespec='microseconds')}Z")


def _at(now: datetime, last: At | None) -> tuple[At, At | None]:
    """The `at` of what is recorded now, and the real reading if the clock was held."""
    real = stamp(now)
    return (last, real) if last is not None and real < last else (real, None)
