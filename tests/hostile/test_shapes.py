"""What is read and written many at once is what is read and written one by one; no body lends another what it lacks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace

from khata.events import codec, money, shapes
from khata.events.base import Event, Imported, MalformedError, Recorded, Unknown
from khata.events.bill import Billed
from khata.events.book import DetailErased
from khata.events.fields import fields_of
from khata.events.period import PeriodLocked
from khata.events.registry import KINDS
from khata.units import At, Seq
from tests.reading import key_by_key, read_by_type, read_together

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
    "cut": 4,
    "detail": "ef" * 32,
    "discount_paise": 500,
    "import": {"entry": 2, "row": 9},
    "lines": [{"amount_paise": 44000, "quantity_milli": 1500, "rate_paise": 30000}, {"amount_paise": 1000}],
    "paid": [{"amount_paise": 1, "mode": "cash"}, {"amount_paise": 2, "mode": "upi"}],
    "party": 1,
    "ref": "UPI 1/2~",
    "state": "MH",
    "gstin": "27AAPFU0939F1ZV",
    "continues": {"book": "a6" * 16, "head": "ac" * 32, "size": 9},
    "entries": [1, 2],
    "round_off_paise": -45,
    "due_on": "2026-12-31",
    "bill": "S26/0101",
    "pos": "MH",
    "buyer_gstin": "27AAAPK4321M1ZS",
    "override": ["credit_limit"],
    "against": {"bill": "S25-9", "on": "2026-03-30"},
    "old": "khata/" + "b0" * 16 + "+00000000+AQIE",
}
"""A value for each key that may be there."""

MUST_STAND: dict[str, Any] = {
    "amount_paise": 45000,
    "as_on": "2026-11-27",
    "book": "b0" * 16,
    "counter": "c0ffee00",
    "currency": "INR",
    "entry": 3,
    "head": "ac" * 32,
    "leaves": 4,
    "new": "khata/" + "b0" * 16 + "+0a1b2c3d+AQID",
    "root": "ac" * 32,
    "signature": "AAECAw==",
    "upto": 2,
    "lang": "en",
    "min_reader": 1,
    "min_writer": 2,
    "matched": [{"entry": 3, "row": 2, "ref": "431598712004"}, {"entry": 2, "row": 3}],
    "mode": "bank",
    "other": 2,
    "party": 1,
    "profile": "khata",
    "rows": 9,
    "same": "ab" * 16,
    "sha256": "cd" * 32,
    "shop": "Sharma",
    "outcome": "failed",
    "status": "open",
    "because": "bounced",
    "every": "week",
    "as": "charge",
    "from": "2026-11-20",
    "to": "2026-11-22",
    "side": "give",
    "size": 12,
    "zone": "+05:30",
}
"""A value for each key that must be there."""


def billed(data: dict[str, Any]) -> dict[str, Any]:
    """The facts of a bill: it says more than a first version can, and its parts make the whole."""
    rounded = data.get("round_off_paise", 0)
    if not rounded and "lines" not in data:
        return {"bill": "S26/0101"} | data
    value = 45000 - rounded
    tax = {"cess_paise": 45, "cgst_paise": 2500, "sgst_paise": 2500, "taxable_paise": value - 5045}
    goods = {"batch": "T-07", "item": 7, "quantity_milli": 1500, "rate_paise": 30000, "unit": "kg", "uqc": "KGS"}
    line = {"amount_paise": value, "discount_paise": 5, "hsn": "0902", "rate_bp": 1250, "treatment": "taxable"}
    return data | {"lines": [line | goods | tax, {"amount_paise": 0}]}


def every_field(event: type[Event]) -> list[bytes]:
    """An event with each of its optional fields alone, with all of them, and with all but one."""
    fields = fields_of(event)
    least = {
        key: (MUST_STAND | MAY_STAND if key == "old" else MUST_STAND)[key] for key, f in fields.items() if f.required
    }
    least |= {"side": "to"} if event is money.BalanceTransferred else {}
    least |= {"upto": "2026-11-20"} if event is PeriodLocked else {}  # of others it is an entry
    least |= {"party": 1} if issubclass(event, money.Goods) else {}
    may = {key: MAY_STAND[key] for key, field in fields.items() if not field.required and key != "upto"}
    some = [{key: value} for key, value in may.items()] + [{k: may[k] for k in may if k != key} for key in may]
    facts = [least | more for more in (*some, may)]
    if issubclass(event, Billed):
        facts = [billed(data) for data in facts]
    bodies = [written(kind=event.KIND, v=event.V, data=data) for data in facts]
    return [body for body in bodies if event is not DetailErased or (b'"entries"' in body) != (b'"party"' in body)]


@pytest.mark.parametrize("event", KINDS.values(), ids=lambda event: f"{event.KIND}-{event.V}")
def test_every_field_of_every_shape_is_read_and_written_together_as_one_by_one(event: type[Event]) -> None:
    bodies = every_field(event)
    if event is DetailErased:
        bodies = [body for body in bodies if b'"party"' not in body]
    one_by_one = [key_by_key(body) for body in bodies]
    assert read_by_type(bodies) == [True] * len(bodies)
    assert read_together(bodies) == one_by_one
    assert not any(isinstance(each.event, Unknown) for each in one_by_one)
    without = [body.replace(b"ab" * 32, b"0" * 64) for body in bodies]
    assert shapes.write(one_by_one, by_hand) == without
    assert [codec.encode(each, "0" * 64) for each in one_by_one] == without


def test_every_everyday_shape_is_read_together_and_as_one_by_one() -> None:
    assert read_by_type(EVERYDAY) == [True] * len(EVERYDAY)
    assert read_together(EVERYDAY) == list(map(key_by_key, EVERYDAY))


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
        key_by_key(body)
    assert refused([body])
    assert refused([written(), body, written(PAYMENT)])
    assert refused([body, *EVERYDAY])


@pytest.mark.parametrize(
    "body", [written(data={"amount_paise": 5, "party": 1, "x_a": 1}), written(v=2), written(x_a=1)]
)
def test_what_a_newer_khata_wrote_is_left_to_the_other_way(body: bytes) -> None:
    assert read_by_type([written(), body, written()]) == [True, False, True]
    assert read_together([body]) == [key_by_key(body)]


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
    assert read_by_type(bodies) == [True] * 50 + [False] + [True] * 50


# --- writing


def by_hand(_: Recorded) -> bytes:
    return b"left to the other way"


def test_what_is_written_together_has_the_bytes_of_one_by_one() -> None:
    many = list(map(key_by_key, EVERYDAY))
    assert shapes.write(many, by_hand) == [codec.encode(each, "0" * 64) for each in many]
    assert shapes.write([], by_hand) == []


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
    assert shapes.write([good, bad], by_hand)[1] == by_hand(bad)
    with pytest.raises((MalformedError, OverflowError, UnicodeEncodeError)):
        codec.encode(bad, "0" * 64)


@pytest.mark.parametrize("more", [{"on": "2026-02-30"}, {"by": "C0FFEE00"}, {"id": "ab"}, {"at": "2026-11-22"}])
def test_an_envelope_that_could_not_be_read_again_is_left_to_the_other_way(more: dict[str, Any]) -> None:
    bad = replace(codec.read(written()), **more)
    assert shapes.write([bad], by_hand) == [by_hand(bad)]


def test_a_clock_that_was_held_back_is_written_and_read_too() -> None:
    held = replace(codec.read(written()), clock=At("2026-11-22T04:29:59.000000Z"))
    (body,) = shapes.write([held], by_hand)
    assert b'"clock":"2026-11-22T04:29:59.000000Z"' in body
    assert (read_together([body]), read_by_type([body])) == ([key_by_key(body)], [True])
    assert refused([body.replace(b"04:29:59", b"24:29:59")])


def test_a_body_that_is_too_long_is_neither_read_nor_written() -> None:
    lines = [{"amount_paise": 1}] * 3500
    long = written(data={"amount_paise": 3500, "lines": lines, "party": 1})
    assert len(long) > 65535
    with pytest.raises(MalformedError, match="bad_length"):
        codec.read(long)
    sold = replace(codec.read(written()), event=sale(amount_paise=3500, party=1, lines=(item(1),) * 3500))
    with pytest.raises(MalformedError, match="too_long"):
        codec.encode(sold, "0" * 64)


@pytest.mark.parametrize(
    "more",
    [
        {"seq": 8},
        {"at": "2026-11-22T04:30:00.000001Z"},
        {"on": "2026-11-23"},
        {"by": "0ddba11d"},
        {"id": "ce" * 16},
        {"event": sale(amount_paise=45000, party=2)},
        {"clock": "2026-11-22T04:29:59.000000Z"},
    ],
)
def test_entries_are_alike_where_they_say_the_same_whoever_read_them(more: dict[str, Any]) -> None:
    by_type, by_key = codec.read(written()), key_by_key(written())
    assert type(by_type) is not type(by_key)
    assert by_type == by_key
    assert by_type != replace(by_key, **more)
    assert by_key != replace(by_type, **more)
