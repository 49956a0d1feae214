"""Book files that nobody's khata wrote: well sealed, so that nothing but their contents is wrong; or no book at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from khata.events import codec
from khata.events.base import Event, Recorded
from khata.events.book import BookOpened, CounterAdded, ImportStarted
from khata.events.money import Line, SaleRecorded
from khata.events.party import PartyAdded
from khata.events.shapes import emit
from khata.log.book import Detail
from khata.log.chain import EMPTY, Entry, Head, seal
from khata.pen import stamp
from khata.store.sqlite.create import create
from khata.store.sqlite.schema import APPLICATION_ID
from khata.units import Paise, Party, Seq
from tests.books import COUNTER, MORNING, OPENING, TODAY, event_id

Said = Any
"""What stands in a detail: mostly a dict, in a hostile book anything."""


def written(events: Sequence[tuple[Event, Said]]) -> tuple[list[Entry], list[Detail]]:
    """The entries and details of events that no rule was asked about, each with what its detail says (None: none)."""
    head, entries, details = EMPTY, [], []
    for seq, (event, said) in enumerate(events, 1):
        if said is not None:
            body = said if type(said) is bytes else emit(said)
            details.append(Detail(Seq(seq), b"s" * 16, body))
            event.detail = codec.commitment(b"s" * 16, body)
        recorded = Recorded(Seq(seq), stamp(MORNING), TODAY, COUNTER, event_id(("hostile", seq)), event)
        entries.append(seal(codec.encode(recorded, head.hash.hex()), head))
        head = Head(entries[-1].seq, entries[-1].hash)
    return entries, details


def opened(shop: str = "Shop") -> BookOpened:
    return BookOpened(**OPENING | {"shop": shop})


def sold(party: int = 1, *, lines: int = 0) -> SaleRecorded:
    parts = (Line(Paise(100)),) * lines or None
    return SaleRecorded(amount_paise=Paise(100 * max(1, lines)), party=Party(party), lines=parts, ref="R1")


def saying(path: Path, text: Said) -> Path:
    """A book in which the shop, a counter, a party, a sale and a file all say this; bytes are all that they say."""
    shop = text if isinstance(text, str) else "Shop"
    raw = text if isinstance(text, bytes) else None
    events: list[tuple[Event, Said]] = [
        (opened(shop), raw or {"counter": text, "upi": text, "phone": text}),
        (CounterAdded(counter="0" * 8), raw or {"counter": text}),
        (PartyAdded(party=Party(1)), raw or {"name": text, "aliases": [text, text], "phone": text, "address": text}),
        (sold(lines=2), raw or {"note": text, "reason": text, "items": [text, text]}),
        (ImportStarted(sha256="0" * 64, rows=1, profile="khata"), raw or {"file": text}),
        (sold(), raw or {"note": text}),
    ]
    create(path, *written(events))
    return path


def database(path: Path, *statements: str, encoding: str = "UTF-8", page: int = 4096) -> Path:
    """An SQLite file with khata's mark, and whatever these statements put into it."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size = {page}")
        connection.execute(f"PRAGMA encoding = '{encoding}'")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
        connection.execute("PRAGMA writable_schema = ON")
        for statement in statements:
            connection.execute(statement)
    return path
