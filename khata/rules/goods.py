"""Sales and returns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from msgspec.structs import asdict

from khata.events.base import Event, LaterError
from khata.events.bill import BillLine, SaleBilled
from khata.events.money import GoodsReturned, Line, Paid, SaleRecorded
from khata.grammar.days import later
from khata.rules.base import AlreadyRecorded, Command, Decision, Draft, Facts, Who
from khata.rules.entry import day_of, money_entry
from khata.rules.refused import Refused
from khata.units import Day, Paise, Party


class GoodsCommand(Command, kw_only=True):
    """Goods that change hands. `party` None is the counter: paid at once, in cash unless said.

    `paid` are the parts paid at once, in paise; a part whose amount is None is "all the rest". `items` are the names
    of `lines`, "" where none was typed. `round_off_paise` is what was added to the lines to make the amount.
    """

    amount_paise: Paise
    party: Who | None
    paid: Sequence[tuple[str, Paise | None]] = ()
    lines: Sequence[Line] = ()
    items: Sequence[str] = ()
    round_off_paise: int = 0

    def decide(self, facts: Facts) -> Decision:
        """What is not paid, or paid back, at once counts on the khata.

        Raises:
            TooManyItems, ItemsDoNotAddUp, PaidAboveAmount, CounterNotPaid, UnknownParty, AmbiguousParty, FutureDay,
            RefTaken, RefConflict: as they say.
        """
        lines = tuple(self.lines)
        if len(lines) > MOST_ITEMS:
            raise TooManyItems(items=len(lines), most=MOST_ITEMS)
        total = sum(line.amount_paise for line in lines)
        if lines and total + self.round_off_paise != self.amount_paise:
            raise ItemsDoNotAddUp(amount_paise=self.amount_paise, items_paise=total)
        paid = parts(self.amount_paise, self.paid, counter=self.party is None)
        fields: dict[str, Any] = {"amount_paise": self.amount_paise, "paid": paid, "lines": lines or None}
        words = {"items": list(self.items)} if any(self.items) else None
        if not self.round_off_paise:
            return money_entry(self, self.MAKES, facts, self.party, fields, words)
        # Only the second version has a round off.
        billed = tuple(BillLine(line.amount_paise, line.quantity_milli, line.rate_paise) for line in lines)
        fields |= {"lines": billed, "round_off_paise": self.round_off_paise}
        return money_entry(self, SaleBilled, facts, self.party, fields, words)


class RecordSale(GoodsCommand, kw_only=True):
    """Goods went out.

    What is not paid is due `due_days` days later, or on the day `due_on`; without either when the customer's own days
    are over (`party due`), and at once for whoever has none.
    """

    MAKES: ClassVar = SaleRecorded

    due_days: int | None = None
    due_on: Day | None = None

    @property
    def meant(self) -> frozenset[str]:
        """The customer's own days are agreed with him, however many they are."""
        return frozenset() if self.due_days is not None or self.due_on is not None else frozenset(("due_far",))

    def decide(self, facts: Facts) -> Decision:
        """As any goods; only the second version of a sale says when it is due.

        Raises:
            NothingToBeDue, DueBefore: and as any goods.
        """
        if not self.meant:
            paid = parts(self.amount_paise, self.paid, counter=self.party is None)
            if sum(part.amount_paise for part in paid or ()) == self.amount_paise:
                raise NothingToBeDue(amount_paise=self.amount_paise)
            said_due(self.due_days, self.due_on, day_of(self.on, facts))
        found = super().decide(facts)
        return found if isinstance(found, AlreadyRecorded) else [*found[:-1], self._on_terms(found[-1], facts)]

    def _on_terms(self, sale: Draft, facts: Facts) -> Draft:
        if self.meant:
            return on_terms(sale, facts)
        return _due(sale, said_due(self.due_days, self.due_on, sale.on))


class RecordReturn(GoodsCommand, kw_only=True):
    """Goods came back."""

    MAKES: ClassVar = GoodsReturned


MOST_ITEMS = 500
"""Items of one entry: more would not fit into it (docs/FORMAT.md: 65,535 bytes)."""


