"""What can be recorded, in the words of a caller: the Python API's commands, and the lines of `khata batch`.

Plain dataclasses, so that nothing is loaded for them; a line of JSON has the same fields, and `command` beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date
from typing import Any, ClassVar, Literal

from khata.api import who
from khata.api.asked import DayGiven, words_of
from khata.api.refusals import BadEventId, BadField, NotExact
from khata.events.money import Line
from khata.grammar.amounts import MAX_LARGE_PAISE, MAX_PAISE, parse_paise
from khata.grammar.days import parse_day
from khata.grammar.fault import Unreadable
from khata.grammar.items import parse_item
from khata.grammar.modes import PAID_MODES, parse_mode
from khata.grammar.text import clean_name, clean_phone, clean_ref, clean_text
from khata.rules.allowance import AllowDiscount, WriteOffDebt
from khata.rules.base import Command, Who
from khata.rules.correction import CorrectEntry, ReverseEntry
from khata.rules.goods import RecordReturn, RecordSale
from khata.rules.money import ReceivePayment, RefundMoney
from khata.rules.opening import RecordOpening
from khata.rules.party import AddParty as Add
from khata.rules.party import ChangeParty as Change
from khata.rules.refused import AmbiguousParty, UnknownParty
from khata.units import MODES, Paise, Party, Seq
from khata.views.cache import Connection

Whom = str | int
"""A party: by its number, or by its name: exact, an alias, `@3`, or one whole word of one party only."""

Paid = Sequence[tuple[str, int | None]]
"""What is paid at once: the mode and the paise of each part; None for all the rest."""


def check_id(event_id: str) -> str:
    """An event id as it was given. Raises BadEventId."""
    if who.is_event_id(event_id):
        return event_id
    raise BadEventId(value=event_id)


def paise_of(amount_paise: int, *, large: bool = False) -> Paise:
    """An amount in paise as it may be recorded. Raises BadField, Unreadable."""
    if type(amount_paise) is not int:
        raise BadField(field="amount_paise", why="type")
    most = MAX_LARGE_PAISE if large else MAX_PAISE
    if 0 < amount_paise <= most:
        return Paise(amount_paise)
    text = str(amount_paise) if amount_paise.bit_length() < 128 else "…"  # Python writes no endless numbers
    if amount_paise <= 0:
        raise Unreadable("amount_minus" if amount_paise else "amount_zero", text)
    raise Unreadable("amount_too_large", text, max_paise=most)


def party_of(views: Connection, whom: Whom, command: str, event_id: str | None) -> Party:
    """The party that is there, by its number or as an entry names it.

    Raises:
        BadField, NameMissing, NotAtTheCounter, UnknownParty, AmbiguousParty, NotExact: as they say.
    """
    found = _who(views, whom, command, event_id, new=False)
    assert not isinstance(found, tuple)  # noqa: S101 - without `new` nobody is added
    return found


def _who(views: Connection, whom: Whom, command: str, event_id: str | None, *, new: bool) -> Who:
    if not isinstance(whom, str):
        if type(whom) is not int:
            raise BadField(field="party", why="type")
        return who.by_number(views, Party(whom)).party
    who.check(whom, command)
    try:
        return who.to_write(views, whom, new=new)
    except (UnknownParty, AmbiguousParty, NotExact):
        tried = who.tried(views, event_id)
        if tried is None:
            raise
        return tried


@dataclass(slots=True)
class Wanted:
    """What every command has: `event_id`, 32 hex made before the first try, so that a retry records once."""

    # What the door for JSON (cli/jsonlines.py) reads: pydantic is not loaded for it.
    __pydantic_config__: ClassVar[Any] = {"extra": "forbid", "strict": True}
    changes_names: ClassVar[bool] = False

    _: KW_ONLY
    event_id: str | None = None

    def meant(self, views: Connection, today: date) -> Command:
        """The command for the rules; a name is looked for in the views.

        Raises:
            Refused, Unreadable: what was said of the party, the amount or the day names none.
        """
        raise NotImplementedError

    def _id(self) -> str | None:
        return check_id(self.event_id) if self.event_id is not None else None


@dataclass(slots=True)
class _Dated(Wanted):
    """With a business day (None for today) and a note."""

    _: KW_ONLY
    on: DayGiven | None = None
    note: str | None = None

    def _dated(self, today: date) -> dict[str, Any]:
        return {
            "id": self._id(),
            "on": parse_day(words_of(self.on), today) if self.on is not None else None,
            "note": clean_text(self.note, what="note") if self.note else None,
        }


@dataclass(slots=True)
class _OfMoney(_Dated):
    """An entry of money: its party and its amount in paise, or `amount` as it is typed.

    Attributes:
        ref: somebody else's reference, unique in the book.
        once: with `ref`: one that is recorded already records nothing.
        new: a name that nobody has is added.
        large: the amount may be above ₹9,99,99,999.99.
    """

    party: Whom | None
    amount_paise: int | None = None
    _: KW_ONLY
    amount: str | None = None
    ref: str | None = None
    once: bool = False
    new: bool = False
    large: bool = False

    def _stated(self, today: date) -> dict[str, Any]:
        if self.once and self.ref is None:
            raise BadField(field="ref", why="missing")
        return {
            **self._dated(today),
            "ref": clean_ref(self.ref) if self.ref is not None else None,
            "once": self.once,
            "amount_paise": _amount(self.amount_paise, self.amount, large=self.large),
        }

    def _facts(self, views: Connection, today: date, command: str) -> dict[str, Any]:
        if self.party is None:
            raise BadField(field="party", why="missing")
        stated = self._stated(today)
        return {**stated, "party": _who(views, self.party, command, self.event_id, new=self.new)}


def _amount(amount_paise: int | None, amount: str | None, *, large: bool) -> Paise:
    if (amount_paise is None) == (amount is None):
        raise BadField(field="amount_paise", why="missing" if amount is None else "twice")
    if amount is not None:
        return parse_paise(amount, large=large)
    return paise_of(amount_paise, large=large)  # type: ignore[arg-type] # one of the two is given


def _parts(paid: Paid, *, large: bool) -> list[tuple[str, Paise | None]]:
    if not all(isinstance(each, tuple | list) and len(each) == 2 for each in paid):
        raise BadField(field="paid", why="type")
    return [
        (parse_mode(mode, PAID_MODES), None if part is None else paise_of(part, large=large)) for mode, part in paid
    ]


def _several(texts: Sequence[str], field: str) -> Sequence[str]:
    """Texts. Raises BadField: one alone is a sequence of its letters."""
    if isinstance(texts, str):
        raise BadField(field=field, why="type")
    return texts


@dataclass(slots=True)
class _OfGoods(_OfMoney):
    _: KW_ONLY
    paid: Paid = ()
    items: Sequence[str] = ()

    def _goods(self, views: Connection, today: date, command: str) -> dict[str, Any]:
        at_counter = self.party is None or (isinstance(self.party, str) and who.is_counter(self.party))
        facts = {**self._stated(today), "party": None} if at_counter else self._facts(views, today, command)
        items = [parse_item(each, large=self.large) for each in _several(self.items, "items")]
        return {
            **facts,
            "paid": _parts(self.paid, large=self.large),
            "lines": [Line(each.amount_paise, each.quantity_milli, each.rate_paise) for each in items],
            "items": [each.name for each in items],
        }


@dataclass(slots=True)
class Sale(_OfGoods):
    """Goods went out; what is not `paid` goes on the khata. `party` None or "counter": nobody in particular.

    `items` are lines of the bill as they are typed: `Atta 5kg x2 @ 225`.
    """

    _: KW_ONLY
    command: Literal["sale"] = "sale"

    def meant(self, views: Connection, today: date) -> Command:
        """See `Wanted.meant`."""
        return RecordSale(**self._goods(views, today, self.command))


@dataclass(slots=True)
class Return(_OfGoods):
    """Goods came back; what is not `paid` back lowers the balance."""

    _: KW_ONLY
    command: Literal["return"] = "return"

    def meant(self, views: Connection, today: date) -> Command:
        """See `Wanted.meant`."""
        return RecordReturn(**self._goods(views, today, self.command))


@dataclass(slots=True)
class Receive(_OfMoney):
    """Money came in. `full`: the rest of what is owed is kasar; above ₹10 only with `agreed`."""

    _: KW_ONLY
    mode: str = "cash"
    full: bool = False
    agreed: bool = False
    command: Literal["receive"] = "receive"

    def meant(self, views: Connection, today: date) -> Command:
        """See `Wanted.meant`."""
        facts = self._facts(views, today, self.command)
        return ReceivePayment(**facts, mode=parse_mode(self.mode, MODES), full=self.full, agreed=self.agreed)


@dataclass(slots=True)
class Refund(_OfMoney):
    """Money was given back."""

    _: KW_ONLY
    mode: str = "cash"
    command: Literal["refund"] = "refund"

    def meant(self, views: Connection, today: date) -> Command:
        """See `Wanted.meant`."""
        return RefundMoney(**self._facts(views, today, self.command), mode=parse_mode(self.mode, MODES))


@dataclass(slots=True)
class Discount(_OfMoney):
    """Kasar, vatav."""

    _: KW_ONLY
    command: Literal["discount"] = "discount"

    def meant(self, views: Connection, today: date) -> Command:
        """See `Wanted.meant`."""
        return AllowDiscount(**self._facts(views, today, self.command))


@dataclass(slots=True)
class WriteOff(_OfMoney):
    """A debt that will not be paid, and why."""

    _: KW_ONLY
    reason: str
    command: Literal["write-off"] = "write-off"

    def meant(self, views: Connection, today: date) -> Command:
        """See `Wanted.meant`."""
        facts = self._facts(views, today, self.command)
        return WriteOffDebt(**facts, reason=clean_text(self.reason, what="reason") if self.reason else "")


@dataclass(slots=True)
class Opening(_OfMoney):
    """Brought forward from the paper book: they owe us, or with `advance` we owe them."""

    _: KW_ONLY
    advance: bool = False
    command: Literal["opening"] = "opening"

    def meant(self, views: Connection, today: date) -> Command:
        """See `Wanted.meant`."""
        return RecordOpening(**self._facts(views, today, self.command), advance=self.advance)


def _entry(entry: int) -> Seq:
    if type(entry) is not int:
        raise BadField(field="entry", why="type")
    return Seq(entry)


def _reason(reason: str | None) -> str | None:
    return clean_text(reason, what="reason") if reason else None


@dataclass(slots=True)
class Reverse(_Dated):
    """Undo an entry by a new one, once; its day is the original's unless `on` says otherwise."""

    entry: int
    _: KW_ONLY
    reason: str | None = None
    command: Literal["reverse"] = "reverse"

    def meant(self, views: Connection, today: date) -> Command:  # noqa: ARG002 - a reversal names nobody
        """See `Wanted.meant`."""
        return ReverseEntry(**self._dated(today), entry=_entry(self.entry), reason=_reason(self.reason))


