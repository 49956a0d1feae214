"""What the commands of a caller have in common: their days, their customers and amounts, and how they are resolved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import NODEFAULT, Struct

from khata.api import naming
from khata.api.naming import Door, Whom
from khata.api.reading import READERS, Fields, amount_of, paise_of, several
from khata.api.refusals import BadField
from khata.events.money import Line
from khata.grammar.items import parse_item
from khata.grammar.text import clean_name
from khata.rules.base import Command

if TYPE_CHECKING:
    from khata.api.asked import DayGiven
else:
    DayGiven = Any  # a line of JSON has no date, and what it has instead is looked at when it is read

PaidParts = Sequence[tuple[str, int | None]]
"""What is paid at once: the mode and the paise of each part; None for all the rest."""


class Wanted(Struct, kw_only=True, forbid_unknown_fields=True):
    """What every command has.

    `event_id`: 32 hex made before the first try, so that a retry records once. `dry_run`: decide all, record nothing.
    """

    RULE: ClassVar[type[Command]]
    changes_names: ClassVar[bool] = False

    event_id: str | None = None
    dry_run: bool = False

    @classmethod
    def named(cls) -> str:
        """How the command is called: `sale`, `party add`."""
        return str(cls.__struct_config__.tag)

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        """The fields, and what each is where nothing is said; NODEFAULT where something must be."""
        names, last = cls.__struct_fields__, cls.__struct_defaults__
        return dict.fromkeys(names, NODEFAULT) | dict(zip(names[len(names) - len(last) :], last, strict=True))

    def resolved(self, door: Door) -> Command:
        """The command for the rules.

        Raises:
            Refused, Unreadable: what was said of the party, the amount or the day names none.
        """
        return self.RULE(**self._facts(door))

    def _facts(self, door: Door, but: Sequence[str] = ()) -> Fields:
        """What the fields say to the rules, some of them left out. Raises as `resolved`."""
        facts: Fields = {}
        for field, unless, read in _readers(type(self)):
            if field not in but and getattr(self, field) is not unless:
                facts |= read(self, door)
        return facts


class Dated(Wanted, kw_only=True):
    """With a business day (None for today) and a note."""

    on: DayGiven | None = None
    note: str | None = None


class OfPartyAmount(Dated):
    """With a customer, and an amount in paise."""

    party: Whom | None
    amount_paise: int | None = None


class OfMoney(OfPartyAmount, kw_only=True):
    """An entry of money: its party and its amount in paise, or `amount` as it is typed.

    Attributes:
        ref: somebody else's reference, unique in the book.
        once: with `ref`: one that is recorded already records nothing.
        new: a name that nobody has is added.
        large: the amount may be above ₹9,99,99,999.99.
    """

    amount: str | None = None
    ref: str | None = None
    once: bool = False
    new: bool = False
    large: bool = False

    def _party(self, door: Door) -> Fields:
        if self.party is None:
            raise BadField(field="party", why="missing")
        return {"party": door.party(self.party, self.named(), self.event_id, new=self.new)}


class OfGoods(OfMoney, kw_only=True):
    """An entry of goods, with what is paid of it at once and the items of its bill."""

    paid: PaidParts = ()
    items: Sequence[str] = ()

    def _amount_paise(self, door: Door) -> Fields:
        """The amount and the items; where items are given the amount is what they come to, and need not be."""
        stated = self.amount_paise is not None or self.amount is not None
        amount: Fields = amount_of(self, door) if stated or not self.items else {}
        items = [parse_item(each, large=self.large) for each in several(self.items, "items")]
        if not items:
            return amount
        total = paise_of(sum(each.amount_paise for each in items), large=self.large)
        lines = [Line(each.amount_paise, each.quantity_milli, each.rate_paise) for each in items]
        return {"amount_paise": total, **amount, "lines": lines, "items": [each.name for each in items]}

    def _party(self, door: Door) -> Fields:
        if self.party is None or (isinstance(self.party, str) and naming.is_counter(self.party)):
            return {"party": None}
        return super()._party(door)


class OfEntry(Dated):
    """About an entry, by its number."""

    entry: int


class OfEntryAmount(OfEntry):
    """About an entry and its amount in paise."""

    amount_paise: int | None = None


class OfName(Wanted):
    """With a name."""

    name: str

    def _name(self, _: Door) -> Fields:
        return {"name": clean_name(self.name)}


class OfParty(Wanted):
    """About a customer."""

    party: Whom

    def _party(self, door: Door) -> Fields:
        return {"party": door.party(self.party, self.named(), self.event_id, new=False)}


class OfTwoParties(OfParty):
    """About two customers."""

    other: Whom


@cache
def _readers(cls: type[Wanted]) -> list[tuple[str, Any, Callable[[Any, Door], Fields]]]:
    """For each field that says something to the rules: what it is where nothing was said, and what reads it.

    A party and an amount are looked at in any case. A name comes last: on a terminal it may be asked about, and not
    before all the rest can be read.
    """
    found = []
    for field, default in sorted(cls.defaults().items(), key=lambda each: each[0] == "party"):
        read = getattr(cls, f"_{field}", None) or READERS.get(field)
        if read is not None:
            found.append((field, NODEFAULT if field in ("party", "amount_paise") else default, read))
    return found
