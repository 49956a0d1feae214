"""Single entries of a book that need not be whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Generic, NamedTuple, TypeVar

from khata.events import codec
from khata.events.base import Event, MalformedError, Recorded, mark_of
from khata.events.book import BookOpened, CopyAdopted
from khata.log.errors import BookBrokenError
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import Day, Seq
from khata.verifying.schema import readable
from khata.verifying.tally import Adoption

_STEP = 1024

E = TypeVar("E", bound=Event)


class StoredKind(NamedTuple, Generic[E]):
    """An entry of one kind: its number, its business day and what it says."""

    seq: Seq
    on: Day
    event: E


def recorded(pages: ReadOnlyBook, seq: Seq) -> Recorded | None:
    """What an entry records; None if it cannot be read."""
    body = pages.body(seq)
    try:
        return codec.read(body) if body is not None else None
    except MalformedError:
        return None


def ids_of(pages: ReadOnlyBook, first: int, last: int) -> Iterator[tuple[int, str]]:
    """Entries from `first` to `last`, inclusive, and their ids (32 hex); without those that cannot be read."""
    for start in range(first, last + 1, _STEP):
        for seq, body, _ in pages.entries(start, min(last, start + _STEP - 1))[1]:
            if type(body) is bytes:
                with suppress(MalformedError):
                    yield seq, codec.read(body).id


def of_kind(pages: ReadOnlyBook, first: int, last: int | None, kind: type[E]) -> Iterator[StoredKind[E]]:
    """Entries of one kind from `first` to `last`, inclusive (None: to the end); without those that cannot be read.

    They are told by their bytes before they are parsed: nearly all are of another kind.
    """
    mark = mark_of(kind)
    end = first - 1
    while last is None or end < last:
        start, end = end + 1, end + _STEP if last is None else min(last, end + _STEP)
        rows = pages.entries(start, end)[1]
        for seq, body, _ in rows:
            if type(body) is bytes and mark in body:
                with suppress(MalformedError):
                    recorded = codec.read(body)
                    if isinstance(recorded.event, kind):
                        yield StoredKind(Seq(seq), recorded.on, recorded.event)
        if last is None and len(rows) < _STEP:
            return


def adoptions_of(pages: ReadOnlyBook, last: int) -> list[Adoption]:
    """The adoptions among the entries up to one, all of which are read for it."""
    return [(found.seq, found.event.size) for found in of_kind(pages, 1, last, CopyAdopted)]


def opened(pages: ReadOnlyBook) -> BookOpened | None:
    """What the first entry says of the book; None if it cannot be read."""
    try:
        first = recorded(pages, Seq(1)) if readable(pages.standing()) else None
    except BookBrokenError:
        return None
    return first.event if first is not None and isinstance(first.event, BookOpened) else None
