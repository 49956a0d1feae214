"""What the book's bytes say: an entry's event, a detail's words."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from khata.events import codec
from khata.events.base import MalformedError, Recorded
from khata.log.book import Detail, Reading
from khata.log.chain import Entry
from khata.log.errors import BookBrokenError
from khata.units import Seq


def event_of(entry: Entry) -> Recorded:
    """What an entry records. Raises BookBrokenError."""
    try:
        return codec.read(entry.body)
    except MalformedError as e:
        raise BookBrokenError(entry=entry.seq, reason=str(e)) from e


def words_in(detail: Detail) -> dict[str, Any]:
    """The free text that a detail holds; empty for what this khata cannot read."""
    if detail.form == 0:
        with suppress(ValueError, RecursionError):
            return codec.words_of(json.loads(detail.body))
    return {}


def recorded_by(reading: Reading) -> Callable[[Seq], Recorded]:
    """A look-up of earlier entries in a book."""

    def recorded(seq: Seq) -> Recorded:
        for entry in reading.entries(seq, seq):
            return event_of(entry)
        raise BookBrokenError(entry=seq, reason="no such entry")

    return recorded
