"""The book itself: opened, its clock corrected, its counters, what was forgotten."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar

from khata.events.base import (
    Event,
    Field,
    LaterError,
    MalformedError,
    hex8,
    hex32,
    hex64,
    natural,
    one_of,
    party,
    record,
    seq,
    text,
)
from khata.units import Party, Seq

_STATE = re.compile(r"[A-Z]{2,6}\Z")


def _state(value: Any) -> str:
    if type(value) is str and _STATE.match(value):
        return value
    raise MalformedError("bad_state")


_CONTINUES = {"book": hex32, "size": natural, "head": hex64}


def _continues(value: Any) -> dict[str, Any]:
    return record(value, _CONTINUES, {}, level=4)


@dataclass(slots=True, kw_only=True)
class BookOpened(Event):
    """The first event of every book: what describes the book stands here and nowhere else."""

    KIND: ClassVar[str] = "book_opened"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("book", "book", hex32),
        Field("counter", "counter", hex8),
        Field("shop", "shop", text),
        Field("state", "state", _state, required=False),
        Field("currency", "currency", one_of("INR", later=True)),
        Field("zone", "zone", one_of("+05:30", later=True)),
        Field("lang", "lang", text),
        Field("min_reader", "min_reader", natural),
        Field("min_writer", "min_writer", natural),
        Field("gstin", "gstin", text, required=False),
        Field("continues", "continues", _continues, required=False),
    )

    book: str
    counter: str
    shop: str
    lang: str
    state: str | None = None
    currency: str = "INR"
    zone: str = "+05:30"
    min_reader: int = 1
    min_writer: int = 1
    gstin: str | None = None
    continues: dict[str, Any] | None = None

    def check(self) -> None:
        """A book that asks for a newer reader cannot be understood by this one."""
        if self.min_reader > 1:
            raise LaterError("min_reader")


@dataclass(slots=True, kw_only=True)
class FormatRaised(Event):
    """From here on a newer khata is needed to read or to write."""

    KIND: ClassVar[str] = "format_raised"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("min_reader", "min_reader", natural),
        Field("min_writer", "min_writer", natural),
    )

    min_reader: int
    min_writer: int

    def check(self) -> None:
        """As for the first event."""
        if self.min_reader > 1:
            raise LaterError("min_reader")


@dataclass(slots=True, kw_only=True)
class ClockCorrected(Event):
    """The clock had run ahead or far behind; this event's own `at` is the real reading."""

    KIND: ClassVar[str] = "clock_corrected"


@dataclass(slots=True, kw_only=True)
class CopyAdopted(Event):
    """The book goes on from a copy without the entries after it; `size` and `head` (64 hex) are what is given up."""

    KIND: ClassVar[str] = "copy_adopted"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("size", "size", natural),
        Field("head", "head", hex64),
    )

    size: int
    head: str


@dataclass(slots=True, kw_only=True)
class CounterAdded(Event):
    """Another counter, or person, begins to record. Its name is in the detail."""

    KIND: ClassVar[str] = "counter_added"
    FIELDS: ClassVar[tuple[Field, ...]] = (Field("counter", "counter", hex8),)

    counter: str


def _entries(value: Any) -> tuple[Seq, ...]:
    if type(value) is not list or not value:
        raise MalformedError("not_a_list")
    return tuple(seq(item) for item in value)


@dataclass(slots=True, kw_only=True)
class DetailErased(Event):
    """Free text that was deleted: all of one party's up to an entry, or that of the entries named."""

    KIND: ClassVar[str] = "detail_erased"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("party", "party", party, required=False),
        Field("upto", "upto", seq, required=False),
        Field("entries", "entries", _entries, required=False, emit=list),
    )

    party: Party | None = None
    upto: Seq | None = None
    entries: tuple[Seq, ...] | None = None

    def check(self) -> None:
        """Either a party and an entry, or a list of entries."""
        if (self.party is None) != (self.upto is None) or (self.party is None) == (self.entries is None):
            raise MalformedError("neither_party_nor_entries")


@dataclass(slots=True, kw_only=True)
class ImportStarted(Event):
    """The rows of a file follow. `sha256` is that of the file's raw bytes, `rows` counts its data rows."""

    KIND: ClassVar[str] = "import_started"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("sha256", "sha256", hex64),
        Field("rows", "rows", natural),
        Field("profile", "profile", text),
    )

    sha256: str
    rows: int
    profile: str = "khata"
