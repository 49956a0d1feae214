"""Which details an erasure covers: the same answer for the writer, the views and `verify`."""

from __future__ import annotations

from collections.abc import Callable

from khata.events.base import Recorded
from khata.events.book import DetailErased
from khata.events.money import EntryReversed
from khata.units import Seq


def covers(erasure: DetailErased, recorded: Recorded, original: Callable[[Seq], Recorded]) -> bool:
    """Whether an erasure covers the detail of an entry: the party's own up to `upto`, and their reversals'."""
    if erasure.entries is not None:
        return recorded.seq in erasure.entries
    if erasure.upto is None or recorded.seq > erasure.upto:
        return False
    event = recorded.event
    if isinstance(event, EntryReversed):
        event = original(event.entry).event
    return getattr(event, "party", None) == erasure.party


def covers_later(erasure: DetailErased, seq: Seq) -> bool:
    """Whether an erasure that is entry `seq` covers itself or what comes after it, which no writer would say."""
    return max(erasure.upto or 0, *(erasure.entries or (0,))) >= seq
