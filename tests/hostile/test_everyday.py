"""What is read and written many at once is what is read and written one by one; no body lends another what it lacks."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, get_args

import msgspec
import pytest

from khata.events import codec, everyday, money
from khata.events.base import COMMON, Event, Imported, MalformedError, Recorded
from khata.units import At, Seq
from tests.reading import everyday_ones, read_together

ENVELOPE: dict[str, Any] = {
    "@prev": "ab" * 32,
    "@seq": 7,
    "@v": 1,
    "at": "2026-11-22T04:30:00.000000Z",
    "by": "c0ffee00",
    "data": {"amount_paise": 45000, "party": 1},
    "id": "cd" * 16,
    "kind": "sale_recorded",
    "on": "2026-11-22",
    "v": 1,
}
PAYMENT: dict[str, Any] = {"kind": "payment_received", "data": {"amount_paise": 45000, "mode": "upi", "party": 1}}


def written(more: dict[str, Any] | None = None, **others: Any) -> bytes:
    value = ENVELOPE | (more or {}) | others
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def data(more: dict[str, Any] | None = None, **others: Any) -> bytes:
    return written(data=ENVELOPE["data"] | (more or {}) | others)


def refused(bodies: list[bytes]) -> bool:
    try:
        read_together(bodies)
    except MalformedError:
        return True
    return False


EVERYDAY = [
    written(),
    written(PAYMENT),
    written(kind="goods_returned"),
    data({"import": {"entry": 2, "row": 9}}),
    data(ref="UPI 1/2~"),
    data(detail="ef" * 32, corrects=3),
    data(paid=[{"amount_paise": 1, "mode": "cash"}, {"amount_paise": 2, "mode": "upi"}]),
    data(lines=[{"amount_paise": 45000, "quantity_milli": 1500, "rate_paise": 30000}]),
    written(data={"amount_paise": 5, "paid": [{"amount_paise": 5, "mode": "cash"}]}),
]


MAY_STAND: dict[str, Any] = {
    "corrects": 3,
    "detail": "ef" * 32,
    "discount_paise": 500,
    "import": {"entry": 2, "row": 9},
    "lines": [{"amount_paise": 44000, "quantity_milli": 1500, "rate_paise": 30000}, {"amount_paise": 1000}],
    "paid": [{"amount_paise": 1, "mode": "cash"}, {"amount_paise": 2, "mode": "upi"}],
    "party": 1,
    "ref": "UPI 1/2~",
}
"""A value for each key that may be there."""


def every_field(event: type[Event]) -> list[bytes]:
    """An event with each of its optional fields alone, with all of them, and with all but one."""
    must: dict[str, Any] = {"amount_paise": 45000, "mode": "bank", "party": 1}
    fields = (*event.FIELDS, *COMMON)
    least = {each.key: must[each.key] for each in fields if each.required} | {"party": 1}
    may = {each.key: MAY_STAND[each.key] for each in fields if not each.required}
    some = [{key: value} for key, value in may.items()] + [{k: may[k] for k in may if k != key} for key in may]
    return [written(kind=event.KIND, data=least | more) for more in (*some, may)]


SHAPES = (money.SaleRecorded, money.GoodsReturned, money.PaymentReceived)


@pytest.mark.parametrize("event", SHAPES, ids=lambda event: event.KIND)
def test_every_field_of_every_shape_is_read_and_written_together_as_one_by_one(event: type[Event]) -> None:
    bodies = every_field(event)
    one_by_one = [codec.read(body) for body in bodies]
    assert everyday_ones(bodies) == [True] * len(bodies)
    assert read_together(bodies) == one_by_one
    without = [body.replace(b"ab" * 32, b"0" * 64) for body in bodies]
    assert everyday.write(one_by_one, by_hand) == without
    assert [codec.encode(each, "0" * 64) for each in one_by_one] == without


@pytest.mark.parametrize(
    ("shape", "event"),
    [
        (everyday.Sale, money.SaleRecorded),
        (everyday.Return, money.GoodsReturned),
        (everyday.Payment, money.PaymentReceived),
    ],
)
def test_the_shapes_have_the_fields_of_the_format(shape: type[msgspec.Struct], event: type[Event]) -> None:
    fields = {field.encode_name: (field.name, field.required) for field in msgspec.structs.fields(shape)}
    assert fields == {each.key: (each.attribute, each.required) for each in (*event.FIELDS, *COMMON)}
    assert list(fields) == sorted(fields)
    assert get_args(everyday.Mode) == money.MODES


@pytest.mark.parametrize("shape", [everyday.Sold, everyday.Returned, everyday.Received])
def test_the_envelopes_have_the_fields_of_the_format(shape: type[msgspec.Struct]) -> None:
    fields = [field.encode_name for field in msgspec.structs.fields(shape)]
    assert fields == sorted(ENVELOPE)


def test_every_everyday_shape_is_read_together_and_as_one_by_one() -> None:
    assert everyday_ones(EVERYDAY) == [True] * len(EVERYDAY)
    assert read_together(EVERYDAY) == [codec.read(body) for body in EVERYDAY]


@pytest.mark.parametrize(
    "body",
    [
        written({"@prev": "AB" * 32}),
        written({"@prev": "ab" * 31}),
        written({"@prev": "g" * 64}),
        written({"@seq": 0}),
        written({"@seq": 2**53}),
        written({"@seq": True}),
        written({"@seq": 7.0}),
        written(at="2026-11-22T04:30:00.00000Z"),
        written(at="2026-11-31T04:30:00.000000Z"),
        written(at="2026-11-22T24:30:00.000000Z"),
        written(at="2026-11-22 04:30:00.000000Z"),
        written(by="C0FFEE00"),
        written(id="cd" * 15),
        written(id="०" * 32),
        written(on="2026-02-29"),
        written(on="20261122"),
        data(amount_paise=0),
        data(amount_paise=-5),
        data(amount_paise=2**53),
        data(amount_paise="5"),
        data(party=0),
        data(detail="ef" * 31),
        data(detail=""),
        data(ref=""),
        data(ref="a\tb"),
        data(ref="é"),
        data(ref="x" * 41),
        data(corrects=0),
        data(paid=[]),
        data(paid=[{"amount_paise": 45001, "mode": "cash"}]),
        data(paid=[{"amount_paise": 0, "mode": "cash"}]),
        data(lines=[]),
        data(lines=[{"amount_paise": 1}]),
        data({"import": {"entry": 2}}),
        data({"import": None}),
        written(data={"amount_paise": 5}),
        written(data={"amount_paise": 5, "paid": [{"amount_paise": 4, "mode": "cash"}]}),
        written(data={"party": 5}),
        written(PAYMENT | {"data": {"amount_paise": 5, "mode": "upi"}}),
        written(PAYMENT | {"data": {"amount_paise": 5, "party": 5}}),
        written().replace(b'"at"', b' "at"'),
        written().replace(b'"v":1}', b'"v":1} '),
        written().replace(b'"party":1', b'"party":1,"party":1'),
        written().replace(b'"amount_paise":45000,"party":1', b'"party":1,"amount_paise":45000'),
        written().replace(b"sale_recorded", b"s\\u0061le_recorded"),
        written() + b"\n",
        b"",
        b"\n",
        b"[]",
        written() + b"\n" + written(),
    ],
)
def test_what_is_malformed_is_refused_alone_and_among_good_ones(body: bytes) -> None:
    with pytest.raises(MalformedError):
        codec.read(body, codec.bulk())
    assert refused([body])
    assert refused([written(), body, written(PAYMENT)])
    assert refused([body, *EVERYDAY])


@pytest.mark.parametrize(
    "body", [written(data={"amount_paise": 5, "party": 1, "x_a": 1}), written(v=2), written(x_a=1)]
)
def test_what_a_newer_khata_wrote_is_left_to_the_other_way(body: bytes) -> None:
    assert everyday_ones([written(), body, written()]) == [True, False, True]
    assert read_together([body]) == [codec.read(body)]


def test_halves_of_bodies_do_not_make_whole_ones() -> None:
    """Two halves, and two bodies in the place of one: as many lines as bodies, and the same bytes in all."""
    one = written()
    for middle in range(1, len(one)):
        assert refused([one[:middle], one[middle:]])
    for cut in (one.replace(b',"at"', b'\n,"at"'), one.replace(b'"kind"', b'\n"kind"')):
        assert refused([cut, one])
    assert refused([one + b"\n" + one, b"" + one[_tail(one) :]])
    assert refused([one + b"\n" + one, b""])


def _tail(body: bytes) -> int:
    return len(body) - 40


def test_one_bad_body_among_many_leaves_the_others_read_together() -> None:
    bodies = [written()] * 50 + [data(x_note="of a newer khata")] + [written()] * 50
    assert everyday_ones(bodies) == [True] * 50 + [False] + [True] * 50


# --- writing


def by_hand(_: Recorded) -> bytes:
    return b"left to the other way"


def test_what_is_written_together_has_the_bytes_of_one_by_one() -> None:
    many = [codec.read(body) for body in EVERYDAY]
    assert everyday.write(many, by_hand) == [codec.encode(each, "0" * 64) for each in many]
    assert everyday.write([], by_hand) == []


SALE: dict[str, Any] = {"amount_paise": 45000, "party": 1}
sale: Any = money.SaleRecorded
back: Any = money.GoodsReturned
payment: Any = money.PaymentReceived
part: Any = money.Paid
item: Any = money.Line
UNREADABLE: dict[str, Event] = {
    "no amount": sale(**SALE | {"amount_paise": 0}),
    "an amount above all": sale(**SALE | {"amount_paise": 2**53}),
    "an amount above C": sale(**SALE | {"amount_paise": 2**64}),
    "an amount in rupees": sale(**SALE | {"amount_paise": 450.0}),
    "a truth": sale(**SALE | {"amount_paise": True}),
    "nobody": sale(**SALE | {"party": 0}),
    "a tab": sale(**SALE, ref="B\t1"),
    "half a character": sale(**SALE, ref="\ud800"),
    "no commitment": sale(**SALE, detail="ab"),
    "the counter on credit": sale(amount_paise=5),
    "more than all": back(**SALE, paid=(part("cash", 45001),)),
    "an unknown mode": payment(**SALE, mode="cowrie"),
    "no row": payment(**SALE, mode="upi", imported=Imported(Seq(2), 0)),
    "too long": sale(amount_paise=4000, party=1, lines=(item(1),) * 4000),
}


@pytest.mark.parametrize("event", UNREADABLE.values(), ids=UNREADABLE)
def test_what_could_not_be_read_again_is_left_to_the_other_way(event: Event) -> None:
    good = codec.read(written(PAYMENT | {"kind": "sale_recorded", "data": SALE}))
    bad = Recorded(good.seq, good.at, good.on, good.by, good.id, event)
    assert everyday.write([good, bad], by_hand)[1] == by_hand(bad)
    with pytest.raises((MalformedError, OverflowError, UnicodeEncodeError)):
        codec.encode(bad, "0" * 64, codec.bulk())


@pytest.mark.parametrize("more", [{"on": "2026-02-30"}, {"by": "C0FFEE00"}, {"id": "ab"}, {"at": "2026-11-22"}])
def test_an_envelope_that_could_not_be_read_again_is_left_to_the_other_way(more: dict[str, Any]) -> None:
    bad = replace(codec.read(written()), **more)
    assert everyday.write([bad], by_hand) == [by_hand(bad)]


def test_a_clock_that_was_held_back_is_left_to_the_other_way() -> None:
    held = replace(codec.read(written()), clock=At("2026-11-22T04:29:59.000000Z"))
    assert everyday.write([held], by_hand) == [by_hand(held)]
