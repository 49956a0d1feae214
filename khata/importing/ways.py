"""What a row's type and mode mean: the event that it becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from khata.events.money import (
    DebtWrittenOff,
    DiscountAllowed,
    GoodsReturned,
    Money,
    MoneyRefunded,
    OpeningRecorded,
    PaymentReceived,
    SaleRecorded,
)
from khata.grammar.fault import Unreadable
from khata.grammar.modes import MODES, PAID_MODES, parse_mode
from khata.rules.goods import parts
from khata.units import Party
from khata.views.file_rows import Parts, Row

CREDIT = "credit"
ADVANCE = "advance"


class Way(NamedTuple):
    """A type and a mode, read: the stored kind of the entry, and how its event is made of a row and a party.

    `place` is its place in WAYS; `mode` is "" where none was given; `parts` is what the mode alone pays.
    """

    place: int
    type: str
    kind: str
    make: Callable[[Row, Party | None], Money]
    mode: str
    parts: Parts = ()

    @property
    def said(self) -> str:
        """What the note of a row is to the event."""
        return "reason" if self.type == "write-off" else "note"

    @property
    def goods(self) -> bool:
        """Goods change hands: part may be paid at once, and the counter may be the other side."""
        return self.type in ("sale", "return")


def _party(who: Party | None) -> Party:
    if who is None:
        raise AssertionError("the row reader lets the counter pass for goods only")
    return who


def _sale(row: Row, who: Party | None) -> Money:
    _, _, _, _, amount, asked, ref, _ = row
    return SaleRecorded(amount_paise=amount, party=who, paid=parts(amount, asked, counter=who is None), ref=ref)


def _return(row: Row, who: Party | None) -> Money:
    _, _, _, _, amount, asked, ref, _ = row
    return GoodsReturned(amount_paise=amount, party=who, paid=parts(amount, asked, counter=who is None), ref=ref)


def _receive(row: Row, who: Party | None) -> Money:
    return PaymentReceived(amount_paise=row[4], party=_party(who), mode=WAYS[row[1]].mode or "cash", ref=row[6])


def _refund(row: Row, who: Party | None) -> Money:
    return MoneyRefunded(amount_paise=row[4], party=_party(who), mode=WAYS[row[1]].mode or "cash", ref=row[6])


def _discount(row: Row, who: Party | None) -> Money:
    return DiscountAllowed(amount_paise=row[4], party=_party(who), ref=row[6])


def _write_off(row: Row, who: Party | None) -> Money:
    return DebtWrittenOff(amount_paise=row[4], party=_party(who), ref=row[6])


def _opening(row: Row, who: Party | None) -> Money:
    side = "give" if WAYS[row[1]].mode == ADVANCE else "receive"
    return OpeningRecorded(amount_paise=row[4], party=_party(who), side=side, ref=row[6])


class _Type(NamedTuple):
    kind: str
    make: Callable[[Row, Party | None], Money]
    modes: tuple[str, ...]


_TYPES = {
    "opening": _Type(OpeningRecorded.KIND, _opening, (ADVANCE,)),
    "sale": _Type(SaleRecorded.KIND, _sale, (CREDIT, *PAID_MODES)),
    "receive": _Type(PaymentReceived.KIND, _receive, MODES),
    "return": _Type(GoodsReturned.KIND, _return, (CREDIT, *PAID_MODES)),
    "refund": _Type(MoneyRefunded.KIND, _refund, MODES),
    "discount": _Type(DiscountAllowed.KIND, _discount, ()),
    "write-off": _Type(DebtWrittenOff.KIND, _write_off, ()),
}
TYPES = tuple(_TYPES)
"""What may stand in the column `type`."""


def _ways() -> Iterator[Way]:
    each = ((name, known, mode) for name, known in _TYPES.items() for mode in ("", *known.modes))
    for place, (name, known, mode) in enumerate(each):
        parts: Parts = ((mode, None),) if mode in PAID_MODES and name in ("sale", "return") else ()
        yield Way(place, name, known.kind, known.make, mode, parts)


WAYS = tuple(_ways())
"""All of them: a row that waits for the book names its own by its place here."""

_WAY = {(way.type, way.mode): way for way in WAYS}


def way_of(kind: str, mode: str) -> Way:
    """Read a type and a mode.

    Raises:
        Unreadable: `empty_cell` or `bad_type` for the type; `bad_mode` with the list `allowed` for the mode.
    """
    name = kind.strip().casefold()
    if not name:
        raise Unreadable("empty_cell", kind)
    known = _TYPES.get(name)
    if known is None:
        raise Unreadable("bad_type", kind, allowed=list(TYPES))
    typed = mode.strip().casefold()
    if typed and typed not in known.modes:
        typed = _spoken(mode, known.modes)
    return _WAY[name, typed]


def _spoken(mode: str, allowed: tuple[str, ...]) -> str:
    try:
        return parse_mode(mode, allowed)
    except Unreadable:
        raise Unreadable("bad_mode", mode, allowed=list(allowed)) from None