def on_terms(sale: Draft, facts: Facts, asked: dict[Party, int | None] | None = None) -> Draft:
    """A sale with the day on which what is not paid of it is due, where the customer has days for that.

    `asked`: the days of customers, for a caller with many sales; whoever is not there yet is added.
    """
    event: Any = sale.event
    party: Party | None = event.party
    if party is None or sum(part.amount_paise for part in event.paid or ()) == event.amount_paise:
        return sale
    terms = {} if asked is None else asked
    if party not in terms:
        # A new customer is in this commit, and has none.
        every = [known for khata in facts.khatas(party) if (known := facts.party(khata)) is not None]
        terms[party] = next((days for each in every if (days := due_days(each.record)) is not None), None)
    days = terms[party]
    return sale if days is None else _due(sale, later(sale.on, days))


def said_due(days: int | None, due: Day | None, on: Day) -> Day:
    """The day on which what is sold on a day is due: the one that is said, or so many days later. Raises DueBefore."""
    if due is None:
        return later(on, days or 0)
    if due < on:
        raise DueBefore(on=on, due_on=due)
    return due


def _due(sale: Draft, on: Day) -> Draft:
    return sale._replace(event=due_on(sale.event, on))


def due_on(sale: Any, on: Day | None) -> Event:
    """A sale that is due on a day, or (None) at once: in the version that can say it, and no later one."""
    said = {key: value for key, value in asdict(sale).items() if key != "lines"} | {"due_on": on}
    lines = sale.lines and tuple(BillLine(**asdict(line)) for line in sale.lines)
    billed = SaleBilled(**said, lines=lines)
    try:
        billed.check()
    except LaterError:  # it says nothing that the first cannot
        said = {key: said[key] for key in SaleRecorded.__struct_fields__ if key in said}
        lines = sale.lines and tuple(
            Line(each.amount_paise, each.quantity_milli, each.rate_paise) for each in sale.lines
        )
        return SaleRecorded(**said, lines=lines)
    return billed


def due_days(record: Mapping[str, Any]) -> int | None:
    """After how many days what a customer buys is due, as his record has it; None where nothing is said."""
    said = record.get("due_days")
    return int(said) if isinstance(said, str) and re.fullmatch("[0-9]{1,5}", said) else None


class NothingToBeDue(Refused):
    """A due day for a sale of which all is paid at once, or which is nobody's in particular."""

    code = "nothing_to_be_due"


class DueBefore(Refused):
    """It would be due before it is sold."""

    code = "due_before"


class TooManyItems(Refused):
    """The bill is longer than an entry can be."""

    code = "too_many_items"


class PaidAboveAmount(Refused):
    """More was paid at once than the whole comes to."""

    code = "paid_above_amount"


class ItemsDoNotAddUp(Refused):
    """The items make another sum than the amount."""

    code = "items_do_not_add_up"


class CounterNotPaid(Refused):
    """Nobody in particular cannot owe anything."""

    code = "counter_not_paid"


def parts(amount: Paise, asked: Sequence[tuple[str, Paise | None]], *, counter: bool) -> tuple[Paid, ...] | None:
    """What of an amount (paise) is paid at once, "all the rest" (None) worked out; None if nothing is.

    Equal modes are one part. Raises PaidAboveAmount, and at the counter CounterNotPaid.
    """
    if not asked:
        return (Paid("cash", amount),) if counter else None
    fixed = sum(part for _, part in asked if part is not None)
    rest = amount - fixed
    if rest < 0:
        raise PaidAboveAmount(amount_paise=amount, paid_paise=fixed)
    sums: dict[str, int] = {}
    for mode, part in asked:
        sums[mode] = sums.get(mode, 0) + (rest if part is None else part)
        if part is None:
            rest = 0
    if counter and sum(sums.values()) != amount:
        raise CounterNotPaid(amount_paise=amount, paid_paise=sum(sums.values()))
    return tuple(Paid(mode, Paise(part)) for mode, part in sums.items() if part) or None
