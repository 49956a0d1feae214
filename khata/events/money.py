"""What moves money: sales, payments, returns, refunds, discounts, write-offs, openings, reversals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from khata.events.base import (
    Event,
    Field,
    MalformedError,
    natural,
    one_of,
    paise,
    party,
    record,
    ref,
    seq,
)
from khata.units import Paise, Party, Seq

MODES = ("cash", "upi", "card", "bank", "cheque")
mode = one_of(*MODES, later=True)


class Paid(NamedTuple):
    """A part that was paid at once, in paise, and how."""

    mode: str
    amount_paise: Paise


class Line(NamedTuple):
    """One item: its amount in paise; quantity in thousandths and rate in paise where they were given."""

    amount_paise: Paise
    quantity_milli: int | None = None
    rate_paise: Paise | None = None


_PAID = {"mode": mode, "amount_paise": paise}
_LINE = {"amount_paise": paise}
_LINE_MORE = {"quantity_milli": natural, "rate_paise": paise}


def _paid(value: Any) -> tuple[Paid, ...]:
    if type(value) is not list or not value:
        raise MalformedError("not_a_list")
    return tuple([Paid(**record(item, _PAID, {}, level=5)) for item in value])


def _emit_paid(value: tuple[Paid, ...]) -> list[dict[str, Any]]:
    return [{"mode": part.mode, "amount_paise": part.amount_paise} for part in value]


def _lines(value: Any) -> tuple[Line, ...]:
    if type(value) is not list or not value:
        raise MalformedError("not_a_list")
    return tuple([Line(**record(item, _LINE, _LINE_MORE, level=5)) for item in value])


def _emit_lines(value: tuple[Line, ...]) -> list[dict[str, int]]:
    return [{key: held for key, held in line._asdict().items() if held is not None} for line in value]


_AMOUNT = Field("amount_paise", "amount_paise", paise)
_PARTY = Field("party", "party", party)
_REF = Field("ref", "ref", ref, required=False)
_MODE = Field("mode", "mode", mode)
_GOODS = (
    _AMOUNT,
    Field("party", "party", party, required=False),
    Field("paid", "paid", _paid, required=False, emit=_emit_paid),
    Field("lines", "lines", _lines, required=False, emit=_emit_lines),
    _REF,
)


@dataclass(slots=True, kw_only=True)
class Goods(Event):
    """What a sale and a return have in common. Without a party it was at the counter, paid in full at once."""

    amount_paise: Paise
    party: Party | None = None
    paid: tuple[Paid, ...] | None = None
    lines: tuple[Line, ...] | None = None
    ref: str | None = None

    def check(self) -> None:
        """Parts are never more than the whole, items make exactly the whole, the counter gives no credit."""
        paid_paise = 0
        if self.paid is not None:
            paid_paise = sum([part.amount_paise for part in self.paid])
            if paid_paise > self.amount_paise:
                raise MalformedError("paid_above_amount")
        if self.party is None and paid_paise != self.amount_paise:
            raise MalformedError("counter_not_paid")
        if self.lines is not None and sum([line.amount_paise for line in self.lines]) != self.amount_paise:
            raise MalformedError("lines_do_not_add_up")


@dataclass(slots=True, kw_only=True)
class SaleRecorded(Goods):
    """Goods went out. What is not `paid` goes on the party's khata."""

    KIND: ClassVar[str] = "sale_recorded"
    FIELDS: ClassVar[tuple[Field, ...]] = _GOODS


@dataclass(slots=True, kw_only=True)
class GoodsReturned(Goods):
    """Goods came back. What is not `paid` back lowers what the party owes."""

    KIND: ClassVar[str] = "goods_returned"
    FIELDS: ClassVar[tuple[Field, ...]] = _GOODS


@dataclass(slots=True, kw_only=True)
class PaymentReceived(Event):
    """Money came in; `discount_paise` is the kasar allowed over and above it on settling in full."""

    KIND: ClassVar[str] = "payment_received"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        _AMOUNT,
        _PARTY,
        _MODE,
        Field("discount_paise", "discount_paise", paise, required=False),
        _REF,
    )

    party: Party
    amount_paise: Paise
    mode: str
    discount_paise: Paise | None = None
    ref: str | None = None


@dataclass(slots=True, kw_only=True)
class MoneyRefunded(Event):
    """Money was given back."""

    KIND: ClassVar[str] = "money_refunded"
    FIELDS: ClassVar[tuple[Field, ...]] = (_AMOUNT, _PARTY, _MODE, _REF)

    party: Party
    amount_paise: Paise
    mode: str
    ref: str | None = None


@dataclass(slots=True, kw_only=True)
class DiscountAllowed(Event):
    """Kasar, vatav: part of what was owed is let go."""

    KIND: ClassVar[str] = "discount_allowed"
    FIELDS: ClassVar[tuple[Field, ...]] = (_AMOUNT, _PARTY, _REF)

    party: Party
    amount_paise: Paise
    ref: str | None = None


@dataclass(slots=True, kw_only=True)
class DebtWrittenOff(Event):
    """A debt that will not be paid."""

    KIND: ClassVar[str] = "debt_written_off"
    FIELDS: ClassVar[tuple[Field, ...]] = (_AMOUNT, _PARTY, _REF)

    party: Party
    amount_paise: Paise
    ref: str | None = None


@dataclass(slots=True, kw_only=True)
class OpeningRecorded(Event):
    """Brought forward from the paper book: they owe us (`receive`) or we owe them (`give`)."""

    KIND: ClassVar[str] = "opening_recorded"
    FIELDS: ClassVar[tuple[Field, ...]] = (
        _AMOUNT,
        _PARTY,
        Field("side", "side", one_of("receive", "give")),
        _REF,
    )

    party: Party
    amount_paise: Paise
    side: str
    ref: str | None = None


@dataclass(slots=True, kw_only=True)
class EntryReversed(Event):
    """Undoes an entry that moved money, once: its postings are the negation of the original's."""

    KIND: ClassVar[str] = "entry_reversed"
    FIELDS: ClassVar[tuple[Field, ...]] = (Field("entry", "entry", seq),)

    entry: Seq


MONEY = (
    SaleRecorded,
    GoodsReturned,
    PaymentReceived,
    MoneyRefunded,
    DiscountAllowed,
    DebtWrittenOff,
    OpeningRecorded,
)
"""What moves money, and so what can be reversed."""

Money = (
    SaleRecorded | GoodsReturned | PaymentReceived | MoneyRefunded | DiscountAllowed | DebtWrittenOff | OpeningRecorded
)
