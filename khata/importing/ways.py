"""What a row's type and mode mean: the command that it becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from khata.events.money import (
    DebtWrittenOff,
    DiscountAllowed,
    GoodsReturned,
    MoneyRefunded,
    OpeningRecorded,
    PaymentReceived,
    SaleRecorded,
)
from khata.grammar.fault import Unreadable
from khata.grammar.modes import MODES, PAID_MODES, parse_mode
from khata.rules.allowance import AllowDiscount, WriteOffDebt
from khata.rules.base import Command, Who
from khata.rules.goods import RecordReturn, RecordSale
from khata.rules.money import ReceivePayment, RefundMoney
from khata.rules.opening import RecordOpening
from khata.views.file_rows import Parts, Row

CREDIT = "credit"
ADVANCE = "advance"


class Way(NamedTuple):
    """A type and a mode, read: the stored kind of the entry, and how its command is made.

    `place` is its place in WAYS; `mode` is "" where none was given; `parts` is what the mode alone pays.
    """

    place: int
    type: str
    kind: str
    make: Callable[[Who | None, Row], Command]
    mode: str
    parts: Parts = ()

    @property
    def goods(self) -> bool:
        """Goods change hands: part may be paid at once, and the counter may be the other side."""
        return self.type in ("sale", "return")


def _named(who: Who | None) -> Who:
    if who is None:
        raise AssertionError("the row reader lets the counter pass for goods only")
    return who


def _sale(who: Who | None, row: Row) -> Command:
    number, _, _, on, amount, paid, ref, note = row
    return RecordSale(party=who, amount_paise=amount, paid=paid, on=on, ref=ref, note=note, row=number)


def _return(who: Who | None, row: Row) -> Command:
    number, _, _, on, amount, paid, ref, note = row
    return RecordReturn(party=who, amount_paise=amount, paid=paid, on=on, ref=ref, note=note, row=number)


def _receive(who: Who | None, row: Row) -> Command:
    number, way, _, on, amount, _, ref, note = row
    mode = WAYS[way].mode or "cash"
    return ReceivePayment(party=_named(who), amount_paise=amount, mode=mode, on=on, ref=ref, note=note, row=number)


def _refund(who: Who | None, row: Row) -> Command:
    number, way, _, on, amount, _, ref, note = row
    mode = WAYS[way].mode or "cash"
    return RefundMoney(party=_named(who), amount_paise=amount, mode=mode, on=on, ref=ref, note=note, row=number)


def _discount(who: Who | None, row: Row) -> Command:
    number, _, _, on, amount, _, ref, note = row
    return AllowDiscount(party=_named(who), amount_paise=amount, on=on, ref=ref, note=note, row=number)


def _write_off(who: Who | None, row: Row) -> Command:
    number, _, _, on, amount, _, ref, note = row
    return WriteOffDebt(party=_named(who), amount_paise=amount, reason=note or "", on=on, ref=ref, row=number)


def _opening(who: Who | None, row: Row) -> Command:
    number, way, _, on, amount, _, ref, note = row
    advance = WAYS[way].mode == ADVANCE
    return RecordOpening(party=_named(who), amount_paise=amount, advance=advance, on=on, ref=ref, note=note, row=number)


class _Type(NamedTuple):
    kind: str
    make: Callable[[Who | None, Row], Command]
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
