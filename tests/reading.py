"""Entries read many at once, in the words of those that are read one by one."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from khata.events import codec
from khata.events.base import Imported, Recorded
from khata.events.everyday import Everyday, read
from khata.events.money import Line, Paid
from khata.events.registry import KINDS

BULK = codec.bulk()


def read_together(bodies: list[bytes]) -> list[Recorded]:
    """What bodies record, read as verification reads them. Raises MalformedError."""
    return [each if isinstance(each, Recorded) else one_by_one(each) for each in read(bodies, _other)]


def everyday_ones(bodies: list[bytes]) -> list[bool]:
    """Which of the bodies need not be read one by one."""
    return [not isinstance(each, Recorded) for each in read(bodies, _other)]


def _other(body: bytes) -> Recorded:
    return codec.read(body, BULK)


def one_by_one(entry: Everyday) -> Recorded:
    """The same entry as codec.read gives it."""
    made = KINDS[entry.kind, entry.v]
    event: Any = entry.event
    values = {each.name: getattr(event, each.name) for each in fields(made)}
    if event.imported is not None:
        values["imported"] = Imported(event.imported.entry, event.imported.row)
    if values.get("paid") is not None:
        values["paid"] = tuple(Paid(part.mode, part.amount_paise) for part in event.paid)
    if values.get("lines") is not None:
        values["lines"] = tuple(Line(each.amount_paise, each.quantity_milli, each.rate_paise) for each in event.lines)
    return Recorded(entry.seq, entry.at, entry.on, entry.by, entry.id, made(**values), entry.clock)