@dataclass(slots=True)
class Correct(_Dated):
    """Reverse an entry and record it anew, linked, in one commit; what is not given stays as it was."""

    entry: int
    amount_paise: int | None = None
    _: KW_ONLY
    amount: str | None = None
    party: Whom | None = None
    paid: Paid | None = None
    mode: str | None = None
    reason: str | None = None
    ref: str | None = None
    new: bool = False
    large: bool = False
    command: Literal["correct"] = "correct"

    def meant(self, views: Connection, today: date) -> Command:
        """See `Wanted.meant`."""
        at_counter = isinstance(self.party, str) and who.is_counter(self.party)
        same = self.amount_paise is None and self.amount is None
        return CorrectEntry(
            **self._dated(today),
            ref=clean_ref(self.ref) if self.ref is not None else None,
            entry=_entry(self.entry),
            amount_paise=None if same else _amount(self.amount_paise, self.amount, large=self.large),
            party=None
            if self.party is None or at_counter
            else _who(views, self.party, self.command, self.event_id, new=self.new),
            at_counter=at_counter,
            paid=_parts(self.paid, large=self.large) if self.paid is not None else None,
            mode=parse_mode(self.mode, MODES) if self.mode is not None else None,
            reason=_reason(self.reason),
        )


@dataclass(slots=True)
class AddParty(Wanted):
    """A new customer."""

    name: str
    _: KW_ONLY
    aliases: Sequence[str] = ()
    phone: str | None = None
    address: str | None = None
    command: Literal["party add"] = "party add"

    changes_names: ClassVar[bool] = True

    def meant(self, views: Connection, today: date) -> Command:  # noqa: ARG002 - a new name is nobody's
        """See `Wanted.meant`."""
        return Add(
            id=self._id(),
            name=clean_name(self.name),
            aliases=tuple(map(clean_name, _several(self.aliases, "aliases"))),
            phone=clean_phone(self.phone) if self.phone else None,
            address=clean_text(self.address, what="address") if self.address else None,
        )


@dataclass(slots=True)
class ChangeParty(Wanted):
    """Another name, phone or address of a customer, further names, or fewer."""

    party: Whom
    _: KW_ONLY
    name: str | None = None
    add_aliases: Sequence[str] = ()
    remove_aliases: Sequence[str] = ()
    phone: str | None = None
    address: str | None = None
    command: Literal["party rename", "party alias"] = "party rename"

    changes_names: ClassVar[bool] = True

    def meant(self, views: Connection, today: date) -> Command:  # noqa: ARG002 - it has no day
        """See `Wanted.meant`."""
        return Change(
            id=self._id(),
            party=party_of(views, self.party, self.command, self.event_id),
            name=clean_name(self.name) if self.name else None,
            add_aliases=tuple(map(clean_name, _several(self.add_aliases, "add_aliases"))),
            remove_aliases=tuple(map(clean_name, _several(self.remove_aliases, "remove_aliases"))),
            phone=clean_phone(self.phone) if self.phone else None,
            address=clean_text(self.address, what="address") if self.address else None,
        )


AnyCommand = (
    Sale | Return | Receive | Refund | Discount | WriteOff | Opening | Reverse | Correct | AddParty | ChangeParty
)
"""One of them; `command` says which."""
