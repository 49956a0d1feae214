"""Sales, returns and payments, of which nearly all entries are: many at once, each in a fraction of the time.

A typed decoder makes objects that have what a `Recorded` and its event have, and checks types, ranges and keys while
it reads; its encoder gives back the very bytes. What it cannot read, and every other kind, is left to
`events/codec.py`, which says why: nothing is refused here. A test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import starmap
from operator import attrgetter
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct, field

from khata.events import money
from khata.events.base import LONGEST, Event, MalformedError, Recorded, is_day, ref
from khata.units import LARGEST, At, Day, Paise, Party, Seq

_NATURAL = Meta(ge=1, le=LARGEST)
Natural = Annotated[int, _NATURAL]
Amount = Annotated[Paise, _NATURAL]
Place = Annotated[Seq, _NATURAL]
Number = Annotated[Party, _NATURAL]
Mode = Literal["cash", "upi", "card", "bank", "cheque"]

# Fields stand in the order of their keys in the file, which is the canonical one. A key that is not known here is not
# given back, and so the bytes differ.


class Imported(Struct, gc=False):
    """See base.Imported."""

    entry: Place
    row: Natural


class Paid(Struct, gc=False):
    """See money.Paid."""

    amount_paise: Amount
    mode: Mode


class Line(Struct, omit_defaults=True, gc=False):
    """See money.Line."""

    amount_paise: Amount
    quantity_milli: Natural | None = None
    rate_paise: Amount | None = None


class Goods(Struct, omit_defaults=True, gc=False):
    """See money.Goods."""

    amount_paise: Amount
    corrects: Place | None = None
    detail: str | None = None
    imported: Imported | None = field(name="import", default=None)
    lines: Annotated[list[Line], Meta(min_length=1)] | None = None
    paid: Annotated[list[Paid], Meta(min_length=1)] | None = None
    party: Number | None = None
    ref: str | None = None


class Sale(Goods, omit_defaults=True, gc=False):
    """See money.SaleRecorded."""

    KIND: ClassVar[str] = money.SaleRecorded.KIND


class Return(Goods, omit_defaults=True, gc=False):
    """See money.GoodsReturned."""

    KIND: ClassVar[str] = money.GoodsReturned.KIND


class Payment(Struct, omit_defaults=True, gc=False, kw_only=True):
    """See money.PaymentReceived."""

    KIND: ClassVar[str] = money.PaymentReceived.KIND

    amount_paise: Amount
    corrects: Place | None = None
    detail: str | None = None
    discount_paise: Amount | None = None
    imported: Imported | None = field(name="import", default=None)
    mode: Mode
    party: Number
    ref: str | None = None


E = TypeVar("E")
K = TypeVar("K")


class Envelope(Struct, Generic[E, K], gc=False):
    """An event of one kind in its envelope; one whose clock was held back is no everyday entry."""

    clock: ClassVar[None] = None

    prev: str = field(name="@prev")
    seq: Place = field(name="@seq")
    envelope_v: Literal[1] = field(name="@v")
    at: At
    by: str
    event: E = field(name="data")
    id: str
    kind: K
    on: Day
    v: Literal[1]


Sold = Envelope[Sale, Literal["sale_recorded"]]
Returned = Envelope[Return, Literal["goods_returned"]]
Received = Envelope[Payment, Literal["payment_received"]]

Everyday = Sold | Returned | Received
"""What is used in place of a Recorded."""

EverydayEvent = Sale | Return | Payment
"""What is used in place of an Event."""

_decoders: dict[bytes, msgspec.json.Decoder[Any]] = {
    b'ale_recorded"': msgspec.json.Decoder(Sold),
    b'ods_returned"': msgspec.json.Decoder(Returned),
    b'ent_received"': msgspec.json.Decoder(Received),
}
_KIND = slice(-38, -25)
"""Where those bytes stand in a body: what follows the kind, `,"on":"2026-11-22","v":1}`, has 25."""

_encode_lines = msgspec.json.Encoder().encode_lines
_TEXTS = attrgetter("prev", "at", "by", "id", "on", "event", "event.detail", "event.ref")
_NO_HASH = "0" * 64
_NONE = frozenset({None})
_AT = "0000-00-00T00:00:00.000000Z"
_DIGITS = str.maketrans("123456789", "000000000")
_HEX_DIGITS = b"0123456789abcdef"


def read(bodies: Sequence[bytes], other: Callable[[bytes], Recorded]) -> list[Recorded | Everyday]:
    """What bodies record, in their order.

    Args:
        bodies: canonical or not; a body that is read here is.
        other: reads what is no everyday entry, or none that is well; what it raises is passed on.
    """
    found: list[Recorded | Everyday | None] = [None] * len(bodies)
    places: dict[bytes, list[int]] = {kind: [] for kind in _decoders}
    for place, body in enumerate(bodies):
        if (alike := places.get(body[_KIND])) is not None:
            alike.append(place)
    for kind, decoder in _decoders.items():
        _fill(found, bodies, places[kind], decoder)
    return [each if each is not None else other(body) for each, body in zip(found, bodies, strict=True)]


def write(many: Sequence[Recorded], other: Callable[[Recorded], bytes]) -> list[bytes]:
    """The canonical bodies of events, in their order, each with zeros where the hash before it belongs.

    Args:
        many: the events.
        other: makes the body of what is no everyday entry, or none that could be read again; what it raises is passed
            on.
    """
    found: list[bytes | None] = [None] * len(many)
    for cls, (event_of, decoder) in _WRITTEN.items():
        places = [i for i, each in enumerate(many) if type(each.event) is cls and each.clock is None]
        bodies = _written([many[place] for place in places], event_of, decoder) if places else None
        if bodies is not None:
            for place, body in zip(places, bodies, strict=True):
                found[place] = body
    return [body if body is not None else other(each) for body, each in zip(found, many, strict=True)]


def _written(many: list[Recorded], event_of: Callable[[Any], EverydayEvent], decoder: Any) -> list[bytes] | None:
    """The bodies of events of one kind, if all of them can be read again."""
    made = [
        Envelope(_NO_HASH, each.seq, 1, each.at, each.by, event_of(each.event), each.id, each.event.KIND, each.on, 1)
        for each in many
    ]
    try:
        lines = _encode_lines(made)[:-1]
    except (ValueError, TypeError, OverflowError):
        return None
    bodies = lines.split(b"\n")
    # What this encoder made has the bytes that it would make again: only what they say can be wrong.
    again = _decoded(lines, len(many), decoder) if max(map(len, bodies)) <= LONGEST else None
    return bodies if again is not None and _well(again) else None


def _imported(event: Event) -> Imported | None:
    return None if event.imported is None else Imported(event.imported.entry, event.imported.row)


def _goods(made: Callable[..., Sale | Return]) -> Callable[[money.Goods], Sale | Return]:
    def event_of(event: money.Goods) -> Sale | Return:
        lines = None if event.lines is None else list(starmap(Line, event.lines))
        paid = None if event.paid is None else [_paid(part.amount_paise, part.mode) for part in event.paid]
        return made(
            event.amount_paise,
            event.corrects,
            event.detail,
            _imported(event),
            lines,
            paid,
            event.party,
            event.ref,
        )

    return event_of


_paid: Callable[..., Paid] = Paid
_payment_of: Callable[..., Payment] = Payment


def _payment(event: money.PaymentReceived) -> Payment:
    return _payment_of(
        amount_paise=event.amount_paise,
        corrects=event.corrects,
        detail=event.detail,
        discount_paise=event.discount_paise,
        imported=_imported(event),
        mode=event.mode,
        party=event.party,
        ref=event.ref,
    )


_WRITTEN: dict[type[Event], tuple[Callable[[Any], EverydayEvent], msgspec.json.Decoder[Any]]] = {
    money.SaleRecorded: (_goods(Sale), _decoders[b'ale_recorded"']),
    money.GoodsReturned: (_goods(Return), _decoders[b'ods_returned"']),
    money.PaymentReceived: (_payment, _decoders[b'ent_received"']),
}


def _fill(found: list[Recorded | Everyday | None], bodies: Sequence[bytes], places: list[int], decoder: Any) -> None:
    """Read the bodies at these places; where they cannot be read together, in halves, so that few are left out."""
    made = _together(b"\n".join([bodies[place] for place in places]), len(places), decoder) if places else []
    if made is not None:
        for place, each in zip(places, made, strict=True):
            found[place] = each
    elif len(places) > 1:
        half = len(places) // 2
        _fill(found, bodies, places[:half], decoder)
        _fill(found, bodies, places[half:], decoder)


def _together(lines: bytes, count: int, decoder: Any) -> list[Everyday] | None:
    """What so many bodies of one kind record, one in a line, if all of them are canonical and well."""
    made = _decoded(lines, count, decoder)
    # No canonical body has a line break, and so each line that is given back is one body.
    if made is None or _encode_lines(made) != lines + b"\n":
        return None
    return made if _well(made) else None


def _decoded(lines: bytes, count: int, decoder: Any) -> list[Everyday] | None:
    """What so many lines say, if the types allow all of it."""
    try:
        made: list[Everyday] = decoder.decode_lines(lines)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return made if len(made) == count else None


def _well(made: list[Everyday]) -> bool:
    """What the types of one kind do not say: hex, days, instants, references; parts that make the whole."""
    prevs, ats, bys, ids, ons, events, details, refs = zip(*map(_TEXTS, made), strict=True)
    try:
        for each in {*refs} - _NONE:
            ref(each)
        if type(events[0]) is not Payment:
            for goods in events:
                if goods.party is None or goods.paid or goods.lines:
                    money.Goods.check(goods)
    except MalformedError:
        return False
    return (
        all(map(is_day, set(ons)))
        and _are_instants(list(set(ats)))
        and _are_hex(prevs, 64)
        and _are_hex(ids, 32)
        and _are_hex(list(set(bys)), 8)
        and _are_hex([each for each in details if each is not None], 64)
    )


def _are_hex(texts: Sequence[str], length: int) -> bool:
    try:
        return {*map(len, texts)} <= {length} and not "".join(texts).encode("ascii").translate(None, _HEX_DIGITS)
    except UnicodeEncodeError:
        return False


def _are_instants(texts: Sequence[str]) -> bool:
    joined = "".join(texts)
    try:
        # Any other length would show: the shape has no period of its own.
        return joined.translate(_DIGITS) == _AT * len(texts) and all(map(datetime.fromisoformat, texts))
    except ValueError:
        return False
