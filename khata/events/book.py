"""The book itself: opened, its clock corrected, its counters, what was forgotten."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from khata.events import base
from khata.events.base import (
    EntryNumber,
    Event,
    Hex8,
    Hex32,
    Hex64,
    LaterError,
    MalformedError,
    Natural,
    Number,
    StateCode,
    Text,
    checked,
    one_of,
)

Currency = Annotated[str, checked(one_of("INR", later=True))]
Zone = Annotated[str, checked(one_of("+05:30", later=True))]


class Continues(Struct, frozen=True, gc=False):
    """The book from which this one goes on: its id, how many entries it has, and the hash of the last one."""

    book: Hex32
    size: Natural
    head: Hex64


class BookOpened(Event, kw_only=True):
    """The first event of every book: what describes the book stands here and nowhere else."""

    KIND: ClassVar[str] = "book_opened"

    book: Hex32
    counter: Hex8
    shop: Text
    lang: Text
    currency: Currency
    zone: Zone
    min_reader: Natural
    min_writer: Natural
    state: StateCode | None = None
    gstin: Text | None = None
    continues: Continues | None = None

    def check(self) -> None:
        """A book that asks for a newer reader cannot be understood by this one."""
        if self.min_reader > base.FORMAT:
            raise LaterError("min_reader")


class FormatRaised(Event, kw_only=True):
    """From here on a newer khata is needed to read or to write."""

    KIND: ClassVar[str] = "format_raised"

    min_reader: Natural
    min_writer: Natural

    def check(self) -> None:
        """As for the first event."""
        if self.min_reader > base.FORMAT:
            raise LaterError("min_reader")


class ClockCorrected(Event, kw_only=True):
    """The clock had run ahead or far behind; this event's own `at` is the real reading."""

    KIND: ClassVar[str] = "clock_corrected"


class CopyAdopted(Event, kw_only=True):
    """The book goes on from a copy without the entries after it; `size` and `head` (64 hex) are what is given up."""

    KIND: ClassVar[str] = "copy_adopted"

    size: Natural
    head: Hex64


class CounterAdded(Event, kw_only=True):
    """Another counter, or person, begins to record. Its name is in the detail."""

    KIND: ClassVar[str] = "counter_added"

    counter: Hex8


class DetailErased(Event, kw_only=True):
    """Free text that was deleted: all of one party's up to an entry, or that of the entries named."""

    KIND: ClassVar[str] = "detail_erased"

    party: Number | None = None
    upto: EntryNumber | None = None
    entries: Annotated[tuple[EntryNumber, ...], Meta(min_length=1)] | None = None

    def check(self) -> None:
        """Either a party and an entry, or a list of entries."""
        if (self.party is None) != (self.upto is None) or (self.party is None) == (self.entries is None):
            raise MalformedError("neither_party_nor_entries")


class ImportStarted(Event, kw_only=True):
    """The rows of a file follow. `sha256` is that of the file's raw bytes, `rows` counts its data rows."""

    KIND: ClassVar[str] = "import_started"

    sha256: Hex64
    rows: Natural
    profile: Text
