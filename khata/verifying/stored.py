"""Single entries of a book that need not be whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from khata.events import codec
from khata.events.base import MalformedError, Recorded
from khata.events.book import BookOpened
from khata.log.errors import BookBrokenError
from khata.store.sqlite.readonly import ReadOnlyBook
from khata.units import Seq
from khata.verifying.schema import readable

_STEP = 1024


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


def opened(pages: ReadOnlyBook) -> BookOpened | None:
    """What the first entry says of the book; None if it cannot be read."""
    try:
        first = recorded(pages, Seq(1)) if readable(pages.standing()) else None
    except BookBrokenError:
        return None
    return first.event if first is not None and isinstance(first.event, BookOpened) else None
