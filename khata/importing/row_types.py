"""What a row's type and mode mean: the event that it becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from khata.events.base import Event
from khata.events.fields import fields_of
from khata.grammar.fault import Unreadable
from khata.grammar.modes import PAID_MODES, parse_mode
from khata.importing.file_rows import Parts, ReadRow
from khata.postings.kinds import MONEY
from khata.rules.goods import parts
from khata.units import MODES, Party

CREDIT = "credit"
ADVANCE = "advance"


Make = Callable[[ReadRow, Party | None], Event]


class RowType(NamedTuple):
    """A type and a mode, read: the stored kind of the entry, and how its event is made of a row and a party.

    `place` is its place in ROW_TYPES; `mode` is "" where none was given; `parts` is what the mode alone pays; `said` is
    what the note of a row is to the event; `goods`: goods change hands, part may be paid at once, and the counter may
    be the other side.
    """

    place: int
    type: str
    kind: str
    make: Make
    mode: str
    parts: Parts
    said: str
    goods: bool


def _party(who: Party | None) -> Party:
    if who is None:
        raise AssertionError("the row reader lets the counter pass for goods only")
    return who


def _of(event: Any) -> tuple[Make, tuple[str, ...]]:
    """How an event is made of a row, and the modes that may be given, as its fields want it."""
    fields = fields_of(event)
    if "paid" in fields:

        def goods(row: ReadRow, who: Party | None) -> Event:
            paid = parts(row.amount_paise, row.paid, counter=who is None)
            made: Event = event(amount_paise=row.amount_paise, party=who, paid=paid, ref=row.ref)
            return made

        return goods, (CREDIT, *PAID_MODES)
    if "mode" in fields:
        return _money(event, discounted="discount_paise" in fields), MODES
    if "side" in fields:
        return _plain(event, lambda mode: {"side": "give" if mode == ADVANCE else "receive"}), (ADVANCE,)
    return _plain(event, lambda _: {}), ()


def _money(event: Any, *, discounted: bool) -> Make:
    def make(row: ReadRow, who: Party | None) -> Event:
        more = {"discount_paise": row.discount_paise} if discounted and row.discount_paise else {}
        mode = ROW_TYPES[row.row_type].mode or "cash"
        made: Event = event(amount_paise=row.amount_paise, party=_party(who), ref=row.ref, mode=mode, **more)
        return made

    return make


def _plain(event: Any, more: Callable[[str], dict[str, str]]) -> Make:
    def make(row: ReadRow, who: Party | None) -> Event:
        made: Event = event(
            amount_paise=row.amount_paise, party=_party(who), ref=row.ref, **more(ROW_TYPES[row.row_type].mode)
        )
        return made

    return make


_TYPES = {kind.word: (kind, *_of(kind.event)) for kind in MONEY.values() if not kind.by_two}
_BY_TWO = frozenset(kind.word for kind in MONEY.values() if kind.by_two)
TYPES = tuple(_TYPES)
"""What may stand in the column `type`."""

GOODS = frozenset(word for word, (kind, *_) in _TYPES.items() if "paid" in fields_of(kind.event))
"""Of these part may be paid at once."""

MOVING = frozenset(word for word, (kind, *_) in _TYPES.items() if "mode" in fields_of(kind.event))
"""These are money that changes hands, by a mode."""

TO_THEM = frozenset(("sale", "charge", "refund", "opening"))
"""After these a customer owes more; after the others, less."""


def _row_types() -> Iterator[RowType]:
    each = ((kind, make, mode) for kind, make, modes in _TYPES.values() for mode in ("", *modes))
    for place, (kind, make, mode) in enumerate(each):
        goods = "paid" in fields_of(kind.event)
        parts: Parts = ((mode, None),) if mode in PAID_MODES and goods else ()
        yield RowType(place, kind.word, kind.event.KIND, make, mode, parts, kind.said, goods)


ROW_TYPES = tuple(_row_types())
"""All of them: a row that waits for the book names its own by its place here."""

OPENINGS = frozenset(row_type.place for row_type in ROW_TYPES if MONEY[row_type.kind].brought)
"""The places of those that bring something forward."""

_ROW_TYPE = {(row_type.type, row_type.mode): row_type for row_type in ROW_TYPES}


def row_type_of(kind: str, mode: str) -> RowType:
    """Read a type and a mode.

    Raises:
        Unreadable: `empty_cell`, `bad_type` or `half_of_two` for the type; `bad_mode` with the list `allowed` for the
            mode.
    """
    name = kind.strip().casefold()
    if not name:
        raise Unreadable("empty_cell", kind)
    known = _TYPES.get(name)
    if name in _BY_TWO:
        raise Unreadable("half_of_two", kind)
    if known is None:
        raise Unreadable("bad_type", kind, allowed=list(TYPES))
    _, _, modes = known
    typed = mode.strip().casefold()
    if typed and typed not in modes:
        typed = _spoken(mode, modes)
    return _ROW_TYPE[name, typed]


def _spoken(mode: str, allowed: tuple[str, ...]) -> str:
    try:
        return parse_mode(mode, allowed)
    except Unreadable:
        raise Unreadable("bad_mode", mode, allowed=list(allowed)) from None
